#pragma once

#include <cstdint>
#include <utility>
#include <vector>

namespace automod::analyzers {

/// Who calls whom, from and to, by numbers below `count`: for each number that of its cycle. Those
/// that call each other, directly or not, are in one cycle; any other is alone in its own.
std::vector<std::uint32_t> cycles_of(
    std::uint32_t count, const std::vector<std::pair<std::uint32_t, std::uint32_t>>& calls);

}  // namespace automod::analyzers
