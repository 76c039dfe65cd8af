#include "sandbox/disk_watch.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <ctime>
#include <set>

#include "sandbox/tree_usage.hpp"

namespace automod::sandbox {

namespace {

using namespace std::chrono_literals;

constexpr int kFolder = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
constexpr auto kSlice = 5ms;      // of a walk, at one call
constexpr auto kLastLook = 5s;    // at most, for the walk at the end
constexpr auto kRegularly = 10s;  // between walks that nothing suggested
constexpr auto kOften = 100ms;    // between looks for files without a name
constexpr int kShare = 20;        // looking may take one part in this many of the time

std::uint64_t free_bytes(int fd) {
  struct statvfs info{};
  if (fstatvfs(fd, &info) != 0) return 0;
  return std::uint64_t{info.f_bfree} * info.f_frsize;
}

std::uint64_t free_nodes(int fd) {
  struct statvfs info{};
  return fstatvfs(fd, &info) == 0 ? info.f_ffree : 0;
}

bool before(const statx_timestamp& left, const timespec& right) {
  return left.tv_sec != right.tv_sec ? left.tv_sec < right.tv_sec
                                     : static_cast<long>(left.tv_nsec) < right.tv_nsec;
}

}  // namespace

DiskWatch::DiskWatch(const std::filesystem::path& work, std::uint64_t bytes, std::uint64_t files)
    : root_(work.empty() ? -1 : open(work.c_str(), kFolder)),
      limit_(bytes),
      most_files_(files),
      walk_ended_(Clock::now()) {
  struct stat info{};
  if (!root_ || fstat(root_.get(), &info) != 0) return;
  device_ = info.st_dev;
  free_at_start_ = free_bytes(root_.get());
  nodes_at_start_ = free_nodes(root_.get());
  clock_gettime(CLOCK_REALTIME_COARSE, &start_);  // what change times are taken from
}

std::uint64_t DiskWatch::shrunk() const {
  const std::uint64_t now = free_bytes(root_.get());
  return now < free_at_start_ ? free_at_start_ - now : 0;
}

std::uint64_t DiskWatch::nodes_lost() const {
  const std::uint64_t now = free_nodes(root_.get());
  return now < nodes_at_start_ ? nodes_at_start_ - now : 0;
}

bool DiskWatch::worth_looking(std::uint64_t lost) const {
  const auto idle = Clock::now() - walk_ended_;
  if (idle < walk_took_ * kShare) return false;
  if (idle > kRegularly || made_ + nameless_ > limit_) return true;
  const std::uint64_t nodes = nodes_lost();
  return (lost > limit_ / 2 && lost > lost_at_last_walk_ + limit_ / 8) ||
         (nodes > most_files_ / 2 && nodes > nodes_at_last_walk_ + most_files_ / 8);
}

/// Files that are new count alone. One that was there before may merely have been touched; it
/// counts only when the file system has lost as much, too.
bool DiskWatch::is_over(std::uint64_t nameless, std::uint64_t lost) const {
  const std::uint64_t sure = made_ + nameless;
  return files_ > most_files_ || sure > limit_ || (sure + touched_ > limit_ && lost > limit_);
}

bool DiskWatch::exceeded(pid_t root) {
  if (!root_) return false;
  const std::uint64_t lost = shrunk();
  look_for_nameless(root);
  if (nameless_ > limit_) return true;
  if (levels_.empty()) {
    if (!worth_looking(lost)) return false;
    lost_at_last_walk_ = lost;
    nodes_at_last_walk_ = nodes_lost();
    begin_walk();
  }
  const bool complete = walk_until(Clock::now() + kSlice);
  if (is_over(0, lost)) return true;
  // Only now: what the walk before has counted may since have lost its name.
  return complete && is_over(nameless(root), lost);
}

bool DiskWatch::exceeded_at_end() {
  if (!root_) return false;
  // Whatever the free space says: others may have freed meanwhile what this run has used.
  begin_walk();
  walk_until(Clock::now() + kLastLook);
  return is_over(0, shrunk());
}

void DiskWatch::begin_walk() {
  walk_began_ = Clock::now();
  made_ = 0;
  touched_ = 0;
  files_ = 0;
  levels_.clear();
  at_ = Fd(openat(root_.get(), ".", kFolder));
  if (at_) read_level();
}

bool DiskWatch::walk_until(Clock::time_point deadline) {
  while (!levels_.empty() && Clock::now() < deadline) {
    if (levels_.back().folders.empty()) {
      levels_.pop_back();
      if (!levels_.empty() && !leave()) levels_.clear();
      continue;
    }
    const std::string name = std::move(levels_.back().folders.back());
    levels_.back().folders.pop_back();
    if (enter(name)) read_level();
  }
  if (!levels_.empty()) return false;
  walk_ended_ = Clock::now();
  walk_took_ = walk_ended_ - walk_began_;
  at_.reset();
  return true;
}

void DiskWatch::read_level() {
  struct stat self{};
  if (fstat(at_.get(), &self) != 0) return;
  Level level{self.st_ino, {}};
  const Dir dir(fdopendir(openat(at_.get(), ".", kFolder)), closedir);
  while (const dirent* entry = dir ? readdir(dir.get()) : nullptr) {
    struct statx info{};
    if (std::strcmp(entry->d_name, ".") == 0 || std::strcmp(entry->d_name, "..") == 0) continue;
    if (statx(at_.get(), entry->d_name, AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS | STATX_BTIME,
              &info) != 0) {
      continue;
    }
    if (makedev(info.stx_dev_major, info.stx_dev_minor) != device_) continue;
    count(info);
    if (S_ISDIR(info.stx_mode)) level.folders.emplace_back(entry->d_name);
  }
  levels_.push_back(std::move(level));
}

/// The kernel alone sets change and birth times: nobody can date a file back.
void DiskWatch::count(const struct statx& info) {
  if (before(info.stx_ctime, start_)) return;
  const std::uint64_t links = S_ISDIR(info.stx_mode) ? 1 : std::max(info.stx_nlink, 1u);
  const bool is_new = (info.stx_mask & STATX_BTIME) != 0 && !before(info.stx_btime, start_);
  if (is_new) ++files_;
  (is_new ? made_ : touched_) += info.stx_blocks * 512 / links;
}

bool DiskWatch::enter(const std::string& name) {
  Fd inner(openat(at_.get(), name.c_str(), kFolder));
  if (!inner) return false;
  at_ = std::move(inner);
  return true;
}

/// Goes up only if that leads where we came from: the tree may be moved about under us.
bool DiskWatch::leave() {
  Fd above(openat(at_.get(), "..", kFolder));
  struct stat info{};
  if (!above || fstat(above.get(), &info) != 0) return false;
  if (info.st_dev != device_ || info.st_ino != levels_.back().inode) return false;
  at_ = std::move(above);
  return true;
}

void DiskWatch::look_for_nameless(pid_t root) {
  const auto begin = Clock::now();
  if (begin - nameless_seen_ < std::max<Clock::duration>(kOften, nameless_took_ * kShare)) return;
  nameless_ = nameless(root);
  nameless_seen_ = Clock::now();
  nameless_took_ = nameless_seen_ - begin;
}

/// Bytes of files that processes hold open after having removed them.
std::uint64_t DiskWatch::nameless(pid_t root) const {
  std::uint64_t bytes = 0;
  std::set<ino_t> seen;
  for (const pid_t pid : root > 0 ? tree_of(root) : std::vector<pid_t>{}) {
    const std::string folder = fmt::format("/proc/{}/fd", pid);
    const Dir dir(opendir(folder.c_str()), closedir);
    while (const dirent* entry = dir ? readdir(dir.get()) : nullptr) {
      struct stat info{};
      if (fstatat(dirfd(dir.get()), entry->d_name, &info, 0) != 0) continue;
      if (!S_ISREG(info.st_mode) || info.st_nlink > 0 || info.st_dev != device_) continue;
      if (seen.insert(info.st_ino).second) {
        bytes += static_cast<std::uint64_t>(info.st_blocks) * 512;
      }
    }
  }
  return bytes;
}

}  // namespace automod::sandbox
