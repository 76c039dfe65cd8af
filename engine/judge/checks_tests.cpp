#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "engine/judge/checks.hpp"

namespace automod::judge {

namespace {

using Outcomes = std::map<std::string, TestOutcome>;

/// A name that was reported twice counts by its worst report: a second, better one proves
/// nothing.
int badness(TestOutcome outcome) {
  switch (outcome) {
    case TestOutcome::kFailed:
      return 3;
    case TestOutcome::kNotRun:
      return 2;
    case TestOutcome::kSkipped:
      return 1;
    case TestOutcome::kPassed:
      return 0;
  }
  return 3;
}

Outcomes outcomes_of(const Inventory& inventory) {
  Outcomes outcomes;
  for (const auto& test : inventory.tests) {
    const auto [place, is_new] = outcomes.emplace(test.name, test.outcome);
    if (!is_new && badness(test.outcome) > badness(place->second)) place->second = test.outcome;
  }
  return outcomes;
}

/// It ran on the base and does not now; or it was skipped there and now cannot even be started.
bool fell_silent(TestOutcome before, TestOutcome now) {
  if (now == TestOutcome::kNotRun) return before != TestOutcome::kNotRun;
  return now == TestOutcome::kSkipped &&
         (before == TestOutcome::kPassed || before == TestOutcome::kFailed);
}

/// The tests never began; why is another check's finding.
bool stopped_before_tests(const Evidence& evidence) {
  return evidence.tests.tests.empty() &&
         (failed_before_tests(evidence) != nullptr || stopped_by_syntax(evidence));
}

CheckOutcome not_run(double penalty) {
  return warns(penalty, "not run: the trial stopped before the tests");
}

struct Vanished {
  std::vector<std::string> gone;    // no longer in the inventory
  std::vector<std::string> silent;  // there, but skipped or not run, as it was not on the base
};

Vanished vanished_tests(const Evidence& evidence) {
  Vanished vanished;
  const Outcomes now = outcomes_of(evidence.tests);
  const Outcomes base = outcomes_of(evidence.base_tests);
  for (const auto& [name, outcome] : now) {
    if (!base.contains(name) && outcome == TestOutcome::kNotRun) vanished.silent.push_back(name);
  }
  for (const auto& [name, before] : base) {
    const auto found = now.find(name);
    if (found == now.end()) {
      vanished.gone.push_back(name);
    } else if (fell_silent(before, found->second)) {
      vanished.silent.push_back(name);
    }
  }
  return vanished;
}

}  // namespace

CheckOutcome tests_failed(const Evidence& evidence) {
  if (!evidence.has_tests) return passes("no test command is configured");
  if (stopped_before_tests(evidence)) return not_run(0);
  const Outcomes before = outcomes_of(evidence.base_tests);
  std::vector<std::string> broken;
  std::vector<std::string> added;
  std::vector<std::string> known;
  std::size_t passed = 0;
  for (const auto& [name, now] : outcomes_of(evidence.tests)) {
    if (now == TestOutcome::kPassed) ++passed;
    if (now != TestOutcome::kFailed) continue;
    const auto found = before.find(name);
    if (found == before.end()) {
      added.push_back(name);
    } else if (found->second == TestOutcome::kFailed || found->second == TestOutcome::kNotRun) {
      known.push_back(name);
    } else {
      broken.push_back(name);
    }
  }
  const std::string also =
      known.empty() ? "" : "; not passing on the base either: " + listed("test", known);
  if (!broken.empty()) {
    return blocks(0.6, "did not fail on the base and fails now: " + listed("test", broken) + also);
  }
  if (!added.empty()) return blocks(0.6, "new and failing: " + listed("test", added) + also);
  return passes(counted(passed, "test") + " passed" + also);
}

CheckOutcome tests_missing(const Evidence& evidence) {
  if (!evidence.has_tests) return passes("no test command is configured");
  if (stopped_before_tests(evidence)) return not_run(0);
  const auto [gone, silent] = vanished_tests(evidence);
  if (!gone.empty()) return blocks(1.0, "no longer reported: " + listed("test", gone));
  if (!silent.empty()) return blocks(1.0, "reported but not run: " + listed("test", silent));
  if (evidence.tests.source != evidence.base_tests.source && !evidence.base_tests.tests.empty()) {
    return blocks(1.0, "results were read in another way than those of the base");
  }
  if (!evidence.tests.complete) {
    if (evidence.base_tests.complete || evidence.base_tests.tests.empty()) {
      return blocks(1.0, "the test command did not finish with a report on every test");
    }
    return asks(0.2, "the test command did not report on every test, as on the base");
  }
  if (evidence.tests.source == TestSource::kExitCode) {
    return warns(0.05,
                 "the test command's exit status is all that is known: whether a test "
                 "vanished cannot be seen");
  }
  return passes(fmt::format("every test of the base was run again ({})",
                            counted(evidence.base_tests.tests.size(), "test")));
}

CheckOutcome fix_proven(const Evidence& evidence) {
  std::vector<std::string> fixed;
  const Outcomes now = outcomes_of(evidence.tests);
  for (const auto& [name, before] : outcomes_of(evidence.base_tests)) {
    const auto found = now.find(name);
    if (before == TestOutcome::kFailed && found != now.end() &&
        found->second == TestOutcome::kPassed) {
      fixed.push_back(name);
    }
  }
  // A negative penalty: the one finding that gives points.
  if (!fixed.empty()) {
    CheckOutcome proven = passes("fails on the base and passes now: " + listed("test", fixed));
    proven.penalty = -0.1;
    return proven;
  }
  if (evidence.type == ModificationType::kBugFix) {
    return warns(0.1, "meant as a bug fix, but no test that failed on the base passes now");
  }
  return passes("no failing test of the base was meant to be mended");
}

}  // namespace automod::judge
