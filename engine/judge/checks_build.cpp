#include <fmt/format.h>

#include <algorithm>

#include "engine/judge/checks.hpp"

namespace automod::judge {

namespace {

std::vector<std::string> commands_that(const Evidence& evidence,
                                       const std::vector<std::string>& outcomes) {
  std::vector<std::string> found;
  for (const auto& stage : evidence.stages) {
    if (stage.variant != Variant::kPlain) continue;  // slower, and judged by checks of their own
    if (std::find(outcomes.begin(), outcomes.end(), stage.outcome) != outcomes.end()) {
      found.push_back(describe(stage));
    }
  }
  return found;
}

}  // namespace

CheckOutcome does_not_build(const Evidence& evidence) {
  if (const StageEvidence* stage = failed_before_tests(evidence)) {
    return blocks(1.0, describe(*stage));
  }
  if (!evidence.has_build) return passes("no build command is configured");
  const auto built = std::find_if(evidence.stages.begin(), evidence.stages.end(), [](auto& stage) {
    return stage.type == ExecutionType::kBuild && stage.variant == Variant::kPlain;
  });
  if (built == evidence.stages.end()) {
    if (stopped_by_syntax(evidence)) return warns(0, "not run: the trial stopped before the build");
    return blocks(1.0, "the build was not run");
  }
  return passes(
      fmt::format("the build succeeded in {:.1f} s", static_cast<double>(built->wall_ms) / 1000));
}

CheckOutcome syntax_error(const Evidence& evidence) {
  constexpr double kUnreadPenalty = 0.05;
  std::vector<std::string> broken;
  std::vector<std::string> newly_unread;  // C and C++: macros are no part of the grammar
  std::vector<std::string> unread;        // of which the grammar could not read all before, either
  std::size_t read = 0;
  for (const auto& file : evidence.files) {
    if (file.language.empty()) continue;
    ++read;
    if (!file.lost_syntax()) continue;
    auto& where = is_syntax_certain(file)          ? broken
                  : file.syntax_errors_before == 0 ? newly_unread
                                                   : unread;
    where.push_back(fmt::format("{} ({} instead of {})", file.path, file.syntax_errors_after,
                                file.syntax_errors_before));
  }
  if (!broken.empty()) {
    return blocks(1.0, "more syntax errors than before in " + listed("file", broken));
  }
  if (!newly_unread.empty()) {
    return asks(kUnreadPenalty,
                "the grammar can no longer read all of " + listed("file", newly_unread));
  }
  if (!unread.empty()) {
    return warns(kUnreadPenalty,
                 "the grammar reads less than before, as it does where macros are used, of " +
                     listed("file", unread));
  }
  return passes(read == 0 ? "no changed file is in a language that could be parsed"
                          : "no new syntax error in " + counted(read, "parsed file"));
}

CheckOutcome timeout(const Evidence& evidence) {
  const auto found = commands_that(evidence, {"timed_out"});
  if (!found.empty()) return blocks(0.6, found.front());
  return passes("every command finished within its time");
}

CheckOutcome resource_limit(const Evidence& evidence) {
  const auto found =
      commands_that(evidence, {"memory_limit", "cpu_limit", "disk_limit", "output_limit"});
  if (!found.empty()) return blocks(0.6, found.front());
  return passes("every command stayed within memory, disk and output");
}

CheckOutcome unproven(const Evidence& evidence) {
  if (!evidence.has_build && !evidence.has_tests) {
    return asks(0.3, "neither a build nor a test command is configured: nothing was proven");
  }
  if (!evidence.has_tests) {
    return asks(0.2, "no test command is configured: that it builds is all that is known");
  }
  if (evidence.base_tests.tests.empty()) {
    return asks(0.2, "the base itself yields no test results: there is nothing to compare with");
  }
  if (std::ranges::none_of(evidence.tests.tests, [](const TestResult& test) {
        return test.outcome == TestOutcome::kPassed;
      })) {
    return asks(0.2, "not one test passes with the change: nothing speaks for it");
  }
  return passes("tested against " + counted(evidence.base_tests.tests.size(), "test") +
                " of the base");
}

}  // namespace automod::judge
