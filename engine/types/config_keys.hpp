#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "engine/types/config.hpp"

/// What reading, writing and digesting automod.toml share.
namespace automod {

inline constexpr std::int64_t kConfigVersion = 1;

/// One key of [limits] that is the engine's; the others are the sandbox's.
struct LimitKey {
  std::string_view key;
  std::int64_t Config::* member;
  std::int64_t least;
  std::int64_t most;
  std::string_view comment;
};

inline constexpr std::int64_t kDaySeconds = 86400;

inline constexpr std::array<LimitKey, 6> kLimitKeys = {{
    {"configure_seconds", &Config::configure_seconds, 1, kDaySeconds, "time for one configure"},
    {"build_seconds", &Config::build_seconds, 1, kDaySeconds, "time for one build"},
    {"test_seconds", &Config::test_seconds, 1, kDaySeconds, "time for one run of the tests"},
    {"benchmark_seconds", &Config::benchmark_seconds, 1, kDaySeconds,
     "time for one run of one benchmark"},
    {"patch_kb", &Config::patch_kb, 1, 65536, "size of one modification"},
    {"patch_files", &Config::patch_files, 1, 10000, "files that one modification may touch"},
}};

}  // namespace automod
