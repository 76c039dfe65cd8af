#pragma once

#include <nlohmann/json_fwd.hpp>

#include "engine/store/database.hpp"
#include "engine/store/store.hpp"

/// What the sources of Store share.
namespace automod::store {

struct Core {
  Database database;
  const Clock& clock;
  std::filesystem::path folder;
  std::optional<Seal> seal = {};

  std::string now() const { return iso_time(clock.now()); }
  std::string new_id() const { return uuid7(clock.now()); }
  /// Closes the connection and makes a new one, which knows only what the file says.
  Result<void> reopen();
};

struct Store::Impl : Core {};

std::filesystem::path database_file(const std::filesystem::path& folder);

/// Appends to the ledger, sealed where the core has a seal for it; belongs into the transaction
/// that records `subject`. The number of the entry.
Result<std::int64_t> append(const Core& core, std::string_view at, std::string_view kind,
                            std::string_view subject, nlohmann::json payload);

LedgerEntry read_entry(const Statement& row);  // of kEntryColumns
Result<LedgerHead> head_of(const Database& database);
Result<std::vector<LedgerEntry>> former_ledger(const Database& database);

/// The operation that a record is part of.
struct Part {
  OperationId operation;  // empty: of none
  std::string digest;     // operation_digest()
};
std::string operation_digest(std::string_view kind, std::string_view refs, std::string_view record);

// Into the transaction that is open. Each checks that what it records can be so, gives it its
// ledger entry, and takes over the operation. kConflict when what is recorded says otherwise. Ids
// and times are those of the record.
Result<void> record(const Core& core, const Session& session);
Result<void> record(const Core& core, const Modification& modification);
Result<void> record(const Core& core, const TrialRow& trial, const std::string& evidence);
Result<void> record(const Core& core, const TrialRow& trial, const Verdict& verdict);
Result<void> record(const Core& core, const Approval& approval);
Result<void> record(const Core& core, const Feedback& feedback);
Result<void> record(const Core& core, Failure failure);
Result<void> record(const Core& core, const Watch& watch);
Result<void> record(const Core& core, Application application, const Part& part);
Result<void> record(const Core& core, Rollback rollback, const Part& part);
Result<void> record(const Core& core, Merge merge, const Part& part);
Result<void> record(const Core& core, Undo undo, const Part& part);
Result<void> record(const Core& core, Attestation attestation, const Part& part);

/// Writes in a transaction of its own; `what` is done within it.
template <class F>
Result<void> in_transaction(Core& core, std::string_view doing, F&& what) {
  auto transaction = Transaction::begin(core.database);
  if (!transaction) return fail(std::move(transaction.error()).within(doing));
  Result<void> done = what();
  if (done) done = transaction->commit();
  if (!done) return fail(std::move(done.error()).within(doing));
  return {};
}

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

/// What a session was begun with: path, goals and level, from column `from` on.
Result<Session> read_session_terms(const Statement& row, int from);
Result<Verdict> stored_verdict(const Statement& statement, int column);

// Of the columns k…Columns names, from `from` on.
inline constexpr std::string_view kApplicationColumns =
    "modification_id, branch, commit_id, base_commit, tree, evidence_digest, applied_at, "
    "branch_before, approval_id, approver, signer, statement, operation_id";
Application read_application(const Statement& row, int from);
inline constexpr std::string_view kRollbackColumns =
    "modification_id, rollback_reason, method, ref, commit_id, restored_commit, rollback_at, "
    "cascade_of, verified_tree, signer, statement, operation_id";
Rollback read_rollback(const Statement& row, int from);
inline constexpr std::string_view kMergeColumns =
    "modification_id, branch, before_commit, after_commit, worktree, signer, statement, "
    "merged_at, operation_id";
Merge read_merge(const Statement& row, int from);
inline constexpr std::string_view kUndoColumns =
    "modification_id, undone_operation, what, undo_reason, undone_at, operation_id";
Undo read_undo(const Statement& row, int from);
inline constexpr std::string_view kApprovalColumns =
    "id, modification_id, answer, approver, expires_at, note, token, decided_at";
Approval read_approval(const Statement& row, int from);
inline constexpr std::string_view kAttestationColumns =
    "digest, modification_id, commit_id, envelope, attested_at, operation_id";
Attestation read_attestation(const Statement& row, int from);
inline constexpr std::string_view kFeedbackColumns = "modification_id, opinion, note, given_at";
Feedback read_feedback(const Statement& row, int from);
inline constexpr std::string_view kFailureColumns =
    "doing, message, modification_id, operation_id, failed_at";
Failure read_failure(const Statement& row, int from);
inline constexpr std::string_view kWatchColumns =
    "id, modification_id, command, every_seconds, for_seconds, state, why, started_at, ended_at";
Watch read_watch_row(const Statement& row, int from);
/// With its checks.
Result<Watch> read_watch(const Database& database, const Statement& row, int from);

/// Every modification with the number of its entry, one after the other; stops at an error of
/// `each`. One that cannot be read is an error for `each` to look at.
using EachModification =
    std::function<Result<void>(std::int64_t number, Result<Modification> modification)>;
Result<void> each_modification(const Database& database, const EachModification& each);

}  // namespace automod::store
