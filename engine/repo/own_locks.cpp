#include "engine/repo/own_locks.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <map>
#include <thread>
#include <utility>

#include "base/fd.hpp"
#include "base/files.hpp"
#include "base/text.hpp"
#include "engine/repo/folders.hpp"

namespace automod::repo {

namespace fs = std::filesystem;

namespace {

constexpr std::chrono::milliseconds kPause{25};
constexpr std::size_t kLongestId = 64;
constexpr std::size_t kKeptFolders = 2;  // "refs/heads", as git does
constexpr std::size_t kLargestList = 64 * kMiB;

bool is_id(std::string_view text) {
  return !text.empty() && text.size() <= kLongestId && std::ranges::all_of(text, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
  });
}

/// What link(2) says where a file system has no hard links, or where they cannot cross to it.
bool lacks_links(int error) {
  return error == EPERM || error == EOPNOTSUPP || error == EXDEV || error == ENOSYS ||
         error == EMLINK;
}

/// The first line is for people who find the lock; the rest are the files.
std::string list_of(std::string_view name, const std::vector<std::string>& files) {
  std::string text = fmt::format("automod {}, process {}\n", name, getpid());
  for (const std::string& file : files) text += file + "\n";
  return text;
}

std::vector<std::string> files_in(const fs::path& list) {
  std::vector<std::string> files;
  const auto text = read_file(list, kLargestList);
  if (!text) return files;
  bool first = true;
  for (const std::string_view line : split_lines(*text)) {
    if (!std::exchange(first, false) && !line.empty()) files.emplace_back(line);
  }
  return files;
}

/// The names in the folder of locks that begin with `prefix`.
Result<std::vector<std::string>> names_with(const fs::path& folder, std::string_view prefix) {
  std::vector<std::string> names;
  std::error_code code;
  for (fs::directory_iterator it(folder, code), end; !code && it != end; it.increment(code)) {
    std::string name = it->path().filename().string();
    if (name.starts_with(prefix)) names.push_back(std::move(name));
  }
  if (code && code != std::errc::no_such_file_or_directory) {
    return fail_errno(fmt::format("reading {}", folder.string()), code.value());
  }
  std::ranges::sort(names);
  return names;
}

Result<void> make_locks_folder(const fs::path& common_dir) {
  const fs::path folder = locks_folder(common_dir);
  for (const fs::path& path : {folder.parent_path(), folder}) {
    if (mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) {
      return fail_errno(fmt::format("creating {}", path.string()), errno);
    }
  }
  return {};
}

}  // namespace

fs::path locks_folder(const fs::path& common_dir) { return common_dir / "automod" / "locks"; }

Result<void> check_lock_id(std::string_view id) {
  if (is_id(id)) return {};
  return fail(ErrorKind::kUsage,
              fmt::format("'{}' cannot name an operation: letters, digits and '-' are wanted",
                          printable_line(id)));
}

Result<OwnLocks> OwnLocks::prepare(const fs::path& common_dir, std::string_view id,
                                   std::string_view what, std::vector<std::string> files) {
  if (auto known = check_lock_id(id); !known) return fail(known.error());
  if (auto made = make_locks_folder(common_dir); !made) return fail(made.error());
  OwnLocks locks;
  locks.common_dir_ = common_dir;
  locks.name_ = fmt::format("{}.{}", id, what);
  locks.files_ = std::move(files);
  const auto own = locks.add_file("", list_of(locks.name_, locks.files_));
  if (!own) return fail(own.error());
  return locks;
}

Result<std::vector<OwnLocks>> OwnLocks::adopt(const fs::path& common_dir, std::string_view id) {
  if (auto known = check_lock_id(id); !known) return fail(known.error());
  return adopt_named(common_dir, fmt::format("{}.", id));
}

Result<std::vector<OwnLocks>> OwnLocks::adopt_all(const fs::path& common_dir) {
  return adopt_named(common_dir, "");
}

Result<std::vector<OwnLocks>> OwnLocks::adopt_named(const fs::path& common_dir,
                                                    std::string_view prefix) {
  const auto names = names_with(locks_folder(common_dir), prefix);
  if (!names) return fail(names.error());
  std::set<std::string> sets;
  for (const std::string& name : *names) {
    sets.insert(name.substr(0, name.find('.', name.find('.') + 1)));
  }
  std::vector<OwnLocks> all;
  for (const std::string& name : sets) {
    OwnLocks locks;
    locks.common_dir_ = common_dir;
    locks.name_ = name;
    locks.files_ = files_in(locks.file(""));
    for (const std::string& file : locks.files_) {
      if (locks.is_ours(file)) locks.held_.insert(file);
    }
    all.push_back(std::move(locks));
  }
  return all;
}

OwnLocks::OwnLocks(OwnLocks&& other) noexcept
    : common_dir_(std::move(other.common_dir_)),
      name_(std::exchange(other.name_, {})),
      files_(std::move(other.files_)),
      held_(std::exchange(other.held_, {})) {}

OwnLocks& OwnLocks::operator=(OwnLocks&& other) noexcept {
  std::swap(common_dir_, other.common_dir_);
  std::swap(name_, other.name_);
  std::swap(files_, other.files_);
  std::swap(held_, other.held_);
  return *this;
}

fs::path OwnLocks::file(std::string_view suffix) const {
  const fs::path folder = locks_folder(common_dir_);
  return suffix.empty() ? folder / name_ : folder / fmt::format("{}.{}", name_, suffix);
}

std::string_view OwnLocks::what() const {
  return std::string_view(name_).substr(name_.find('.') + 1);
}

Result<fs::path> OwnLocks::add_file(std::string_view suffix, std::string_view content,
                                    mode_t mode) {
  fs::path path = file(suffix);
  const std::string doing = fmt::format("writing {}", path.string());
  const Fd fd(open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode));
  if (!fd) return fail_errno(doing, errno);
  if (auto written = write_whole(fd.get(), content, doing); !written) {
    unlink(path.c_str());
    return fail(written.error());
  }
  return path;
}

Result<void> OwnLocks::flush() const {
  const fs::path folder = locks_folder(common_dir_);
  const Fd fd(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (fd && syncfs(fd.get()) == 0) return {};
  return fail_errno(fmt::format("flushing {}", folder.string()), errno);
}

fs::path OwnLocks::lock_of(const std::string& file) const { return common_dir_ / (file + ".lock"); }

std::string OwnLocks::plain_suffix(const std::string& file) const {
  const auto place = std::ranges::find(files_, file);
  return fmt::format("plain.{}", std::distance(files_.begin(), place));
}

bool OwnLocks::is_plain(const std::string& file) const {
  return access(this->file(plain_suffix(file)).c_str(), F_OK) == 0;
}

bool OwnLocks::is_ours(const std::string& file) const {
  struct stat lock{};
  struct stat own{};
  return lstat(lock_of(file).c_str(), &lock) == 0 && lstat(this->file("").c_str(), &own) == 0 &&
         lock.st_dev == own.st_dev && lock.st_ino == own.st_ino;
}

std::vector<fs::path> OwnLocks::foreign() const {
  std::vector<fs::path> paths;
  for (const std::string& file : files_) {
    if (!holds(file) && access(lock_of(file).c_str(), F_OK) == 0) paths.push_back(lock_of(file));
  }
  return paths;
}

/// Without hard links: says so first, so that a lock that stays behind is known to be doubtful.
int OwnLocks::take_plainly(const std::string& file) {
  if (!is_plain(file) && !add_file(plain_suffix(file), "")) return errno != 0 ? errno : EIO;
  const Fd fd(open(lock_of(file).c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
  return fd ? 0 : errno;
}

int OwnLocks::take(const std::string& file) {
  if (link(this->file("").c_str(), lock_of(file).c_str()) == 0) return 0;
  return lacks_links(errno) ? take_plainly(file) : errno;
}

Result<void> OwnLocks::lock(const std::string& file, Deadline deadline) {
  const std::string path = lock_of(file).string();
  for (;;) {
    const int error = take(file);
    if (error == 0) break;
    if (error == ENOTDIR) {
      return fail(ErrorKind::kConflict,
                  fmt::format("{} cannot be locked, what is above it is no folder", file));
    }
    if (error != EEXIST && error != ENOENT && error != EINTR) {
      return fail_errno(fmt::format("locking {}", file), error);
    }
    if (std::chrono::steady_clock::now() >= deadline) {
      return fail(ErrorKind::kConflict,
                  fmt::format("{} is locked by another process: {} is there", file, path),
                  "wait for that git command to end and try again; remove the file only if you "
                  "know that none is running");
    }
    if (error == ENOENT) {
      if (auto made = make_parents(common_dir_, file); !made) return made;
    } else {
      std::this_thread::sleep_for(kPause);
    }
  }
  held_.insert(file);
  return {};
}

void OwnLocks::release() {
  if (name_.empty()) return;
  bool all_gone = true;
  for (const std::string& file : held_) {
    if (!is_ours(file) && !is_plain(file)) continue;
    if (unlink(lock_of(file).c_str()) != 0 && errno != ENOENT) all_gone = false;
  }
  held_.clear();
  // Folders that were made for a lock, and that a ref which is gone has left.
  for (const std::string& file : files_) remove_empty_parents(common_dir_, file, kKeptFolders);
  // Our own file goes last: as long as a lock may be there, it can be told to be ours.
  if (all_gone) {
    if (const auto names = names_with(locks_folder(common_dir_), name_ + ".")) {
      for (const std::string& name : *names) {
        unlink((locks_folder(common_dir_) / name).c_str());
      }
    }
    unlink(file("").c_str());
  }
  name_.clear();
}

}  // namespace automod::repo
