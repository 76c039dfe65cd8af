#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "engine/types/config.hpp"

/// What reading, writing and digesting automod.toml share.
namespace automod {

inline constexpr std::int64_t kConfigVersion = 1;

/// One key whose value is a whole number. Of [limits], those that are the engine's; the others are
/// the sandbox's.
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

/// One key of [trial] that is true or false.
struct SwitchKey {
  std::string_view key;
  bool Config::* member;
  std::string_view comment;
};

inline constexpr std::array<SwitchKey, 3> kStageKeys = {{
    {"sanitizers", &Config::sanitizers, "C and C++: all tests again under sanitizers"},
    {"coverage", &Config::coverage, "which changed lines the tests execute"},
    {"diagnostics", &Config::diagnostics, "what compiler and clang-tidy say, against the base"},
}};

inline constexpr LimitKey kBaseRunsKey = {"base_runs", &Config::base_runs, 1, 20,
                                          "how often the base is tested, to know flaky tests"};

inline constexpr std::array<LimitKey, 4> kMeasureKeys = {{
    {"floor_percent", &Config::floor_percent, 1, 1000, "smaller changes of time do not count"},
    {"wanted_percent", &Config::wanted_percent, 1, 1000, "what a gain is reported against"},
    {"memory_percent", &Config::memory_percent, 1, 1000, "growth of memory that is too much"},
    {"seconds", &Config::measure_seconds, 1, kDaySeconds, "longest measurement of one benchmark"},
}};

/// The same for a member of a part of the configuration.
template <class Part>
struct PartKey {
  std::string_view key;
  std::int64_t Part::* member;
  std::int64_t least;
  std::int64_t most;
  std::string_view comment;
};

inline constexpr std::array<PartKey<Automatic>, 4> kAutomaticKeys = {{
    {"per_hour", &Automatic::per_hour, 0, 100000, "applications in an hour"},
    {"per_file", &Automatic::per_file, 0, 100000, "applications in a day that touch one file"},
    {"generations", &Automatic::generations, 0, 1000, "changes of changes of changes"},
    {"rollbacks", &Automatic::rollbacks, 1, 1000, "rollbacks one after the other"},
}};

inline constexpr std::array<PartKey<Monitor>, 3> kMonitorKeys = {{
    {"every_seconds", &Monitor::every_seconds, 1, kDaySeconds, "how often"},
    {"for_seconds", &Monitor::for_seconds, 1, 30 * kDaySeconds, "how long"},
    {"failures", &Monitor::failures, 1, 1000, "in a row, until it is rolled back"},
}};

}  // namespace automod
