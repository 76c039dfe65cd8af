#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/store/records.hpp"

/// What is about to move refs is written down before, so that whoever comes after a crash can
/// finish it or call it off.
namespace automod::store {

struct RefMove {
  std::string ref;                 // full name
  std::optional<CommitId> before;  // nullopt: it does not exist
  std::optional<CommitId> after;
  friend bool operator==(const RefMove&, const RefMove&) = default;
};

/// The files of a checked-out branch follow its ref.
struct WorktreeMove {
  std::string path;  // of the working tree
  CommitId from;
  CommitId to;
  friend bool operator==(const WorktreeMove&, const WorktreeMove&) = default;
};

/// Everything that an act changes in the database, besides the refs.
struct Act {
  std::vector<Approval> approvals = {};  // that the store may not know yet
  std::vector<Application> applications = {};
  std::vector<Rollback> rollbacks = {};
  std::vector<Merge> merges = {};
  std::vector<Undo> undos = {};
  std::vector<Attestation> attestations = {};
  std::optional<WorktreeMove> worktree = {};
};

/// A process, so that another one of the same number is not taken for it.
struct ProcessMark {
  std::int64_t pid = 0;
  std::int64_t start = 0;  // clock ticks after boot
  std::string boot;        // the kernel's boot id
  friend bool operator==(const ProcessMark&, const ProcessMark&) = default;
};
ProcessMark this_process();

struct Operation {
  OperationId id;
  std::string kind;  // apply, rollback, merge, undo
  std::vector<RefMove> refs = {};
  Act act = {};
  std::string at = {};  // of all its records that say no other time
  ProcessMark by = {};  // set by the store
};

}  // namespace automod::store
