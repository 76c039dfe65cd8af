#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "engine/types/words.hpp"

/// The target as git objects. Reads any tree, computes new ones, moves our own refs. Never looks
/// at or touches the working tree, the index, HEAD or the user's configuration, runs no hook, no
/// filter and no other program.
namespace automod::repo {

struct Entry {
  std::string path;
  std::string blob;      // object id; same id, same content
  unsigned mode = 0;     // 0100644, 0100755, 0120000 (symlink), 0160000 (submodule)
  std::size_t size = 0;  // of a file or symlink; 0 for a submodule
};

struct CommitInfo {
  CommitId commit;
  TreeId tree;
};

struct NewCommit {
  TreeId tree;
  std::vector<CommitId> parents;
  std::string author_name;
  std::string author_email;
  std::string message;
  long long seconds = 0;  // since the epoch, UTC
};

/// One ref moved from exactly `before` (absent: it must not exist) to `after` (absent: deleted).
struct RefUpdate {
  std::string ref;
  std::optional<CommitId> before;
  std::optional<CommitId> after;
};

class Repository {
 public:
  /// Finds the repository that `path` lies in, linked worktrees included.
  static Result<Repository> open(const std::filesystem::path& path);
  struct Impl;  // known to this folder's sources alone
  explicit Repository(std::unique_ptr<Impl> impl);
  Repository(Repository&&) noexcept;
  Repository& operator=(Repository&&) noexcept;
  ~Repository();

  std::filesystem::path common_dir() const;               // shared by all worktrees
  std::optional<std::filesystem::path> work_dir() const;  // nullopt in a bare repository

  /// Branch, tag, HEAD~2, abbreviated id. kUsage with the nearest ref when there is none; in a
  /// shallow clone kUnavailable, with what depth is needed where that can be known.
  Result<CommitInfo> resolve(std::string_view revision) const;
  /// The one ancestor both share; nullopt when there is none.
  Result<std::optional<CommitId>> merge_base(const CommitId& a, const CommitId& b) const;
  Result<bool> is_ancestor(const CommitId& ancestor, const CommitId& descendant) const;
  /// Every commit reachable from `head` and not from `base`, oldest first.
  Result<std::vector<CommitInfo>> between(const CommitId& base, const CommitId& head) const;
  Result<std::string> message(const CommitId& commit) const;
  Result<std::vector<CommitId>> parents(const CommitId& commit) const;
  /// nullopt for a commit without any; kUnavailable where a shallow clone lacks it.
  Result<std::optional<CommitInfo>> first_parent(const CommitId& commit) const;
  /// Does the history that is here end before the real one does?
  bool is_shallow() const;

  /// All files of a tree, sorted by path, folders flattened.
  Result<std::vector<Entry>> list(const TreeId& tree) const;
  /// What one folder ("" for the root) holds, its folders included (mode 0040000) and sizes left
  /// out; paths are whole. Empty when the tree has no such folder.
  Result<std::vector<Entry>> list_folder(const TreeId& tree, std::string_view folder) const;
  /// What a commit of the index would hold. `index` empty: the one of the worktree that was
  /// opened. Its objects stay in memory; the file is only read. What is only intended to be added
  /// is left out. kConflict while a merge is not resolved.
  Result<TreeId> staged_tree(const std::filesystem::path& index) const;
  /// nullopt when the tree has no such file; of a symlink its target. Fails above `limit` bytes.
  Result<std::optional<std::string>> read(const TreeId& tree, std::string_view path,
                                          std::size_t limit) const;

  /// The tree that results from `base` by the given files. Checks that each `original` is what
  /// the base holds. Its objects stay in memory until `persist`, so that a rejected candidate
  /// leaves nothing behind in the user's repository.
  Result<TreeId> write_tree(const TreeId& base, const std::vector<FileChange>& files);
  /// Unified diff in git's format, three lines of context, full ids, no renames: one text for one
  /// pair of trees.
  Result<std::string> diff(const TreeId& before, const TreeId& after) const;
  /// What differs between two trees, file by file, with contents. Fails above `limit` bytes.
  Result<std::vector<FileChange>> changes(const TreeId& before, const TreeId& after,
                                          std::size_t limit) const;
  /// Applies a unified diff to `base` exactly, without fuzz; the changed files.
  Result<std::vector<FileChange>> apply(const TreeId& base, std::string_view patch) const;

  /// Writes the tree out below `folder` (created, must be empty). Times of all files are
  /// `seconds`. Symbolic links are created as they are; submodules as empty folders.
  Result<void> export_tree(const TreeId& tree, const std::filesystem::path& folder,
                           long long seconds) const;

  /// Writes all objects that `tree` needs and the repository lacks.
  Result<void> persist(const TreeId& tree);
  Result<CommitId> commit(const NewCommit& commit);
  /// Three-way merge of `ours` and `theirs` over `base`; nullopt and the paths on conflict.
  struct Merge {
    std::optional<TreeId> tree;
    std::vector<std::string> conflicts;
  };
  Result<Merge> merge_trees(const TreeId& base, const TreeId& ours, const TreeId& theirs);

  Result<std::optional<CommitId>> read_ref(std::string_view ref) const;
  /// Names of the refs below `prefix` ("refs/heads/") from which `commit` can be reached.
  Result<std::vector<std::string>> refs_containing(const CommitId& commit,
                                                   std::string_view prefix) const;
  /// All or nothing. kConflict, naming the ref, when one is not at its `before`.
  Result<void> update_refs(const std::vector<RefUpdate>& updates, std::string_view reason);
  /// Every branch that a worktree has checked out, as full ref names.
  Result<std::vector<std::string>> checked_out_branches() const;

 private:
  std::unique_ptr<Impl> impl_;
};

}  // namespace automod::repo
