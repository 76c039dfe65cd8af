#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "base/digest.hpp"
#include "engine/store/core.hpp"
#include "engine/store/payloads.hpp"

namespace automod::store {

namespace {

template <class Tag>
std::optional<Id<Tag>> id_or_none(const Statement& row, int column) {
  return row.null_at(column) ? std::nullopt : std::optional(Id<Tag>{row.text_at(column)});
}

template <class Tag>
std::string text_of(const std::optional<Id<Tag>>& id) {
  return id ? id->text : std::string();
}

/// The latest application of a modification, as far as this file asks.
struct Latest {
  std::string id;  // empty: it was never applied
  std::string branch;
  bool in_force = false;
};

Result<Latest> latest_application(const Database& database, const ModificationId& id) {
  Statement statement(database, R"(
      SELECT o.application_id, a.branch, o.status = 'applied'
      FROM modification_overview o LEFT JOIN applications a ON a.id = o.application_id
      WHERE o.id = ?)");
  auto row = statement.text(id.text).step();
  if (!row) return fail(std::move(row.error()));
  if (!*row) return fail(ErrorKind::kUsage, fmt::format("no modification '{}'", id.text));
  return Latest{statement.text_at(0), statement.text_at(1), statement.whole_at(2) != 0};
}

/// What was tried is what is kept: the evidence is of a trial of this modification's tree.
Result<void> check_tried(const Database& database, const Application& application) {
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

/// An approval is of this modification, and was not used before.
Result<void> check_approval(const Database& database, const Application& application) {
  if (!application.approval) return {};
  const std::string& id = application.approval->text;
  Statement statement(database, R"(
      SELECT p.modification_id, p.answer, a.modification_id
      FROM approvals p LEFT JOIN applications a ON a.approval_id = p.id WHERE p.id = ?)");
  auto row = statement.text(id).step();
  if (!row) return fail(std::move(row.error()));
  if (!*row) return fail(ErrorKind::kInternal, fmt::format("no approval '{}' is recorded", id));
  if (statement.text_at(0) != application.modification.text || statement.text_at(1) != "approve") {
    return fail(ErrorKind::kRefused, fmt::format("approval {} does not approve modification {}", id,
                                                 application.modification.text));
  }
  if (!statement.null_at(2)) {
    return fail(
        ErrorKind::kConflict,
        fmt::format("approval {} was used already, for modification {}", id, statement.text_at(2)),
        "ask for another one: an approval is good for one application");
  }
  return {};
}

/// The entry of a record of this kind.
Result<std::int64_t> append_part(const Core& core, const std::string& at, std::string_view kind,
                                 const ModificationId& subject, nlohmann::json payload,
                                 const Part& part) {
  if (!part.digest.empty()) payload["operation_digest"] = part.digest;
  return append(core, at, kind, subject.text, std::move(payload));
}

Result<void> set_time(const Database& database, std::string_view sql, const std::string& at,
                      const ModificationId& id) {
  Statement update(database, sql);
  return update.text_or_null(at).text(id.text).run();
}

}  // namespace

Application read_application(const Statement& row, int from) {
  return {.modification = {row.text_at(from)},
          .branch = row.text_at(from + 1),
          .commit = {row.text_at(from + 2)},
          .base_commit = {row.text_at(from + 3)},
          .tree = {row.text_at(from + 4)},
          .evidence_digest = row.text_at(from + 5),
          .applied_at = row.text_at(from + 6),
          .branch_before = id_or_none<CommitTag>(row, from + 7),
          .approval = id_or_none<ApprovalTag>(row, from + 8),
          .approver = row.text_at(from + 9),
          .signer = row.text_at(from + 10),
          .statement = row.text_at(from + 11),
          .operation = {row.text_at(from + 12)}};
}

Rollback read_rollback(const Statement& row, int from) {
  return {.modification = {row.text_at(from)},
          .reason = row.text_at(from + 1),
          .method = row.text_at(from + 2),
          .ref = row.text_at(from + 3),
          .commit = id_or_none<CommitTag>(row, from + 4),
          .restored = {row.text_at(from + 5)},
          .rolled_back_at = row.text_at(from + 6),
          .cascade_of = id_or_none<ModificationTag>(row, from + 7),
          .verified_tree = id_or_none<TreeTag>(row, from + 8),
          .signer = row.text_at(from + 9),
          .statement = row.text_at(from + 10),
          .operation = {row.text_at(from + 11)}};
}

Merge read_merge(const Statement& row, int from) {
  return {.modification = {row.text_at(from)},
          .branch = row.text_at(from + 1),
          .before = {row.text_at(from + 2)},
          .after = {row.text_at(from + 3)},
          .worktree = row.text_at(from + 4),
          .signer = row.text_at(from + 5),
          .statement = row.text_at(from + 6),
          .merged_at = row.text_at(from + 7),
          .operation = {row.text_at(from + 8)}};
}

Undo read_undo(const Statement& row, int from) {
  return {.modification = {row.text_at(from)},
          .undone = {row.text_at(from + 1)},
          .what = row.text_at(from + 2),
          .reason = row.text_at(from + 3),
          .undone_at = row.text_at(from + 4),
          .operation = {row.text_at(from + 5)}};
}

Attestation read_attestation(const Statement& row, int from) {
  return {.digest = row.text_at(from),
          .modification = {row.text_at(from + 1)},
          .commit = {row.text_at(from + 2)},
          .envelope = row.text_at(from + 3),
          .attested_at = row.text_at(from + 4),
          .operation = {row.text_at(from + 5)}};
}

Result<void> record(const Core& core, Application application, const Part& part) {
  const ModificationId& id = application.modification;
  const auto latest = latest_application(core.database, id);
  if (!latest) return fail(latest.error());
  if (latest->in_force) {
    return fail(ErrorKind::kConflict,
                fmt::format("modification {} is applied already, on {}", id.text, latest->branch));
  }
  auto done = check_tried(core.database, application);
  if (done) done = check_approval(core.database, application);
  if (!done) return done;
  application.operation = part.operation;
  const std::string& at = application.applied_at;
  auto number = append_part(core, at, "application", id, payload_of(application), part);
  if (!number) return fail(std::move(number.error()));
  Statement insert(core.database, fmt::format(R"(
      INSERT INTO applications (id, ledger_number, {})
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?))",
                                              kApplicationColumns));
  insert.text(core.new_id()).whole(*number).text(id.text).text(application.branch);
  insert.text(application.commit.text).text(application.base_commit.text);
  insert.text(application.tree.text).text(application.evidence_digest).text(at);
  insert.text_or_null(text_of(application.branch_before));
  insert.text_or_null(text_of(application.approval)).text_or_null(application.approver);
  insert.text_or_null(application.signer).text_or_null(application.statement);
  if (done = insert.text_or_null(part.operation.text).run(); !done) return done;
  return set_time(core.database, R"(
      UPDATE code_modifications SET applied_at = ?, rollback_at = NULL WHERE modification_id = ?)",
                  at, id);
}

Result<void> record(const Core& core, Rollback rollback, const Part& part) {
  const ModificationId& id = rollback.modification;
  const auto latest = latest_application(core.database, id);
  if (!latest) return fail(latest.error());
  if (!latest->in_force) {
    return fail(ErrorKind::kConflict,
                fmt::format("modification {} {}", id.text,
                            latest->id.empty() ? "was never applied" : "is rolled back already"));
  }
  rollback.reason = valid_text(rollback.reason);
  rollback.operation = part.operation;
  const std::string& at = rollback.rolled_back_at;
  auto number = append_part(core, at, "rollback", id, payload_of(rollback), part);
  if (!number) return fail(std::move(number.error()));
  Statement insert(core.database, fmt::format(R"(
      INSERT INTO rollbacks (application_id, ledger_number, {})
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?))",
                                              kRollbackColumns));
  insert.text(latest->id).whole(*number).text(id.text).text(rollback.reason);
  insert.text(rollback.method).text(rollback.ref).text_or_null(text_of(rollback.commit));
  insert.text(rollback.restored.text).text(at).text_or_null(text_of(rollback.cascade_of));
  insert.text_or_null(text_of(rollback.verified_tree)).text_or_null(rollback.signer);
  insert.text_or_null(rollback.statement).text_or_null(part.operation.text);
  if (auto done = insert.run(); !done) return done;
  return set_time(core.database,
                  "UPDATE code_modifications SET rollback_at = ? WHERE modification_id = ?", at,
                  id);
}

Result<void> record(const Core& core, Merge merge, const Part& part) {
  const auto latest = latest_application(core.database, merge.modification);
  if (!latest) return fail(latest.error());
  if (!latest->in_force) {
    return fail(ErrorKind::kConflict,
                fmt::format("modification {} is not applied", merge.modification.text));
  }
  merge.operation = part.operation;
  const std::string& at = merge.merged_at;
  merge.worktree = valid_text(merge.worktree);
  auto number = append_part(core, at, "merge", merge.modification, payload_of(merge), part);
  if (!number) return fail(std::move(number.error()));
  Statement insert(core.database, fmt::format(R"(
      INSERT INTO merges (ledger_number, {}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?))",
                                              kMergeColumns));
  insert.whole(*number).text(merge.modification.text).text(merge.branch).text(merge.before.text);
  insert.text(merge.after.text).text_or_null(merge.worktree).text_or_null(merge.signer);
  insert.text_or_null(merge.statement).text(at).text_or_null(part.operation.text);
  return insert.run();
}

namespace {

/// An undone application is out of force, and one whose rollback was undone is in force again.
Result<void> follow(const Database& database, const Undo& undo) {
  if (undo.what == "merge") return {};
  return set_time(database,
                  "UPDATE code_modifications SET rollback_at = ? WHERE modification_id = ?",
                  undo.what == "application" ? undo.undone_at : "", undo.modification);
}

/// What is undone is there, and was not undone before.
Result<void> check(const Database& database, const Undo& undo) {
  Statement statement(database, R"(
      SELECT o.state, EXISTS (SELECT 1 FROM undos u WHERE u.undone_operation = o.id
                              AND u.modification_id = ? AND u.what = ?)
      FROM operations o WHERE o.id = ?)");
  auto row = statement.text(undo.modification.text).text(undo.what).text(undo.undone.text).step();
  if (!row) return fail(std::move(row.error()));
  if (!*row || statement.text_at(0) != "committed") {
    return fail(ErrorKind::kConflict, fmt::format("operation {} did not happen", undo.undone.text));
  }
  if (statement.whole_at(1) != 0) {
    return fail(ErrorKind::kConflict,
                fmt::format("operation {} was undone already", undo.undone.text));
  }
  return {};
}

}  // namespace

Result<void> record(const Core& core, Undo undo, const Part& part) {
  if (auto good = check(core.database, undo); !good) return good;
  undo.reason = valid_text(undo.reason);
  undo.operation = part.operation;
  auto number =
      append_part(core, undo.undone_at, "undo", undo.modification, payload_of(undo), part);
  if (!number) return fail(std::move(number.error()));
  Statement insert(core.database, fmt::format("INSERT INTO undos (ledger_number, {}) VALUES (?, ?, "
                                              "?, ?, ?, ?, ?)",
                                              kUndoColumns));
  insert.whole(*number).text(undo.modification.text).text(undo.undone.text).text(undo.what);
  insert.text(undo.reason).text(undo.undone_at).text_or_null(part.operation.text);
  if (auto done = insert.run(); !done) return done;
  return follow(core.database, undo);
}

Result<void> record(const Core& core, Attestation attestation, const Part& part) {
  const std::string digest = sha256(attestation.envelope);
  if (!attestation.digest.empty() && attestation.digest != digest) {
    return fail(ErrorKind::kInternal, fmt::format("the attestation's digest is {}, expected {}",
                                                  attestation.digest, digest));
  }
  // The same statement, made again, is one statement.
  Statement insert(core.database, fmt::format("INSERT INTO attestations ({}) VALUES (?, ?, ?, ?, "
                                              "?, ?) ON CONFLICT DO NOTHING",
                                              kAttestationColumns));
  insert.text(digest).text(attestation.modification.text).text(attestation.commit.text);
  insert.text(attestation.envelope).text(attestation.attested_at);
  return insert.text_or_null(part.operation.text).run();
}

namespace {

/// All rows of one modification, in the order of the ledger.
template <class T>
Result<std::vector<T>> rows_of(const Database& database, std::string_view table,
                               std::string_view columns, const ModificationId& id,
                               T (*read)(const Statement&, int)) {
  Statement statement(database, fmt::format("SELECT {} FROM {} WHERE modification_id = ? ORDER BY "
                                            "ledger_number",
                                            columns, table));
  statement.text(id.text);
  return collect<T>(statement, [&](Statement& row) -> Result<T> { return read(row, 0); });
}

}  // namespace

Result<std::vector<Application>> Store::applications(const ModificationId& id) const {
  return rows_of(impl_->database, "applications", kApplicationColumns, id, read_application);
}

Result<std::vector<Rollback>> Store::rollbacks(const ModificationId& id) const {
  return rows_of(impl_->database, "rollbacks", kRollbackColumns, id, read_rollback);
}

Result<std::vector<Merge>> Store::merges(const ModificationId& id) const {
  return rows_of(impl_->database, "merges", kMergeColumns, id, read_merge);
}

Result<std::vector<Undo>> Store::undos(const ModificationId& id) const {
  return rows_of(impl_->database, "undos", kUndoColumns, id, read_undo);
}

Result<std::vector<Attestation>> Store::attestations(const ModificationId& id) const {
  Statement statement(impl_->database, fmt::format("SELECT {} FROM attestations WHERE "
                                                   "modification_id = ? ORDER BY rowid",
                                                   kAttestationColumns));
  statement.text(id.text);
  return collect<Attestation>(
      statement, [](Statement& row) -> Result<Attestation> { return read_attestation(row, 0); });
}

}  // namespace automod::store
