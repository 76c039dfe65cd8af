#include "sandbox/weakness.hpp"

#include <unistd.h>

#include <chrono>
#include <string_view>

namespace automod::sandbox {

namespace {

constexpr std::uint64_t kPlenty = 1ull << 40;

}  // namespace

Policy launched_as(Policy policy, const Weakness& weakness) {
  if (weakness.keeps(Check::kEnvironment)) return policy;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const std::size_t equals = text.find('=');
    if (equals != std::string_view::npos) {
      policy.environment.emplace(text.substr(0, equals), text.substr(equals + 1));
    }
  }
  return policy;
}

Policy grouped_as(Policy policy, const Weakness& weakness) {
  if (!weakness.keeps(Check::kMemoryGroup)) policy.limits.memory_bytes = kPlenty;
  if (!weakness.keeps(Check::kProcessGroup)) policy.limits.processes = 1u << 20;
  if (!weakness.keeps(Check::kCpuGroup)) policy.limits.cpu_percent = 0;
  return policy;
}

Policy watched_as(Policy policy, const Weakness& weakness) {
  Limits& limits = policy.limits;
  if (!weakness.keeps(Check::kDeadline)) limits.wall += std::chrono::seconds(6);
  if (!weakness.keeps(Check::kOutputLimit)) limits.output_bytes = kPlenty;
  if (!weakness.keeps(Check::kMemoryWatch)) limits.memory_bytes = kPlenty;
  if (!weakness.keeps(Check::kCpuWatch)) limits.cpu = {};
  if (!weakness.keeps(Check::kDiskWatch)) limits.disk_bytes = limits.disk_files = kPlenty;
  return policy;
}

}  // namespace automod::sandbox
