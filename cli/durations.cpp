#include "cli/durations.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cstdint>
#include <string>

#include "base/text.hpp"

namespace automod::cli {

using std::chrono::seconds;

namespace {

/// The largest unit that it is a whole number of.
std::string written(seconds time) {
  constexpr seconds kDay = std::chrono::days(1);
  if (time >= kDay && time % kDay == seconds(0)) return fmt::format("{}d", time / kDay);
  return fmt::format("{}s", time.count());
}

}  // namespace

std::optional<seconds> read_duration(std::string_view text) {
  constexpr std::int64_t kMost = 1'000'000'000;
  std::int64_t amount = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), amount);
  if (error != std::errc() || end + 1 != text.data() + text.size()) return std::nullopt;
  if (amount < 0 || amount > kMost) return std::nullopt;
  switch (*end) {
    case 's':
      return seconds(amount);
    case 'm':
      return std::chrono::minutes(amount);
    case 'h':
      return std::chrono::hours(amount);
    case 'd':
      return std::chrono::days(amount);
    case 'w':
      return std::chrono::weeks(amount);
    default:
      return std::nullopt;
  }
}

Result<std::optional<seconds>> duration_option(const Arguments& arguments, std::string_view option,
                                               const DurationRange& range) {
  const auto given = arguments.value(option);
  if (!given) return std::optional<seconds>();
  const auto time = read_duration(*given);
  if (time && *time >= range.least && *time <= range.most) return time;
  return fail(
      ErrorKind::kUsage,
      fmt::format("'{}' is no time for {}, expected a number with s, m, h, d or w, from "
                  "{} to {}",
                  printable_line(*given), option, written(range.least), written(range.most)));
}

}  // namespace automod::cli
