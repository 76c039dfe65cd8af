#include "sandbox/launcher/hardening.hpp"

#include <fmt/format.h>
#include <grp.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <functional>
#include <set>

#include "base/text.hpp"
#include "sandbox/attacks/attacks.hpp"
#include "sandbox/runner.hpp"
#include "tests/unit/sandbox/fixture.hpp"

namespace automod::sandbox::testing {

namespace {

using launcher::Hardening;
using Names = std::vector<std::string>;

/// One hardening taken away, and the attacks of which at least one must get through then.
struct Mutation {
  std::string name;
  Weakness removed;
  Names attacks;
  Weakness along = {};          // what else would deny the same, and is taken away before
  bool nothing_runs = false;    // the kernel lets no sandbox be made without it
  bool without_groups = false;  // it is for where there are no control groups
  bool shared_mounts = false;   // it is for hosts whose mounts are seen by all
};

Weakness without(Hardening hardening) { return {.launcher = launcher::bit(hardening)}; }
Weakness without(FilterRule rule) { return {.filter = bit(rule)}; }
Weakness without(Check check) { return {.checks = bit(check)}; }

Weakness operator+(const Weakness& left, const Weakness& right) {
  return {left.launcher | right.launcher, left.filter | right.filter, left.checks | right.checks};
}

std::string name_of(Hardening hardening) {
  return launcher::kHardeningNames[static_cast<unsigned>(hardening)];
}
std::string name_of(FilterRule rule) { return kFilterRuleNames[static_cast<unsigned>(rule)]; }
std::string name_of(Check check) { return kCheckNames[static_cast<unsigned>(check)]; }

template <class Kind>
Mutation no(Kind kind, Names attacks, const Weakness& along = {}) {
  return {name_of(kind), without(kind), std::move(attacks), along};
}

Mutation structural(Hardening hardening) {
  Mutation mutation = no(hardening, {"read-canary"});
  mutation.nothing_runs = true;
  return mutation;
}

Mutation where_no_groups(Mutation mutation) {
  mutation.without_groups = true;
  return mutation;
}

Mutation where_mounts_are_shared(Mutation mutation) {
  mutation.shared_mounts = true;
  return mutation;
}

std::vector<Mutation> launcher_mutations() {
  using enum Hardening;
  return {
      no(kCloseDescriptors, {"inherited-descriptor"}),
      no(kUmask, {"files-not-for-all"}),
      no(kGoFirst, {"goes-first"}),
      no(kLeaveGroups, {"nobody-on-host"}),
      no(kThrowawayUser, {"nobody-on-host"}),
      no(kOneIdentity, {"one-user", "one-group"}),
      no(kDenySetgroups, {"groups-denied"}),
      no(kJoinGroups, {"use-memory"}),
      no(kDieWithParent, {"kill-launcher-of-stopped"}),
      no(kNetNamespace, {"own-net-namespace", "host-tcp", "host-udp", "way-out"}),
      no(kIpcNamespace, {"own-ipc-namespace", "segment-for-next", "message-for-next"}),
      no(kUtsNamespace, {"own-uts-namespace", "learn-host-name"}),
      no(kCgroupNamespace, {"own-cgroup-namespace"}),
      structural(kUserNamespace),
      structural(kMountNamespace),
      structural(kPidNamespace),
      no(kHostName, {"learn-host-name"}),
      no(kOwnSession, {"own-session"}),
      no(kHideFirst, {"first-hidden", "first-memory", "first-descriptors", "first-root"}),
      no(kOwnKeyring, {"own-session-keyring"}, without(FilterRule::kKernel)),
      where_mounts_are_shared(no(kPrivateMounts, {"mounts-stay-private"})),
      no(kSameFolder, {"race-for-work-folder"}),
      no(kReadOnlySources, {"usr-read-only", "read-only-folder"}),
      no(kPlainSources, {"usr-without-privileges", "read-only-folder"}),
      no(kPlainWork, {"tree-without-privileges"}),
      no(kPlainDevices, {"devices-without-privileges"}),
      no(kPlainScratch, {"tmp-without-privileges", "shared-memory-without-privileges"}),
      no(kPlainProcesses, {"processes-without-privileges"}),
      no(kNoProgramsInDevices, {"devices-without-programs"}),
      no(kNoProgramsInSharedMemory, {"shared-memory-without-programs"}),
      no(kNoProgramsInProcesses, {"processes-without-programs"}),
      no(kProcessesOnly, {"processes-only", "boot-command-line", "kernel-symbols"}),
      no(kScratchBytes, {"tmp-sized", "shared-memory-sized", "fill-tmp"}),
      no(kScratchFiles, {"tmp-files-bounded", "shared-memory-files-bounded"}),
      no(kDiskBytes, {"fill-memory-folder"}),
      no(kDiskFiles, {"many-files-in-memory-folder"}, without(Check::kDiskWatch)),
      no(kHideLayers, {"see-overlay-layers"}),
      no(kReadOnlyBase, {"change-lower-layer"}, without(kHideLayers) + without(kLandlock)),
      no(kDetachOldRoot, {"old-root", "no-other-mounts", "one-root"}),
      no(kReadOnlyRoot, {"root-read-only"}),
      no(kPlainRoot, {"root-without-privileges"}),
      no(kCoreLimit, {"core-limit", "core-file"}),
      no(kFileLimit, {"file-limit", "sparse-file", "one-large-file"}),
      no(kDescriptorLimit, {"descriptor-limit", "open-many"}),
      no(kLockedLimit, {"locked-memory-limit", "lock-memory"}),
      no(kQueueLimit, {"queue-limit"}),
      no(kProcessLimit, {"process-limit"}),
      no(kTimeLimit, {"time-limit"}),
      structural(kNoNewPrivileges),
      no(kLandlock, {"landlock-in-force"}),
      no(kLandlockScopes, {"host-abstract-socket"}, without(kNetNamespace)),
      no(kBoundingSet, {"no-bounding-capability"}),
      no(kSecureBits, {"secure-bits-locked"}),
      no(kCapabilities, {"first-without-capabilities"}),
      no(kFilter, {"filter-in-force", "setid-by-chmod", "namespace-by-unshare", "bpf"}),
      no(kFreshSignals, {"signals-as-new"}),
      no(kKillAtEnd, {"daemon"}),
      no(kKillAtGate, {"ignore-signals"}, without(kKillFirst)),
      no(kKillFirst, {"ignore-signals"}, without(kKillAtGate)),
  };
}

std::vector<Mutation> filter_mutations() {
  using enum FilterRule;
  return {
      no(kProcesses, {"trace-process", "read-process-memory", "take-descriptor"}),
      no(kMounts, {"mount-call-reaches-kernel", "mount-by-open-tree", "unmount"}),
      no(kKernel, {"bpf", "performance-counters", "add-key", "watch-all-files"}),
      no(kMachine, {"swap", "set-clock", "set-time-of-day", "quota"}),
      no(kHandles, {"handle-of-file", "open-by-handle"}),
      no(kMemory, {"personality", "splice-memory"}),
      no(kHistory, {"file-systems"}),
      no(kUnseen, {"io-uring", "setid-by-openat2", "namespace-by-clone3"}),
      no(kAttributes, {"extended-attribute"}),
      where_no_groups(no(kUncounted, {"use-nameless-memory"})),
      no(kNamespaces, {"namespace-by-unshare", "namespace-by-clone", "namespace-by-setns"}),
      no(kSetId, {"setid-by-chmod", "setid-by-open", "setid-by-mknod"}),
      no(kDevices, {"whiteout-device"}),
      no(kTerminals, {"push-terminal-input", "line-discipline"}),
      no(kSockets, {"list-sockets", "audit-socket", "generic-netlink"}),
      no(kStrict, {"strict-unix-socket", "strict-watch-files"}),
      no(kNewCalls, {"newer-call", "list-mounts"}),
      no(kForeignCalls, {"32-bit-call"}),
  };
}

std::vector<Mutation> check_mutations() {
  using enum Check;
  return {
      no(kEnvironment, {"environment"}),
      no(kInput, {"input-empty"}),
      no(kDeadline, {"ignore-signals"}),
      no(kOutputLimit, {"long-line", "flood-output"}),
      no(kMemoryGroup, {"use-memory", "use-nameless-memory"}),
      no(kProcessGroup, {"fork-many"}, without(Hardening::kProcessLimit)),
      no(kCpuGroup, {"use-share"}),
      where_no_groups(no(kMemoryWatch, {"use-memory", "use-memory-together"})),
      no(kCpuWatch, {"use-cpu"}),
      no(kDiskWatch, {"fill-work-folder", "many-files"}),
      no(kRefuseSoft, {"demanded-disk"}),
      no(kRefuseServers, {"socket-in-work-folder"}),
      no(kCollectBeneath, {"artifact-above", "artifact-absolute"}),
      no(kCollectNoLinks, {"artifact-inner-link"}),
      no(kCollectPlain, {"artifact-pipe", "artifact-folder"}),
      no(kCollectOneName, {"artifact-two-names"}),
      no(kCollectSize, {"artifact-large"}),
      no(kCollectHoles, {"artifact-holes"}),
  };
}

/// A runner that leaves something out.
std::unique_ptr<Runner> weak_runner(const Weakness& weakness, bool without_groups) {
  auto runner = ContainerRunner::create(
      AUTOMOD_MUTABLE_LAUNCHER, without_groups ? GroupMaker() : GroupMaker::detect(), {}, weakness);
  REQUIRE(runner);
  return std::move(*runner);
}

/// The attacks that get through, or the reason why nothing ran.
std::string red(const Mutation& mutation, const Weakness& weakness) {
  const auto runner = weak_runner(weakness, mutation.without_groups);
  const auto report = attacks::run(*runner, mutation.attacks, {}, CancelToken());
  REQUIRE(report);
  REQUIRE(report->rows.size() == mutation.attacks.size());
  std::string all;
  for (const attacks::Row& row : report->rows) {
    if (row.verdict == attacks::Verdict::kExposed) all += " " + row.attack.name;
    if (row.verdict == attacks::Verdict::kSkipped) all += " (" + row.detail + ")";
  }
  return all;
}

/// The same where every mount of the host is seen by all who have a copy of it, as systemd has it.
std::string red_with_shared_mounts(const Mutation& mutation, const Weakness& weakness) {
  std::array<int, 2> ends{};
  REQUIRE(pipe(ends.data()) == 0);
  const pid_t child = fork();
  if (child == 0) {
    const bool made = unshare(CLONE_NEWNS) == 0 &&
                      mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
                      mount(nullptr, "/", nullptr, MS_REC | MS_SHARED, nullptr) == 0;
    const std::string found = made ? red(mutation, weakness) : " (no mount namespace)";
    _exit(write(ends[1], found.data(), found.size()) < 0 ? 1 : 0);
  }
  close(ends[1]);
  std::array<char, 4096> text{};
  const ssize_t got = read(ends[0], text.data(), text.size());
  close(ends[0]);
  waitpid(child, nullptr, 0);
  return {text.data(), static_cast<std::size_t>(std::max<ssize_t>(got, 0))};
}

std::string found_with(const Mutation& mutation, const Weakness& weakness) {
  return mutation.shared_mounts ? red_with_shared_mounts(mutation, weakness)
                                : red(mutation, weakness);
}

/// Prints a line of the matrix; false when nothing noticed that the hardening is gone.
bool is_noticed(const Mutation& mutation) {
  const std::string before = found_with(mutation, mutation.along);
  const std::string after = found_with(mutation, mutation.along + mutation.removed);
  fmt::print("{:<44}{}\n", mutation.name, after.empty() ? " NOTHING" : after);
  if (!before.empty()) fmt::print("{:<44} ALREADY:{}\n", "", before);
  std::fflush(stdout);
  const bool refused = after.starts_with(" (setting up the sandbox");
  return before.empty() && !after.empty() && refused == mutation.nothing_runs &&
         (mutation.nothing_runs || !after.starts_with(" ("));
}

void check_all(const std::vector<Mutation>& mutations) {
  if (geteuid() != 0) {
    WARN("the mutation matrix takes root: a user's launcher has less to give up");
    return;
  }
  const mode_t mask = umask(0);  // as of a careless caller
  const gid_t group = 4;
  REQUIRE(setgroups(1, &group) == 0);
  for (const Mutation& mutation : mutations) {
    INFO(mutation.name);
    CHECK(is_noticed(mutation));
  }
  umask(mask);
  setgroups(0, nullptr);
}

template <class Kind>
void check_complete(const std::vector<Mutation>& mutations) {
  std::set<std::string> names;
  for (const Mutation& mutation : mutations) names.insert(mutation.name);
  CHECK(names.size() == mutations.size());
  for (unsigned i = 0; i < static_cast<unsigned>(Kind::kCount); ++i) {
    INFO(name_of(static_cast<Kind>(i)));
    CHECK(names.contains(name_of(static_cast<Kind>(i))));
  }
}

}  // namespace

TEST_CASE("no hardening is without an attack that tests it") {
  check_complete<Hardening>(launcher_mutations());
  check_complete<FilterRule>(filter_mutations());
  check_complete<Check>(check_mutations());
}

TEST_CASE("the launcher's promises name attacks that there are") {
  std::set<std::string> known;
  for (const attacks::Attack& attack : attacks::all()) {
    known.insert(attack.name);
    known.insert(attack.group);
  }
  const auto source = read_file("sandbox/launcher/main.cpp", kMiB);
  REQUIRE(source);
  int named = 0;
  for (const std::string_view line : split_lines(*source)) {
    if (!line.starts_with("//      `")) continue;
    for (std::size_t at = line.find('`'); at != std::string_view::npos;) {
      const std::size_t end = line.find('`', at + 1);
      REQUIRE(end != std::string_view::npos);
      INFO(line.substr(at + 1, end - at - 1));
      CHECK(known.contains(std::string(line.substr(at + 1, end - at - 1))));
      ++named;
      at = line.find('`', end + 1);
    }
  }
  CHECK(named > 30);
}

TEST_CASE("whatever the launcher leaves out lets an attack through") {
  constexpr int kJoinSessionKeyring = 1;
  syscall(SYS_keyctl, kJoinSessionKeyring, nullptr);  // one that could be inherited
  check_all(launcher_mutations());
}

TEST_CASE("whatever the filter leaves out lets an attack through") {
  check_all(filter_mutations());
}

TEST_CASE("whatever the library leaves out lets an attack through") {
  check_all(check_mutations());
}

TEST_CASE_METHOD(SandboxTest, "the installed launcher leaves nothing out, whoever asks") {
  const Weakness weakness = without(Hardening::kLandlock);
  auto runner =
      ContainerRunner::create(find_launcher().value(), GroupMaker::detect(), {}, weakness);
  REQUIRE(runner);
  const auto execution = (*runner)->run(policy, {{"true"}}, cancel);
  REQUIRE_FALSE(execution);
  CHECK_THAT(execution.error().message, automod::testing::ContainsSubstring("reading the request"));
}

}  // namespace automod::sandbox::testing
