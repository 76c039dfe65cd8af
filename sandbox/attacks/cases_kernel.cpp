#include "sandbox/attacks/case.hpp"

namespace automod::sandbox::attacks {

namespace {

constexpr const char* kGroup = "kernel";
constexpr const char* kOthers = "calls that look into other processes do not get through";
constexpr const char* kRisky = "calls that kernels are attacked through do not get through";
constexpr const char* kMachine = "calls that change the machine do not get through";
constexpr const char* kHandles = "files are not opened by number (CVE-2014-3519)";
constexpr const char* kMemory = "calls that move memory about do not get through";
constexpr const char* kUnknown = "calls that cannot be looked into do not exist";
constexpr const char* kNewer = "calls newer than the filter do not exist";
constexpr const char* kTerminal = "terminals cannot be written to (CVE-2017-5226)";
constexpr const char* kForeign = "calls by another architecture's numbers are deadly";

Case denied(const std::string& name, const std::string& about, const char* tests,
            Ground ground = Ground::kThrowaway) {
  return {{name, kGroup, about, tests}, {name}, ground};
}

}  // namespace

std::vector<Case> kernel_cases() {
  return {
      denied("trace-process", "ptrace of a process of its own", kOthers),
      denied("read-process-memory", "process_vm_readv", kOthers),
      denied("write-process-memory", "process_vm_writev", kOthers),
      denied("compare-processes", "kcmp, which tells kernel addresses apart", kOthers),
      denied("take-descriptor", "pidfd_getfd", kOthers),
      denied("advise-process", "process_madvise", kOthers),
      denied("bpf", "a kernel program is loaded", kRisky),
      denied("performance-counters", "perf_event_open", kRisky),
      denied("user-fault-handling", "userfaultfd, which holds the kernel where it is weak", kRisky),
      denied("watch-all-files", "fanotify", kRisky),
      denied("read-session-keys", "the session keyring's number is asked for", kRisky),
      denied("add-key", "a key is left for others", kRisky),
      denied("request-key", "a key is asked for, for which the kernel starts a program", kRisky),
      denied("io-uring", "a ring, whose calls no filter sees", kUnknown),
      denied("io-uring-enter", "work for a ring", kUnknown),
      denied("load-module", "init_module", kMachine, Ground::kPlain),
      denied("remove-module", "delete_module", kMachine, Ground::kPlain),
      denied("load-kernel", "kexec_load", kMachine, Ground::kPlain),
      denied("restart", "reboot", kMachine),
      denied("swap", "swapon", kMachine),
      denied("kernel-log", "the kernel's messages are read", kMachine, Ground::kPlain),
      denied("accounting", "acct: the kernel writes a file for every process", kMachine,
             Ground::kPlain),
      denied("quota", "quotactl", kMachine),
      denied("set-clock", "clock_settime; the host's clock is compared", kMachine),
      denied("set-time-of-day", "settimeofday; the host's clock is compared", kMachine),
      denied("tune-clock", "adjtimex", kMachine),
#if defined(__x86_64__)
      denied("io-privilege-level", "iopl", kMachine),
      denied("io-ports", "ioperm", kMachine),
      denied("segment-table", "modify_ldt", kMachine),
#endif
      denied("hang-up", "vhangup", kMachine),
      denied("set-host-name", "sethostname; the host's name is compared", kMachine),
      denied("set-domain-name", "setdomainname", kMachine),
      denied("handle-of-file", "name_to_handle_at", kHandles),
      denied("open-by-handle", "open_by_handle_at", kHandles),
      denied("bind-memory", "mbind", kMemory),
      denied("move-pages", "move_pages", kMemory),
      denied("splice-memory", "vmsplice", kMemory),
      denied("personality", "addresses are made predictable", kMemory),
      denied("secret-memory", "memory that no limit sees: memfd_secret", kMemory),
      denied("file-systems", "sysfs, a call that only history needs", kMemory),
      denied("list-mounts", "listmount", kNewer),
      denied("newer-call", "setxattrat, the first call after the list", kNewer),
      denied("newest-call", "open_tree_attr", kNewer),
      denied("push-terminal-input", "TIOCSTI", kTerminal),
      denied("linux-console", "TIOCLINUX", kTerminal),
      denied("take-console", "TIOCCONS", kTerminal),
      denied("line-discipline", "TIOCSETD, which loads modules", kTerminal),
      denied("x32-call", "getpid by its number of x32", kForeign),
      denied("32-bit-call", "getpid by its number of 32-bit programs", kForeign),
  };
}

}  // namespace automod::sandbox::attacks
