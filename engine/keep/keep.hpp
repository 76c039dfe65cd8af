#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/cancel.hpp"
#include "base/clock.hpp"
#include "base/error.hpp"
#include "engine/repo/repo.hpp"
#include "engine/sign/signer.hpp"
#include "engine/store/store.hpp"
#include "engine/types/config.hpp"

/// Keeps what was approved as a signed commit on its own branch, merges it where the user wants
/// it, and takes it back. The caller holds the repository's WriterLock and has called recover().
/// Every act is there whole or not at all, whatever interrupts it; on an error nothing was
/// changed, unless the error says that the next command will finish it.
namespace automod::keep {

struct World {
  repo::Repository& repo;
  store::Store& store;
  const Clock& clock;
  const CancelToken& cancel;
  const sign::Signer* signer;  // null: there is none, and no commit is made
};

/// refs/heads/self-mod/<id>
std::string branch_of(const ModificationId& id);
/// refs/automod/undo/<id>: keeps what was taken back reachable.
std::string undo_ref_of(const ModificationId& id);

struct ApplyRequest {
  const store::ListedModification& listed;
  const Config& config;        // of the base commit
  bool config_counts = false;  // the base commit itself holds it: approvers count
  std::string token = {};      // of an approval; empty: there is none
  bool hooks = false;          // run the user's commit-msg hook on the message
};

/// Commits the tried tree, and only that tree, on top of the base commit. Asked again, it
/// returns what it did the first time. kRefused and kNeedsApproval when the verdict, or a limit
/// on what may pass without a person, does not allow it; kConflict when the branch exists.
Result<store::Application> apply(const World& world, const ApplyRequest& request);

struct RollbackRequest {
  const store::ListedModification& listed;
  std::string_view reason;
  std::optional<std::string> onto = {};  // the branch to undo it on; absent where only one can be
  bool cascade = false;                  // take along what was built on it
  const Config& config;
};

/// Takes an application back, newest first with what depends on it. Where nothing else holds the
/// commit its branch goes, exactly as if it had never been, and refs/automod/undo/<id> keeps the
/// commit reachable. Where another branch holds it, a signed commit that undoes it is made on
/// self-mod/revert-<id>. kConflict, with nothing changed, when later applications build on it
/// and may not go along, when the later history cannot be reconciled, or when the branch is
/// checked out.
Result<std::vector<store::Rollback>> rollback(const World& world, const RollbackRequest& request);

struct MergeRequest {
  const store::ListedModification& listed;
  std::string branch;         // full name; empty: the one that `worktree` has checked out
  bool only_forward = false;  // no merge commit
  bool hooks = false;
  const Config& config;
};

/// Moves a branch of the user's so that it holds the application: forward, or by a signed merge
/// commit. The working tree that has it checked out follows. kConflict, naming the paths, where
/// changes in it are in the way or the histories cannot be merged.
Result<store::Merge> merge(const World& world, const MergeRequest& request);

/// Takes back the last application, rollback or merge: its refs stand again where they stood
/// before it. Returns what was taken back. kConflict when one of them has moved since, kUsage when
/// there is nothing to undo.
Result<store::Operation> undo(const World& world, std::string_view reason);

/// What an earlier process left half done.
struct Recovered {
  std::optional<store::Operation> operation;
  bool finished = false;  // else it was called off: nothing of it had happened
};

/// Finishes or calls off what a crash interrupted. Doing it again changes nothing. kConflict,
/// naming the ref, when somebody else has moved one meanwhile: a person has to decide.
Result<Recovered> recover(const World& world);

}  // namespace automod::keep
