// automod-sandbox: runs one command that nobody trusts. Started by the sandbox library only.
//
// Promises, each with its tests in tests/unit/sandbox:
//   1. The command sees /usr, a few files of /etc, five harmless devices, its own processes, a
//      sized /tmp and /dev/shm, the work folder and what the policy names: nothing else of the
//      host, no network beyond its own loopback, no environment, descriptor or key of the caller.
//   2. It can write to /tree, /tmp and /dev/shm only.
//   3. It has no capability and no way to get one; started by root, it runs under a user id that
//      nobody else has. The system calls that kernels are attacked through are refused.
//   4. It leaves no file on the host that runs with somebody's privileges (set-id), nor a device.
//   5. When the command ends, or the supervisor asks, or the supervisor dies, all is killed.
//   6. If any step fails, nothing is run.
//
// Two processes: the outer one stays outside and only waits; it makes the namespaces and kills
// them. The inner one is process 1 in there (launcher_root.cpp: what it sees, launcher_lock.cpp:
// what it may do), runs the command and reaps.

#include "sandbox/launcher.hpp"

#include <fcntl.h>
#include <grp.h>
#include <linux/filter.h>
#include <linux/sched.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace automod::sandbox::launcher {

void report(const wire::Report& report) {
  // Nobody to tell means that the supervisor is gone, and we soon are.
  (void)send(wire::kControlFd, &report, sizeof report, MSG_NOSIGNAL);
}

void die(const char* step) {
  wire::Report failed;
  failed.event = wire::Event::kFailed;
  failed.value = errno;
  std::snprintf(failed.step, sizeof failed.step, "%s", step);
  report(failed);
  _exit(125);
}

void must(bool done, const char* step) {
  if (!done) die(step);
}

namespace {

/// Dies with the process that started us, also when it is dead already.
void die_with_parent(std::uint32_t parent) {
  must(prctl(PR_SET_PDEATHSIG, SIGKILL) == 0, "asking to die with the supervisor");
  if (parent != 0 && static_cast<std::uint32_t>(getppid()) != parent) _exit(125);
}

void write_map(pid_t pid, const char* file, const char* text) {
  char path[64];
  std::snprintf(path, sizeof path, "/proc/%d/%s", pid, file);
  const int fd = open(path, O_WRONLY | O_CLOEXEC);
  must(fd >= 0 && write(fd, text, std::strlen(text)) >= 0, "mapping user ids");
  close(fd);
}

void map_ids(const Job& job, pid_t pid) {
  char map[64];
  write_map(pid, "setgroups", "deny");
  std::snprintf(map, sizeof map, "%u %u 1", wire::kInsideId, job.head.uid);
  write_map(pid, "uid_map", map);
  std::snprintf(map, sizeof map, "%u %u 1", wire::kInsideId, job.head.gid);
  write_map(pid, "gid_map", map);
}

void bring_loopback_up() {
  const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  ifreq request{};
  std::strcpy(request.ifr_name, "lo");
  request.ifr_flags = IFF_UP;
  must(fd >= 0 && ioctl(fd, SIOCSIFFLAGS, &request) == 0, "bringing the loopback up");
  close(fd);
}

/// Blocks until the outer process has mapped our ids. It keeps the other end of the gate open for
/// as long as it lives and nobody wants us to stop.
void wait_for_release(int gate) {
  char byte = 0;
  if (read(gate, &byte, 1) != 1) _exit(125);
}

[[noreturn]] void inner(const Job& job, const Trees& trees, int gate) {
  wait_for_release(gate);
  must(setsid() >= 0, "starting a session");
  must(setresgid(wire::kInsideId, wire::kInsideId, wire::kInsideId) == 0, "changing the group");
  must(setresuid(wire::kInsideId, wire::kInsideId, wire::kInsideId) == 0, "changing the user");
  die_with_parent(0);  // changing the user had undone it; whoever died before has shut the gate
  must(prctl(PR_SET_DUMPABLE, 0) == 0, "hiding the first process");
  constexpr int kJoinSessionKeyring = 1;
  if (syscall(SYS_keyctl, kJoinSessionKeyring, nullptr) < 0) {
    must(errno == ENOSYS, "starting a keyring");  // a kernel without keys has none to lose
  }
  must(sethostname("automod", 7) == 0, "setting the host name");
  bring_loopback_up();
  build_root(job, trees);
  set_limits(job);
  drop_privileges(job);
  run_command(job, gate);
  _exit(0);
}

pid_t clone_inner(const Job& job, int* pidfd) {
  clone_args arguments{};
  arguments.flags = CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC |
                    CLONE_NEWUTS | CLONE_NEWCGROUP | CLONE_PIDFD;
  arguments.pidfd = reinterpret_cast<std::uintptr_t>(pidfd);
  arguments.exit_signal = SIGCHLD;
  if (job.has(wire::kGroupIsV2) && job.head.groups > 0) {
    arguments.flags |= CLONE_INTO_CGROUP;
    arguments.cgroup = wire::kGroupFd;
  }
  return static_cast<pid_t>(syscall(SYS_clone3, &arguments, sizeof arguments));
}

/// A single-threaded process that moves itself takes no lock that others wait for.
void join_groups(const Job& job) {
  if (job.has(wire::kGroupIsV2)) return;
  for (std::uint32_t i = 0; i < job.head.groups; ++i) {
    must(write(wire::kGroupFd + static_cast<int>(i), "0", 1) == 1, "joining the control group");
  }
}

void become_nobody_special(const Job& job) {
  if (job.has(wire::kAsRoot)) {
    must(setresgid(job.head.gid, job.head.gid, job.head.gid) == 0, "leaving root's group");
    must(setresuid(job.head.uid, job.head.uid, job.head.uid) == 0, "leaving root");
  }
  must(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0, "refusing new privileges");
  die_with_parent(job.head.parent);
}

/// Waits for the inner process. When the supervisor closes its end of the control socket or dies,
/// shuts the gate, at which the inner process kills all and accounts for it; if that takes too
/// long, kills it, and the kernel all the rest.
void guard(pid_t inner_pid, int pidfd, int gate) {
  constexpr int kPatience = 2000;  // milliseconds
  pollfd watched[2] = {{pidfd, POLLIN, 0}, {wire::kControlFd, POLLIN, 0}};
  while (poll(watched, 2, -1) < 0 && errno == EINTR) {
  }
  if (watched[0].revents == 0) {
    close(gate);
    if (poll(watched, 1, kPatience) != 1) kill(inner_pid, SIGKILL);
  }
  int status = 0;
  rusage usage{};
  while (wait4(inner_pid, &status, 0, &usage) < 0) {
    must(errno == EINTR, "waiting for the sandbox");
  }
  while (waitpid(-1, nullptr, 0) > 0 || errno == EINTR) {
  }
  wire::Report ended;
  ended.event = wire::Event::kEnded;
  ended.value = status;
  ended.cpu_nanoseconds = (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1'000'000'000 +
                          (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1'000;
  ended.max_rss_bytes = usage.ru_maxrss * 1024;
  report(ended);
}

/// Should the machine run out of memory, sandboxes go first; a wish, not a promise.
void volunteer_for_memory() {
  const int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
  if (fd >= 0 && write(fd, "500", 3) < 0) errno = 0;
  close(fd);
}

void outer() {
  Job job = read_job();
  die_with_parent(job.head.parent);
  const unsigned first_unknown = wire::kGroupFd + job.head.groups;
  must(syscall(SYS_close_range, first_unknown, ~0u, 0) == 0, "closing descriptors");
  must(syscall(SYS_close_range, 3u, ~0u, 4u /* CLOEXEC */) == 0, "closing descriptors");
  umask(022);
  volunteer_for_memory();
  if (job.has(wire::kOwnId)) {
    job.head.uid += static_cast<std::uint32_t>(getpid());
    job.head.gid += static_cast<std::uint32_t>(getpid());
  }
  Trees trees;
  if (job.has(wire::kAsRoot)) {
    must(setgroups(0, nullptr) == 0, "leaving root's groups");
    trees = open_trees(job);
  }
  join_groups(job);
  int gate[2];
  must(pipe2(gate, O_CLOEXEC) == 0, "making a pipe");
  int pidfd = -1;
  const pid_t pid = clone_inner(job, &pidfd);
  must(pid >= 0, "making namespaces");
  if (pid == 0) {
    close(gate[1]);
    inner(job, trees, gate[0]);
  }
  map_ids(job, pid);
  become_nobody_special(job);
  wire::Report spawned;
  spawned.event = wire::Event::kSpawned;
  spawned.value = pid;
  report(spawned);
  must(write(gate[1], "", 1) == 1, "releasing the sandbox");
  guard(pid, pidfd, gate[1]);
}

}  // namespace

}  // namespace automod::sandbox::launcher

int main() {
  automod::sandbox::launcher::outer();
  _exit(0);
}
