#include "sandbox/launch.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <map>
#include <system_error>

#include "base/text.hpp"
#include "sandbox/launcher/wire.hpp"
#include "sandbox/policy.hpp"

namespace automod::sandbox {

namespace {

/// From here on nobody allocates ids: above those of containers, below those seen as negative.
constexpr uid_t kFirstThrowaway = 0x70000000;
constexpr uid_t kLastThrowaway = 0x7fffffff;
constexpr unsigned kPidBits = 22;  // the kernel's most
constexpr std::uint32_t kChances = 1u << 6;

void append(std::string& text, std::string_view part) {
  text.append(part);
  text.push_back('\0');
}

std::uint32_t whole_seconds(std::chrono::milliseconds time) {
  return static_cast<std::uint32_t>((time.count() + 999) / 1000);
}

wire::WorkMount wire_mount(Mount mount) {
  if (mount == Mount::kTmpfs) return wire::WorkMount::kTmpfs;
  return mount == Mount::kOverlay ? wire::WorkMount::kOverlay : wire::WorkMount::kFolder;
}

std::string encode(const LaunchRequest& request, const Command& command) {
  const Policy& policy = request.policy;
  const Identity& identity = request.identity;
  const Group& group = request.group;
  const std::vector<sock_filter>& filter = request.filter;
  const std::map<std::string, std::string> environment = full_environment(policy);
  wire::Request head;
  head.flags = (identity.as_root ? wire::kAsRoot : 0u) | (identity.map_work ? wire::kMapWork : 0u) |
               (identity.own_id ? wire::kOwnId : 0u) | (group.is_v2() ? wire::kGroupIsV2 : 0u) |
               (request.container.empty() ? 0u : wire::kForeign) |
               (request.connected ? wire::kTrusted : 0u);
  head.parent = static_cast<std::uint32_t>(getpid());
  head.uid = identity.uid;
  head.gid = identity.gid;
  head.inside_id = policy.user;
  head.work_uid = identity.work_uid;
  head.work_gid = identity.work_gid;
  head.work_device = identity.work_device;
  head.work_inode = identity.work_inode;
  head.work_mount = wire_mount(policy.mount);
  head.groups = static_cast<std::uint32_t>(group.entrances().size());
  head.arguments = static_cast<std::uint32_t>(command.argv.size());
  head.variables = static_cast<std::uint32_t>(environment.size());
  head.read_only = static_cast<std::uint32_t>(policy.read_only.size());
  head.container = static_cast<std::uint32_t>(request.container.size());
  head.filter_length = static_cast<std::uint32_t>(filter.size());
  head.processes = policy.limits.processes;
  head.file_bytes = policy.limits.file_bytes;
  head.scratch_bytes = policy.limits.scratch_bytes;
  head.disk_bytes = policy.limits.disk_bytes;
  head.disk_files = policy.limits.disk_files;
  head.cpu_seconds = whole_seconds(policy.limits.cpu);
  head.without = request.weakness.launcher;

  std::string text(sizeof head, '\0');
  append(text, policy.work.string());
  append(text, policy.changes.string());
  append(text, request.stage.string());
  append(text, command.directory.string());
  for (const std::string& argument : command.argv) append(text, argument);
  for (const auto& [name, value] : environment) append(text, name + "=" + value);
  for (const auto& path : policy.read_only) append(text, path.string());
  for (const std::string& argument : request.container) append(text, argument);
  const std::size_t filter_bytes = filter.size() * sizeof(sock_filter);
  const std::size_t strings_end = text.size();
  text.resize(strings_end + filter_bytes);
  std::memcpy(text.data() + strings_end, filter.data(), filter_bytes);
  head.size = static_cast<std::uint32_t>(text.size());
  std::memcpy(text.data(), &head, sizeof head);
  return text;
}

/// Descriptors are first made high, so that none lies where another has to go.
Fd lifted(int fd) { return Fd(fcntl(fd, F_DUPFD_CLOEXEC, 64)); }

/// Root of a user namespace that some other user made is as good as that user, and has few ids.
bool has_throwaway_ids() {
  std::ifstream map("/proc/self/uid_map");
  std::uint64_t inside = 0;
  std::uint64_t outside = 0;
  std::uint64_t count = 0;
  while (map >> inside >> outside >> count) {
    if (inside <= kFirstThrowaway && inside + count > kLastThrowaway) return true;
  }
  return false;
}

struct Ends {
  Fd ours;
  Fd theirs;
};

Result<Ends> output_pipe() {
  std::array<int, 2> pair{};
  if (pipe2(pair.data(), O_CLOEXEC) != 0) return fail_errno("making a pipe", errno);
  const Fd theirs(pair[1]);
  Ends ends{Fd(pair[0]), lifted(theirs.get())};
  if (!ends.theirs) return fail_errno("making a pipe", errno);
  fcntl(ends.ours.get(), F_SETFL, O_NONBLOCK);
  return ends;
}

Result<Ends> control_socket() {
  std::array<int, 2> pair{};
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair.data()) != 0) {
    return fail_errno("making a socket", errno);
  }
  const Fd theirs(pair[1]);
  Ends ends{Fd(pair[0]), lifted(theirs.get())};
  const int yes = 1;  // who reports is then told by the kernel
  if (!ends.theirs || setsockopt(pair[0], SOL_SOCKET, SO_PASSCRED, &yes, sizeof yes) != 0) {
    return fail_errno("making a socket", errno);
  }
  return ends;
}

Result<Fd> request_file(const std::string& request) {
  if (request.size() > wire::kMaxRequest) {
    return fail(ErrorKind::kUsage, fmt::format("command and environment: found {} bytes, wanted "
                                               "at most {}",
                                               request.size(), wire::kMaxRequest));
  }
  const Fd file(memfd_create("request", MFD_CLOEXEC));
  if (!file ||
      write(file.get(), request.data(), request.size()) != static_cast<ssize_t>(request.size())) {
    return fail_errno("writing the sandbox's request", errno);
  }
  Fd high = lifted(file.get());
  if (!high) return fail_errno("writing the sandbox's request", errno);
  return high;
}

/// What the launcher starts with: exactly the given descriptors, no environment, no signal
/// blocked or ignored, a process group of its own so that Ctrl-C reaches only us.
class Spawn {
 public:
  Spawn() {
    posix_spawn_file_actions_init(&actions_);
    posix_spawnattr_init(&attributes_);
    sigset_t none;
    sigset_t all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes_, &none);
    posix_spawnattr_setsigdefault(&attributes_, &all);
    posix_spawnattr_setpgroup(&attributes_, 0);
    posix_spawnattr_setflags(
        &attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
  }
  Spawn(const Spawn&) = delete;
  Spawn& operator=(const Spawn&) = delete;
  ~Spawn() {
    posix_spawn_file_actions_destroy(&actions_);
    posix_spawnattr_destroy(&attributes_);
  }

  void give(int fd, int as) {
    posix_spawn_file_actions_adddup2(&actions_, fd, as);
    next_ = as + 1;
  }

  Result<pid_t> start(const std::filesystem::path& program) {
    posix_spawn_file_actions_addclosefrom_np(&actions_, next_);
    std::string name = "automod-sandbox";
    std::array<char*, 2> arguments{name.data(), nullptr};
    std::array<char*, 1> environment{nullptr};
    pid_t pid = -1;
    const int error = posix_spawn(&pid, program.c_str(), &actions_, &attributes_, arguments.data(),
                                  environment.data());
    if (error != 0) return fail_errno(fmt::format("starting {}", program.string()), error);
    return pid;
  }

 private:
  posix_spawn_file_actions_t actions_{};
  posix_spawnattr_t attributes_{};
  int next_ = 0;
};

/// The engine has put whoever is at the other end of `peer`, a process of one thread, into control
/// groups of its own.
bool move_into(const Group& group, int peer) {
  ucred caller{};
  socklen_t size = sizeof caller;
  if (getsockopt(peer, SOL_SOCKET, SO_PEERCRED, &caller, &size) != 0) return false;
  const std::string pid = std::to_string(caller.pid);
  for (const Fd& entrance : group.entrances()) {
    Fd file;
    if (group.is_v2()) file = Fd(openat(entrance.get(), "cgroup.procs", O_WRONLY | O_CLOEXEC));
    const int fd = group.is_v2() ? file.get() : entrance.get();
    if (write(fd, pid.data(), pid.size()) < 0) return false;
  }
  return true;
}

/// The first process inside will connect to a socket in the stage.
Result<void> open_meeting(const LaunchRequest& request, Launched& launched) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string path = (request.stage / "meet").string();
  if (path.size() >= sizeof address.sun_path) {
    return fail(ErrorKind::kUnavailable, fmt::format("{}: too long for a socket's name", path),
                "set TMPDIR to a shorter path");
  }
  std::memcpy(address.sun_path, path.data(), path.size());
  launched.meeting = Fd(socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  std::array<int, 2> gate{};
  if (!launched.meeting ||
      bind(launched.meeting.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
      listen(launched.meeting.get(), 1) != 0 || pipe2(gate.data(), O_CLOEXEC) != 0) {
    return fail_errno("opening a meeting place", errno);
  }
  launched.handover.resize(5);
  launched.handover[2] = Fd(gate[0]);
  launched.gate = Fd(gate[1]);
  if (chown(path.c_str(), request.identity.uid, request.identity.gid) != 0) {
    return fail_errno("giving the meeting place away", errno);
  }
  return {};
}

}  // namespace

Result<Identity> choose_identity(const std::filesystem::path& work) {
  Identity identity;
  identity.uid = geteuid();
  identity.gid = getegid();
  if (!work.empty()) {
    struct stat info{};
    if (lstat(work.c_str(), &info) != 0) {
      return fail_errno(fmt::format("looking at {}", work.string()), errno);
    }
    identity.work_uid = info.st_uid;
    identity.work_gid = info.st_gid;
    identity.work_device = info.st_dev;
    identity.work_inode = info.st_ino;
  }
  if (identity.uid != 0 || !has_throwaway_ids()) return identity;
  // Another process id space on this machine may have the same numbers: hence some chance.
  std::uint32_t chance = 0;
  if (getrandom(&chance, sizeof chance, 0) != sizeof chance) {
    return fail_errno("finding random numbers", errno);
  }
  identity.as_root = true;
  identity.own_id = true;
  identity.map_work = !work.empty();
  identity.uid = kFirstThrowaway + ((chance % kChances) << kPidBits);
  identity.gid = identity.uid;
  return identity;
}

Identity fixed(Identity identity) {
  static std::atomic<std::uint32_t> runs{0};
  if (!identity.own_id) return identity;
  identity.own_id = false;
  identity.uid = kFirstThrowaway + ((runs++ % kChances) << kPidBits) +
                 (static_cast<std::uint32_t>(getpid()) % (1u << kPidBits));
  identity.gid = identity.uid;
  return identity;
}

Result<Launched> launch(const LaunchRequest& request, const Command& command) {
  auto file = request_file(encode(request, command));
  if (!file) return fail(file.error());
  auto out = output_pipe();
  if (!out) return fail(out.error());
  auto err = output_pipe();
  if (!err) return fail(err.error());
  auto control = control_socket();
  if (!control) return fail(control.error());
  const Fd null_device(open(request.weakness.keeps(Check::kInput) ? "/dev/null" : "/etc/passwd",
                            O_RDONLY | O_CLOEXEC));
  const Fd in = lifted(null_device.get());
  if (!in) return fail_errno("opening /dev/null", errno);

  Spawn spawn;
  spawn.give(in.get(), 0);
  spawn.give(out->theirs.get(), 1);
  spawn.give(err->theirs.get(), 2);
  spawn.give(control->theirs.get(), wire::kControlFd);
  spawn.give(file->get(), wire::kRequestFd);
  std::vector<Fd> entrances;
  for (const Fd& entrance : request.group.entrances()) {
    entrances.push_back(lifted(entrance.get()));
    spawn.give(entrances.back().get(), wire::kGroupFd + static_cast<int>(entrances.size()) - 1);
  }
  Launched launched{
      -1, std::move(out->ours), std::move(err->ours), std::move(control->ours), {}, {}, {}};
  if (request.connected) {
    if (auto ok = open_meeting(request, launched); !ok) return fail(ok.error());
  }
  auto pid = spawn.start(request.launcher);
  if (!pid) return fail(pid.error());
  launched.pid = *pid;
  if (!request.connected) return launched;
  launched.handover[0] = std::move(control->theirs);
  launched.handover[1] = std::move(*file);
  launched.handover[3] = std::move(out->theirs);
  launched.handover[4] = std::move(err->theirs);
  return launched;
}

Result<void> answer_meeting(Launched& launched, const Group& group) {
  const Fd caller(accept4(launched.meeting.get(), nullptr, nullptr, SOCK_CLOEXEC));
  if (!caller) return {};
  launched.meeting.reset();
  if (!move_into(group, caller.get())) {
    launched.handover.clear();
    return fail_errno("putting the container into its control group", errno);
  }
  std::array<int, 5> fds{};
  for (std::size_t i = 0; i < fds.size(); ++i) fds[i] = launched.handover[i].get();
  char byte = 0;
  iovec data{&byte, 1};
  alignas(cmsghdr) char buffer[CMSG_SPACE(sizeof fds)] = {};
  msghdr message{};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  message.msg_control = buffer;
  message.msg_controllen = sizeof buffer;
  cmsghdr* header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof fds);
  std::memcpy(CMSG_DATA(header), fds.data(), sizeof fds);
  (void)sendmsg(caller.get(), &message, MSG_NOSIGNAL);  // who has gone needs nothing
  launched.handover.clear();
  return {};
}

void wait_launcher(pid_t pid) {
  while (waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
  }
}

namespace {

Result<std::filesystem::path> running_program() {
  std::error_code code;
  auto program = std::filesystem::read_symlink("/proc/self/exe", code);
  if (code) return fail_errno("finding our own program", code.value());
  return program;
}

Result<std::filesystem::path> find_beside(const std::filesystem::path& program,
                                          const std::string& name) {
  const std::filesystem::path folder = program.parent_path();
  for (const std::filesystem::path& place :
       {folder.parent_path() / "libexec" / "automod" / name, folder / name}) {
    struct stat info{};
    if (stat(place.c_str(), &info) != 0 || !S_ISREG(info.st_mode)) continue;
    const bool ours = info.st_uid == 0 || info.st_uid == geteuid();
    if (!ours || (info.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
      return fail(ErrorKind::kUnavailable,
                  fmt::format("{}: others may write to this program of ours", place.string()),
                  fmt::format("chmod go-w {}", place.string()));
    }
    return place;
  }
  return fail(ErrorKind::kUnavailable, fmt::format("no {} beside {}", name, program.string()),
              "install automod as a whole: it belongs in libexec/automod");
}

constexpr const char* kLauncher = "automod-sandbox";

}  // namespace

Result<std::filesystem::path> find_launcher() { return find_helper(kLauncher); }

Result<std::filesystem::path> find_launcher(const std::filesystem::path& program) {
  return find_beside(program, kLauncher);
}

Result<std::filesystem::path> find_helper(const std::string& name) {
  const auto program = running_program();
  if (!program) return fail(program.error());
  return find_beside(*program, name);
}

}  // namespace automod::sandbox
