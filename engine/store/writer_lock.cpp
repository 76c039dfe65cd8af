#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <thread>
#include <utility>

#include "base/fd.hpp"
#include "engine/store/store.hpp"

namespace automod::store {

namespace {

/// Who holds the lock, by its own account; the file may be older than the lock, so this is for
/// people only.
std::string holder(int fd) {
  char text[32] = {};
  const ssize_t got = pread(fd, text, sizeof text - 1, 0);
  std::string id;
  for (ssize_t i = 0; i < got && text[i] >= '0' && text[i] <= '9'; ++i) id += text[i];
  return id.empty() ? "another process" : fmt::format("process {}", id);
}

}  // namespace

Result<WriterLock> WriterLock::take(const std::filesystem::path& folder,
                                    std::chrono::milliseconds patience) {
  const std::filesystem::path file = folder / "lock";
  mkdir(folder.c_str(), 0700);
  Fd fd(open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!fd) return fail_errno(fmt::format("opening {}", file.string()), errno);
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK && errno != EINTR) {
      return fail_errno(fmt::format("locking {}", file.string()), errno);
    }
    if (std::chrono::steady_clock::now() >= deadline) {
      return fail(ErrorKind::kConflict,
                  fmt::format("{} is changing this repository", holder(fd.get())),
                  "wait until it is done and try again");
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  // Only said to those who wait: a full disk does not keep us from holding the lock.
  const std::string id = fmt::format("{}\n", getpid());
  const bool told = pwrite(fd.get(), id.data(), id.size(), 0) == static_cast<ssize_t>(id.size()) &&
                    ftruncate(fd.get(), static_cast<off_t>(id.size())) == 0;
  (void)told;
  return WriterLock(fd.release());
}

WriterLock::WriterLock(WriterLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

WriterLock& WriterLock::operator=(WriterLock&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

WriterLock::~WriterLock() {
  // The file stays: who removed it could take a lock that somebody else waits for.
  if (fd_ >= 0) close(fd_);
}

}  // namespace automod::store
