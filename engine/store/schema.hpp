#pragma once

#include <filesystem>

#include "engine/store/database.hpp"

namespace automod::store {

/// What this program writes; PRAGMA user_version of the file.
inline constexpr int kSchemaVersion = 3;
/// "amod", PRAGMA application_id of the file.
inline constexpr std::int64_t kApplicationId = 0x616d6f64;

/// Brings the schema up to kSchemaVersion in one transaction. Safe when several processes do it
/// at once.
Result<void> upgrade(Database& database);

}  // namespace automod::store
