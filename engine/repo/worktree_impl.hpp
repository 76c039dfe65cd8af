#pragma once

#include <sys/stat.h>

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/fd.hpp"
#include "engine/repo/impl.hpp"
#include "engine/repo/own_locks.hpp"
#include "engine/repo/worktree.hpp"

namespace automod::repo {

struct Worktree::Impl {
  const Repository::Impl& repo;
  std::filesystem::path root;
  std::filesystem::path git_dir;  // where its HEAD and index are
  Handle<git_repository> view;    // with the user's own settings, for line endings alone
  Fd folder;                      // root
  bool has_modes = true;          // core.fileMode: the executable bit means something
};

struct PathSide {
  unsigned mode = 0;
  std::string id;
  friend bool operator==(const PathSide&, const PathSide&) = default;
};

/// A path that differs between two commits.
struct PathChange {
  std::optional<PathSide> from;
  std::optional<PathSide> to;
};
using PathChanges = std::map<std::string, PathChange, std::less<>>;

/// What stands at a path of the working tree.
enum class Standing {
  kAbsent,
  kFrom,   // what `from` has
  kTo,     // what `to` has, or its absence
  kOther,  // something of the user's
};

/// What keeps a working tree from being moved, path by path.
struct Obstacles {
  std::vector<std::string> changed;
  std::vector<std::string> staged;
  std::vector<std::string> untracked;
};
/// kConflict naming them, if there are any.
Result<void> refuse_obstacles(Obstacles obstacles);

// worktree_scan.cpp
Result<PathChanges> changes_between(const Repository::Impl& repo, const TreeId& from,
                                    const TreeId& to);
/// kUnavailable for a path that only git itself can write.
Result<void> check_writable(const Worktree::Impl& tree, const PathChanges& changes);
Result<Standing> standing_of(const Worktree::Impl& tree, const PathChanges& changes,
                             const std::string& path);
/// Adds what is changed or in the way in the working tree.
Result<void> find_obstacles(const Worktree::Impl& tree, const PathChanges& changes,
                            Obstacles& obstacles);

// worktree_files.cpp
/// The folder that a path lies in, opened without following a link; an empty one when it is not
/// there, `make` aside. kConflict naming what is there instead of a folder.
Result<Fd> open_parent(const Worktree::Impl& tree, std::string_view path, bool make);
std::string name_of(std::string_view path);
/// The bytes of a blob as the working tree is to have them.
Result<std::string> to_worktree(const Worktree::Impl& tree, const std::string& path,
                                const std::string& blob);
/// The blob that such bytes would be stored as.
Result<std::string> to_blob(const Worktree::Impl& tree, const std::string& path,
                            std::string_view content);
/// Makes every path as `to` has it. Own files of `locks` hold content on its way.
Result<void> write_paths(const Worktree::Impl& tree, const PathChanges& changes, OwnLocks& locks);

// worktree_index.cpp
/// Adds what is staged, and not what `from` or `to` has. kConflict for a merge that is not
/// resolved, kUnavailable for an index that libgit2 cannot read or that leaves files out.
Result<void> check_index(const Worktree::Impl& tree, const PathChanges& changes,
                         Obstacles& obstacles);
/// Puts an index in place in which the paths are as `to` has them, and all else is as it was.
Result<void> write_index(const Worktree::Impl& tree, const PathChanges& changes, OwnLocks& locks);

}  // namespace automod::repo
