// Tries one thing that a sandboxed program must not be able to do, and prints "<name> allowed" or
// "<name> <errno>". Outside the sandbox most of them are allowed: that is the control.

#include <fcntl.h>
#include <linux/keyctl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/personality.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

namespace {

/// 0 or the error number.
int tried(long result) { return result >= 0 ? 0 : errno; }

int remove_and(const char* path, int result) {
  unlink(path);
  return result;
}

/// Was a set-id file made?
int set_id_made(const char* path, long result) {
  const int error = tried(result);
  struct stat info{};
  const bool made = lstat(path, &info) == 0 && (info.st_mode & (S_ISUID | S_ISGID)) != 0;
  return remove_and(path, made ? 0 : error != 0 ? error : EPERM);
}

struct OpenHow {
  std::uint64_t flags, mode, resolve;
};

int touched(const char* path) { return open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0644); }

int clone_userns() {
  const long pid = syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0);
  if (pid == 0) _exit(0);
  return tried(pid);
}

int clone3_userns() {
  std::uint64_t arguments[11] = {CLONE_NEWUSER, 0, 0, 0, SIGCHLD};
  const long pid = syscall(SYS_clone3, arguments, sizeof arguments);
  if (pid == 0) _exit(0);
  return tried(pid);
}

int trace_child() {
  const pid_t pid = fork();
  if (pid == 0) {
    pause();
    _exit(0);
  }
  const int result = tried(ptrace(PTRACE_ATTACH, pid, nullptr, nullptr));
  kill(pid, SIGKILL);
  return result;
}

int read_other_memory() {
  char from[4] = "abc";
  char to[4];
  const iovec local{to, 4};
  const iovec remote{from, 4};
  return tried(process_vm_readv(getpid(), &local, 1, &remote, 1, 0));
}

int write_into_first_process() { return tried(open("/proc/1/mem", O_RDWR | O_CLOEXEC)); }

int handle_of_root() {
  char handle[sizeof(file_handle) + 128] = {};
  auto* head = reinterpret_cast<file_handle*>(handle);
  head->handle_bytes = 128;
  int mount = 0;
  return tried(name_to_handle_at(AT_FDCWD, "/usr", head, &mount, 0));
}

int open_temporary(int flags) {
  const int fd =
      static_cast<int>(syscall(SYS_openat, AT_FDCWD, ".", O_TMPFILE | O_RDWR | flags, 04755));
  return tried(fd);
}

int open_how() {
  OpenHow how{O_CREAT | O_WRONLY, 04755, 0};
  return set_id_made("s8", syscall(SYS_openat2, AT_FDCWD, "s8", &how, sizeof how));
}

int bring_interface_up() {
  const int fd = socket(AF_INET, SOCK_DGRAM, 0);
  ifreq request{};
  std::strcpy(request.ifr_name, "lo");
  request.ifr_flags = IFF_UP;
  return tried(ioctl(fd, SIOCSIFFLAGS, &request));
}

int unmask_capability() {
  std::uint32_t header[2] = {0x20080522, 0};
  std::uint32_t data[6] = {1u << 21, 1u << 21, 0, 0, 0, 0};  // CAP_SYS_ADMIN
  return tried(syscall(SYS_capset, header, data));
}

struct Attack {
  const char* name;
  int (*attempt)();
};

constexpr std::uint32_t kEventAttribute = 112;

const Attack kAttacks[] = {
    {"mount", [] { return tried(mount("x", "/tmp", "tmpfs", 0, nullptr)); }},
    {"remount",
     [] { return tried(mount(nullptr, "/usr", nullptr, MS_REMOUNT | MS_BIND, nullptr)); }},
    {"umount", [] { return tried(umount2("/tmp", MNT_DETACH)); }},
    {"fsopen", [] { return tried(syscall(SYS_fsopen, "tmpfs", 0)); }},
    {"open_tree", [] { return tried(syscall(SYS_open_tree, AT_FDCWD, "/usr", 1)); }},
    {"unshare", [] { return tried(unshare(CLONE_NEWUSER)); }},
    {"clone", clone_userns},
    {"clone3", clone3_userns},
    {"chroot", [] { return tried(chroot("/tmp")); }},
    {"setns", [] { return tried(setns(open("/proc/self/ns/net", O_RDONLY), 0)); }},
    {"ptrace", trace_child},
    {"process_vm_readv", read_other_memory},
    {"first-memory", write_into_first_process},
    {"first-environment", [] { return tried(open("/proc/1/environ", O_RDONLY)); }},
    {"first-descriptors", [] { return tried(open("/proc/1/fd", O_RDONLY | O_DIRECTORY)); }},
    {"keyctl", [] { return tried(syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, -3, 1)); }},
    {"add_key", [] { return tried(syscall(SYS_add_key, "user", "automod", "x", 1, -2)); }},
    {"bpf",
     [] {
       char attribute[128] = {};
       return tried(syscall(SYS_bpf, 0, attribute, 128));
     }},
    {"perf_event_open",
     [] {
       std::uint32_t attribute[kEventAttribute / 4] = {1, kEventAttribute};
       return tried(syscall(SYS_perf_event_open, attribute, 0, -1, -1, 0));
     }},
    {"userfaultfd", [] { return tried(syscall(SYS_userfaultfd, 1)); }},
    {"io_uring",
     [] {
       char parameters[128] = {};
       return tried(syscall(SYS_io_uring_setup, 4, parameters));
     }},
    {"handle", handle_of_root},
    {"personality", [] { return tried(personality(ADDR_NO_RANDOMIZE)); }},
    {"memfd_secret", [] { return tried(syscall(447, 0)); }},
    {"new-call", [] { return tried(syscall(463, 0, 0, 0, 0, 0, 0)); }},
    {"sethostname", [] { return tried(sethostname("x", 1)); }},
    {"interface", bring_interface_up},
    {"capset", unmask_capability},
    {"setuid", [] { return tried(setresuid(0, 0, 0)); }},
    {"raw-socket", [] { return tried(socket(AF_INET, SOCK_RAW, IPPROTO_ICMP)); }},
    {"packet-socket", [] { return tried(socket(17, SOCK_RAW, 0)); }},
    {"vsock", [] { return tried(socket(40, SOCK_STREAM, 0)); }},
    {"alg-socket", [] { return tried(socket(38, SOCK_SEQPACKET, 0)); }},
    {"audit-socket", [] { return tried(socket(AF_NETLINK, SOCK_RAW, 9)); }},
    {"xattr",
     [] {
       touched("x1");
       return remove_and("x1", tried(setxattr("x1", "user.a", "b", 1, 0)));
     }},
    {"device", [] { return remove_and("d1", tried(mknod("d1", S_IFCHR | 0666, 0x103))); }},
    {"block-device", [] { return remove_and("d2", tried(mknod("d2", S_IFBLK | 0666, 0x700))); }},
    {"setid-chmod",
     [] {
       touched("s1");
       return set_id_made("s1", chmod("s1", 04755));
     }},
    {"setid-group",
     [] {
       touched("s2");
       return set_id_made("s2", chmod("s2", 02755));
     }},
    {"setid-fchmod", [] { return set_id_made("s3", fchmod(touched("s3"), 04755)); }},
    {"setid-fchmodat",
     [] {
       touched("s4");
       return set_id_made("s4", fchmodat(AT_FDCWD, "s4", 04755, 0));
     }},
    {"setid-fchmodat2",
     [] {
       touched("s5");
       return set_id_made("s5", syscall(452, AT_FDCWD, "s5", 04755, 0));
     }},
    {"setid-open", [] { return set_id_made("s6", open("s6", O_CREAT | O_WRONLY, 04755)); }},
    {"setid-creat", [] { return set_id_made("s7", creat("s7", 04755)); }},
    {"setid-openat2", open_how},
    {"setid-mknod", [] { return set_id_made("s9", mknod("s9", S_IFREG | 04755, 0)); }},
    {"setid-tmpfile", [] { return open_temporary(0); }},
};

int eat_memory(int megabytes, bool hold) {
  for (int i = 0; i < megabytes; ++i) {
    void* page = mmap(nullptr, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED) return errno;
    std::memset(page, 1, 1 << 20);
  }
  if (hold || megabytes > 100) sleep(10);
  return 0;
}

int eat_memfd(int megabytes) {
  const int fd = memfd_create("x", 0);
  if (fd < 0) return errno;
  static char block[1 << 20];
  for (int i = 0; i < megabytes; ++i) {
    if (write(fd, block, sizeof block) < 0) return errno;
  }
  sleep(10);
  return 0;
}

int fork_many(int count) {
  int made = 0;
  for (; made < count; ++made) {
    const pid_t pid = fork();
    if (pid < 0) break;
    if (pid == 0) {
      sleep(10);
      _exit(0);
    }
  }
  std::printf("fork %d\n", made);
  return -1;
}

/// One block each, then stays.
int many_files(int count) {
  char name[32];
  for (int i = 0; i < count; ++i) {
    std::snprintf(name, sizeof name, "file%d", i);
    const int fd = open(name, O_CREAT | O_WRONLY | O_CLOEXEC, 0644);
    if (fd < 0 || write(fd, "x", 1) != 1) return errno;
    close(fd);
  }
  sleep(10);
  return 0;
}

int nameless_file(int megabytes) {
  const int fd = touched("nameless");
  unlink("nameless");
  static char block[1 << 20];
  std::memset(block, 1, sizeof block);
  for (int i = 0; i < megabytes; ++i) {
    if (write(fd, block, sizeof block) < 0) return errno;
  }
  sleep(10);
  return 0;
}

/// Folders in folders, by relative steps.
int deep_folders(int depth) {
  for (int i = 0; i < depth; ++i) {
    if (mkdir("d", 0755) != 0 || chdir("d") != 0) return errno;
  }
  return tried(open("bottom", O_CREAT | O_WRONLY, 0644));
}

int connect_to(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  return tried(connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address));
}

/// A connection to oneself.
int loopback() {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  auto* plain = reinterpret_cast<sockaddr*>(&address);
  const int server = socket(AF_INET, SOCK_STREAM, 0);
  if (bind(server, plain, length) != 0 || listen(server, 1) != 0) return errno;
  if (getsockname(server, plain, &length) != 0) return errno;
  return connect_to(ntohs(address.sin_port));
}

/// Datagram to the abstract socket of that name.
int say_to(const char* name) {
  char bytes[sizeof(sa_family_t) + 100] = {};
  const sa_family_t family = AF_UNIX;
  std::memcpy(bytes, &family, sizeof family);
  std::strncpy(bytes + sizeof family + 1, name, 90);
  const int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
  const auto length = static_cast<socklen_t>(sizeof family + 1 + std::strlen(name));
  return tried(sendto(fd, "x", 1, 0, reinterpret_cast<sockaddr*>(bytes), length));
}

/// A call by a foreign architecture's numbers; to be killed for.
int foreign_call() {
#if defined(__x86_64__)
  return tried(syscall(0x40000000 + 39));  // getpid of x32
#else
  return ENOSYS;
#endif
}

int print(const char* name, int error) {
  if (error < 0) return 0;
  std::printf("%s %s\n", name, error == 0 ? "allowed" : strerrorname_np(error));
  return 0;
}

int with_number(const std::string& name, int number, bool hold) {
  if (name == "eat-memory") return eat_memory(number, hold);
  if (name == "eat-memfd") return eat_memfd(number);
  if (name == "fork") return fork_many(number);
  if (name == "many-files") return many_files(number);
  if (name == "nameless-file") return nameless_file(number);
  if (name == "deep-folders") return deep_folders(number);
  if (name == "connect") return connect_to(number);
  return ENOTSUP;
}

}  // namespace

int main(int argc, char* argv[]) {
  const std::string name = argc > 1 ? argv[1] : "";
  if (name == "foreign-call") return print(argv[1], foreign_call());
  if (name == "loopback") return print(argv[1], loopback());
  if (name == "say-to") return print(argv[1], say_to(argv[2]));
  if (argc > 2) return print(argv[1], with_number(name, std::atoi(argv[2]), argc > 3));
  for (const Attack& attack : kAttacks) {
    if (!name.empty() && name != attack.name) continue;
    // Each in a process of its own, so that none changes the ground for the next.
    std::fflush(stdout);
    const pid_t pid = fork();
    if (pid == 0) {
      print(attack.name, attack.attempt());
      std::fflush(stdout);
      _exit(0);
    }
    waitpid(pid, nullptr, 0);
  }
  return 0;
}
