#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/fd.hpp"
#include "engine/repo/handles.hpp"
#include "engine/repo/repo.hpp"

struct git_odb_backend;

namespace automod::repo {

inline constexpr unsigned kModeFolder = 0040000;
inline constexpr unsigned kModeFile = 0100644;
inline constexpr unsigned kModeExecutable = 0100755;
inline constexpr unsigned kModeLink = 0120000;
inline constexpr unsigned kModeSubmodule = 0160000;

inline bool is_file(unsigned mode) { return mode == kModeFile || mode == kModeExecutable; }

struct Repository::Impl {
  Handle<git_repository> real;        // refs and where things are
  Handle<git_repository> objects;     // the same objects and nothing else: no folder, no settings
  Handle<git_odb> odb;                // of `objects`: reads all, writes to memory
  Handle<git_odb> disk;               // reads the object folder; written by ObjectBatch
  git_odb_backend* memory = nullptr;  // the part of `odb` that writes go to; `odb` owns it
  /// common_dir, open since before anything is written: syncfs(2) tells of errors since then.
  Fd opened_dir;
  std::filesystem::path common_dir;
  std::optional<std::filesystem::path> work_dir;
  bool bare = false;
  std::vector<std::string> shallow;  // commits whose parents were not cloned

  Result<Handle<git_tree>> tree(const git_oid& id) const;
  Result<Handle<git_tree>> tree(const TreeId& id) const;
  Result<Handle<git_commit>> commit(const CommitId& id) const;
  /// None at the boundary of a shallow clone.
  std::vector<CommitId> parents_of(const git_commit* commit) const;
  /// A blob's content; `what` names it in errors.
  Result<std::string> content(const git_oid& id, std::string_view what, std::size_t limit) const;
  /// The entry at `path`, folders included; nullopt when there is none.
  Result<std::optional<Entry>> find(const git_tree* tree, std::string_view path) const;
  Result<std::size_t> size_of(const git_oid& id, std::string_view what) const;
  /// The same error, with what to do when a shallow clone is why.
  std::unexpected<Error> fail_history(std::string_view doing, int code) const;
};

/// kUnavailable when the repository belongs to somebody else and the user did not vouch for it.
Result<void> check_owner(const Repository::Impl& impl);

/// Something in one folder of a tree.
struct Child {
  std::string name;
  unsigned mode = 0;
  std::string id;
};

/// Bounds against trees built to explode: one small object can name itself a thousand times.
inline constexpr std::size_t kMostEntries = 1'000'000;
inline constexpr std::size_t kDeepest = 256;

/// Counts what a walk through a tree meets. kRefused when it is more than any real tree holds.
class WalkBounds {
 public:
  Result<void> count(std::size_t depth);

 private:
  std::size_t entries_ = 0;
};

/// What one folder holds. kRefused for names that no folder can hold ("..", "a/b", ".git").
Result<std::vector<Child>> children(const git_tree* tree, std::string_view folder);

}  // namespace automod::repo
