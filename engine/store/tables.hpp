#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/store/bundle.hpp"
#include "engine/store/database.hpp"

/// Every row of a database, table by table, whatever schema it is of and in whatever state.
namespace automod::store {

/// What could not be read: "applications: 2 rows or more".
using Losses = std::vector<std::string>;

/// Reads the rows of a table in their order. A column that the schema lacks is NULL; a table that
/// it lacks has no rows. Around damage it reads what lies before and behind it, and tells the
/// loss. `read` is called once for each row.
void scan(const Database& database, std::string_view table, std::string_view columns,
          const std::function<void(const Statement& row)>& read, Losses& losses);

/// Everything that a bundle holds. `losses` stays empty where the database is sound.
Bundle gather(const Database& database, Losses& losses);

}  // namespace automod::store
