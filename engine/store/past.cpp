#include <utility>

#include "engine/store/core.hpp"

namespace automod::store {

namespace {

Result<std::vector<std::string>> paths_of(const Database& database, const std::string& id) {
  Statement statement(database,
                      "SELECT file_path FROM code_modifications WHERE modification_id = ?");
  statement.text(id);
  return collect<std::string>(statement,
                              [](Statement& row) -> Result<std::string> { return row.text_at(0); });
}

}  // namespace

Result<std::vector<PastApplication>> Store::past_applications(std::string_view since,
                                                              std::size_t at_least) const {
  const auto snapshot = Transaction::snapshot(impl_->database);
  if (!snapshot) return fail(snapshot.error());
  // What stands is each modification's latest application, unless it was taken back.
  Statement statement(impl_->database, R"(
      SELECT a.modification_id, a.applied_at, a.approval_id IS NOT NULL,
             NOT (a.id = o.application_id AND o.status = 'applied')
      FROM applications a JOIN modification_overview o ON o.id = a.modification_id
      WHERE a.applied_at > ?1
         OR a.ledger_number IN (SELECT ledger_number FROM applications
                                ORDER BY ledger_number DESC LIMIT ?2)
      ORDER BY a.ledger_number DESC)");
  statement.text(since).whole(static_cast<std::int64_t>(at_least));
  return collect<PastApplication>(statement, [&](Statement& row) -> Result<PastApplication> {
    auto paths = paths_of(impl_->database, row.text_at(0));
    if (!paths) return fail(std::move(paths.error()));
    return PastApplication{.modification = {row.text_at(0)},
                           .applied_at = row.text_at(1),
                           .paths = std::move(*paths),
                           .approved = row.whole_at(2) != 0,
                           .rolled_back = row.whole_at(3) != 0};
  });
}

Result<Store::Made> Store::made(const CommitId& commit) const {
  Statement statement(impl_->database, R"(
      SELECT EXISTS (SELECT 1 FROM applications WHERE commit_id = ?1),
             EXISTS (SELECT 1 FROM merges WHERE after_commit = ?1 AND signer IS NOT NULL))");
  auto row = statement.text(commit.text).step();
  if (!row) return fail(std::move(row.error()));
  if (statement.whole_at(0) != 0) return Made::kApplication;
  return statement.whole_at(1) != 0 ? Made::kMerge : Made::kNothing;
}

}  // namespace automod::store
