#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/types/evidence.hpp"
#include "engine/types/words.hpp"

/// What the store keeps, as plain values. Times are UTC as iso_time() writes them; a time that is
/// empty when a record is handed over is set by the store.
namespace automod::store {

using OperationId = Id<struct OperationTag>;  // UUIDv7
using ApprovalId = Id<struct ApprovalTag>;    // a token's jti
using WatchId = Id<struct WatchTag>;          // UUIDv7

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

/// A person's word on a modification. With a token it can be checked again.
struct Approval {
  ApprovalId id;
  ModificationId modification;
  std::string answer;      // "approve" or "decline"
  std::string approver;    // fingerprint of the key, else a name
  std::string expires_at;  // empty: never
  std::string note;
  std::string token;  // as it was minted; empty: there is none
  std::string decided_at;
};

struct Application {
  ModificationId modification;
  std::string branch;  // full ref name
  CommitId commit;
  CommitId base_commit;
  TreeId tree;
  std::string evidence_digest;
  std::string applied_at;
  // From schema 4 on.
  std::optional<CommitId> branch_before = {};  // nullopt: the branch was made
  std::optional<ApprovalId> approval = {};     // which this uses up
  std::string approver = {};
  std::string signer = {};     // of the commit
  std::string statement = {};  // digest of its attestation
  OperationId operation = {};  // set by the store, here as below
};

struct Rollback {
  ModificationId modification;
  std::string reason;
  std::string method;  // "restored" (the ref went back), "revert" (a commit undoes it) or "undo"
  std::string ref;     // the ref that was deleted or the branch that holds the revert
  std::optional<CommitId> commit;  // of the revert
  CommitId restored;               // the commit whose tree is in force again
  std::string rolled_back_at;
  // From schema 4 on.
  std::optional<ModificationId> cascade_of = {};  // whose rollback took this one along
  std::optional<TreeId> verified_tree = {};       // found there afterwards, as expected
  std::string signer = {};
  std::string statement = {};
  OperationId operation = {};
};

/// A branch of the user's was moved to hold a modification.
struct Merge {
  ModificationId modification;
  std::string branch;  // full ref name
  CommitId before;
  CommitId after;
  std::string worktree = {};  // that had the branch checked out; empty: none
  std::string signer = {};    // of the merge commit; empty: the branch was fast-forwarded
  std::string statement = {};
  std::string merged_at = {};
  OperationId operation = {};
};

/// An operation was taken back, as far as it concerned this modification. That of an application
/// goes with a Rollback of method "undo".
struct Undo {
  ModificationId modification;
  OperationId undone;
  std::string what;  // "application", "rollback" or "merge"
  std::string reason;
  std::string undone_at = {};
  OperationId operation = {};
};

/// A signed statement about a commit. The statement digest of a record names it.
struct Attestation {
  std::string digest;  // SHA-256 of the envelope; set by the store where it is empty
  ModificationId modification;
  CommitId commit;
  std::string envelope;  // JSON, kept byte for byte
  std::string attested_at = {};
  OperationId operation = {};
};

struct Feedback {
  ModificationId modification;
  bool good = true;
  std::string note;
  std::string given_at = {};
};

/// Something that automod set out to do and could not.
struct Failure {
  std::string doing;    // "applying"
  std::string message;  // the error's
  std::optional<ModificationId> modification = {};
  OperationId operation = {};  // may be of one that was never prepared
  std::string failed_at = {};
};

struct WatchCheck {
  std::string outcome;  // "healthy", "unhealthy" or "unknown"
  std::int64_t wall_ms = 0;
  std::optional<double> value = {};  // what was measured
  std::string detail = {};
  std::string checked_at = {};
};

/// A modification that is looked after for a while.
struct Watch {
  WatchId id;
  ModificationId modification;
  std::string command;
  std::int64_t every_seconds = 0;
  std::int64_t for_seconds = 0;
  std::string state = "running";  // then "healthy", "regressed" or "stopped"
  std::string why = {};           // it ended so
  std::string started_at = {};
  std::string ended_at = {};
  std::vector<WatchCheck> checks = {};  // oldest first
};

struct ListedModification {
  Modification modification;
  ModificationStatus status = ModificationStatus::kProposed;
  std::optional<VerdictRow> verdict = {};
  std::optional<Application> application = {};
  std::optional<Rollback> rollback = {};  // of that application, unless it was undone
  std::optional<Merge> merge = {};        // the latest of that application that was not undone
};

/// As much of an application as the limits on what passes without a person ask for.
struct PastApplication {
  ModificationId modification;
  std::string applied_at;
  std::vector<std::string> paths;  // of the files that it changed
  bool approved = false;           // a person had let it pass
  bool rolled_back = false;
};

struct ListFilter {
  std::optional<ModificationStatus> status;
  std::optional<SessionId> session;
  std::optional<std::size_t> limit;  // newest first
};

}  // namespace automod::store
