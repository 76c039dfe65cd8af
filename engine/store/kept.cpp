#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "engine/store/core.hpp"

namespace automod::store {

namespace {

/// The latest application of a modification, as far as this file asks.
struct Latest {
  std::string id;  // empty: it was never applied
  std::string branch;
  bool rolled_back = false;
};

Result<Latest> latest_application(const Database& database, const ModificationId& id) {
  Statement statement(database, R"(
      SELECT o.application_id, a.branch, o.rollback_id IS NOT NULL
      FROM modification_overview o LEFT JOIN applications a ON a.id = o.application_id
      WHERE o.id = ?)");
  auto row = statement.text(id.text).step();
  if (!row) return fail(std::move(row.error()));
  if (!*row) return fail(ErrorKind::kUsage, fmt::format("no modification '{}'", id.text));
  return Latest{statement.text_at(0), statement.text_at(1), statement.whole_at(2) != 0};
}

/// What was tried is what is kept: the evidence is of a trial of this modification's tree.
Result<void> check(const Database& database, const Application& application) {
  Statement statement(database, R"(
      SELECT m.tree, EXISTS (SELECT 1 FROM trials t WHERE t.modification_id = m.id
                             AND t.evidence_digest = ?)
      FROM modifications m WHERE m.id = ?)");
  statement.text(application.evidence_digest).text(application.modification.text);
  auto row = statement.step();
  if (!row) return fail(std::move(row.error()));
  if (statement.text_at(0) != application.tree.text) {
    return fail(ErrorKind::kInternal, fmt::format("the tree is {}, expected {}",
                                                  application.tree.text, statement.text_at(0)));
  }
  if (statement.whole_at(1) == 0) {
    return fail(ErrorKind::kInternal,
                fmt::format("no trial of it measured evidence '{}'", application.evidence_digest));
  }
  return {};
}

Result<void> insert_application(Core& core, const Application& application) {
  auto number =
      append(core.database, application.applied_at, "application", application.modification.text,
             {{"branch", application.branch},
              {"commit", application.commit.text},
              {"base_commit", application.base_commit.text},
              {"tree", application.tree.text},
              {"evidence_digest", application.evidence_digest}});
  if (!number) return fail(std::move(number.error()));
  Statement insert(core.database, R"(
      INSERT INTO applications
        (id, modification_id, branch, commit_id, base_commit, tree, evidence_digest, applied_at,
         ledger_number)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?))");
  insert.text(core.new_id()).text(application.modification.text).text(application.branch);
  insert.text(application.commit.text).text(application.base_commit.text);
  insert.text(application.tree.text).text(application.evidence_digest);
  if (auto done = insert.text(application.applied_at).whole(*number).run(); !done) return done;
  Statement update(core.database, R"(
      UPDATE code_modifications SET applied_at = ?, rollback_at = NULL WHERE modification_id = ?)");
  return update.text(application.applied_at).text(application.modification.text).run();
}

Result<void> insert_rollback(Core& core, const std::string& application, const Rollback& rollback) {
  const std::string commit = rollback.commit ? rollback.commit->text : "";
  const std::string reason = valid_text(rollback.reason);
  auto number =
      append(core.database, rollback.rolled_back_at, "rollback", rollback.modification.text,
             {{"reason", reason},
              {"method", rollback.method},
              {"ref", rollback.ref},
              {"commit", commit.empty() ? nlohmann::json(nullptr) : nlohmann::json(commit)},
              {"restored", rollback.restored.text}});
  if (!number) return fail(std::move(number.error()));
  Statement insert(core.database, R"(
      INSERT INTO rollbacks
        (application_id, modification_id, rollback_reason, method, ref, commit_id, restored_commit,
         rollback_at, ledger_number)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?))");
  insert.text(application).text(rollback.modification.text).text(reason);
  insert.text(rollback.method).text(rollback.ref).text_or_null(commit);
  insert.text(rollback.restored.text).text(rollback.rolled_back_at);
  if (auto done = insert.whole(*number).run(); !done) return done;
  Statement update(core.database,
                   "UPDATE code_modifications SET rollback_at = ? WHERE modification_id = ?");
  return update.text(rollback.rolled_back_at).text(rollback.modification.text).run();
}

}  // namespace

Result<void> Store::add_application(const Application& application) {
  constexpr std::string_view kDoing = "recording an application";
  Application stamped = application;
  if (stamped.applied_at.empty()) stamped.applied_at = impl_->now();
  auto transaction = Transaction::begin(impl_->database);
  if (!transaction) return fail(std::move(transaction.error()).within(kDoing));
  const auto latest = latest_application(impl_->database, stamped.modification);
  if (!latest) return fail(latest.error());
  if (!latest->id.empty() && !latest->rolled_back) {
    return fail(ErrorKind::kConflict, fmt::format("modification {} is applied already, on {}",
                                                  stamped.modification.text, latest->branch));
  }
  auto done = check(impl_->database, stamped);
  if (done) done = insert_application(*impl_, stamped);
  if (done) done = transaction->commit();
  if (!done) return fail(std::move(done.error()).within(kDoing));
  return {};
}

Result<void> Store::add_rollback(const Rollback& rollback) {
  constexpr std::string_view kDoing = "recording a rollback";
  Rollback stamped = rollback;
  if (stamped.rolled_back_at.empty()) stamped.rolled_back_at = impl_->now();
  auto transaction = Transaction::begin(impl_->database);
  if (!transaction) return fail(std::move(transaction.error()).within(kDoing));
  const auto latest = latest_application(impl_->database, stamped.modification);
  if (!latest) return fail(latest.error());
  if (latest->id.empty() || latest->rolled_back) {
    return fail(ErrorKind::kConflict,
                fmt::format("modification {} {}", stamped.modification.text,
                            latest->id.empty() ? "was never applied" : "is rolled back already"));
  }
  auto done = insert_rollback(*impl_, latest->id, stamped);
  if (done) done = transaction->commit();
  if (!done) return fail(std::move(done.error()).within(kDoing));
  return {};
}

}  // namespace automod::store
