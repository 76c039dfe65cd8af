// What the command may do: limits, capabilities, Landlock, system call filter; and its start.

#include <fcntl.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <linux/securebits.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>

#include "sandbox/launcher/launcher.hpp"

namespace automod::sandbox::launcher {

namespace {

/// Never above what we were given, which nobody without privileges could raise.
void limit(const Job& job, Hardening hardening, __rlimit_resource what, rlim_t value,
           const char* step) {
  if (!job.keeps(hardening)) return;
  rlimit now{};
  must(getrlimit(what, &now) == 0, step);
  const rlim_t least = now.rlim_max < value ? now.rlim_max : value;
  const rlimit both{least, least};
  must(setrlimit(what, &both) == 0, step);
}

void empty_bounding_set() {
  for (unsigned long capability = 0; prctl(PR_CAPBSET_READ, capability, 0, 0, 0) >= 0;
       ++capability) {
    must(prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) == 0, "dropping a capability");
  }
}

void lock_secure_bits() {
  constexpr unsigned long kBits = SECBIT_NOROOT | SECBIT_NOROOT_LOCKED | SECBIT_NO_SETUID_FIXUP |
                                  SECBIT_NO_SETUID_FIXUP_LOCKED | SECBIT_KEEP_CAPS_LOCKED |
                                  SECBIT_NO_CAP_AMBIENT_RAISE | SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED;
  must(prctl(PR_SET_SECUREBITS, kBits, 0, 0, 0) == 0, "locking the secure bits");
}

void drop_capabilities() {
  must(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) == 0, "dropping capabilities");
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct none[2] = {};
  must(syscall(SYS_capset, &header, none) == 0, "dropping capabilities");
}

// Landlock: numbers and structures as the kernel defines them, since headers lag behind.
constexpr std::uint64_t kExecute = 1, kWriteFile = 2, kReadFile = 4, kReadDir = 8;
constexpr std::uint64_t kFirstVersions = (1u << 14) - 1;  // all file rights of version 2
constexpr std::uint64_t kTruncate = 1u << 14, kDeviceIoctl = 1u << 15;
constexpr std::uint64_t kScopes = 3;  // abstract sockets and signals stay within

struct Ruleset {
  std::uint64_t files = 0;
  std::uint64_t network = 0;
  std::uint64_t scopes = 0;
};
struct [[gnu::packed]] PathRule {
  std::uint64_t allowed = 0;
  std::int32_t parent = -1;
};

void allow_below(int ruleset, const char* path, std::uint64_t rights) {
  PathRule rule{rights, open(path, O_PATH | O_CLOEXEC)};
  constexpr int kPathBeneath = 1;
  must(rule.parent >= 0 && syscall(SYS_landlock_add_rule, ruleset, kPathBeneath, &rule, 0) == 0,
       "adding a Landlock rule");
  close(rule.parent);
}

/// The mounts already say all this; Landlock says it again by another part of the kernel.
/// Version 1 cannot allow renames between folders, which every build needs.
void restrict_files(const Job& job) {
  const long version = syscall(SYS_landlock_create_ruleset, nullptr, 0, 1 /* its version */);
  if (version < 2) return;
  Ruleset rules{kFirstVersions};
  if (version >= 3) rules.files |= kTruncate;
  if (version >= 5) rules.files |= kDeviceIoctl;
  if (version >= 6 && job.keeps(Hardening::kLandlockScopes)) rules.scopes = kScopes;
  const std::size_t size = version >= 6 ? 24 : version >= 4 ? 16 : 8;
  const int ruleset = static_cast<int>(syscall(SYS_landlock_create_ruleset, &rules, size, 0));
  must(ruleset >= 0, "making a Landlock ruleset");
  const std::uint64_t change = rules.files & (kWriteFile | kTruncate | kDeviceIoctl);
  allow_below(ruleset, "/", kExecute | kReadFile | kReadDir);
  allow_below(ruleset, "/tree", rules.files);
  allow_below(ruleset, "/tmp", rules.files);
  allow_below(ruleset, "/dev/shm", rules.files);
  allow_below(ruleset, "/dev", change);
  allow_below(ruleset, "/proc", change & (kWriteFile | kTruncate));
  must(syscall(SYS_landlock_restrict_self, ruleset, 0) == 0, "enforcing Landlock");
  close(ruleset);
}

void filter_calls(const Job& job) {
  sock_fprog program{static_cast<unsigned short>(job.filter.size()), job.filter.data()};
  must(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) == 0,
       "installing the system call filter");
}

const char* variable(const Job& job, const char* name) {
  const std::size_t length = std::strlen(name);
  for (char** entry = job.environment; *entry != nullptr; ++entry) {
    if (std::strncmp(*entry, name, length) == 0 && (*entry)[length] == '=') {
      return *entry + length + 1;
    }
  }
  return "";
}

void execute(const Job& job) {
  const char* name = job.argv[0];
  if (std::strchr(name, '/') != nullptr) {
    execve(name, job.argv, job.environment);
    return;
  }
  int error = ENOENT;
  for (const char* place = variable(job, "PATH"); *place != '\0';) {
    const int length = static_cast<int>(std::strcspn(place, ":"));
    char path[4096];
    std::snprintf(path, sizeof path, "%.*s/%s", length, place, name);
    execve(path, job.argv, job.environment);
    if (errno != ENOENT && errno != ENOTDIR) error = errno;
    place += length + (place[length] == ':' ? 1 : 0);
  }
  errno = error;
}

/// Like a shell: 127 when there is no such program, 126 when it cannot be run.
[[noreturn]] void become_command(const Job& job) {
  if (job.keeps(Hardening::kOwnSession)) must(setsid() >= 0, "starting a session");
  sigset_t none;
  sigemptyset(&none);
  if (job.keeps(Hardening::kFreshSignals)) sigprocmask(SIG_SETMASK, &none, nullptr);
  const char* failed = job.directory;
  if (chdir(job.directory) == 0) {
    failed = job.argv[0];
    execute(job);
  }
  const int error = errno;
  dprintf(STDERR_FILENO, "automod-sandbox: %s: %s\n", failed, std::strerror(error));
  _exit(error == ENOENT ? 127 : 126);
}

std::int64_t monotonic_nanoseconds() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1'000'000'000 + now.tv_nsec;
}

/// Set-up is over. With the folders that can be written, so that the supervisor can see how full
/// they are, and take files from them when all is over.
void report_start() {
  wire::Report started;
  started.event = wire::Event::kStarted;
  started.value = monotonic_nanoseconds();
  int folders[3];
  const char* names[] = {"/tree", "/tmp", "/dev/shm"};
  for (int i = 0; i < 3; ++i) {
    folders[i] = open(names[i], O_PATH | O_DIRECTORY | O_CLOEXEC);
    must(folders[i] >= 0, "opening what can be written");
  }
  iovec data{&started, sizeof started};
  alignas(cmsghdr) char buffer[CMSG_SPACE(sizeof folders)] = {};
  msghdr message{};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  message.msg_control = buffer;
  message.msg_controllen = sizeof buffer;
  cmsghdr* header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof folders);
  std::memcpy(CMSG_DATA(header), folders, sizeof folders);
  (void)sendmsg(wire::kControlFd, &message, MSG_NOSIGNAL);  // nobody to tell: we soon end, too
  for (const int folder : folders) close(folder);
}

/// Bytes that all who have ended, and were waited for, handed to write calls.
std::int64_t written_bytes(int io) {
  char text[512];
  const ssize_t length = pread(io, text, sizeof text - 1, 0);
  if (length <= 0) return -1;
  text[length] = '\0';
  const char* line = std::strstr(text, "wchar: ");
  return line == nullptr ? -1 : std::atoll(line + 7);
}

void report_empty(int io) {
  rusage usage{};
  getrusage(RUSAGE_CHILDREN, &usage);
  wire::Report empty;
  empty.event = wire::Event::kEmpty;
  empty.value = written_bytes(io);
  set_usage(empty, usage);
  report(empty);
}

/// Takes in all who have ended. When the command itself has, kills the rest. False when nobody
/// is left.
bool reap(const Job& job, pid_t command) {
  for (;;) {
    int status = 0;
    const pid_t ended = waitpid(-1, &status, WNOHANG);
    if (ended <= 0) return ended == 0 || errno != ECHILD;
    if (ended != command) continue;
    wire::Report exited;
    exited.event = wire::Event::kExited;
    exited.value = status;
    report(exited);
    if (job.keeps(Hardening::kKillAtEnd)) kill(-1, SIGKILL);
  }
}

char* next_string(char*& at, const char* end) {
  char* text = at;
  at += strnlen(at, static_cast<std::size_t>(end - at));
  errno = EBADMSG;
  must(at < end, "reading the request");
  ++at;
  return text;
}

char** next_list(char*& at, const char* end, std::uint32_t count) {
  auto** list = static_cast<char**>(std::calloc(count + 1ul, sizeof(char*)));
  must(list != nullptr, "finding memory");
  for (std::uint32_t i = 0; i < count; ++i) list[i] = next_string(at, end);
  return list;
}

}  // namespace

Job read_job() {
  Job job;
  struct stat info{};
  must(fstat(wire::kRequestFd, &info) == 0, "reading the request");
  errno = EBADMSG;
  const auto size = static_cast<std::size_t>(info.st_size);
  must(size > sizeof job.head && size <= wire::kMaxRequest, "reading the request");
  auto* data = static_cast<char*>(std::malloc(size));
  must(data != nullptr && pread(wire::kRequestFd, data, size, 0) == info.st_size,
       "reading the request");
  std::memcpy(&job.head, data, sizeof job.head);
  errno = EBADMSG;
  must(job.head.magic == wire::kMagic && job.head.size == size && job.head.arguments > 0 &&
           std::uint64_t{job.head.arguments} + job.head.variables + job.head.read_only +
                   job.head.container <
               size &&
           (kMutable || job.head.without == 0) &&
           job.has(wire::kForeign) == (job.head.container > 0) && job.head.filter_length > 0 &&
           job.head.filter_length < BPF_MAXINSNS &&
           job.head.filter_length * sizeof(sock_filter) < size - sizeof job.head,
       "reading the request");
  const std::size_t filter_bytes = job.head.filter_length * sizeof(sock_filter);
  char* at = data + sizeof job.head;
  const char* end = data + size - filter_bytes;
  job.work = next_string(at, end);
  job.changes = next_string(at, end);
  job.stage = next_string(at, end);
  job.directory = next_string(at, end);
  job.argv = next_list(at, end, job.head.arguments);
  job.environment = next_list(at, end, job.head.variables);
  job.read_only = {next_list(at, end, job.head.read_only), job.head.read_only};
  job.container = next_list(at, end, job.head.container);
  auto* filter = static_cast<sock_filter*>(std::malloc(filter_bytes));
  must(filter != nullptr && at == end, "reading the request");
  std::memcpy(filter, end, filter_bytes);
  job.filter = {filter, job.head.filter_length};
  return job;
}

void set_usage(wire::Report& report, const rusage& usage) {
  report.cpu_nanoseconds = (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1'000'000'000 +
                           (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1'000;
  report.max_rss_bytes = usage.ru_maxrss * 1024;
}

void set_limits(const Job& job) {
  if (getpriority(PRIO_PROCESS, 0) < 0) {  // the caller's to have, not the command's
    must(setpriority(PRIO_PROCESS, 0, 0) == 0, "giving up the caller's priority");
  }
  limit(job, Hardening::kCoreLimit, RLIMIT_CORE, 0, "limiting core files");
  limit(job, Hardening::kFileLimit, RLIMIT_FSIZE, job.head.file_bytes, "limiting file size");
  limit(job, Hardening::kDescriptorLimit, RLIMIT_NOFILE, 4096, "limiting open files");
  limit(job, Hardening::kLockedLimit, RLIMIT_MEMLOCK, 4u << 20, "limiting locked memory");
  limit(job, Hardening::kQueueLimit, RLIMIT_MSGQUEUE, 400u << 10, "limiting message queues");
  limit(job, Hardening::kProcessLimit, RLIMIT_NPROC, job.head.processes + 1,  // we are one
        "limiting processes");
  if (job.head.cpu_seconds > 0) {
    limit(job, Hardening::kTimeLimit, RLIMIT_CPU, job.head.cpu_seconds, "limiting time");
  }
}

void drop_privileges(const Job& job) {
  if (job.keeps(Hardening::kNoNewPrivileges)) {
    must(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0, "refusing new privileges");
  }
  if (job.keeps(Hardening::kLandlock)) restrict_files(job);
  if (job.keeps(Hardening::kBoundingSet)) empty_bounding_set();
  if (job.keeps(Hardening::kSecureBits)) lock_secure_bits();
  if (job.keeps(Hardening::kCapabilities)) drop_capabilities();
  if (job.keeps(Hardening::kFilter)) filter_calls(job);
}

void run_command(const Job& job, int gate, int io) {
  sigset_t child;
  sigemptyset(&child);
  sigaddset(&child, SIGCHLD);
  must(sigprocmask(SIG_BLOCK, &child, nullptr) == 0, "waiting for the command");
  const int signals = signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
  must(signals >= 0, "waiting for the command");
  report_start();
  const pid_t command = fork();
  must(command >= 0, "starting the command");
  if (command == 0) become_command(job);
  close(STDOUT_FILENO);
  close(STDERR_FILENO);
  pollfd watched[2] = {{signals, POLLIN, 0}, {gate, POLLIN, 0}};
  while (reap(job, command)) {
    if (poll(watched, 2, -1) < 0) continue;
    signalfd_siginfo ignored;
    while (read(signals, &ignored, sizeof ignored) > 0) {
    }
    if (watched[1].revents == 0) continue;
    if (job.keeps(Hardening::kKillAtGate)) kill(-1, SIGKILL);
    watched[1].fd = -1;
  }
  report_empty(io);
}

}  // namespace automod::sandbox::launcher
