#include "engine/trial/inventory_reports.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <tuple>

#include "base/text.hpp"

namespace automod::trial {

namespace {

constexpr std::size_t kLongestName = 500;
constexpr std::int64_t kMostCounted = 1'000'000'000;

void add(std::optional<std::int64_t>& sum, std::optional<std::int64_t> more) {
  if (more) sum = std::min(sum.value_or(0) + *more, kMostCounted);
}

/// "All tests passed (34 assertions in 2 test cases)", or "test cases: 3 | 2 passed | 1 failed"
/// with "assertions: …" on a line of its own; doctest puts its name before those.
bool add_catch(std::string_view line, Summary& into) {
  constexpr std::string_view kAll = "All tests passed (";
  constexpr std::string_view kDoctest = "[doctest] ";
  if (line.starts_with(kAll)) {
    add(into.assertions, number_before(line.substr(kAll.size()), "assertion"));
    add(into.cases, number_before(line.substr(kAll.size()), "test case"));
    return true;
  }
  if (line.starts_with(kDoctest)) line.remove_prefix(kDoctest.size());
  const bool is_cases = line.starts_with("test cases:");
  if (!is_cases && !line.starts_with("assertions:")) return false;
  const auto bar = line.find('|');
  const auto passed = bar == line.npos ? std::nullopt : number_before(line.substr(bar), "passed");
  add(is_cases ? into.cases : into.assertions, passed.value_or(0));
  return true;
}

/// "4 passed, 1 skipped in 0.02s", between rulers or alone.
bool is_pytest(std::string_view line) {
  while (line.starts_with('=')) line.remove_prefix(1);
  while (line.ends_with('=')) line.remove_suffix(1);
  line = trimmed(line);
  return !line.empty() && line[0] >= '0' && line[0] <= '9' && line.ends_with('s') &&
         line.find(" in ") != line.npos && line.find(" passed") != line.npos;
}

}  // namespace

std::string test_name(std::string_view text) {
  return valid_utf8(text.substr(0, std::min(text.size(), kLongestName)));
}

std::int64_t to_ms(double seconds) {
  const bool is_sane = std::isfinite(seconds) && seconds >= 0 && seconds < 1e6;
  return is_sane ? std::lround(seconds * 1000) : 0;
}

std::optional<std::int64_t> whole_number(std::string_view text) {
  std::int64_t value = 0;
  if (text.empty() || text[0] < '0' || text[0] > '9') return std::nullopt;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value > kMostCounted) {
    return std::nullopt;
  }
  return value;
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r";
  const auto first = text.find_first_not_of(kSpace);
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

std::optional<std::int64_t> number_before(std::string_view line, std::string_view word) {
  const auto at = line.find(word);
  if (at == line.npos) return std::nullopt;
  const auto before = trimmed(line.substr(0, at));
  const auto start = before.find_last_not_of("0123456789");
  return whole_number(start == before.npos ? before : before.substr(start + 1));
}

void tell_apart(std::vector<TestResult>& tests) {
  std::map<std::string, std::size_t> seen;
  for (auto& test : tests) {
    const std::size_t number = ++seen[test.name];
    if (number > 1) test.name += fmt::format(" ({})", number);
  }
}

void sort_by_name(std::vector<TestResult>& tests) {
  std::ranges::sort(tests, [](const TestResult& a, const TestResult& b) {
    return std::tie(a.name, a.outcome) < std::tie(b.name, b.outcome);
  });
}

std::size_t count(const std::vector<TestResult>& tests, TestOutcome outcome) {
  return static_cast<std::size_t>(std::ranges::count(tests, outcome, &TestResult::outcome));
}

Summary read_summary(std::string_view output) {
  Summary summary;
  for (const auto raw : split_lines(output)) {
    const auto line = trimmed(raw);
    if (add_catch(line, summary)) continue;
    if (line.starts_with("[  PASSED  ] ")) {
      add(summary.cases, number_before(line, "test"));
    } else if (line.starts_with("Ran ") && line.find(" in ") != line.npos) {
      add(summary.cases, number_before(line, " test"));
    } else if (line.starts_with("test result: ") || is_pytest(line)) {
      add(summary.cases, number_before(line, " passed"));
    } else if (line.starts_with("# pass ")) {
      add(summary.cases, whole_number(line.substr(7)));
    } else if (line.starts_with("Totals: ")) {
      add(summary.cases, number_before(line, " passed"));
    } else if (line.starts_with("Running ") && line.find(" test case") != line.npos) {
      add(summary.cases, number_before(line, " test case"));
    }
  }
  return summary;
}

}  // namespace automod::trial
