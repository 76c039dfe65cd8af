#include "engine/trial/workspace.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <map>
#include <mutex>
#include <thread>

namespace automod::trial {

namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr auto kPause = 50ms;
constexpr int kAttempts = 100;

/// Does the path still name what is open? A folder that was locked may have been removed before
/// the lock was granted.
bool is_still(const fs::path& path, int fd) {
  struct stat named{};
  struct stat held{};
  return lstat(path.c_str(), &named) == 0 && fstat(fd, &held) == 0 && named.st_ino == held.st_ino &&
         named.st_dev == held.st_dev;
}

Fd lock_folder(const fs::path& folder, int operation) {
  Fd fd(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!fd || flock(fd.get(), operation) != 0 || !is_still(folder, fd.get())) return Fd();
  return fd;
}

void remove_left_behind(const fs::path& work) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(work, error)) {
    if (const Fd claim = claim_folder(entry.path())) {
      // What cannot be removed now is tried again next time.
      static_cast<void>(remove_tree(entry.path()));
    }
  }
}

/// One locked folder for each cache that this process uses, removed when the process ends.
class Sessions {
 public:
  ~Sessions() {
    for (const auto& [cache, session] : sessions_) rmdir(session.path.c_str());
  }

  Result<fs::path> of(const fs::path& cache) {
    const std::lock_guard guard(mutex_);
    if (const auto found = sessions_.find(cache); found != sessions_.end()) {
      if (is_still(found->second.path, found->second.lock.get())) return found->second.path;
      sessions_.erase(found);  // somebody emptied the cache
    }
    const fs::path work = cache / "work";
    std::error_code error;
    fs::create_directories(work, error);
    if (error) return fail_errno("creating " + work.string(), error.value());
    remove_left_behind(work);
    for (int attempt = 0; attempt < kAttempts; ++attempt) {
      auto folder = TempDir::create(work, "session-");
      if (!folder) return fail(folder.error());
      // Until the lock is ours another process may take the folder for one left behind.
      Fd lock = lock_folder(folder->path(), LOCK_EX);
      if (!lock) continue;
      fs::path path = folder->keep();
      sessions_.emplace(cache, Session{path, std::move(lock)});
      return path;
    }
    return fail(ErrorKind::kInternal, "could not lock a folder of our own in " + work.string());
  }

 private:
  struct Session {
    fs::path path;
    Fd lock;
  };
  std::mutex mutex_;
  std::map<fs::path, Session> sessions_;
};

Sessions& sessions() {
  static Sessions all;
  return all;
}

}  // namespace

namespace {

Result<Fd> wait_for_file(const fs::path& path, int operation, const CancelToken& cancel) {
  std::error_code ignored;
  fs::create_directories(path.parent_path(), ignored);
  Fd fd(open(path.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!fd) return fail_errno("opening " + path.string(), errno);
  while (flock(fd.get(), operation | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK && errno != EINTR)
      return fail_errno("locking " + path.string(), errno);
    if (cancel.requested()) return fail(ErrorKind::kInterrupted, "stopped on request");
    std::this_thread::sleep_for(kPause);
  }
  return fd;
}

}  // namespace

Result<Fd> lock_file(const fs::path& path, const CancelToken& cancel) {
  return wait_for_file(path, LOCK_EX, cancel);
}

Result<Fd> share_file(const fs::path& path, const CancelToken& cancel) {
  return wait_for_file(path, LOCK_SH, cancel);
}

Fd hold_folder(const fs::path& folder) { return lock_folder(folder, LOCK_SH | LOCK_NB); }

Fd claim_folder(const fs::path& folder) { return lock_folder(folder, LOCK_EX | LOCK_NB); }

Result<Workspace> Workspace::open(const fs::path& cache) {
  auto path = sessions().of(cache);
  if (!path) return fail(path.error());
  return Workspace(std::move(*path));
}

Result<TempDir> Workspace::folder(std::string_view prefix) {
  return TempDir::create(path_, prefix);
}

}  // namespace automod::trial
