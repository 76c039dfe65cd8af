#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "engine/store/records.hpp"
#include "engine/types/config.hpp"

/// What stops a loop of changes that nobody looks at.
namespace automod::keep {

/// What an application is held against.
struct Past {
  std::vector<store::PastApplication>
      applications;            // newest first, at least of one day and of `rollbacks` many
  std::size_t generation = 0;  // self-modifications below it with no other commit between
};

/// How much of one limit is used up.
struct LimitUse {
  std::string_view key;  // of [automatic]
  std::int64_t used = 0;
  std::int64_t allowed = 0;
  std::string why;  // a sentence that names figure and key

  bool reached() const { return used >= allowed; }
};

/// All limits, in the order in which they are looked at; per_file for the file among `paths` that
/// was touched most, or among all that were touched where none are given.
std::vector<LimitUse> limit_use(const Past& past, const std::vector<std::string>& paths,
                                const Automatic& limits, Clock::Time now);

/// Which limit keeps the next application of `paths` from passing without a person; nullopt: none.
std::optional<std::string> limit_reached(const Past& past, const std::vector<std::string>& paths,
                                         const Automatic& limits, Clock::Time now);

}  // namespace automod::keep
