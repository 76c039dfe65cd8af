#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/cancel.hpp"
#include "base/error.hpp"
#include "engine/types/words.hpp"

/// The target as git objects. Reads any tree, computes new ones, moves our own refs. Never looks
/// at or touches the working tree, the index, HEAD or the user's configuration, runs no filter and
/// no other program but, where it is asked to, a hook. (worktree.hpp is for the working tree.)
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
  long long seconds = 0;         // since the epoch, UTC
  std::string committer_name{};  // empty: the author commits
  std::string committer_email{};
  /// Makes an armored signature of the bytes that it is given; without it the commit is unsigned.
  std::function<Result<std::string>(std::string_view)> sign{};
};

/// Lines of a file that differ from an earlier tree.
struct ChangedLines {
  struct Span {
    std::size_t first = 0;  // from 1
    std::size_t last = 0;
  };
  std::string path;
  std::vector<Span> spans;  // in order, apart from each other; where lines only went away: none
};

/// What a commit's signature covers, and the signature; nullopt when the commit is unsigned.
struct SignedCommit {
  std::string payload;
  std::optional<std::string> signature;  // armored, as whoever made it wrote it
};

/// A line that the note of a commit is to hold.
struct NoteLine {
  CommitId commit;
  std::string line;
};

struct Note {
  CommitId commit;
  std::string text;  // untrusted
};

struct Ref {
  std::string name;
  CommitId commit;
};

struct HookResult {
  int exit_code = 0;   // 0 as well where there is no such hook
  std::string output;  // of both streams, untrusted
};

/// One ref moved from exactly `before` (absent: it must not exist) to `after` (absent: deleted).
struct RefUpdate {
  std::string ref;
  std::optional<CommitId> before;
  std::optional<CommitId> after;
};

struct Churn;  // churn.hpp
struct ChurnLimits;

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
  /// How often each file was changed up to `from`, newest commits first, renames followed where
  /// content or file name tell. Ends quietly at its limits; kInterrupted: the token was raised.
  Result<Churn> churn(const CommitId& from, const ChurnLimits& limits,
                      const CancelToken& cancel) const;

  /// All files of a tree, sorted by path, folders flattened.
  Result<std::vector<Entry>> list(const TreeId& tree) const;
  /// The same with sizes left out, which takes a fraction of the time.
  Result<std::vector<Entry>> list_unsized(const TreeId& tree) const;
  /// Of an entry that was listed. Both may be asked from several threads at once; the text fails
  /// above `limit` bytes.
  Result<std::size_t> size_of(const Entry& entry) const;
  Result<std::string> text_of(const Entry& entry, std::size_t limit) const;
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
  /// Which lines of `after` are new or other than in `before`, by path; what only moved to another
  /// path counts by what differs there. Files that are gone, links and submodules are left out.
  Result<std::vector<ChangedLines>> changed_lines(const TreeId& before, const TreeId& after) const;
  /// Applies a unified diff to `base` exactly, without fuzz; the changed files.
  Result<std::vector<FileChange>> apply(const TreeId& base, std::string_view patch) const;

  /// Writes the tree out below `folder` (created, must be empty). Times of all files are
  /// `seconds`. Symbolic links are created as they are; submodules as empty folders.
  Result<void> export_tree(const TreeId& tree, const std::filesystem::path& folder,
                           long long seconds) const;

  /// Writes all objects that `tree` needs and the repository lacks.
  Result<void> persist(const TreeId& tree);
  Result<CommitId> commit(const NewCommit& commit);
  /// kRefused when its headers could be read in more than one way.
  Result<SignedCommit> signed_parts(const CommitId& commit) const;
  /// Everything that was written to the repository, and to the file systems of the folders `also`,
  /// is on the disk. A failure means that nobody knows: look again, never ask twice.
  Result<void> flush(const std::vector<std::filesystem::path>& also = {}) const;
  /// Three-way merge of `ours` and `theirs` over `base`; nullopt and the paths on conflict.
  struct Merge {
    std::optional<TreeId> tree;
    std::vector<std::string> conflicts;
  };
  Result<Merge> merge_trees(const TreeId& base, const TreeId& ours, const TreeId& theirs);

  Result<std::optional<CommitId>> read_ref(std::string_view ref) const;
  /// Those below `prefix` ("refs/heads/") that are at a commit, by name.
  Result<std::vector<Ref>> refs(std::string_view prefix) const;
  /// Names of the refs below `prefix` from which `commit` can be reached.
  Result<std::vector<std::string>> refs_containing(const CommitId& commit,
                                                   std::string_view prefix) const;
  /// All or nothing, as far as a process that is not killed can. kConflict, naming the ref, when
  /// one is not at its `before`, or its lock when another process holds it. The locks it takes
  /// bear `id`: letters, digits and '-'. The caller holds the writer lock; what an earlier update
  /// of the same id left is removed first.
  Result<void> update_refs(const std::vector<RefUpdate>& updates, std::string_view reason,
                           std::string_view id);
  /// Removes the locks that an operation left when it was killed, those of the index included, and
  /// only those. kConflict naming a lock of somebody else's, which stays.
  Result<void> release_locks(std::string_view id);
  /// Removes what operations that have all ended could not remove, because the disk refused.
  Result<void> sweep_locks();
  /// The text that the notes at `notes` (what refs/notes/… is at) hold about a commit.
  Result<std::optional<std::string>> read_note(const CommitId& notes, const CommitId& commit,
                                               std::size_t limit) const;
  /// All of them; what is no note of a commit is left out. Fails above `limit` bytes together.
  Result<std::vector<Note>> notes(const CommitId& notes, std::size_t limit) const;
  /// The commit to which the ref of the notes is to be moved so that they hold these lines as
  /// well: `notes` itself when they do. Tree and parents of `by` are not looked at.
  Result<CommitId> add_notes(const std::optional<CommitId>& notes,
                             const std::vector<NoteLine>& lines, NewCommit by);

  /// The branch that the worktree which was opened has checked out, as a full ref name; nullopt
  /// where its HEAD is detached.
  Result<std::optional<std::string>> head_branch() const;
  /// Every branch that a worktree has checked out, as full ref names.
  Result<std::vector<std::string>> checked_out_branches() const;

  /// Runs the repository's hook of that name, as git would; only for a user who asked for it.
  Result<HookResult> run_hook(std::string_view name, const std::vector<std::string>& arguments,
                              const CancelToken& cancel) const;

 private:
  friend class Worktree;
  std::unique_ptr<Impl> impl_;
};

}  // namespace automod::repo
