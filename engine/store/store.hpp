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
#include "engine/types/evidence.hpp"
#include "engine/types/words.hpp"

/// What automod remembers of one repository: <git common dir>/automod/automod.db.
namespace automod::store {

/// What one execution cost beyond its wall time. Of the sandbox: all processes together.
struct ExecutionCosts {
  std::int64_t setup_us = 0;  // before the command began
  std::int64_t run_us = 0;
  std::int64_t teardown_us = 0;  // after its end
  std::int64_t peak_memory_bytes = 0;
  std::int64_t written_bytes = 0;
  friend bool operator==(const ExecutionCosts&, const ExecutionCosts&) = default;
};

/// One row of sandbox_executions, before it has an id.
struct ExecutionRow {
  ExecutionType type = ExecutionType::kBuild;
  std::string command;
  std::string outcome;
  std::string out;  // bounded by the sandbox; stored as valid UTF-8
  std::string err;
  int exit_code = 0;  // or the signal, when outcome is "signalled"
  std::int64_t wall_ms = 0;
  std::int64_t cpu_ms = 0;
  std::int64_t memory_mb = 0;
  std::optional<ExecutionCosts> costs;  // nullopt where an older automod wrote the row
};

struct MetricRow {
  std::string name;  // "execution_time:rank", "memory_usage:rank"
  double baseline = 0;
  double modified = 0;
  double improvement_percent = 0;
};

struct TrialRow {
  TrialId id;
  ModificationId modification;
  std::string evidence_digest;
  Evidence evidence;
  std::string finished_at;
};

struct VerdictRow {
  TrialId trial;
  Verdict verdict;
  std::string judged_at;
};

struct Application {
  ModificationId modification;
  std::string branch;  // full ref name
  CommitId commit;
  CommitId base_commit;
  TreeId tree;
  std::string evidence_digest;
  std::string applied_at;
};

struct Rollback {
  ModificationId modification;
  std::string reason;
  std::string method;  // "restored" (the ref went back) or "revert" (a commit undoes it)
  std::string ref;     // the ref that was deleted or the branch that holds the revert
  std::optional<CommitId> commit;  // of the revert
  CommitId restored;               // the commit whose tree is in force again
  std::string rolled_back_at;
};

/// One entry of the ledger. `hash` covers all other fields; `previous` is the hash before it.
struct LedgerEntry {
  std::int64_t number = 0;
  std::string at;
  std::string kind;     // session, proposal, verdict, application, rollback
  std::string subject;  // the id it is about
  std::string payload;  // canonical JSON
  std::string previous;
  std::string hash;
};

struct ListedModification {
  Modification modification;
  ModificationStatus status = ModificationStatus::kProposed;
  std::optional<VerdictRow> verdict;
  std::optional<Application> application;
  std::optional<Rollback> rollback;
};

struct ListFilter {
  std::optional<ModificationStatus> status;
  std::optional<SessionId> session;
  std::optional<std::size_t> limit;  // newest first
};

/// Every method is one transaction: after a crash its effect is there whole or not at all. What
/// was returned as done survives kill -9 and power loss. One Store per thread; several processes
/// may use the same database.
class Store {
 public:
  /// Opens or creates; brings an older schema up to date. kInternal when the database is damaged,
  /// kUnavailable when a newer automod wrote it. `clock` is borrowed.
  static Result<Store> open(const std::filesystem::path& folder, const Clock& clock);
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

  Result<void> add_application(const Application& application);
  Result<void> add_rollback(const Rollback& rollback);

  /// Oldest first, from `after` (exclusive) on.
  Result<std::vector<LedgerEntry>> ledger(std::int64_t after = 0) const;
  /// nullopt when every hash holds; else the number of the first entry that does not.
  Result<std::optional<std::int64_t>> check_ledger() const;

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
