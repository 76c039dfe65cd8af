#include "tests/unit/engine/repo/faults.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdarg>
#include <cstring>
#include <new>
#include <stdexcept>

namespace automod::testing {

namespace {

/// Shared with the parent, which reads it after the end.
struct Report {
  int calls = 0;
  std::size_t size = 0;
  char message[4096] = {};
};

// Plain, so that calls made before main() find it in order.
Fault the_fault = Fault::kNone;
int the_place = 0;
Report* the_report = nullptr;

/// Counts a call; true when it shall fail, with errno set.
bool strikes(bool needs_space) {
  if (the_report == nullptr) return false;
  const int call = ++the_report->calls;
  const bool kills = the_fault == Fault::kKill || the_fault == Fault::kNoLinks;
  if (kills && call == the_place) {
    kill(getpid(), SIGKILL);
    for (;;) pause();
  }
  if (the_fault == Fault::kInputOutput && call == the_place) {
    errno = EIO;
    return true;
  }
  if (the_fault == Fault::kNoSpace && call >= the_place && needs_space) {
    errno = ENOSPC;
    return true;
  }
  return false;
}

bool lacks_links() { return the_report != nullptr && the_fault == Fault::kNoLinks; }

template <class... Arguments>
long direct(long number, Arguments... arguments) {
  return syscall(number, arguments...);
}

int open_at(int folder, const char* path, int flags, unsigned mode) {
  if ((flags & (O_CREAT | O_TRUNC)) != 0 && strikes(true)) return -1;
  return static_cast<int>(direct(SYS_openat, folder, path, flags, mode));
}

}  // namespace

Victim run_with_fault(Fault fault, int at, const std::function<int(std::string& message)>& act) {
  void* shared =
      mmap(nullptr, sizeof(Report), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (shared == MAP_FAILED) throw std::runtime_error("mmap failed");
  auto* report = new (shared) Report;
  const pid_t child = fork();
  if (child < 0) throw std::runtime_error("fork failed");
  if (child == 0) {
    the_fault = fault;
    the_place = at;
    the_report = report;
    std::string message;
    const int code = act(message);
    the_report = nullptr;
    report->size = std::min(message.size(), sizeof report->message);
    std::memcpy(report->message, message.data(), report->size);
    _exit(code);
  }
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  Victim victim{.killed = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL,
                .code = WIFEXITED(status) ? WEXITSTATUS(status) : -1,
                .calls = report->calls,
                .message = std::string(report->message, report->size)};
  munmap(shared, sizeof(Report));
  return victim;
}

}  // namespace automod::testing

using automod::testing::direct;
using automod::testing::open_at;
using automod::testing::strikes;

// The C library's own, for this program and all the libraries it is linked with.
extern "C" {

int open(const char* path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  const unsigned mode = va_arg(rest, unsigned);
  va_end(rest);
  return open_at(AT_FDCWD, path, flags, mode);
}
int open64(const char* path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  const unsigned mode = va_arg(rest, unsigned);
  va_end(rest);
  return open_at(AT_FDCWD, path, flags, mode);
}
int openat(int folder, const char* path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  const unsigned mode = va_arg(rest, unsigned);
  va_end(rest);
  return open_at(folder, path, flags, mode);
}
ssize_t write(int fd, const void* data, size_t size) {
  if (strikes(true)) return -1;
  return direct(SYS_write, fd, data, size);
}
int link(const char* from, const char* to) noexcept {
  if (strikes(true)) return -1;
  if (automod::testing::lacks_links()) {
    errno = EPERM;
    return -1;
  }
  return static_cast<int>(direct(SYS_linkat, AT_FDCWD, from, AT_FDCWD, to, 0));
}
int symlink(const char* target, const char* path) noexcept {
  if (strikes(true)) return -1;
  return static_cast<int>(direct(SYS_symlinkat, target, AT_FDCWD, path));
}
int rename(const char* from, const char* to) noexcept {
  if (strikes(false)) return -1;
  return static_cast<int>(direct(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0));
}
int renameat(int from_folder, const char* from, int to_folder, const char* to) noexcept {
  if (strikes(false)) return -1;
  return static_cast<int>(direct(SYS_renameat2, from_folder, from, to_folder, to, 0));
}
int unlink(const char* path) noexcept {
  if (strikes(false)) return -1;
  return static_cast<int>(direct(SYS_unlinkat, AT_FDCWD, path, 0));
}
int unlinkat(int folder, const char* path, int flags) noexcept {
  if (strikes(false)) return -1;
  return static_cast<int>(direct(SYS_unlinkat, folder, path, flags));
}
int rmdir(const char* path) noexcept {
  if (strikes(false)) return -1;
  return static_cast<int>(direct(SYS_unlinkat, AT_FDCWD, path, AT_REMOVEDIR));
}
int mkdir(const char* path, mode_t mode) noexcept {
  if (strikes(true)) return -1;
  return static_cast<int>(direct(SYS_mkdirat, AT_FDCWD, path, mode));
}
int mkdirat(int folder, const char* path, mode_t mode) noexcept {
  if (strikes(true)) return -1;
  return static_cast<int>(direct(SYS_mkdirat, folder, path, mode));
}
int truncate(const char* path, off_t size) noexcept {
  if (strikes(false)) return -1;
  return static_cast<int>(direct(SYS_truncate, path, size));
}
int ftruncate(int fd, off_t size) noexcept {
  if (strikes(false)) return -1;
  return static_cast<int>(direct(SYS_ftruncate, fd, size));
}
int chmod(const char* path, mode_t mode) noexcept {
  if (strikes(false)) return -1;
  return static_cast<int>(direct(SYS_fchmodat, AT_FDCWD, path, mode));
}
int utimensat(int folder, const char* path, const struct timespec* times, int flags) noexcept {
  if (strikes(false)) return -1;
  return static_cast<int>(direct(SYS_utimensat, folder, path, times, flags));
}
int fsync(int) { return strikes(true) ? -1 : 0; }
int fdatasync(int) { return strikes(true) ? -1 : 0; }
int syncfs(int) noexcept { return strikes(true) ? -1 : 0; }
}
