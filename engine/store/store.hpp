#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "engine/store/bundle.hpp"
#include "engine/store/journal.hpp"
#include "engine/store/ledger.hpp"
#include "engine/store/records.hpp"
#include "engine/types/evidence.hpp"
#include "engine/types/words.hpp"

/// What automod remembers of one repository: <git common dir>/automod/automod.db.
namespace automod::store {

/// Every method is one transaction: after a crash its effect is there whole or not at all. What
/// was returned as done survives kill -9 and power loss. One Store per thread; several processes
/// may use the same database.
class Store {
 public:
  /// Opens or creates; brings an older schema up to date. kUnavailable when a newer automod wrote
  /// it; kInternal when the database is damaged or gone, which diagnose() (recover.hpp) tells from
  /// other failures. `had_one` is asked where there is no database whether there should be one.
  /// `clock` is borrowed.
  static Result<Store> open(const std::filesystem::path& folder, const Clock& clock,
                            const std::function<bool()>& had_one = {});
  Store(Store&&) noexcept;
  Store& operator=(Store&&) noexcept;
  ~Store();

  Result<SessionId> begin_session(std::string_view codebase_path, const std::vector<Goal>& goals,
                                  SafetyLevel level);
  Result<void> end_session(const SessionId& id, SessionStatus status);
  Result<void> add_findings(const SessionId& id, const std::vector<Finding>& findings);
  Result<std::vector<Finding>> findings(const SessionId& id) const;
  Result<Session> session(const SessionId& id) const;
  Result<std::vector<Session>> sessions(std::size_t limit) const;  // newest first

  /// Returns the modification that already has the same base and patch, if there is one.
  Result<std::optional<ModificationId>> find_same(const CommitId& base,
                                                  std::string_view patch_digest) const;
  /// Records it under a new id, which the returned value carries.
  Result<Modification> add_modification(Modification modification);
  /// By id or unique prefix (at least 4 characters). kUsage when none or several match.
  Result<ListedModification> modification(std::string_view id_or_prefix) const;
  Result<std::vector<ListedModification>> list(const ListFilter& filter) const;

  /// Executions of a base, which belong to no modification.
  Result<void> add_base_executions(const SessionId& session,
                                   const std::vector<ExecutionRow>& executions);
  /// A finished trial with its executions, metrics and verdict. Evidence is content-addressed.
  Result<TrialRow> add_trial(const ModificationId& id, const Evidence& evidence,
                             const Verdict& verdict, const std::vector<ExecutionRow>& executions,
                             const std::vector<MetricRow>& metrics);
  /// A further verdict on a trial, at another level; it is the one that counts from now on.
  Result<void> add_verdict(const TrialId& trial, const Verdict& verdict);
  Result<std::optional<TrialRow>> latest_trial(const ModificationId& id) const;
  /// The latest trial, of whatever modification, whose exact_key() or shape_key() this is.
  Result<std::optional<TrialRow>> trial_of_key(std::string_view key) const;
  Result<std::vector<ExecutionRow>> executions(const ModificationId& id) const;
  Result<std::vector<MetricRow>> metrics(const ModificationId& id) const;

  // The journal. One operation at a time: callers hold the WriterLock from before prepare() until
  // finish() or abort() has returned.
  OperationId new_operation_id() const;
  /// Writes down what is about to happen. kConflict when another operation is pending, or when
  /// what it wants to record contradicts what is recorded. After an error it is not pending,
  /// except where the disk refused even to say so: then refs have not been moved, and the next
  /// start finds that out.
  Result<void> prepare(const Operation& operation);
  Result<std::optional<Operation>> pending() const;
  /// Records the whole act and marks the operation committed. Doing it again changes nothing.
  Result<void> finish(const OperationId& id);
  /// Nothing of it happened. Doing it again changes nothing.
  Result<void> abort(const OperationId& id, std::string_view why);
  /// Whatever became of it.
  Result<std::optional<Operation>> operation(const OperationId& id) const;
  /// The latest that was committed, is no undo itself, and was not undone.
  Result<std::optional<Operation>> last_undoable() const;

  /// Signs what is appended from now on.
  void seal_with(Seal seal);

  /// kConflict when one of that id is there with another content; the same once more is nothing.
  Result<void> add_approval(const Approval& approval);
  Result<std::vector<Approval>> approvals(const ModificationId& id) const;  // oldest first
  /// The application that used it up, if one did.
  Result<std::optional<Application>> use_of(const ApprovalId& id) const;

  Result<std::vector<Application>> applications(const ModificationId& id) const;  // oldest first
  Result<std::vector<Rollback>> rollbacks(const ModificationId& id) const;
  Result<std::vector<Merge>> merges(const ModificationId& id) const;
  Result<std::vector<Undo>> undos(const ModificationId& id) const;
  Result<std::vector<Attestation>> attestations(const ModificationId& id) const;

  /// Newest first: those after a time, and of the latest so many at least.
  Result<std::vector<PastApplication>> past_applications(std::string_view since,
                                                         std::size_t at_least) const;
  /// What a commit is to us.
  enum class Made { kNothing, kApplication, kMerge };
  Result<Made> made(const CommitId& commit) const;

  Result<void> add_feedback(const Feedback& feedback);
  Result<std::vector<Feedback>> feedback(const ModificationId& id) const;
  /// Succeeds on a full disk, too, as long as nobody takes the room that was kept for it.
  Result<void> add_failure(const Failure& failure);
  Result<std::vector<Failure>> failures(std::size_t limit) const;  // newest first

  Result<WatchId> begin_watch(const Watch& watch);
  Result<void> add_watch_check(const WatchId& id, const WatchCheck& check);
  /// `state` is what became of it: healthy, regressed or stopped. kConflict when it has ended.
  Result<void> end_watch(const WatchId& id, std::string_view state, std::string_view why);
  /// Newest first; of one modification, or of all.
  Result<std::vector<Watch>> watches(const std::optional<ModificationId>& id) const;

  Result<std::vector<LedgerEntry>> ledger(const LedgerFilter& filter = {}) const;
  Result<LedgerHead> ledger_head() const;
  /// Everything in ledger, journal and records that is not as it was written, by number of entry.
  /// Empty: all is well.
  Result<std::vector<LedgerProblem>> verify_ledger(const LedgerTrust& trust) const;
  /// Everything about these modifications, or about all where none are named; the ledger whole.
  Result<Bundle> bundle(const std::vector<ModificationId>& only) const;

 private:
  struct Impl;
  explicit Store(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// Held by whoever moves refs of a repository; released when it goes. Waits up to `patience`,
/// then kConflict naming the holder's process id.
class WriterLock {
 public:
  static Result<WriterLock> take(const std::filesystem::path& folder,
                                 std::chrono::milliseconds patience = std::chrono::seconds(5));
  WriterLock(WriterLock&&) noexcept;
  WriterLock& operator=(WriterLock&&) noexcept;
  ~WriterLock();

 private:
  explicit WriterLock(int fd) : fd_(fd) {}
  int fd_ = -1;
};

}  // namespace automod::store
