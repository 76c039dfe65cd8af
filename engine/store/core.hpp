#pragma once

#include <nlohmann/json_fwd.hpp>

#include "engine/store/database.hpp"
#include "engine/store/store.hpp"

/// What the sources of Store share.
namespace automod::store {

struct Core {
  Database database;
  const Clock& clock;

  std::string now() const { return iso_time(clock.now()); }
  std::string new_id() const { return uuid7(clock.now()); }
};

struct Store::Impl : Core {};

/// Appends to the ledger; belongs into the transaction that records `subject`. The number of the
/// entry.
Result<std::int64_t> append(Database& database, std::string_view at, std::string_view kind,
                            std::string_view subject, const nlohmann::json& payload);

/// A stored word. kInternal when the database holds another one.
template <class E>
Result<E> stored_word(std::string_view text) {
  if (const auto value = parse<E>(text)) return *value;
  return fail(ErrorKind::kInternal,
              "the database holds the unknown word '" + std::string(text) + "'");
}

/// Runs `read` for every row of `statement`; `read` gives a Result.
template <class T, class F>
Result<std::vector<T>> collect(Statement& statement, F&& read) {
  std::vector<T> all;
  for (;;) {
    auto row = statement.step();
    if (!row) return fail(std::move(row.error()));
    if (!*row) return all;
    Result<T> value = read(statement);
    if (!value) return fail(std::move(value.error()));
    all.push_back(std::move(*value));
  }
}

Result<Verdict> stored_verdict(const Statement& statement, int column);

}  // namespace automod::store
