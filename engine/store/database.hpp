#pragma once

#include "base/sqlite.hpp"

namespace automod::store {

/// What to do about a damaged database.
inline constexpr std::string_view kDamageHint =
    "run: automod recover (keeps the damaged file and saves what can be read)";

/// As everything is opened that must survive a power cut.
inline Result<Database> open_database(const std::filesystem::path& file) {
  return Database::open(file, {.durable = true, .damage_hint = kDamageHint});
}

}  // namespace automod::store
