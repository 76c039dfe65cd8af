#include "sandbox/filter.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <initializer_list>
#include <memory>

#include "base/fd.hpp"

namespace automod::sandbox {

namespace {

struct Refused {
  FilterRule rule;
  std::initializer_list<const char*> calls;
};

/// Refused with EPERM.
constexpr Refused kForbidden[] = {
    {FilterRule::kProcesses,
     {"ptrace", "process_vm_readv", "process_vm_writev", "kcmp", "pidfd_getfd", "process_madvise"}},
    {FilterRule::kMounts,
     {"mount", "umount", "umount2", "pivot_root", "chroot", "move_mount", "open_tree", "fsopen",
      "fsconfig", "fsmount", "fspick", "mount_setattr"}},
    {FilterRule::kNamespaces, {"unshare", "setns"}},
    {FilterRule::kKernel,
     {"bpf", "perf_event_open", "userfaultfd", "add_key", "request_key", "keyctl", "lookup_dcookie",
      "fanotify_init"}},
    {FilterRule::kMachine,
     {"init_module",
      "finit_module",
      "delete_module",
      "create_module",
      "kexec_load",
      "kexec_file_load",
      "reboot",
      "swapon",
      "swapoff",
      "syslog",
      "acct",
      "quotactl",
      "quotactl_fd",
      "nfsservctl",
      "settimeofday",
      "clock_settime",
      "clock_settime64",
      "clock_adjtime",
      "clock_adjtime64",
      "adjtimex",
      "stime",
      "iopl",
      "ioperm",
      "modify_ldt",
      "vhangup",
      "sethostname",
      "setdomainname"}},
    {FilterRule::kHandles, {"open_by_handle_at", "name_to_handle_at"}},
    // Where kernels had bugs, and builds have no need.
    {FilterRule::kMemory,
     {"migrate_pages", "move_pages", "mbind", "set_mempolicy", "vmsplice", "personality",
      "memfd_secret"}},
    {FilterRule::kHistory,
     {"uselib", "ustat", "sysfs", "_sysctl", "get_kernel_syms", "query_module"}}};

/// Refused as if the kernel did not know them, so that programs fall back: their arguments lie in
/// memory, where a filter cannot look.
constexpr const char* kUnseen[] = {"clone3", "openat2", "io_uring_setup", "io_uring_enter",
                                   "io_uring_register"};
constexpr const char* kExtended[] = {"setxattr", "lsetxattr", "fsetxattr"};
/// What a strict policy refuses beside: meeting places by name, and watching.
constexpr const char* kNotStrict[] = {
    "shmget",       "shmat",         "shmctl", "semget",  "semop",   "semctl",    "semtimedop",
    "msgget",       "msgsnd",        "msgrcv", "msgctl",  "mq_open", "mq_unlink", "memfd_create",
    "inotify_init", "inotify_init1", "mknod",  "mknodat", "socket"};
constexpr const char* kUncounted[] = {"memfd_create", "shmget"};

/// The newest call this list was made for (mseal, Linux 6.10). Later ones do not exist in here.
constexpr std::uint32_t kNewestCall = 462;
constexpr int kFchmodat2 = 452, kStatmount = 457, kListmount = 458;

/// Adds rules and remembers the first failure.
class Builder {
 public:
  explicit Builder(scmp_filter_ctx context) : context_(context) {}

  template <class... Conditions>
  void refuse(const char* call, int error, Conditions... conditions) {
    const int number = seccomp_syscall_resolve_name(call);
    if (number == __NR_SCMP_ERROR) return;  // libseccomp is too old to know it: see kNewestCall
    refuse(number, error, conditions...);
  }

  template <class... Conditions>
  void refuse(int number, int error, Conditions... conditions) {
    const std::array<scmp_arg_cmp, sizeof...(conditions)> list{conditions...};
    const int code = seccomp_rule_add_array(context_, SCMP_ACT_ERRNO(static_cast<unsigned>(error)),
                                            number, list.size(), list.data());
    // A call that another architecture has and this one lacks needs no rule.
    if (code != 0 && code != -EDOM && failure_ == 0) failure_ = code;
  }

  int failure() const { return failure_; }

 private:
  scmp_filter_ctx context_;
  int failure_ = 0;
};

scmp_arg_cmp has_bits(unsigned argument, scmp_datum_t bits) {
  return {argument, SCMP_CMP_MASKED_EQ, bits, bits};
}

scmp_arg_cmp is_word(unsigned argument, scmp_datum_t value) {
  return {argument, SCMP_CMP_MASKED_EQ, 0xffffffff, value};
}

void refuse_namespaces(Builder& builder) {
  constexpr scmp_datum_t kNewTime = 0x80;
  for (const scmp_datum_t flag :
       {kNewTime, scmp_datum_t{CLONE_NEWNS}, scmp_datum_t{CLONE_NEWCGROUP},
        scmp_datum_t{CLONE_NEWUTS}, scmp_datum_t{CLONE_NEWIPC}, scmp_datum_t{CLONE_NEWUSER},
        scmp_datum_t{CLONE_NEWPID}, scmp_datum_t{CLONE_NEWNET}}) {
    builder.refuse("clone", EPERM, has_bits(0, flag));
  }
}

/// No file that runs with its owner's privileges may be left on the host.
void refuse_set_id(Builder& builder) {
  constexpr scmp_datum_t kTemporary = O_TMPFILE & ~O_DIRECTORY;
  for (const scmp_datum_t bit : {scmp_datum_t{S_ISUID}, scmp_datum_t{S_ISGID}}) {
    builder.refuse("chmod", EPERM, has_bits(1, bit));
    builder.refuse("fchmod", EPERM, has_bits(1, bit));
    builder.refuse("fchmodat", EPERM, has_bits(2, bit));
    builder.refuse(kFchmodat2, EPERM, has_bits(2, bit));
    builder.refuse("creat", EPERM, has_bits(1, bit));
    builder.refuse("mkdir", EPERM, has_bits(1, bit));
    builder.refuse("mkdirat", EPERM, has_bits(2, bit));
    builder.refuse("mknod", EPERM, has_bits(1, bit));
    builder.refuse("mknodat", EPERM, has_bits(2, bit));
    for (const scmp_datum_t creates : {scmp_datum_t{O_CREAT}, kTemporary}) {
      builder.refuse("open", EPERM, has_bits(1, creates), has_bits(2, bit));
      builder.refuse("openat", EPERM, has_bits(2, creates), has_bits(3, bit));
    }
  }
}

void refuse_devices(Builder& builder) {
  for (const scmp_datum_t kind : {scmp_datum_t{S_IFCHR}, scmp_datum_t{S_IFBLK}}) {
    builder.refuse("mknod", EPERM, scmp_arg_cmp{1, SCMP_CMP_MASKED_EQ, S_IFMT, kind});
    builder.refuse("mknodat", EPERM, scmp_arg_cmp{2, SCMP_CMP_MASKED_EQ, S_IFMT, kind});
  }
}

void refuse_terminals(Builder& builder) {
  constexpr scmp_datum_t kTerminal[] = {0x5412, 0x541c, 0x541d, 0x5423};  // TIOCSTI, LINUX, …
  for (const scmp_datum_t request : kTerminal) builder.refuse("ioctl", EPERM, is_word(1, request));
}

/// Left are AF_UNIX, and with a network AF_INET, AF_INET6 without raw sockets, and AF_NETLINK for
/// routes only.
void refuse_sockets(Builder& builder, Network network) {
  const auto wanted = [&](scmp_datum_t family) {
    if (family == AF_UNIX) return true;
    return network == Network::kLoopback &&
           (family == AF_INET || family == AF_INET6 || family == AF_NETLINK);
  };
  for (scmp_datum_t family = 0; family < 64; ++family) {
    if (wanted(family)) continue;
    builder.refuse("socket", EAFNOSUPPORT, is_word(0, family));
    builder.refuse("socketpair", EAFNOSUPPORT, is_word(0, family));
  }
  builder.refuse("socket", EAFNOSUPPORT, scmp_arg_cmp{0, SCMP_CMP_GE, 64, 0});
  if (network == Network::kNone) return;
  for (scmp_datum_t protocol = 1; protocol < 32; ++protocol) {
    builder.refuse("socket", EPROTONOSUPPORT, is_word(0, AF_NETLINK), is_word(2, protocol));
  }
}

Result<std::vector<sock_filter>> exported(scmp_filter_ctx context) {
  const Fd file(memfd_create("filter", MFD_CLOEXEC));
  struct stat info{};
  if (!file || seccomp_export_bpf(context, file.get()) != 0 || fstat(file.get(), &info) != 0) {
    return fail_errno("exporting the system call filter", errno);
  }
  std::vector<sock_filter> program(static_cast<std::size_t>(info.st_size) / sizeof(sock_filter));
  if (pread(file.get(), program.data(), static_cast<std::size_t>(info.st_size), 0) !=
      info.st_size) {
    return fail_errno("reading the system call filter", errno);
  }
  return program;
}

/// Calls newer than the list fail with ENOSYS. Numbers with the x32 bit go on to the rules, which
/// kill the caller.
std::vector<sock_filter> guard_against_new_calls() {
  constexpr std::uint32_t kX32 = 0x40000000;
  return {BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
          BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, kX32, 2, 0),
          BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, kNewestCall, 0, 1),
          BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS)};
}

}  // namespace

Result<std::vector<sock_filter>> build_filter(const FilterOptions& options) {
  const std::unique_ptr<void, void (*)(scmp_filter_ctx)> context(seccomp_init(SCMP_ACT_ALLOW),
                                                                 seccomp_release);
  if (!context) return fail(ErrorKind::kInternal, "making a system call filter: out of memory");
  Builder builder(context.get());
  seccomp_attr_set(
      context.get(), SCMP_FLTATR_ACT_BADARCH,
      options.weakness.keeps(FilterRule::kForeignCalls) ? SCMP_ACT_KILL_PROCESS : SCMP_ACT_ALLOW);
  seccomp_attr_set(context.get(), SCMP_FLTATR_CTL_OPTIMIZE, 2);
  const Weakness& all = options.weakness;
  for (const Refused& group : kForbidden) {
    if (!all.keeps(group.rule)) continue;
    for (const char* call : group.calls) builder.refuse(call, EPERM);
  }
  if (all.keeps(FilterRule::kUnseen)) {
    for (const char* call : kUnseen) builder.refuse(call, ENOSYS);
  }
  if (all.keeps(FilterRule::kNewCalls)) {
    for (const int number : {kStatmount, kListmount}) builder.refuse(number, ENOSYS);
  }
  if (all.keeps(FilterRule::kAttributes)) {
    for (const char* call : kExtended) builder.refuse(call, EOPNOTSUPP);
  }
  if (options.count_memory && all.keeps(FilterRule::kUncounted)) {
    for (const char* call : kUncounted) builder.refuse(call, ENOSYS);
  }
  if (all.keeps(FilterRule::kNamespaces)) refuse_namespaces(builder);
  if (all.keeps(FilterRule::kSetId)) refuse_set_id(builder);
  if (all.keeps(FilterRule::kDevices)) refuse_devices(builder);
  if (all.keeps(FilterRule::kTerminals)) refuse_terminals(builder);
  if (options.calls == Calls::kStrict && all.keeps(FilterRule::kStrict)) {
    for (const char* call : kNotStrict) builder.refuse(call, EPERM);
    builder.refuse("socketpair", EAFNOSUPPORT, scmp_arg_cmp{0, SCMP_CMP_NE, AF_UNIX, 0});
  } else if (all.keeps(FilterRule::kSockets)) {
    refuse_sockets(builder, options.network);
  }
  if (builder.failure() != 0) {
    return fail_errno("building the system call filter", -builder.failure());
  }
  auto rules = exported(context.get());
  if (!rules || !all.keeps(FilterRule::kNewCalls)) return rules;
  std::vector<sock_filter> program = guard_against_new_calls();
  program.insert(program.end(), rules->begin(), rules->end());
  return program;
}

}  // namespace automod::sandbox
