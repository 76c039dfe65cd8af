#pragma once

#include <dirent.h>
#include <sys/stat.h>
#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/fd.hpp"

namespace automod::sandbox {

/// Watches how much a run adds to a folder. Free space of the file system says when it is
/// worth looking; then the files changed since the start are added up, a few milliseconds at a
/// time. No quota: what is written between two looks is noticed late, and what others free
/// meanwhile can delay the look to the last one. Files without a name are looked for often: the
/// last look would find nothing of them.
class DiskWatch {
 public:
  /// An empty `work`: there is nothing to watch.
  DiskWatch(const std::filesystem::path& work, std::uint64_t bytes, std::uint64_t files);

  /// To be called often. True once the limit is known to be exceeded. `root` is the first
  /// process of the sandbox, for files that are open and have no name any more; 0 without.
  bool exceeded(pid_t root);

  /// The last look, when nothing runs any more: complete.
  bool exceeded_at_end();

 private:
  using Clock = std::chrono::steady_clock;
  using Dir = std::unique_ptr<DIR, int (*)(DIR*)>;
  struct Level {
    ino_t inode;
    std::vector<std::string> folders;  // still to be entered
  };

  std::uint64_t shrunk() const;  // of the file system's free space
  std::uint64_t nodes_lost() const;
  bool worth_looking(std::uint64_t lost) const;
  void begin_walk();
  bool walk_until(Clock::time_point deadline);  // true when the walk is complete
  void read_level();
  bool enter(const std::string& name);
  bool leave();
  void count(const struct statx& info);
  void look_for_nameless(pid_t root);
  std::uint64_t nameless(pid_t root) const;
  bool is_over(std::uint64_t nameless, std::uint64_t lost) const;

  Fd root_;
  std::uint64_t limit_;
  std::uint64_t most_files_;
  std::uint64_t free_at_start_ = 0;
  std::uint64_t nodes_at_start_ = 0;  // free ones
  dev_t device_ = 0;
  timespec start_{};

  Fd at_;  // the folder the walk stands in
  std::vector<Level> levels_;
  std::uint64_t made_ = 0;      // bytes of files that are new since the start
  std::uint64_t touched_ = 0;   // bytes of older ones that were changed
  std::uint64_t files_ = 0;     // new files and folders
  std::uint64_t nameless_ = 0;  // bytes of files that are open and have no name any more
  Clock::time_point nameless_seen_{};
  Clock::duration nameless_took_{};
  Clock::time_point walk_began_{};
  Clock::time_point walk_ended_{};
  Clock::duration walk_took_{};
  std::uint64_t lost_at_last_walk_ = 0;
  std::uint64_t nodes_at_last_walk_ = 0;
};

}  // namespace automod::sandbox
