#pragma once

#include <cstddef>
#include <string>

#include "cli/text.hpp"
#include "engine/impact.hpp"

namespace automod::cli {

/// What depends on something, in groups, the nearest first; at most `most` rows of each.
std::string impact_text(const ImpactReport& report, const Paint& paint, std::size_t width,
                        std::size_t most);

}  // namespace automod::cli
