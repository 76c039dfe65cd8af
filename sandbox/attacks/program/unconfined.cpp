#include <fcntl.h>
#include <linux/capability.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <vector>

#include "sandbox/attacks/program/attempt.hpp"

namespace automod::attack {

namespace {

constexpr int kSupervisor = 0;  // a socket

struct Request {
  bool plain = false;
  std::vector<const char*> soft;
  char* const* argv = nullptr;
};

Request parsed(Arguments arguments) {
  Request request;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string word = arguments[i];
    if (word == "--plain") request.plain = true;
    if (word == "--soft" && i + 1 < arguments.size()) request.soft.push_back(arguments[++i]);
    if (word == "--" && i + 1 < arguments.size()) {
      request.argv = &arguments[i + 1];  // ends where main's does, in a null pointer
      break;
    }
  }
  return request;
}

bool write_text(const char* path, const std::string& text) {
  const int fd = open(path, O_WRONLY | O_CLOEXEC);
  const bool done = fd >= 0 && write(fd, text.data(), text.size()) > 0;
  close(fd);
  return done;
}

/// Root over nothing but what is new: mounts, processes, network, host name, IPC.
bool settle(const Request& request, uid_t uid, gid_t gid) {
  if (!write_text("/proc/self/setgroups", "deny") ||
      !write_text("/proc/self/uid_map", "0 " + std::to_string(uid) + " 1") ||
      !write_text("/proc/self/gid_map", "0 " + std::to_string(gid) + " 1") ||
      mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
      mount(nullptr, "/", nullptr, MS_REC | MS_SHARED, nullptr) != 0 ||
      mount("proc", "/proc", "proc", 0, nullptr) != 0) {
    return false;
  }
  for (const char* place : request.soft) {
    if (mount("tmpfs", place, "tmpfs", 0, "size=96m") != 0) return false;
  }
  const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  ifreq loopback{};
  std::strcpy(loopback.ifr_name, "lo");
  loopback.ifr_flags = IFF_UP;
  ioctl(fd, SIOCSIFFLAGS, &loopback);
  close(fd);
  return true;
}

/// Runs the program and tells the supervisor how it ended; what it leaves behind goes on.
[[noreturn]] void host(const Request& request) {
  const pid_t program = fork();
  if (program == 0) {
    // What a careless parent leaves to its child.
    int pair[2];
    if (pipe(pair) != 0 || write(pair[1], "secret\n", 7) != 7) _exit(126);
    dup2(pair[0], 0);
    close(pair[0]);
    close(pair[1]);
    umask(0);
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    __user_cap_data_struct capabilities[2] = {};
    syscall(SYS_capget, &header, capabilities);
    for (auto& half : capabilities) half.inheritable = half.permitted;
    syscall(SYS_capset, &header, capabilities);
    signal(SIGPIPE, SIG_IGN);
    execv(request.argv[0], request.argv);
    _exit(127);
  }
  int status = 0;
  pid_t ended = 0;
  while (ended != program) ended = waitpid(-1, &status, 0);
  (void)send(kSupervisor, &status, sizeof status, MSG_NOSIGNAL);
  for (;;) {
    if (waitpid(-1, nullptr, 0) < 0) pause();
  }
}

}  // namespace

int unconfined(Arguments arguments) {
  const Request request = parsed(arguments);
  if (request.argv == nullptr) return 2;
  const uid_t uid = geteuid();
  const gid_t gid = getegid();
  constexpr long kNew = CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC |
                        CLONE_NEWUTS | CLONE_NEWCGROUP;
  const pid_t pid = static_cast<pid_t>(
      syscall(SYS_clone, (request.plain ? 0 : kNew) | SIGCHLD, nullptr, nullptr, nullptr, 0));
  if (pid < 0) return 3;
  if (pid == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (!request.plain && !settle(request, uid, gid)) _exit(3);
    host(request);
  }
  // Until the supervisor closes its end, or the namespace could not be made.
  pollfd supervisor{kSupervisor, POLLIN, 0};
  while (poll(&supervisor, 1, 50) == 0) {
    if (waitpid(pid, nullptr, WNOHANG) == pid) return 3;
  }
  kill(pid, SIGKILL);
  waitpid(pid, nullptr, 0);
  return 0;
}

}  // namespace automod::attack
