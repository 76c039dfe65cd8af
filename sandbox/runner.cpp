#include "sandbox/runner.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "base/digest.hpp"
#include "base/files.hpp"
#include "base/folder_copy.hpp"
#include "base/text.hpp"
#include "sandbox/disk_watch.hpp"
#include "sandbox/filter.hpp"
#include "sandbox/launch.hpp"
#include "sandbox/lend.hpp"
#include "sandbox/policy.hpp"
#include "sandbox/servers.hpp"
#include "sandbox/stage.hpp"
#include "sandbox/supervise.hpp"
#include "sandbox/weakness.hpp"

namespace automod::sandbox {

namespace fs = std::filesystem;

namespace {

using Clock = std::chrono::steady_clock;

/// The launcher uses it from version 2 on, and then insists on it.
bool kernel_has_landlock() {
  return syscall(SYS_landlock_create_ruleset, nullptr, 0, 1 /* its version */) >= 2;
}

Result<void> check_command(const Command& command) {
  if (command.argv.empty() || command.argv[0].empty()) {
    return fail(ErrorKind::kUsage, "no command given");
  }
  for (const std::string& argument : command.argv) {
    if (argument.find('\0') != std::string::npos) {
      return fail(ErrorKind::kUsage, "command: found a NUL in an argument, wanted text");
    }
  }
  if (!command.directory.is_absolute()) {
    return fail(ErrorKind::kUsage, "command: found a relative directory, wanted an absolute one");
  }
  return {};
}

Result<void> too_soft(std::string_view limit, std::string_view found, std::string_view wanted,
                      std::string hint) {
  return fail(ErrorKind::kUnavailable,
              fmt::format("the policy requires a hard {} limit: found '{}', wanted {}", limit,
                          found, wanted),
              std::move(hint));
}

constexpr const char* kGroupHint =
    "run where control groups may be made (as root, or under 'systemd-run --user --scope -p "
    "Delegate=yes')";

/// Processes and threads of a run beside the command's. RLIMIT_NPROC, which counts only what is
/// inside, holds the command to its limit in either case.
constexpr std::uint32_t kLauncher = 2;
constexpr std::uint32_t kWithContainer = 64;

/// What grows on the host while the command runs: nothing, when all changes stay in memory.
DiskWatch watch_disk(const Policy& policy) {
  fs::path grows;
  if (!is_in_memory(policy)) grows = policy.changes.empty() ? policy.work : policy.changes;
  return {grows, policy.limits.disk_bytes, policy.limits.disk_files};
}

/// Where a foreign container's program finds what it is to mount.
Sources sources_of(const Policy& policy, const Identity& identity, const fs::path& launcher,
                   const fs::path& stage) {
  if (!identity.as_root) {
    return {policy.mount == Mount::kTmpfs ? fs::path() : policy.work, launcher, policy.read_only};
  }
  Sources sources{stage / kStagedWork, stage / kStagedLauncher, {}};
  for (std::size_t i = 0; i < policy.read_only.size(); ++i) {
    sources.read_only.push_back(stage / fmt::format("{}{}", kStagedReadOnly, i));
  }
  return sources;
}

/// A folder of ours on disk, not below `work`: in the cache, else among temporary files.
Result<TempDir> folder_beside(const fs::path& work, std::string_view prefix) {
  auto cache = cache_dir();
  if (!cache) return fail(cache.error());
  std::error_code code;
  for (const fs::path& parent : {*cache / "copies", fs::temp_directory_path(code)}) {
    const fs::path real = fs::weakly_canonical(parent, code);
    if (is_below(real, work)) continue;
    return TempDir::create(real, fmt::format("automod-{}", prefix));
  }
  return fail(ErrorKind::kUsage,
              fmt::format("work folder '{}': it holds every place where a copy could go",
                          printable_line(work.string())),
              "set XDG_CACHE_HOME or TMPDIR to a folder elsewhere");
}

Result<TempDir> copy_of(const fs::path& work, const CancelToken& cancel) {
  auto place = folder_beside(work, "copy-");
  if (!place) return place;
  if (auto copied = copy_folder(work, place->path(), cancel); !copied) return fail(copied.error());
  return place;
}

/// A folder on disk for changes that will be forgotten, owned like the work folder.
Result<TempDir> changes_beside(const fs::path& work) {
  auto place = folder_beside(work, "changes-");
  if (!place) return place;
  struct stat info{};
  if (stat(work.c_str(), &info) != 0 ||
      chown(place->path().c_str(), info.st_uid, info.st_gid) != 0) {
    return fail_errno("making a folder for changes", errno);
  }
  return place;
}

}  // namespace

ContainerRunner::ContainerRunner(fs::path launcher, GroupMaker groups,
                                 std::unique_ptr<Backend> backend, Filters filters,
                                 const Weakness& weakness)
    : launcher_(std::move(launcher)),
      groups_(std::move(groups)),
      backend_(std::move(backend)),
      filters_(std::move(filters)),
      weakness_(weakness) {}

Result<std::unique_ptr<ContainerRunner>> ContainerRunner::create(fs::path launcher,
                                                                 GroupMaker groups,
                                                                 std::unique_ptr<Backend> backend,
                                                                 const Weakness& weakness) {
  Filters filters;
  for (const Calls calls : {Calls::kStandard, Calls::kStrict}) {
    for (const Network network : {Network::kLoopback, Network::kNone}) {
      auto filter = build_filter({.count_memory = !groups.limits_memory(),
                                  .calls = calls,
                                  .network = network,
                                  .weakness = weakness});
      if (!filter) return fail(filter.error());
      filters.emplace(std::pair(calls, network), std::move(*filter));
    }
  }
  if (backend) sweep_stages();
  return std::unique_ptr<ContainerRunner>(new ContainerRunner(
      std::move(launcher), std::move(groups), std::move(backend), std::move(filters), weakness));
}

Result<void> ContainerRunner::accepts(const Policy& policy) const {
  if (!weakness_.keeps(Check::kRefuseSoft)) return {};
  const Facts own = facts();
  const Requirements& required = policy.required;
  if (required.memory && own.memory_limit != "cgroup") {
    return too_soft("memory", own.memory_limit, "a control group", kGroupHint);
  }
  if (required.processes && !groups_.limits_processes() && own.process_limit != "rlimit") {
    return too_soft("process", own.process_limit, "a control group or rlimit", kGroupHint);
  }
  if ((required.cpu || policy.limits.cpu_percent > 0) && !groups_.limits_cpu()) {
    return too_soft("cpu", own.cpu_limit, "a control group", kGroupHint);
  }
  if (required.disk && !is_in_memory(policy)) {
    return too_soft("disk", own.disk_limit, "changes in memory",
                    "mount the work folder as 'tmpfs', or, from Linux 6.6 on, as 'overlay' without "
                    "'changes'");
  }
  if (required.landlock && !own.landlock) {
    return fail(ErrorKind::kUnavailable, "the policy requires Landlock, which this kernel lacks",
                "boot with 'landlock' in the kernel's lsm= list");
  }
  return {};
}

Result<Execution> ContainerRunner::run(const Policy& policy, const Command& command,
                                       const CancelToken& cancel) {
  const auto began = Clock::now();
  if (auto ok = check_command(command); !ok) return fail(ok.error());
  auto real = checked(policy);
  if (!real) return fail(real.error());
  if (auto ok = accepts(*real); !ok) return fail(ok.error());
  if (weakness_.keeps(Check::kRefuseServers)) {
    if (auto ok = refuse_servers(*real); !ok) return fail(ok.error());
  }
  std::optional<TempDir> forgotten;
  if (real->mount == Mount::kCopy) {
    auto copy = copy_of(real->work, cancel);
    if (!copy) return fail(copy.error());
    forgotten = std::move(*copy);
    real->work = forgotten->path();
    real->mount = Mount::kFolder;
  } else if (real->mount == Mount::kOverlay && real->changes.empty() && !is_in_memory(*real)) {
    auto changes = changes_beside(real->work);
    if (!changes) return fail(changes.error());
    forgotten = std::move(*changes);
    real->changes = forgotten->path();
  }
  return run_contained(*real, command, cancel, began);
}

Result<Execution> ContainerRunner::run_contained(const Policy& policy, const Command& command,
                                                 const CancelToken& cancel,
                                                 Clock::time_point began) {
  auto identity = choose_identity(policy.mount == Mount::kTmpfs ? fs::path() : policy.work);
  if (!identity) return fail(identity.error());
  if (backend_) {
    *identity = fixed(*identity);
    if (backend_->keeps_user()) identity->as_root = false;
  }
  bool cannot_map = false;
  LentTree lent;
  if (backend_ && backend_->keeps_user() && identity->map_work) {
    identity->map_work = false;
    auto given = LentTree::lend(policy.work, identity->uid, identity->gid);
    if (!given) return fail(given.error());
    lent = std::move(*given);
  }
  auto execution = run_once(policy, command, *identity, cancel, began, cannot_map);
  if (execution || !cannot_map) return execution;
  if (policy.mount == Mount::kOverlay) {
    return fail(ErrorKind::kUnavailable,
                fmt::format("{}: its file system cannot show files as another user's",
                            policy.work.string()),
                "use a copy instead of an overlay, or a folder on ext4, xfs, btrfs or tmpfs");
  }
  // A file system that cannot show files as somebody else's: give them away for the time.
  identity = fixed(*identity);
  identity->map_work = false;
  auto given = LentTree::lend(policy.work, identity->uid, identity->gid);
  if (!given) return fail(given.error());
  lent = std::move(*given);
  return run_once(policy, command, *identity, cancel, began, cannot_map);
}

Result<Execution> ContainerRunner::run_once(const Policy& policy, const Command& command,
                                            const Identity& identity, const CancelToken& cancel,
                                            Clock::time_point began, bool& cannot_map) {
  const Policy asked = launched_as(policy, weakness_);
  const Policy watched = watched_as(policy, weakness_);
  auto group =
      groups_.make(grouped_as(policy, weakness_).limits, backend_ ? kWithContainer : kLauncher);
  if (!group) return fail(group.error());
  LaunchRequest request{.launcher = launcher_,
                        .policy = asked,
                        .identity = identity,
                        .group = *group,
                        .filter = filters_.at({policy.calls, policy.network}),
                        .stage = {},
                        .container = {},
                        .connected = false,
                        .weakness = weakness_};
  std::optional<Stage> stage;
  if (backend_) {
    if (auto ok = backend_->accepts(policy, identity); !ok) return fail(ok.error());
    auto made = Stage::create(identity.uid, identity.gid);
    if (!made) return fail(made.error());
    stage = std::move(*made);
    const Sources sources = sources_of(policy, identity, launcher_, stage->path());
    auto container = backend_->prepare(policy, identity, sources, stage->path());
    if (!container) return fail(container.error());
    if (auto ok = stage->hand_over(); !ok) return fail(ok.error());
    request.stage = stage->path();
    request.container = std::move(container->argv);
    request.connected = container->connected;
  }
  DiskWatch disk = watch_disk(watched);
  auto launched = launch(request, command);
  if (!launched) return fail(launched.error());
  Supervision supervision(std::move(*launched), watched, command, *group, std::move(disk), began,
                          weakness_);
  auto execution = supervision.finish(cancel);
  cannot_map = identity.map_work && supervision.failed_step() == "idmap";
  return execution;
}

Result<std::string> ContainerRunner::fingerprint() const {
  auto program = read_file(launcher_, 64 * kMiB);
  if (!program) return program;
  for (const auto& [question, filter] : filters_) {
    program->append(reinterpret_cast<const char*>(filter.data()),
                    filter.size() * sizeof(sock_filter));
  }
  const Facts own = facts();
  for (const std::string& fact :
       {own.backend, own.version, own.memory_limit, own.process_limit, own.cpu_limit}) {
    *program += fact + '\n';
  }
  struct stat info{};
  if (backend_ && stat(backend_->program().c_str(), &info) == 0) {
    *program += fmt::format("{} {} {} {}", backend_->program().string(), info.st_ino, info.st_size,
                            info.st_mtim.tv_nsec);
  }
  return sha256(*program);
}

Facts ContainerRunner::facts() const {
  Facts facts;
  facts.backend = backend_ ? backend_->name() : "native";
  facts.version = backend_ ? backend_->version() : "";
  facts.memory_limit = groups_.limits_memory() ? "cgroup" : "watched";
  facts.process_limit = groups_.limits_processes() ? "cgroup" : "rlimit";
  facts.cpu_limit = groups_.limits_cpu() ? "cgroup" : "none";
  facts.disk_limit = "watched";
  facts.landlock = kernel_has_landlock();
  return facts;
}

}  // namespace automod::sandbox
