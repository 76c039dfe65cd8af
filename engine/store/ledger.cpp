#include "engine/store/ledger.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "base/digest.hpp"
#include "engine/store/chain.hpp"
#include "engine/store/core.hpp"
#include "engine/types/json.hpp"

namespace automod::store {

namespace {

/// Entries that are signed even where that may ask a person.
bool must_be_sealed(std::string_view kind) {
  constexpr std::array<std::string_view, 5> kSealed = {"approval", "application", "rollback",
                                                       "merge", "undo"};
  return std::ranges::find(kSealed, kind) != kSealed.end();
}

Result<void> seal_entry(const std::optional<Seal>& seal, LedgerEntry& entry) {
  if (entry.signer.empty()) return {};
  auto signature = seal->sign(entry.hash);
  if (!signature) return fail(std::move(signature.error()).within("signing the ledger"));
  entry.signature = std::move(*signature);
  return {};
}

/// The conditions of a filter, as SQL with values to bind in order.
struct Conditions {
  std::vector<std::string> sql = {"number > ?"};
  std::vector<std::string> texts = {};
};

Conditions conditions_of(const LedgerFilter& filter) {
  Conditions all;
  const auto add = [&](std::string sql, std::vector<std::string> texts) {
    all.sql.push_back(std::move(sql));
    std::ranges::move(texts, std::back_inserter(all.texts));
  };
  if (!filter.kinds.empty()) {
    const std::vector<std::string> marks(filter.kinds.size(), "?");
    add(fmt::format("kind IN ({})", fmt::join(marks, ", ")), filter.kinds);
  }
  // After every digit and '-' comes 'g'.
  if (!filter.subject.empty()) {
    add("subject >= ? AND subject < ?", {filter.subject, filter.subject + "g"});
  }
  if (!filter.since.empty()) add("at >= ?", {filter.since});
  if (!filter.until.empty()) add("at < ?", {filter.until});
  return all;
}

}  // namespace

const std::vector<std::string>& ledger_kinds() {
  static const std::vector<std::string> kAll = {"session",  "proposal", "verdict", "application",
                                                "rollback", "approval", "merge",   "undo",
                                                "watch",    "feedback", "failure", "recovery"};
  return kAll;
}

LedgerEntry read_entry(const Statement& row) {
  return {.number = row.whole_at(0),
          .at = row.text_at(1),
          .kind = row.text_at(2),
          .subject = row.text_at(3),
          .payload = row.text_at(4),
          .previous = row.text_at(5),
          .hash = row.text_at(6),
          .signature = row.text_at(7),
          .signer = row.text_at(8)};
}

Result<LedgerHead> head_of(const Database& database) {
  Statement last(database, "SELECT number, hash FROM ledger ORDER BY number DESC LIMIT 1");
  auto row = last.step();
  if (!row) return fail(std::move(row.error()));
  if (!*row) return LedgerHead{};
  return LedgerHead{last.whole_at(0), last.text_at(1)};
}

Result<std::int64_t> append(const Core& core, std::string_view at, std::string_view kind,
                            std::string_view subject, nlohmann::json payload) {
  auto head = head_of(core.database);
  if (!head) return fail(std::move(head.error()));
  LedgerEntry entry;
  entry.number = head->number + 1;
  entry.at = at;
  entry.kind = kind;
  entry.subject = subject;
  entry.previous = std::move(head->hash);
  if (core.seal && (core.seal->every_entry || must_be_sealed(kind))) {
    entry.signer = core.seal->identity;
    payload["sealed_by"] = entry.signer;
  }
  entry.payload = canonical(payload);
  entry.hash = hash_of(entry);
  if (auto sealed = seal_entry(core.seal, entry); !sealed) return fail(std::move(sealed.error()));
  Statement insert(core.database, fmt::format("INSERT INTO ledger ({}) VALUES (?, ?, ?, ?, ?, ?, "
                                              "?, ?, ?)",
                                              kEntryColumns));
  insert.whole(entry.number).text(entry.at).text(entry.kind).text(entry.subject);
  insert.text(entry.payload).text(entry.previous).text(entry.hash);
  insert.text_or_null(entry.signature).text_or_null(entry.signer);
  if (auto done = insert.run(); !done) return fail(std::move(done.error()));
  return entry.number;
}

void Store::seal_with(Seal seal) { impl_->seal = std::move(seal); }

Result<LedgerHead> Store::ledger_head() const { return head_of(impl_->database); }

Result<std::vector<LedgerEntry>> Store::ledger(const LedgerFilter& filter) const {
  const Conditions conditions = conditions_of(filter);
  Statement statement(
      impl_->database,
      fmt::format("SELECT {} FROM ledger WHERE {} ORDER BY number{} LIMIT ?", kEntryColumns,
                  fmt::join(conditions.sql, " AND "), filter.newest_first ? " DESC" : ""));
  statement.whole(filter.after);
  for (const std::string& text : conditions.texts) statement.text(text);
  constexpr std::size_t kAll = 1u << 30;
  statement.whole(static_cast<std::int64_t>(std::min(filter.limit.value_or(kAll), kAll)));
  return collect<LedgerEntry>(
      statement, [](Statement& row) -> Result<LedgerEntry> { return read_entry(row); });
}

}  // namespace automod::store
