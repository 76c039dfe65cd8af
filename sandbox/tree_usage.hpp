#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <vector>

namespace automod::sandbox {

/// `root` and all its descendants, as far as they are there while we look.
std::vector<pid_t> tree_of(pid_t root);

/// Memory of `root` and all its descendants, shared pages counted once where it matters: when
/// the plain sum is above `limit`. Processes that come and go meanwhile may be missed.
std::uint64_t tree_memory(pid_t root, std::uint64_t limit);

/// Cpu time of `root`, all its descendants, and those that they have waited for.
std::chrono::milliseconds tree_cpu(pid_t root);

}  // namespace automod::sandbox
