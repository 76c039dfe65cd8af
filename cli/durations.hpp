#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "base/error.hpp"
#include "cli/arguments.hpp"

/// Spans of time as users write them: "90s", "30m", "1h", "7d", "2w".
namespace automod::cli {

/// nullopt when it is none.
std::optional<std::chrono::seconds> read_duration(std::string_view text);

struct DurationRange {
  std::chrono::seconds least;
  std::chrono::seconds most;
};

/// What an option says, if it was given. kUsage when that is no span of time in the range.
Result<std::optional<std::chrono::seconds>> duration_option(const Arguments& arguments,
                                                            std::string_view option,
                                                            const DurationRange& range);

}  // namespace automod::cli
