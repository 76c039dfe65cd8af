#pragma once

#include <cstdint>

#include "sandbox/sandbox.hpp"

/// For one test only: what a runner is made without, to see which attack gets through then. In
/// every other runner nothing is left out.
namespace automod::sandbox {

/// Groups of rules of the system call filter.
enum class FilterRule : unsigned {
  kProcesses,
  kMounts,
  kKernel,
  kMachine,
  kHandles,
  kMemory,
  kHistory,
  kUnseen,  // calls whose arguments a filter cannot see
  kAttributes,
  kUncounted,
  kNamespaces,
  kSetId,
  kDevices,
  kTerminals,
  kSockets,
  kStrict,
  kNewCalls,
  kForeignCalls,
  kCount
};

/// What the library does outside, while and after the command runs.
enum class Check : unsigned {
  kEnvironment,
  kInput,
  kDeadline,
  kOutputLimit,
  kMemoryGroup,
  kProcessGroup,
  kCpuGroup,
  kMemoryWatch,
  kCpuWatch,
  kDiskWatch,
  kRefuseSoft,
  kRefuseServers,
  kCollectBeneath,
  kCollectNoLinks,
  kCollectPlain,
  kCollectOneName,
  kCollectSize,
  kCollectHoles,
  kCount
};

inline constexpr const char* kFilterRuleNames[] = {
    "filter: other processes",  "filter: mounts",           "filter: kernel programs and keys",
    "filter: the machine",      "filter: files by handle",  "filter: placement of memory",
    "filter: history",          "filter: unseen arguments", "filter: attributes",
    "filter: uncounted memory", "filter: namespaces",       "filter: set-id files",
    "filter: devices",          "filter: terminals",        "filter: sockets",
    "filter: strict",           "filter: newer calls",      "filter: foreign calls"};
static_assert(sizeof kFilterRuleNames / sizeof *kFilterRuleNames ==
              static_cast<unsigned>(FilterRule::kCount));

inline constexpr const char* kCheckNames[] = {
    "environment by list", "empty input",         "deadline",
    "output limit",        "memory group",        "process group",
    "cpu group",           "memory watched",      "cpu watched",
    "disk watched",        "soft limits refused", "servers refused",
    "collect: beneath",    "collect: no links",   "collect: plain files",
    "collect: one name",   "collect: size",       "collect: holes"};
static_assert(sizeof kCheckNames / sizeof *kCheckNames == static_cast<unsigned>(Check::kCount));

template <class Kind>
constexpr std::uint64_t bit(Kind kind) {
  return std::uint64_t{1} << static_cast<unsigned>(kind);
}

/// Nothing, unless a test says otherwise.
struct Weakness {
  std::uint64_t launcher = 0;  // of launcher::Hardening: takes a launcher that was built to obey
  std::uint64_t filter = 0;    // of FilterRule
  std::uint64_t checks = 0;    // of Check

  bool keeps(FilterRule rule) const { return (filter & bit(rule)) == 0; }
  bool keeps(Check check) const { return (checks & bit(check)) == 0; }
};

// Without a check, the policy says less to the one whose part it is: the launcher, the control
// groups, or the supervision.
Policy launched_as(Policy policy, const Weakness& weakness);
Policy grouped_as(Policy policy, const Weakness& weakness);
Policy watched_as(Policy policy, const Weakness& weakness);

}  // namespace automod::sandbox
