#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <future>
#include <system_error>

#include "sandbox/attacks/case.hpp"

namespace automod::sandbox::attacks {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

namespace {

constexpr const char* kGroup = "layers";

Case layer(const std::string& name, const std::string& about, const char* tests,
           std::vector<std::string> arguments, Ground ground = Ground::kThrowaway,
           std::function<void(Scene&)> arrange = {}) {
  return {{name, kGroup, about, tests}, std::move(arguments), ground, {}, std::move(arrange)};
}

Case status(const std::string& name, const std::string& field, const std::string& wanted) {
  return layer(name, field + " in /proc/self/status is " + wanted, "gets no privilege",
               {"status-is", field, wanted});
}

Case own_namespace(const std::string& kind) {
  std::error_code code;
  const std::string ours = fs::read_symlink("/proc/self/ns/" + kind, code).string();
  return layer("own-" + kind + "-namespace", "its link in /proc is not the caller's",
               "has namespaces of its own", {"shares-namespace", kind + "=" + ours},
               Ground::kPlain);
}

Case options(const std::string& name, std::vector<std::string> arguments,
             std::vector<std::string> soft = {}) {
  std::string wanted;
  for (std::size_t i = 1; i < arguments.size(); ++i) wanted += " " + arguments[i];
  arguments.insert(arguments.begin(), "mount-options");
  Case one = layer(name, "its mounts are" + wanted, "mounts have their flags (bazel issue 1364)",
                   std::move(arguments));
  one.soft = std::move(soft);
  return one;
}

Case limit(const std::string& name, const std::string& attempt, std::uint64_t most,
           Ground ground = Ground::kThrowaway) {
  return layer(name, fmt::format("no process can raise it above {}", most),
               "each process is limited", {attempt, std::to_string(most)}, ground);
}

Case native_only(Case one) {
  one.native_only = true;
  return one;
}

Case time_limit() {
  Case one = limit("time-limit", "limit-time", 2);
  one.arrange = [](Scene& scene) { scene.policy.limits.cpu = 2s; };
  return one;
}

/// Of the caller, whose keys would be in it.
Case session_keyring() {
  constexpr int kGetNumber = 0, kSession = -3;
  const long number = syscall(SYS_keyctl, kGetNumber, kSession, 0);
  return layer("own-session-keyring", "its number is not the caller's", "inherits no key",
               {"session-keyring", std::to_string(number)}, Ground::kPlain);
}

/// Has it any group beside its own?
bool has_groups(pid_t pid) {
  const std::string status = read_file(fmt::format("/proc/{}/status", pid), kMiB).value_or("");
  const std::size_t at = status.find("\nGroups:\t");
  return at != std::string::npos &&
         status.find_first_of("0123456789\n", at + 9) != status.find('\n', at + 9);
}

/// User and group of a process; -1 when it is gone.
std::pair<long, long> owner_of(pid_t pid) {
  struct stat info{};
  if (stat(fmt::format("/proc/{}", pid).c_str(), &info) != 0) return {-1, -1};
  return {info.st_uid, info.st_gid};
}

/// As which user and group does it run, to the host?
Finding is_nobody(Scene& scene, Runner& runner, const CancelToken& cancel) {
  if (geteuid() != 0) return contained("only root can become nobody: it is its caller");
  scene.policy.limits.wall = 800ms;
  auto ended = std::async(std::launch::async,
                          [&] { return run_once(scene, runner, cancel, {"stay", "{marker}"}); });
  std::pair<long, long> owner{-1, -1};
  bool grouped = false;
  while (owner.first < 0 && ended.wait_for(10ms) != std::future_status::ready) {
    for (const pid_t pid : processes_with(scene.marker)) {
      grouped = grouped || has_groups(pid);
      owner = std::max(owner, owner_of(pid));
    }
  }
  const auto execution = ended.get();
  if (!execution) return skipped(execution.error().message);
  if (owner.first < 0) return skipped("it was never seen");
  const std::string seen = fmt::format("user {}, group {}", owner.first, owner.second);
  if (grouped) return exposed("it is in groups of its caller's");
  constexpr long kNobodyHas = 0x70000000;  // and all above
  return owner.first >= kNobodyHas && owner.second >= kNobodyHas ? contained(seen) : exposed(seen);
}

}  // namespace

std::vector<Case> layer_cases() {
  constexpr const char* kNone = "0000000000000000";
  const std::string scratch = std::to_string(8 * kMiB);
  return {
      status("filter-in-force", "Seccomp", "2"),
      status("no-new-privileges", "NoNewPrivs", "1"),
      status("no-inheritable-capability", "CapInh", kNone),
      status("no-permitted-capability", "CapPrm", kNone),
      status("no-effective-capability", "CapEff", kNone),
      status("no-bounding-capability", "CapBnd", kNone),
      layer("secure-bits-locked", "prctl tells which are set", "gets no privilege",
            {"secure-bits-are-locked"}),
      layer("first-without-capabilities", "/proc/1/status says so of the first process",
            "gets no privilege", {"first-without-capabilities"}),
      session_keyring(),
      layer("landlock-in-force", "the kernel takes one ruleset less than it can",
            "Landlock denies what the mounts deny", {"landlock-is-in-force"}),
      own_namespace("user"),
      own_namespace("mnt"),
      own_namespace("pid"),
      own_namespace("net"),
      own_namespace("ipc"),
      own_namespace("uts"),
      own_namespace("cgroup"),
      layer("one-user", "the map has one id, which is not root's", "is nobody on the host",
            {"identity-map", "uid_map"}),
      layer("one-group", "the same for groups", "is nobody on the host",
            {"identity-map", "gid_map"}),
      layer("groups-denied", "/proc/self/setgroups", "is nobody on the host", {"groups-are-denied"},
            Ground::kPlain),
      {{"nobody-on-host", kGroup,
        "started by root, its processes are nobody's: looked up on the host (CVE-2026-30892)",
        "is nobody on the host"},
       {},
       Ground::kThrowaway,
       {},
       {},
       nullptr,
       is_nobody},
      options("root-read-only", {"=/", "ro"}),
      native_only(options("root-without-privileges", {"=/", "nosuid", "nodev"})),
      options("usr-read-only", {"/usr", "ro"}),
      options("usr-without-privileges", {"/usr", "nosuid", "nodev"}),
      options("tree-without-privileges", {"/tree", "nosuid", "nodev"}),
      options("tmp-without-privileges", {"/tmp", "nosuid", "nodev"}, {"/tmp"}),
      options("shared-memory-without-privileges", {"/dev/shm", "nosuid", "nodev"}),
      options("processes-without-privileges", {"/proc", "nosuid", "nodev"}),
      options("devices-without-privileges", {"=/dev/null", "nosuid"}),
      native_only(options("shared-memory-without-programs", {"/dev/shm", "noexec"})),
      native_only(options("processes-without-programs", {"/proc", "noexec"})),
      native_only(options("devices-without-programs", {"=/dev/null", "noexec"})),
      layer("read-only-folder", "a folder that the policy names is read-only, all of it",
            "mounts have their flags (bazel issue 1364)",
            {"mount-options", "{outside}", "ro", "nosuid", "nodev"}, Ground::kThrowaway,
            [](Scene& scene) { scene.policy.read_only = {scene.outside / "socket-folder"}; }),
      layer("no-other-mounts", "only what the sandbox shows is mounted", "sees no file of the host",
            {"other-mounts", "=/", "/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32",
             "/etc", "/dev", "/proc", "/tmp", "=/tree", "/automod"},
            Ground::kPlain),
      {{"one-root", kGroup, "nothing is stacked below the root", "sees no file of the host"},
       {"stacked-roots"},
       Ground::kThrowaway,
       {"/"}},
      layer("mounts-stay-private", "no mount takes part in what is mounted elsewhere",
            "sees no file of the host", {"mount-propagation"}),
      native_only(layer("processes-only", "/proc shows processes and nothing else",
                        "learns nothing of the machine", {"process-files"}, Ground::kPlain)),
      layer("tmp-sized", "bytes of /tmp", "scratch space is limited",
            {"size-of", "/tmp", scratch, "0"}, Ground::kPlain),
      layer("shared-memory-sized", "bytes of /dev/shm", "scratch space is limited",
            {"size-of", "/dev/shm", scratch, "0"}, Ground::kPlain),
      native_only(layer("tmp-files-bounded", "files of /tmp", "scratch space is limited",
                        {"size-of", "/tmp", scratch, "3000"}, Ground::kPlain)),
      native_only(layer("shared-memory-files-bounded", "files of /dev/shm",
                        "scratch space is limited", {"size-of", "/dev/shm", scratch, "3000"},
                        Ground::kPlain)),
      layer("first-hidden", "the first process cannot be looked into",
            "the first process tells nothing", {"first-is-hidden"}),
      layer("own-session", "kill(0) and terminals of the caller are out of reach",
            "reaches no process of the host", {"session-of-its-own"}),
      layer("files-not-for-all", "others may not write to what is made (CVE-2024-38531)",
            "leaves no file that others may write", {"umask"}),
      layer("signals-as-new", "none is blocked or ignored by inheritance", "inherits nothing",
            {"signals-are-as-new"}),
      layer("input-empty", "stdin is at its end", "inherits nothing", {"input-is-empty"}),
      layer("goes-first", "when the machine's memory is short", "takes no more than its share",
            {"goes-first"}),
      limit("core-limit", "limit-core", 0),
      limit("descriptor-limit", "limit-files", 4096),
      limit("locked-memory-limit", "limit-locked", 4 * kMiB),
      limit("queue-limit", "limit-queues", 400 * 1024),
      limit("file-limit", "limit-size", 64 * kMiB),
      time_limit(),
      limit("process-limit", "limit-processes", 65),
  };
}

}  // namespace automod::sandbox::attacks
