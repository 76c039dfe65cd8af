// Attempts to reach those parts of the kernel that it is attacked through. Many calls are made
// with arguments that the kernel refuses in its own way: then not even its checks were reached.

#include <fcntl.h>
#include <linux/keyctl.h>
#include <linux/perf_event.h>
#include <sched.h>
#include <signal.h>
#include <sys/io.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/timex.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <cstring>
#include <ctime>

#include "sandbox/attacks/program/attempt.hpp"

namespace automod::attack {

namespace {

/// A child that waits to be killed.
class Victim {
 public:
  Victim() : pid_(fork()) {
    if (pid_ == 0) {
      for (;;) pause();
    }
  }
  ~Victim() {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  Victim(const Victim&) = delete;
  Victim& operator=(const Victim&) = delete;
  pid_t pid() const { return pid_; }

 private:
  pid_t pid_;
};

Seen trace() {
  const Victim victim;
  return tried(ptrace(PTRACE_ATTACH, victim.pid(), nullptr, nullptr));
}

Seen other_memory(long call) {
  const Victim victim;
  static char from[4] = "abc";
  char to[4] = "xyz";
  const iovec local{to, sizeof to};
  const iovec remote{from, sizeof from};
  return tried(syscall(call, victim.pid(), &local, 1L, &remote, 1L, 0L));
}

Seen compare_processes() {
  const Victim victim;
  return tried(syscall(SYS_kcmp, getpid(), victim.pid(), 1 /* address space */, 0, 0));
}

Seen take_descriptor() {
  const Victim victim;
  const long other = syscall(SYS_pidfd_open, victim.pid(), 0);
  if (other < 0) return tried(other);
  return tried(syscall(SYS_pidfd_getfd, other, 1, 0));
}

Seen advise_other() {
  const Victim victim;
  const long other = syscall(SYS_pidfd_open, victim.pid(), 0);
  const iovec none{nullptr, 0};
  return reached(syscall(SYS_process_madvise, other, &none, 1, 12345, 0));
}

Seen performance_counters() {
  perf_event_attr attributes{};
  attributes.size = sizeof attributes;
  constexpr unsigned long kNoSuchFlag = 1ul << 40;
  return reached(syscall(SYS_perf_event_open, &attributes, 0, -1, -1, kNoSuchFlag));
}

Seen ring() {
  char parameters[128] = {};
  return reached(syscall(SYS_io_uring_setup, 4, parameters), ENOSYS);
}

Seen ring_enter() { return reached(syscall(SYS_io_uring_enter, -1L, 0L, 0L, 0L, 0L, 0L), ENOSYS); }

Seen kernel_log() {
  constexpr int kSizeOfBuffer = 10;
  return tried(syscall(SYS_syslog, kSizeOfBuffer, nullptr, 0));
}

Seen set_clock() {
  const timespec then{};
  // A clock that nobody can set: an answer to this is no risk where the real one could be.
  return reached(syscall(SYS_clock_settime, CLOCK_MONOTONIC, &then));
}

Seen tune_clock() {
  timex nothing{};
  return tried(syscall(SYS_adjtimex, &nothing));
}

Seen restart() {
  // In a process id space of its own this ends that space alone; the numbers are otherwise wrong.
  return reached(syscall(SYS_reboot, 1, 2, 3, nullptr));
}

Seen handle_of_file() {
  alignas(file_handle) char bytes[sizeof(file_handle) + 128] = {};
  auto* handle = reinterpret_cast<file_handle*>(bytes);
  handle->handle_bytes = 128;
  int mount = 0;
  return tried(name_to_handle_at(AT_FDCWD, "/usr", handle, &mount, 0));
}

Seen open_handle() {
  alignas(file_handle) char bytes[sizeof(file_handle) + 16] = {};
  auto* handle = reinterpret_cast<file_handle*>(bytes);
  handle->handle_bytes = 8;
  handle->handle_type = 1;
  return reached(open_by_handle_at(-1, handle, O_RDONLY));
}

Seen splice_memory() {
  int pair[2];
  if (pipe(pair) != 0) return unable("no pipe");
  char byte = 'x';
  const iovec one{&byte, 1};
  return tried(syscall(SYS_vmsplice, pair[1], &one, 1, 0));
}

Seen terminal(unsigned long request) {
  char byte = '\n';
  return reached(ioctl(0, request, &byte));
}

/// Calls by the numbers of another architecture: deadly, so that a child makes them.
Seen foreign_call(void (*call)()) {
  const pid_t pid = fork();
  if (pid == 0) {
    call();
    _exit(0);
  }
  int status = 0;
  waitpid(pid, &status, 0);
  if (WIFSIGNALED(status)) {
    const int signal = WTERMSIG(status);
    // The kernel may have been built without those calls: then nobody could make them.
    return signal == SIGSYS ? denied("SIGSYS") : unable("this kernel has no such calls");
  }
  return WEXITSTATUS(status) == 0 ? through("the call was made") : denied("ENOSYS");
}

void call_x32() {
#if defined(__x86_64__)
  constexpr long kX32 = 0x40000000;
  if (syscall(kX32 + SYS_getpid) < 0 && errno == ENOSYS) _exit(1);
#else
  _exit(1);
#endif
}

void call_by_interrupt() {
#if defined(__x86_64__)
  long result = 20;  // getpid of 32-bit programs
  asm volatile("int $0x80" : "+a"(result) : : "memory", "r8", "r9", "r10", "r11");
  if (result < 0) _exit(1);
#else
  _exit(1);
#endif
}

constexpr unsigned kByFile = 0x200;  // FAN_REPORT_FID: what anybody may ask for
constexpr unsigned long kPushInput = 0x5412, kLinuxConsole = 0x541c, kConsole = 0x541d,
                        kDiscipline = 0x5423;

const Attempt kAttempts[] = {
    {"trace-process", [](Arguments) { return trace(); }},
    {"read-process-memory", [](Arguments) { return other_memory(SYS_process_vm_readv); }},
    {"write-process-memory", [](Arguments) { return other_memory(SYS_process_vm_writev); }},
    {"compare-processes", [](Arguments) { return compare_processes(); }},
    {"take-descriptor", [](Arguments) { return take_descriptor(); }},
    {"advise-process", [](Arguments) { return advise_other(); }},
    {"bpf", [](Arguments) { return reached(syscall(SYS_bpf, 0, nullptr, 1 << 20)); }},
    {"performance-counters", [](Arguments) { return performance_counters(); }},
    {"user-fault-handling", [](Arguments) { return reached(syscall(SYS_userfaultfd, 1)); }},
    {"watch-all-files", [](Arguments) { return tried(syscall(SYS_fanotify_init, kByFile, 0)); }},
    {"read-session-keys",
     [](Arguments) { return tried(syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, -3, 0)); }},
    {"add-key", [](Arguments) { return tried(syscall(SYS_add_key, "user", "x", "x", 1, -2)); }},
    {"request-key",
     [](Arguments) { return reached(syscall(SYS_request_key, "user", "automod", nullptr, 0)); }},
    {"io-uring", [](Arguments) { return ring(); }},
    {"io-uring-enter", [](Arguments) { return ring_enter(); }},
    {"load-module",
     [](Arguments) { return reached(syscall(SYS_init_module, nullptr, 0, nullptr)); }},
    {"remove-module", [](Arguments) { return reached(syscall(SYS_delete_module, nullptr, 0)); }},
    {"load-kernel", [](Arguments) { return reached(syscall(SYS_kexec_load, 0, 99, nullptr, 0)); }},
    {"restart", [](Arguments) { return restart(); }},
    {"swap", [](Arguments) { return reached(syscall(SYS_swapon, "/no such file", 1 << 30)); }},
    {"kernel-log", [](Arguments) { return kernel_log(); }},
    {"accounting", [](Arguments) { return reached(syscall(SYS_acct, "/no such file")); }},
    {"quota", [](Arguments) { return reached(syscall(SYS_quotactl, 0xff, nullptr, 0, nullptr)); }},
    {"set-clock", [](Arguments) { return set_clock(); }},
    {"set-time-of-day", [](Arguments) { return reached(syscall(SYS_settimeofday, 1, nullptr)); }},
    {"tune-clock", [](Arguments) { return tune_clock(); }},
#if defined(__x86_64__)
    {"io-privilege-level", [](Arguments) { return reached(syscall(SYS_iopl, 9)); }},
    {"io-ports", [](Arguments) { return reached(syscall(SYS_ioperm, 0, 1, 0)); }},
    {"segment-table", [](Arguments) { return reached(syscall(SYS_modify_ldt, 99, nullptr, 0)); }},
#endif
    {"hang-up", [](Arguments) { return tried(syscall(SYS_vhangup)); }},
    {"set-host-name", [](Arguments) { return tried(sethostname("attacked", 8)); }},
    {"set-domain-name", [](Arguments) { return tried(setdomainname("attacked", 8)); }},
    {"handle-of-file", [](Arguments) { return handle_of_file(); }},
    {"open-by-handle", [](Arguments) { return open_handle(); }},
    {"bind-memory",
     [](Arguments) { return reached(syscall(SYS_mbind, 1L, 1L, 99L, 1L, 1L, 99L)); }},
    {"move-pages",
     [](Arguments) { return tried(syscall(SYS_move_pages, 0L, 0L, 0L, 0L, 0L, 0L)); }},
    {"splice-memory", [](Arguments) { return splice_memory(); }},
    {"personality", [](Arguments) { return tried(syscall(SYS_personality, ADDR_NO_RANDOMIZE)); }},
    {"secret-memory", [](Arguments) { return tried(syscall(447, 0)); }},
    {"file-systems", [](Arguments) { return tried(syscall(SYS_sysfs, 3)); }},
    {"list-mounts",
     [](Arguments) { return reached(syscall(458, nullptr, nullptr, 0, 0), ENOSYS); }},
    {"newer-call",
     [](Arguments) { return reached(syscall(463, -1L, 0L, 0L, 0L, 0L, 0L), ENOSYS); }},
    {"newest-call",
     [](Arguments) { return reached(syscall(467, -1L, 0L, 0L, 0L, 0L, 0L), ENOSYS); }},
    {"push-terminal-input", [](Arguments) { return terminal(kPushInput); }},
    {"linux-console", [](Arguments) { return terminal(kLinuxConsole); }},
    {"take-console", [](Arguments) { return terminal(kConsole); }},
    {"line-discipline", [](Arguments) { return terminal(kDiscipline); }},
    {"x32-call", [](Arguments) { return foreign_call(call_x32); }},
    {"32-bit-call", [](Arguments) { return foreign_call(call_by_interrupt); }},
};

}  // namespace

std::span<const Attempt> kernel_attempts() { return kAttempts; }

}  // namespace automod::attack
