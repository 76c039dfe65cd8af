#include "engine/store/schema.hpp"

#include <fmt/format.h>

#include <array>

#include "embedded/migration_001.hpp"
#include "embedded/migration_002.hpp"
#include "embedded/migration_003.hpp"
#include "embedded/migration_004.hpp"
#include "embedded/migration_005.hpp"
#include "embedded/migration_006.hpp"

namespace automod::store {

namespace {

/// Number i brings a database from version i to version i + 1. Never edit one that was released.
const std::array<std::string_view, kSchemaVersion>& migrations() {
  static const std::array<std::string_view, kSchemaVersion> all = {
      embedded::migration_001, embedded::migration_002, embedded::migration_003,
      embedded::migration_004, embedded::migration_005, embedded::migration_006};
  return all;
}

Result<std::int64_t> pragma(const Database& database, std::string_view sql) {
  Statement statement(database, sql);
  auto row = statement.step();
  if (!row) return fail(std::move(row.error()));
  return statement.whole_at(0);
}

/// The version of the file, which must be ours; 0 where it is new.
Result<std::int64_t> version_of(const Database& database) {
  const auto application = pragma(database, "PRAGMA application_id");
  const auto version = pragma(database, "PRAGMA user_version");
  const auto tables = pragma(database, "SELECT count(*) FROM sqlite_schema");
  for (const auto* value : {&application, &version, &tables}) {
    if (!*value) return fail(value->error());
  }
  if (*application != kApplicationId && (*application != 0 || *tables != 0)) {
    return fail(ErrorKind::kInternal,
                fmt::format("the file is no automod database: its application id is {:#x}, "
                            "expected {:#x}",
                            *application, kApplicationId),
                std::string(kDamageHint));
  }
  if (*version > kSchemaVersion) {
    return fail(
        ErrorKind::kUnavailable,
        fmt::format("the database has schema {}, expected {} or older", *version, kSchemaVersion),
        "a newer automod has written it; install that one or a later");
  }
  const bool is_new = *application == 0;
  if (*version < 0 || (*version == 0) != is_new) {
    return fail(ErrorKind::kInternal,
                fmt::format("the database is damaged: its schema is {}", *version),
                std::string(kDamageHint));
  }
  return *version;
}

/// The same at one moment: a process that is just creating the file cannot be seen half done.
Result<std::int64_t> version_now(Database& database) {
  if (auto begun = database.run("BEGIN"); !begun) return fail(std::move(begun.error()));
  auto version = version_of(database);
  if (auto ended = database.run("COMMIT"); !ended && version) return fail(std::move(ended.error()));
  return version;
}

/// Every reference leads somewhere. While migrations ran, nobody has looked after that.
Result<void> check_references(const Database& database) {
  Statement statement(database, "PRAGMA foreign_key_check");
  auto row = statement.step();
  if (!row) return fail(std::move(row.error()));
  if (!*row) return {};
  return fail(ErrorKind::kInternal,
              fmt::format("row {} of {} refers to a row of {} that is not there",
                          statement.whole_at(1), statement.text_at(0), statement.text_at(2)),
              std::string(kDamageHint));
}

Result<void> migrate(Database& database) {
  auto transaction = Transaction::begin(database);
  if (!transaction) return fail(std::move(transaction.error()));
  const auto version = version_of(database);  // somebody else may have been faster
  if (!version) return fail(version.error());
  if (*version == kSchemaVersion) return {};
  for (auto next = static_cast<std::size_t>(*version); next < migrations().size(); ++next) {
    if (auto done = database.run(migrations()[next]); !done) {
      return fail(std::move(done.error()).within(fmt::format("migration {}", next + 1)));
    }
  }
  auto done = check_references(database);
  if (done) {
    done = database.run(fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {}",
                                    kApplicationId, kSchemaVersion));
  }
  if (!done) return done;
  return transaction->commit();
}

}  // namespace

Result<bool> is_blank(Database& database) {
  const auto version = version_now(database);
  if (!version) return fail(version.error());
  return *version == 0;
}

Result<void> upgrade(Database& database) {
  const auto version = version_now(database);
  if (!version) return fail(version.error());
  if (*version == kSchemaVersion) return {};
  // Tables that others refer to are made anew; within a transaction this switch does nothing.
  auto done = database.run("PRAGMA foreign_keys = OFF");
  if (done) done = migrate(database);
  if (auto on = database.run("PRAGMA foreign_keys = ON"); done && !on) done = std::move(on);
  return done;
}

}  // namespace automod::store
