#pragma once

#include <filesystem>

#include "engine/store/database.hpp"

namespace automod::store {

/// What this program writes; PRAGMA user_version of the file.
inline constexpr int kSchemaVersion = 6;
/// "amod", PRAGMA application_id of the file.
inline constexpr std::int64_t kApplicationId = 0x616d6f64;

/// Nothing was ever written to it: the file is new, or what it held is lost.
Result<bool> is_blank(Database& database);

/// Brings the schema up to kSchemaVersion in one transaction. Safe when several processes do it
/// at once. Foreign keys hold again when it returns.
Result<void> upgrade(Database& database);

}  // namespace automod::store
