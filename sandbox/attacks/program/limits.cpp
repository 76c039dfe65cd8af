// Attempts to use up what others need. Each stops at a number that is given, so that it does no
// harm where nothing else stops it; to have come that far is to have got through.

#include <fcntl.h>
#include <signal.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <string>
#include <vector>

#include "sandbox/attacks/program/attempt.hpp"

namespace automod::attack {

namespace {

constexpr std::size_t kMega = 1 << 20;

std::vector<char>& block() {
  static std::vector<char> bytes(kMega, 'x');
  return bytes;
}

Seen fork_many(long wanted) {
  std::vector<pid_t> children;
  int error = 0;
  while (static_cast<long>(children.size()) < wanted) {
    const pid_t pid = fork();
    if (pid == 0) {
      for (;;) pause();
    }
    if (pid < 0) {
      error = errno;
      break;
    }
    children.push_back(pid);
  }
  for (const pid_t child : children) kill(child, SIGKILL);
  for (const pid_t child : children) waitpid(child, nullptr, 0);
  const std::string count = std::to_string(children.size()) + " processes";
  return error == 0 ? through(count) : denied(count);
}

/// Until the deadline, or until nobody can make more: every child makes two.
[[noreturn]] void fork_bomb() {
  for (;;) {
    if (fork() < 0) usleep(1000);
  }
}

bool use(long megabytes) {
  for (long i = 0; i < megabytes; ++i) {
    void* page = mmap(nullptr, kMega, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED) return false;
    std::memset(page, 1, kMega);
  }
  return true;
}

/// Long enough for one who only looks now and then.
void linger() { usleep(400'000); }

Seen use_memory(long megabytes) {
  if (!use(megabytes)) return tried(-1);
  linger();
  return through(std::to_string(megabytes) + " MiB");
}

Seen use_memory_together(long children, long megabytes) {
  std::vector<pid_t> all;
  for (long i = 0; i < children; ++i) {
    const pid_t pid = fork();
    if (pid == 0) {
      const bool done = use(megabytes);
      linger();
      linger();
      _exit(done ? 0 : 1);
    }
    if (pid > 0) all.push_back(pid);
  }
  bool every = static_cast<long>(all.size()) == children;
  for (const pid_t pid : all) {
    int status = 0;
    waitpid(pid, &status, 0);
    every = every && WIFEXITED(status) && WEXITSTATUS(status) == 0;
  }
  errno = ENOMEM;
  return every ? through(std::to_string(children * megabytes) + " MiB together") : tried(-1);
}

Seen write_megabytes(int fd, long megabytes) {
  for (long i = 0; i < megabytes; ++i) {
    const ssize_t done = write(fd, block().data(), kMega);
    if (done != static_cast<ssize_t>(kMega)) return tried(done < 0 ? -1 : (errno = ENOSPC, -1));
  }
  return through(std::to_string(megabytes) + " MiB");
}

/// Memory that belongs to no process, in pieces that are no large files.
Seen use_nameless_memory(long megabytes) {
  constexpr long kPiece = 20;
  for (long done = 0; done < megabytes; done += kPiece) {
    const int fd = memfd_create("x", MFD_CLOEXEC);
    if (fd < 0) return tried(fd);
    const Seen seen = write_megabytes(fd, kPiece);
    if (seen.how != How::kThrough) return seen;
  }
  linger();
  return through(std::to_string(megabytes) + " MiB");
}

Seen use_segment(long megabytes) {
  const int id = shmget(IPC_PRIVATE, static_cast<std::size_t>(megabytes) * kMega, IPC_CREAT | 0600);
  if (id < 0) return tried(id);
  void* memory = shmat(id, nullptr, 0);
  shmctl(id, IPC_RMID, nullptr);
  if (memory == reinterpret_cast<void*>(-1)) return tried(-1);
  std::memset(memory, 1, static_cast<std::size_t>(megabytes) * kMega);
  linger();
  return through(std::to_string(megabytes) + " MiB");
}

Seen fill(const std::string& path, long megabytes) {
  signal(SIGXFSZ, SIG_IGN);
  const int fd = open(path.c_str(), O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0644);
  if (fd < 0) return tried(fd);
  const Seen seen = write_megabytes(fd, megabytes);
  close(fd);
  return seen;
}

/// In several files, each below what one file may be, and stays until it is looked at.
Seen fill_with_files(const std::string& folder, long megabytes) {
  for (long i = 0; i < megabytes; ++i) {
    const Seen seen = fill(folder + "/part" + std::to_string(i), 1);
    if (seen.how != How::kThrough) return seen;
  }
  linger();
  return through(std::to_string(megabytes) + " MiB");
}

Seen fill_without_name(long megabytes) {
  const int fd = open("nameless", O_CREAT | O_WRONLY | O_CLOEXEC, 0644);
  unlink("nameless");
  if (fd < 0) return tried(fd);
  const Seen seen = write_megabytes(fd, megabytes);
  linger();
  linger();
  return seen;
}

Seen many_files(const std::string& folder, long count, bool with_content) {
  for (long i = 0; i < count; ++i) {
    const std::string path = folder + "/" + std::to_string(i);
    const int fd = open(path.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0644);
    if (fd < 0) return tried(fd);
    if (with_content && write(fd, "x", 1) != 1) return tried(-1);
    close(fd);
  }
  linger();
  return through(std::to_string(count) + " files");
}

Seen grow_sparse(const std::string& path, long gigabytes) {
  signal(SIGXFSZ, SIG_IGN);
  const int fd = open(path.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0644);
  if (fd < 0) return tried(fd);
  return tried(ftruncate(fd, static_cast<off_t>(gigabytes) << 30));
}

Seen open_many(long count) {
  for (long i = 0; i < count; ++i) {
    if (open("/dev/null", O_RDONLY | O_CLOEXEC) < 0) return tried(-1);
  }
  return through(std::to_string(count) + " descriptors");
}

Seen lock_memory(long megabytes) {
  void* memory = mmap(nullptr, static_cast<std::size_t>(megabytes) * kMega, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return tried(-1);
  return tried(mlock(memory, static_cast<std::size_t>(megabytes) * kMega));
}

/// Raises a limit as far as it goes: a soft one that can be raised is none.
Seen raise_limit(int which, long most) {
  rlimit limit{};
  if (getrlimit(static_cast<__rlimit_resource>(which), &limit) != 0) return tried(-1);
  const std::string found =
      limit.rlim_max == RLIM_INFINITY ? "none" : std::to_string(limit.rlim_max);
  return layer(limit.rlim_max <= static_cast<rlim_t>(most), "limit " + found);
}

/// Dies as if by a mistake; the memory of it would lie in the folder.
Seen dump_core() {
  const pid_t pid = fork();
  if (pid == 0) {
    const rlimit all{RLIM_INFINITY, RLIM_INFINITY};
    setrlimit(RLIMIT_CORE, &all);
    rlimit now{};
    getrlimit(RLIMIT_CORE, &now);
    now.rlim_cur = now.rlim_max;
    setrlimit(RLIMIT_CORE, &now);
    abort();
  }
  int status = 0;
  waitpid(pid, &status, 0);
  return WCOREDUMP(status) ? through("a core file was written") : denied("no core file");
}

double now() {
  timespec time{};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

Seen spin(long milliseconds, long children) {
  std::vector<pid_t> all;
  const double end = now() + static_cast<double>(milliseconds) * 1e-3;
  for (long i = 0; i < children; ++i) {
    const pid_t pid = fork();
    if (pid == 0) {
      while (now() < end) {
      }
      _exit(0);
    }
    all.push_back(pid);
  }
  for (const pid_t pid : all) waitpid(pid, nullptr, 0);
  return through("spun");
}

Seen flood(int fd, long megabytes) {
  const Seen seen = write_megabytes(fd, megabytes);
  return seen;
}

const Attempt kAttempts[] = {
    {"fork-many", [](Arguments a) { return fork_many(number(a, 0)); }},
    {"fork-bomb", [](Arguments) -> Seen { fork_bomb(); }},
    {"use-memory", [](Arguments a) { return use_memory(number(a, 0)); }},
    {"use-memory-together",
     [](Arguments a) { return use_memory_together(number(a, 0), number(a, 1)); }},
    {"use-nameless-memory", [](Arguments a) { return use_nameless_memory(number(a, 0)); }},
    {"use-segment", [](Arguments a) { return use_segment(number(a, 0)); }},
    {"fill", [](Arguments a) { return fill(argument(a, 0), number(a, 1)); }},
    {"fill-with-files", [](Arguments a) { return fill_with_files(argument(a, 0), number(a, 1)); }},
    {"fill-without-name", [](Arguments a) { return fill_without_name(number(a, 0)); }},
    {"many-files", [](Arguments a) { return many_files(argument(a, 0), number(a, 1), false); }},
    {"many-small-files",
     [](Arguments a) { return many_files(argument(a, 0), number(a, 1), true); }},
    {"grow-sparse", [](Arguments a) { return grow_sparse(argument(a, 0), number(a, 1)); }},
    {"open-many", [](Arguments a) { return open_many(number(a, 0)); }},
    {"lock-memory", [](Arguments a) { return lock_memory(number(a, 0)); }},
    {"limit-core", [](Arguments a) { return raise_limit(RLIMIT_CORE, number(a, 0)); }},
    {"limit-files", [](Arguments a) { return raise_limit(RLIMIT_NOFILE, number(a, 0)); }},
    {"limit-locked", [](Arguments a) { return raise_limit(RLIMIT_MEMLOCK, number(a, 0)); }},
    {"limit-queues", [](Arguments a) { return raise_limit(RLIMIT_MSGQUEUE, number(a, 0)); }},
    {"limit-size", [](Arguments a) { return raise_limit(RLIMIT_FSIZE, number(a, 0)); }},
    {"limit-time", [](Arguments a) { return raise_limit(RLIMIT_CPU, number(a, 0)); }},
    {"limit-processes", [](Arguments a) { return raise_limit(RLIMIT_NPROC, number(a, 0)); }},
    {"dump-core", [](Arguments) { return dump_core(); }},
    {"spin", [](Arguments a) { return spin(number(a, 0), number(a, 1)); }},
    {"flood-output", [](Arguments a) { return flood(STDOUT_FILENO, number(a, 0)); }},
    {"flood-errors", [](Arguments a) { return flood(STDERR_FILENO, number(a, 0)); }},
};

}  // namespace

std::span<const Attempt> limit_attempts() { return kAttempts; }

}  // namespace automod::attack
