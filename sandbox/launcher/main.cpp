// automod-sandbox: runs one command that nobody trusts. Started by the sandbox library only.
//
// Promises, each with the attacks that test it (sandbox/attacks; a group stands for all of its
// own). Taking away any one step of the launcher lets some of them through: hardening.hpp names the
// steps, and hardening_test.cpp prints which.
//   1. The command sees /usr, a few files of /etc, five harmless devices, its own processes, a
//      sized /tmp and /dev/shm, the work folder and what the policy names: nothing else of the
//      host, no network beyond its own loopback, no environment, descriptor or key of the caller.
//      `files`, `host`, `network`, `find-process`, `own-pid-namespace`, `no-other-mounts`,
//      `one-root`, `processes-only`, `inherited-descriptor`, `own-session-keyring`, `input-empty`
//   2. It can write to /tree, /tmp and /dev/shm only, and there no more than it may.
//      `make-file-in-usr`, `remount-usr`, `root-read-only`, `usr-read-only`, `landlock-in-force`,
//      `change-lower-layer`, `tmp-sized`, `fill-memory-folder`, `file-limit`
//   3. It has no capability and no way to get one; started by root, it runs under a user id that
//      nobody else has. The system calls that kernels are attacked through are refused.
//      `privilege`, `kernel`, `no-new-privileges`, `no-effective-capability`,
//      `no-bounding-capability`, `first-without-capabilities`, `secure-bits-locked`,
//      `filter-in-force`, `nobody-on-host`, `one-user`, `groups-denied`, `first-hidden`
//   4. It leaves no file on the host that runs with somebody's privileges (set-id), nor a device.
//      `setid-by-chmod` and its like, `whiteout-device`, `tree-without-privileges`,
//      `files-not-for-all`
//   5. When the command ends, or the supervisor asks, or the supervisor dies, all is killed.
//      `daemon`, `ignore-signals`, `stop-itself`, `kill-supervisor`, `kill-launcher`,
//      `kill-launcher-of-stopped`, `fork-bomb`
//   6. If any step fails, nothing is run, and only in the folder that was meant.
//      `race-for-work-folder`
//
// Two processes: the outer one stays outside and only waits; it makes the namespaces and kills
// them. The inner one is process 1 in there (root.cpp: what it sees, lock.cpp: what it may do),
// runs the command and reaps. Where another program makes the container (`kForeign`), the outer
// process starts that instead, and `automod-sandbox inside` is process 1 in what it makes.

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
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "sandbox/launcher/launcher.hpp"

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
void die_with_parent(const Job& job, std::uint32_t parent) {
  if (!job.keeps(Hardening::kDieWithParent)) return;
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

/// `id` inside is `uid` and `gid` outside; nobody else exists there.
void map_ids(const Job& job, pid_t pid, std::uint32_t id, uid_t uid, gid_t gid) {
  const unsigned count = job.keeps(Hardening::kOneIdentity) ? 1 : 2;
  char map[64];
  if (job.keeps(Hardening::kDenySetgroups)) write_map(pid, "setgroups", "deny");
  std::snprintf(map, sizeof map, "%u %u %u", id, uid, count);
  write_map(pid, "uid_map", map);
  std::snprintf(map, sizeof map, "%u %u %u", id, gid, count);
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

/// Process 1 of every container, once it sees what it is to see.
[[noreturn]] void lock_and_run(const Job& job, int gate) {
  must(prctl(PR_SET_DUMPABLE, 1) == 0, "opening our own counters");  // changing the user undid it
  const int io = open("/proc/self/io", O_RDONLY | O_CLOEXEC);        // missing: nothing is counted
  if (job.keeps(Hardening::kHideFirst)) {
    must(prctl(PR_SET_DUMPABLE, 0) == 0, "hiding the first process");
  }
  constexpr int kJoinSessionKeyring = 1;
  if (job.keeps(Hardening::kOwnKeyring) && syscall(SYS_keyctl, kJoinSessionKeyring, nullptr) < 0) {
    must(errno == ENOSYS, "starting a keyring");  // a kernel without keys has none to lose
  }
  set_limits(job);
  drop_privileges(job);
  run_command(job, gate, io);
  _exit(0);
}

[[noreturn]] void inner(const Job& job, const Trees& trees, int gate) {
  const std::uint32_t id = job.head.inside_id;
  wait_for_release(gate);
  if (job.keeps(Hardening::kOwnSession)) must(setsid() >= 0, "starting a session");
  must(setresgid(id, id, id) == 0, "changing the group");
  must(setresuid(id, id, id) == 0, "changing the user");
  die_with_parent(job, 0);  // changing the user undid it; whoever died before has shut the gate
  if (job.keeps(Hardening::kUtsNamespace) && job.keeps(Hardening::kHostName)) {
    must(sethostname("automod", 7) == 0, "setting the host name");
  }
  if (job.keeps(Hardening::kNetNamespace)) bring_loopback_up();
  build_root(job, trees);
  lock_and_run(job, gate);
}

std::uint64_t namespaces(const Job& job) {
  constexpr struct {
    Hardening hardening;
    std::uint64_t flag;
  } kAll[] = {
      {Hardening::kUserNamespace, CLONE_NEWUSER},    {Hardening::kMountNamespace, CLONE_NEWNS},
      {Hardening::kPidNamespace, CLONE_NEWPID},      {Hardening::kNetNamespace, CLONE_NEWNET},
      {Hardening::kIpcNamespace, CLONE_NEWIPC},      {Hardening::kUtsNamespace, CLONE_NEWUTS},
      {Hardening::kCgroupNamespace, CLONE_NEWCGROUP}};
  std::uint64_t flags = 0;
  for (const auto& one : kAll) flags |= job.keeps(one.hardening) ? one.flag : 0;
  return flags;
}

pid_t clone_child(const Job& job, std::uint64_t flags, int* pidfd) {
  clone_args arguments{};
  arguments.flags = flags | CLONE_PIDFD;
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
  if (job.has(wire::kGroupIsV2) || !job.keeps(Hardening::kJoinGroups)) return;
  for (std::uint32_t i = 0; i < job.head.groups; ++i) {
    must(write(wire::kGroupFd + static_cast<int>(i), "0", 1) == 1, "joining the control group");
  }
}

void become_nobody_special(const Job& job, std::uint32_t parent) {
  if (job.has(wire::kAsRoot)) {
    must(setresgid(job.head.gid, job.head.gid, job.head.gid) == 0, "leaving root's group");
    must(setresuid(job.head.uid, job.head.uid, job.head.uid) == 0, "leaving root");
  }
  if (job.keeps(Hardening::kNoNewPrivileges)) {
    must(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0, "refusing new privileges");
  }
  die_with_parent(job, parent);
}

void keep_open(int fd, int as) {
  must(fd == as ? fcntl(fd, F_SETFD, 0) == 0 : dup2(fd, as) == as, "handing over descriptors");
}

/// Becomes the program that makes the container. Not a thing of ours may be inherited but what
/// the second half needs.
[[noreturn]] void start_container(const Job& job, int gate) {
  if (job.has(wire::kTrusted)) {
    die_with_parent(job, 0);  // descriptors would not get through
  } else {
    become_nobody_special(job, 0);
    keep_open(wire::kControlFd, wire::kControlFd);
    keep_open(wire::kRequestFd, wire::kRequestFd);
    keep_open(gate, wire::kGateFd);
  }
  must(chdir("/") == 0, "starting the container");
  char path[] = "PATH=/usr/sbin:/usr/bin:/sbin:/bin";
  char language[] = "LANG=C.UTF-8";
  char* environment[] = {path, language, nullptr};
  execve(job.container[0], job.container, environment);
  die("starting the container's program");
}

/// Those that are known go at exec, all others now.
void close_descriptors(const Job& job, unsigned first_unknown) {
  if (!job.keeps(Hardening::kCloseDescriptors)) return;
  constexpr unsigned kAtExec = 4;  // CLOSE_RANGE_CLOEXEC
  must(syscall(SYS_close_range, first_unknown, ~0u, 0) == 0 &&
           syscall(SYS_close_range, 3u, ~0u, kAtExec) == 0,
       "closing descriptors");
}

/// Waits for the inner process. When the supervisor closes its end of the control socket or dies,
/// shuts the gate, at which process 1 inside kills all and accounts for it; if that takes too
/// long, kills what we started, and the kernel all the rest.
void guard(const Job& job, pid_t inner_pid, int pidfd, int gate) {
  constexpr int kPatience = 2000;  // milliseconds
  pollfd watched[2] = {{pidfd, POLLIN, 0}, {wire::kControlFd, POLLIN, 0}};
  while (poll(watched, 2, -1) < 0 && errno == EINTR) {
  }
  if (watched[0].revents == 0) {
    close(gate);
    gate = -1;
    if (poll(watched, 1, kPatience) != 1 && job.keeps(Hardening::kKillFirst)) {
      kill(inner_pid, SIGKILL);
    }
  }
  int status = 0;
  rusage usage{};
  while (wait4(inner_pid, &status, 0, &usage) < 0) {
    must(errno == EINTR, "waiting for the sandbox");
  }
  close(gate);  // a container whose maker died ends now, too
  while (waitpid(-1, nullptr, 0) > 0 || errno == EINTR) {
  }
  wire::Report ended;
  ended.event = wire::Event::kEnded;
  ended.value = status;
  set_usage(ended, usage);
  report(ended);
}

/// Should the machine run out of memory, sandboxes go first; a wish, not a promise.
void volunteer_for_memory() {
  const int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
  if (fd >= 0 && write(fd, "500", 3) < 0) errno = 0;
  close(fd);
}

Trees open_and_stage(const Job& job) {
  if (!job.has(wire::kAsRoot)) return {};
  if (job.keeps(Hardening::kLeaveGroups)) {
    must(setgroups(0, nullptr) == 0, "leaving root's groups");
  }
  const Trees trees = open_trees(job);
  if (job.has(wire::kForeign)) build_stage(job, trees);
  return trees;
}

void outer() {
  Job job = read_job();
  const bool foreign = job.has(wire::kForeign);
  if (!foreign) close(wire::kRequestFd);  // else our second half reads it, too
  die_with_parent(job, job.head.parent);
  close_descriptors(job, wire::kGroupFd + job.head.groups);
  if (job.keeps(Hardening::kUmask)) umask(022);
  if (job.keeps(Hardening::kGoFirst)) volunteer_for_memory();
  if (job.has(wire::kOwnId)) {
    job.head.uid += static_cast<std::uint32_t>(getpid());
    job.head.gid += static_cast<std::uint32_t>(getpid());
  }
  if (!job.keeps(Hardening::kThrowawayUser)) job.head.uid = job.head.gid = 0;
  const Trees trees = open_and_stage(job);
  if (foreign) must(prctl(PR_SET_CHILD_SUBREAPER, 1) == 0, "asking for orphans");
  join_groups(job);
  int gate[2];
  must(pipe2(gate, O_CLOEXEC) == 0, "making a pipe");
  int pidfd = -1;
  const pid_t pid = clone_child(job, foreign ? 0 : namespaces(job), &pidfd);
  must(pid >= 0, foreign ? "starting the container" : "making namespaces");
  if (pid == 0) {
    close(gate[1]);
    if (foreign) start_container(job, gate[0]);
    inner(job, trees, gate[0]);
  }
  if (!foreign) map_ids(job, pid, job.head.inside_id, job.head.uid, job.head.gid);
  become_nobody_special(job, job.head.parent);
  wire::Report spawned;
  spawned.event = wire::Event::kSpawned;
  spawned.value = pid;
  report(spawned);
  close(gate[0]);
  must(foreign || write(gate[1], "", 1) == 1, "releasing the sandbox");
  guard(job, pid, pidfd, gate[1]);
}

/// Where descriptors cannot be inherited, the supervisor hands them over a socket that it answers
/// once. Order: control, request, gate, stdout, stderr.
void meet_supervisor() {
  constexpr int kPlaces[] = {wire::kControlFd, wire::kRequestFd, wire::kGateFd, 1, 2};
  constexpr std::size_t kBytes = sizeof kPlaces;
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::snprintf(address.sun_path, sizeof address.sun_path, "%s", wire::kMeetingPlace);
  const int meeting = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
  if (connect(meeting, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) _exit(125);
  char byte = 0;
  iovec data{&byte, 1};
  alignas(cmsghdr) char buffer[CMSG_SPACE(kBytes)];
  msghdr message{};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  message.msg_control = buffer;
  message.msg_controllen = sizeof buffer;
  if (recvmsg(meeting, &message, 0) != 1) _exit(125);
  const cmsghdr* header = CMSG_FIRSTHDR(&message);
  if (header == nullptr || header->cmsg_len != CMSG_LEN(kBytes)) _exit(125);
  int received[5];
  int high[5];
  std::memcpy(received, CMSG_DATA(header), kBytes);
  for (int i = 0; i < 5; ++i) high[i] = fcntl(received[i], F_DUPFD, 64);
  for (int i = 0; i < 5; ++i) {
    if (high[i] < 0 || dup2(high[i], kPlaces[i]) < 0) _exit(125);
  }
}

/// Many runtimes make containers of a root only, and engines make no user namespace at all. The
/// policy's user is then the one id of a user namespace within.
void become_user(const Job& job, bool has_namespace) {
  const std::uint32_t id = job.head.inside_id;
  const uid_t uid = geteuid();
  const gid_t gid = getegid();
  if (has_namespace && uid == id && gid == id) return;
  // A control group namespace shows the group that we were put into after the container was made.
  must(unshare(CLONE_NEWUSER | (has_namespace ? 0 : CLONE_NEWCGROUP)) == 0,
       "making a user namespace");
  must(prctl(PR_SET_DUMPABLE, 1) == 0, "opening our own maps");  // the new namespace shut them
  map_ids(job, getpid(), id, uid, gid);
  errno = EPERM;
  must(geteuid() == id && getegid() == id, "being the user that the policy names");
}

/// Another program followed the work folder's path later than it was looked at. An overlay has a
/// device of its own, and tells nothing.
void check_is_meant(const Job& job) {
  if (job.head.work_mount != wire::WorkMount::kFolder) return;
  struct stat info{};
  must(stat("/tree", &info) == 0, "looking at the work folder");
  errno = ESTALE;
  must(info.st_dev == job.head.work_device && info.st_ino == job.head.work_inode,
       "finding the work folder as it was");
}

/// Process 1 of a container that somebody else has made.
void inside() {
  const Job job = read_job();
  close(wire::kRequestFd);
  close_descriptors(job, wire::kGateFd + 1);
  if (job.keeps(Hardening::kUmask)) umask(022);
  errno = EPERM;
  must(getpid() == 1, "being the container's first process");
  check_is_meant(job);
  become_user(job, !job.has(wire::kTrusted));
  const int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
  must(nothing >= 0 && dup2(nothing, 0) == 0, "opening /dev/null");
  if (setsid() < 0) must(getsid(0) == getpid(), "starting a session");
  lock_and_run(job, wire::kGateFd);
}

}  // namespace

}  // namespace automod::sandbox::launcher

int main(int argc, char* argv[]) {
  namespace launcher = automod::sandbox::launcher;
  if (argc < 2) {
    launcher::outer();
    _exit(0);
  }
  if (std::strcmp(argv[1], "inside") != 0) _exit(125);
  if (argc > 2) launcher::meet_supervisor();
  launcher::inside();
}
