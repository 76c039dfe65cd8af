#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "engine/repo/repo.hpp"
#include "engine/store/store.hpp"
#include "engine/types/config.hpp"

/// Keeps what was approved as a commit on its own branch, and takes it back. The caller holds
/// the repository's WriterLock.
namespace automod::keep {

struct World {
  repo::Repository& repo;
  store::Store& store;
  const Clock& clock;
};

/// refs/heads/self-mod/<id>
std::string branch_of(const ModificationId& id);

/// Commits the tried tree, and only that tree, on top of the base commit. Asked again, it
/// returns what it did the first time; a branch that an interrupted call left is taken over.
/// kRefused when the verdict does not allow it, kConflict when the branch is somebody else's.
Result<store::Application> apply(const World& world, const store::ListedModification& listed,
                                 const Config& config);

/// Takes an application back. Where nothing was built on it the branch goes, exactly as if it
/// had never been, and refs/automod/undo/<id> keeps the commit reachable. Where another branch
/// holds it, a commit that undoes it is made on self-mod/revert-<id>, on top of `onto` (a branch;
/// may be left out where only one holds it). kConflict, with nothing changed, when the later
/// history cannot be reconciled or the branch is checked out.
Result<store::Rollback> rollback(const World& world, const store::ListedModification& listed,
                                 std::string_view reason, const std::optional<std::string>& onto,
                                 const Config& config);

/// The commit message of an application: subject, reasoning, verdict, trailers.
std::string commit_message(const Modification& modification, const Verdict& verdict);

}  // namespace automod::keep
