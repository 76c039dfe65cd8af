#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace automod::repo {

/// Locks on git's files that can be told from everybody else's, even by a process that comes
/// after a kill. git locks a file X by making X.lock, which says nothing about whose it is. Ours
/// are hard links to a file of our own, `<common dir>/automod/locks/<id>.<what>`: a lock is ours
/// exactly if it is the same inode. Further files of the same name and a suffix hold new content
/// until it is renamed into place. Whoever uses these holds the repository's writer lock.
class OwnLocks {
 public:
  using Deadline = std::chrono::steady_clock::time_point;

  /// Makes our own file; locks nothing yet. `files` are all that may be locked, relative to
  /// `common_dir`. `id` consists of letters, digits and '-'; else kUsage.
  static Result<OwnLocks> prepare(const std::filesystem::path& common_dir, std::string_view id,
                                  std::string_view what, std::vector<std::string> files);
  /// What a killed process left of `id`: the locks that are ours are held again.
  static Result<std::vector<OwnLocks>> adopt(const std::filesystem::path& common_dir,
                                             std::string_view id);
  /// The same, of whatever id.
  static Result<std::vector<OwnLocks>> adopt_all(const std::filesystem::path& common_dir);
  OwnLocks(OwnLocks&& other) noexcept;
  OwnLocks& operator=(OwnLocks&& other) noexcept;
  OwnLocks(const OwnLocks&) = delete;
  OwnLocks& operator=(const OwnLocks&) = delete;
  ~OwnLocks() { release(); }

  /// A new file of our own, removed with the locks unless it is renamed away. Not flushed.
  Result<std::filesystem::path> add_file(std::string_view suffix, std::string_view content,
                                         mode_t mode = 0666);
  std::filesystem::path file(std::string_view suffix) const;
  /// All of our own files reach the disk.
  Result<void> flush() const;

  /// Makes missing parent folders. kConflict naming the lock when another process still holds it
  /// at the deadline, or when a parent is no folder.
  Result<void> lock(const std::string& file, Deadline deadline);
  bool holds(const std::string& file) const { return held_.contains(file); }
  const std::vector<std::string>& files() const { return files_; }
  std::string_view what() const;

  /// Locks on our files that are there and not ours, or of which we cannot know.
  std::vector<std::filesystem::path> foreign() const;
  /// Did the file system lack hard links, so that a lock cannot be told to be ours?
  bool is_plain(const std::string& file) const;

  /// Gives up the locks, removes folders of refs that are left empty, and all our own files. The
  /// destructor does it as well.
  void release();

 private:
  OwnLocks() = default;
  static Result<std::vector<OwnLocks>> adopt_named(const std::filesystem::path& common_dir,
                                                   std::string_view prefix);
  std::filesystem::path lock_of(const std::string& file) const;
  bool is_ours(const std::string& file) const;
  int take(const std::string& file);
  int take_plainly(const std::string& file);
  std::string plain_suffix(const std::string& file) const;

  std::filesystem::path common_dir_;
  std::string name_;  // "<id>.<what>"; empty when moved away or released
  std::vector<std::string> files_;
  std::set<std::string> held_;
};

/// `<common dir>/automod/locks`
std::filesystem::path locks_folder(const std::filesystem::path& common_dir);

/// kUsage unless `id` may name locks.
Result<void> check_lock_id(std::string_view id);

}  // namespace automod::repo
