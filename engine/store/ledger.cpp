#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/digest.hpp"
#include "engine/store/core.hpp"
#include "engine/types/json.hpp"

namespace automod::store {

namespace {

std::string hash_of(const LedgerEntry& entry) {
  return sha256(canonical({{"number", entry.number},
                           {"at", entry.at},
                           {"kind", entry.kind},
                           {"subject", entry.subject},
                           {"payload", entry.payload},
                           {"previous", entry.previous}}));
}

constexpr std::string_view kColumns = "number, at, kind, subject, payload, previous, hash";

LedgerEntry read_entry(const Statement& row) {
  return {row.whole_at(0), row.text_at(1), row.text_at(2), row.text_at(3),
          row.text_at(4),  row.text_at(5), row.text_at(6)};
}

/// The first record whose entry is missing or speaks of something else. A ledger whose end was
/// cut off holds in itself; what it recorded gives it away.
Result<std::optional<std::int64_t>> first_unrecorded(const Database& database) {
  Statement statement(database, R"(
      SELECT min(record.ledger_number) FROM (
        SELECT ledger_number, 'session' AS kind, id AS subject FROM modification_sessions
        UNION ALL SELECT ledger_number, 'proposal', id FROM modifications
        UNION ALL SELECT ledger_number, 'verdict', modification_id FROM verdicts
        UNION ALL SELECT ledger_number, 'application', modification_id FROM applications
        UNION ALL SELECT ledger_number, 'rollback', modification_id FROM rollbacks
      ) AS record
      LEFT JOIN ledger ON ledger.number = record.ledger_number
        AND ledger.kind = record.kind AND ledger.subject = record.subject
      WHERE ledger.number IS NULL)");
  auto row = statement.step();
  if (!row) return fail(std::move(row.error()));
  if (statement.null_at(0)) return std::optional<std::int64_t>();
  return statement.whole_at(0);
}

}  // namespace

Result<std::int64_t> append(Database& database, std::string_view at, std::string_view kind,
                            std::string_view subject, const nlohmann::json& payload) {
  LedgerEntry entry;
  entry.number = 1;
  Statement last(database, "SELECT number, hash FROM ledger ORDER BY number DESC LIMIT 1");
  auto row = last.step();
  if (!row) return fail(std::move(row.error()));
  if (*row) {
    entry.number = last.whole_at(0) + 1;
    entry.previous = last.text_at(1);
  }
  entry.at = at;
  entry.kind = kind;
  entry.subject = subject;
  entry.payload = canonical(payload);
  Statement insert(database,
                   fmt::format("INSERT INTO ledger ({}) VALUES (?, ?, ?, ?, ?, ?, ?)", kColumns));
  insert.whole(entry.number).text(entry.at).text(entry.kind).text(entry.subject);
  insert.text(entry.payload).text(entry.previous).text(hash_of(entry));
  if (auto done = insert.run(); !done) return fail(std::move(done.error()));
  return entry.number;
}

Result<std::vector<LedgerEntry>> Store::ledger(std::int64_t after) const {
  Statement statement(
      impl_->database,
      fmt::format("SELECT {} FROM ledger WHERE number > ? ORDER BY number", kColumns));
  statement.whole(after);
  return collect<LedgerEntry>(
      statement, [](Statement& row) -> Result<LedgerEntry> { return read_entry(row); });
}

Result<std::optional<std::int64_t>> Store::check_ledger() const {
  // One snapshot for both questions, however much is appended meanwhile.
  const auto snapshot = Transaction::snapshot(impl_->database);
  if (!snapshot) return fail(snapshot.error());
  const auto unrecorded = first_unrecorded(impl_->database);
  if (!unrecorded) return fail(unrecorded.error());
  Statement statement(impl_->database,
                      fmt::format("SELECT {} FROM ledger ORDER BY number", kColumns));
  std::int64_t expected = 1;
  std::string previous;
  for (;; ++expected) {
    auto row = statement.step();
    if (!row) return fail(std::move(row.error()));
    if (*unrecorded == expected) return *unrecorded;
    if (!*row) return *unrecorded;
    const LedgerEntry entry = read_entry(statement);
    if (entry.number != expected || entry.previous != previous || entry.hash != hash_of(entry)) {
      return std::optional(expected);
    }
    previous = entry.hash;
  }
}

}  // namespace automod::store
