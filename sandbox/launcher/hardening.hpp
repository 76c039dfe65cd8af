#pragma once

#include <cstdint>

/// Everything by which the launcher makes a sandbox tight, one by one, so that a test can take
/// away each and see which attack gets through then. Only a launcher that was built for that test
/// (AUTOMOD_SANDBOX_MUTABLE, never installed) can be asked to; in any other, keeps() is true.
namespace automod::sandbox::launcher {

enum class Hardening : unsigned {
  // What is left behind, outside
  kCloseDescriptors,
  kUmask,
  kGoFirst,
  kLeaveGroups,
  kThrowawayUser,
  kOneIdentity,
  kDenySetgroups,
  kJoinGroups,
  kDieWithParent,
  // Namespaces
  kNetNamespace,
  kIpcNamespace,
  kUtsNamespace,
  kCgroupNamespace,
  kUserNamespace,
  kMountNamespace,
  kPidNamespace,
  kHostName,
  // The first process
  kOwnSession,
  kHideFirst,
  kOwnKeyring,
  // What is seen
  kPrivateMounts,
  kSameFolder,
  kReadOnlySources,
  kPlainSources,
  kPlainWork,
  kPlainDevices,
  kPlainScratch,
  kPlainProcesses,
  kNoProgramsInDevices,
  kNoProgramsInSharedMemory,
  kNoProgramsInProcesses,
  kProcessesOnly,
  kScratchBytes,
  kScratchFiles,
  kDiskBytes,
  kDiskFiles,
  kHideLayers,
  kReadOnlyBase,
  kDetachOldRoot,
  kReadOnlyRoot,
  kPlainRoot,
  // What may be done
  kCoreLimit,
  kFileLimit,
  kDescriptorLimit,
  kLockedLimit,
  kQueueLimit,
  kProcessLimit,
  kTimeLimit,
  kNoNewPrivileges,
  kLandlock,
  kLandlockScopes,
  kBoundingSet,
  kSecureBits,
  kCapabilities,
  kFilter,
  kFreshSignals,
  // The end
  kKillAtEnd,
  kKillAtGate,
  kKillFirst,
  kCount
};

inline constexpr std::uint64_t bit(Hardening hardening) {
  return std::uint64_t{1} << static_cast<unsigned>(hardening);
}
static_assert(static_cast<unsigned>(Hardening::kCount) <= 64, "wire::Request::without is a word");

/// The names, for people and for the matrix, in the same order.
inline constexpr const char* kHardeningNames[] = {"close descriptors",
                                                  "umask",
                                                  "go first when memory is short",
                                                  "leave root's groups",
                                                  "throwaway user",
                                                  "one identity",
                                                  "deny setgroups",
                                                  "join control groups",
                                                  "die with the supervisor",
                                                  "network namespace",
                                                  "ipc namespace",
                                                  "uts namespace",
                                                  "cgroup namespace",
                                                  "user namespace",
                                                  "mount namespace",
                                                  "pid namespace",
                                                  "host name",
                                                  "own session",
                                                  "hide the first process",
                                                  "own keyring",
                                                  "private mounts",
                                                  "the same work folder",
                                                  "read-only sources",
                                                  "sources without set-id and devices",
                                                  "work folder without set-id and devices",
                                                  "devices without set-id",
                                                  "scratch space without set-id and devices",
                                                  "/proc without set-id and devices",
                                                  "no programs in devices",
                                                  "no programs in shared memory",
                                                  "no programs in /proc",
                                                  "/proc of processes only",
                                                  "bytes of scratch space",
                                                  "files of scratch space",
                                                  "bytes of a work folder in memory",
                                                  "files of a work folder in memory",
                                                  "hide an overlay's layers",
                                                  "read-only base of an overlay",
                                                  "detach the old root",
                                                  "read-only root",
                                                  "root without set-id and devices",
                                                  "core limit",
                                                  "file limit",
                                                  "descriptor limit",
                                                  "locked memory limit",
                                                  "queue limit",
                                                  "process limit",
                                                  "time limit",
                                                  "no new privileges",
                                                  "Landlock",
                                                  "Landlock's scopes",
                                                  "empty bounding set",
                                                  "secure bits",
                                                  "no capabilities",
                                                  "system call filter",
                                                  "fresh signals",
                                                  "kill at the end",
                                                  "kill when the gate closes",
                                                  "kill a first process that does not"};
static_assert(sizeof kHardeningNames / sizeof *kHardeningNames ==
              static_cast<unsigned>(Hardening::kCount));

#ifdef AUTOMOD_SANDBOX_MUTABLE
inline constexpr bool kMutable = true;
#else
inline constexpr bool kMutable = false;
#endif

}  // namespace automod::sandbox::launcher
