#include "engine/keep/limits.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "base/text.hpp"

namespace automod::keep {

namespace {

/// Those that a person has let pass count for nothing: somebody looked.
template <class Matches>
std::int64_t count_since(const Past& past, Clock::Time since, Matches&& matches) {
  const std::string first = iso_time(since);
  return std::ranges::count_if(past.applications, [&](const store::PastApplication& kept) {
    return !kept.approved && kept.applied_at > first && matches(kept);
  });
}

/// The latest applications that were all taken back.
std::int64_t rollbacks_in_a_row(const Past& past) {
  const auto stayed = std::ranges::find_if(
      past.applications,
      [](const store::PastApplication& kept) { return !kept.rolled_back || kept.approved; });
  return stayed - past.applications.begin();
}

LimitUse of_hour(const Past& past, const Automatic& limits, Clock::Time now) {
  const auto any = [](const store::PastApplication&) { return true; };
  const auto count = count_since(past, now - std::chrono::hours(1), any);
  return {.key = "per_hour",
          .used = count,
          .allowed = limits.per_hour,
          .why = fmt::format("{} applications within an hour, per_hour allows {}", count,
                             limits.per_hour)};
}

LimitUse of_file(const Past& past, const std::set<std::string>& paths, const Automatic& limits,
                 Clock::Time now) {
  LimitUse most{.key = "per_file",
                .used = 0,
                .allowed = limits.per_file,
                .why = fmt::format("per_file allows {} applications of one file within a day",
                                   limits.per_file)};
  for (const std::string& path : paths) {
    const auto count =
        count_since(past, now - std::chrono::days(1), [&](const store::PastApplication& kept) {
          return std::ranges::find(kept.paths, path) != kept.paths.end();
        });
    if (count <= most.used) continue;
    most.used = count;
    most.why = fmt::format("{} applications touched {} within a day, per_file allows {}", count,
                           printable_line(path), limits.per_file);
  }
  return most;
}

LimitUse of_generations(const Past& past, const Automatic& limits) {
  return {.key = "generations",
          .used = static_cast<std::int64_t>(past.generation),
          .allowed = limits.generations,
          .why = fmt::format("it would be the self-modification number {} on top of each other, "
                             "generations allows {}",
                             past.generation + 1, limits.generations)};
}

LimitUse of_rollbacks(const Past& past, const Automatic& limits) {
  const auto row = rollbacks_in_a_row(past);
  return {.key = "rollbacks",
          .used = row,
          .allowed = limits.rollbacks,
          .why = fmt::format("the last {} applications were all taken back, rollbacks allows {}",
                             row, limits.rollbacks)};
}

}  // namespace

std::vector<LimitUse> limit_use(const Past& past, const std::vector<std::string>& paths,
                                const Automatic& limits, Clock::Time now) {
  std::set<std::string> looked_at(paths.begin(), paths.end());
  if (paths.empty()) {
    for (const auto& kept : past.applications) {
      looked_at.insert(kept.paths.begin(), kept.paths.end());
    }
  }
  return {of_hour(past, limits, now), of_file(past, looked_at, limits, now),
          of_generations(past, limits), of_rollbacks(past, limits)};
}

std::optional<std::string> limit_reached(const Past& past, const std::vector<std::string>& paths,
                                         const Automatic& limits, Clock::Time now) {
  for (LimitUse& use : limit_use(past, paths, limits, now)) {
    if (use.reached()) return std::move(use.why);
  }
  return std::nullopt;
}

}  // namespace automod::keep
