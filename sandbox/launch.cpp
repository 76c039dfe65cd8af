#include "sandbox/launch.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <map>

#include "base/text.hpp"
#include "sandbox/policy.hpp"
#include "sandbox/wire.hpp"

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

std::string encode(const Policy& policy, const Command& command, const Identity& identity,
                   const Group& group, const std::vector<sock_filter>& filter) {
  const std::map<std::string, std::string> environment = full_environment(policy);
  wire::Request head;
  head.flags = (identity.as_root ? wire::kAsRoot : 0u) | (identity.map_work ? wire::kMapWork : 0u) |
               (identity.own_id ? wire::kOwnId : 0u) | (group.is_v2() ? wire::kGroupIsV2 : 0u);
  head.parent = static_cast<std::uint32_t>(getpid());
  head.uid = identity.uid;
  head.gid = identity.gid;
  head.work_uid = identity.work_uid;
  head.work_gid = identity.work_gid;
  head.work_device = identity.work_device;
  head.work_inode = identity.work_inode;
  head.groups = static_cast<std::uint32_t>(group.entrances().size());
  head.arguments = static_cast<std::uint32_t>(command.argv.size());
  head.variables = static_cast<std::uint32_t>(environment.size());
  head.read_only = static_cast<std::uint32_t>(policy.read_only.size());
  head.filter_length = static_cast<std::uint32_t>(filter.size());
  head.processes = policy.limits.processes;
  head.file_bytes = policy.limits.file_bytes;
  head.scratch_bytes = policy.limits.scratch_bytes;

  std::string text(sizeof head, '\0');
  append(text, policy.work.string());
  append(text, command.directory.string());
  for (const std::string& argument : command.argv) append(text, argument);
  for (const auto& [name, value] : environment) append(text, name + "=" + value);
  for (const auto& path : policy.read_only) append(text, path.string());
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
  if (!ends.theirs) return fail_errno("making a socket", errno);
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

}  // namespace

Result<Identity> choose_identity(const std::filesystem::path& work) {
  struct stat info{};
  if (lstat(work.c_str(), &info) != 0) {
    return fail_errno(fmt::format("looking at {}", work.string()), errno);
  }
  Identity identity;
  identity.uid = geteuid();
  identity.gid = getegid();
  identity.work_uid = info.st_uid;
  identity.work_gid = info.st_gid;
  identity.work_device = info.st_dev;
  identity.work_inode = info.st_ino;
  if (identity.uid != 0 || !has_throwaway_ids()) return identity;
  // Another process id space on this machine may have the same numbers: hence some chance.
  std::uint32_t chance = 0;
  if (getrandom(&chance, sizeof chance, 0) != sizeof chance) {
    return fail_errno("finding random numbers", errno);
  }
  identity.as_root = true;
  identity.own_id = true;
  identity.map_work = true;
  identity.uid = kFirstThrowaway + ((chance % kChances) << kPidBits);
  identity.gid = identity.uid;
  return identity;
}

Identity fixed(Identity identity) {
  static std::atomic<std::uint32_t> runs{0};
  identity.own_id = false;
  identity.map_work = false;
  identity.uid = kFirstThrowaway + ((runs++ % kChances) << kPidBits) +
                 (static_cast<std::uint32_t>(getpid()) % (1u << kPidBits));
  identity.gid = identity.uid;
  return identity;
}

Result<Launched> launch(const std::filesystem::path& launcher, const Policy& policy,
                        const Command& command, const Identity& identity, const Group& group,
                        const std::vector<sock_filter>& filter) {
  auto request = request_file(encode(policy, command, identity, group, filter));
  if (!request) return fail(request.error());
  auto out = output_pipe();
  if (!out) return fail(out.error());
  auto err = output_pipe();
  if (!err) return fail(err.error());
  auto control = control_socket();
  if (!control) return fail(control.error());
  const Fd null_device(open("/dev/null", O_RDONLY | O_CLOEXEC));
  const Fd in = lifted(null_device.get());
  if (!in) return fail_errno("opening /dev/null", errno);

  Spawn spawn;
  spawn.give(in.get(), 0);
  spawn.give(out->theirs.get(), 1);
  spawn.give(err->theirs.get(), 2);
  spawn.give(control->theirs.get(), wire::kControlFd);
  spawn.give(request->get(), wire::kRequestFd);
  std::vector<Fd> entrances;
  for (const Fd& entrance : group.entrances()) {
    entrances.push_back(lifted(entrance.get()));
    spawn.give(entrances.back().get(), wire::kGroupFd + static_cast<int>(entrances.size()) - 1);
  }
  auto pid = spawn.start(launcher);
  if (!pid) return fail(pid.error());
  return Launched{*pid, std::move(out->ours), std::move(err->ours), std::move(control->ours)};
}

void wait_launcher(pid_t pid) {
  while (waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
  }
}

}  // namespace automod::sandbox
