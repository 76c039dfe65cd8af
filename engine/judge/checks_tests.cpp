#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "engine/judge/checks.hpp"

namespace automod::judge {

namespace {

using Names = std::vector<std::string>;
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

CheckOutcome not_run() { return warns(0, "not run: the trial stopped before the tests"); }

bool contains(const Names& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

struct Failures {
  Names broken;      // did not fail on the base
  Names unreliable;  // passes sometimes, on the base always
  Names added;       // is not there on the base
  Names worse;       // fails every time, on the base only sometimes
  Names flaky;       // passes sometimes, as on the base
  Names known;       // fails on the base, too
  std::size_t passed = 0;

  bool excused() const {
    return broken.empty() && unreliable.empty() && added.empty() && worse.empty();
  }
};

Failures failures_of(const Evidence& evidence) {
  Failures failures;
  const Outcomes before = outcomes_of(evidence.base_tests);
  for (const auto& [name, now] : outcomes_of(evidence.tests)) {
    if (now == TestOutcome::kPassed) ++failures.passed;
    if (now != TestOutcome::kFailed) continue;
    const auto found = before.find(name);
    const bool is_unsteady = contains(evidence.tests.flaky, name);
    if (found == before.end()) {
      failures.added.push_back(name);
    } else if (contains(evidence.base_tests.flaky, name)) {
      (is_unsteady ? failures.flaky : failures.worse).push_back(name);
    } else if (found->second == TestOutcome::kFailed || found->second == TestOutcome::kNotRun) {
      failures.known.push_back(name);
    } else {
      (is_unsteady ? failures.unreliable : failures.broken).push_back(name);
    }
  }
  return failures;
}

struct Vanished {
  Names gone;    // no longer in the inventory
  Names silent;  // there, but skipped or not run, as it was not on the base
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

/// Reasons not to believe the report that do not hold for the base's as well.
Names new_doubts(const Evidence& evidence) {
  Names doubts;
  for (const auto& reason : evidence.tests.distrusted) {
    if (!contains(evidence.base_tests.distrusted, reason)) doubts.push_back(reason);
  }
  return doubts;
}

/// Tests that passed on both sides and made fewer assertions.
Names less_asserted(const Evidence& evidence) {
  std::map<std::string, std::int64_t> before;
  for (const auto& test : evidence.base_tests.tests) {
    if (test.outcome == TestOutcome::kPassed && test.assertions) {
      before.emplace(test.name, *test.assertions);
    }
  }
  Names names;
  for (const auto& test : evidence.tests.tests) {
    const auto found = before.find(test.name);
    if (found == before.end() || test.outcome != TestOutcome::kPassed) continue;
    if (test.assertions.value_or(0) < found->second) {
      names.push_back(fmt::format("{} ({} instead of {})", test.name, test.assertions.value_or(0),
                                  found->second));
    }
  }
  return names;
}

CheckOutcome incomplete(const Evidence& evidence) {
  if (evidence.base_tests.complete || evidence.base_tests.tests.empty()) {
    return blocks(1.0, "the test command did not finish with a report on every test");
  }
  return asks(0.2, "the test command did not report on every test, as on the base");
}

/// Tests of the first inventory that failed and pass in the second, those apart whose outcome
/// says nothing.
Names mended(const Inventory& before, const Evidence& evidence) {
  Names names;
  const Outcomes now = outcomes_of(evidence.tests);
  for (const auto& [name, outcome] : outcomes_of(before)) {
    const auto found = now.find(name);
    if (outcome == TestOutcome::kFailed && found != now.end() &&
        found->second == TestOutcome::kPassed && !contains(before.flaky, name) &&
        !contains(evidence.base_tests.flaky, name) && !contains(evidence.tests.flaky, name)) {
      names.push_back(name);
    }
  }
  return names;
}

CheckOutcome proven(std::string reason) {
  CheckOutcome outcome = passes(std::move(reason));
  outcome.penalty = -0.1;  // a negative penalty: the one finding that gives points
  return outcome;
}

/// Tests that passed on the base and do not, with the change, in its own versions of the tests.
Names failing_in_old_version(const Evidence& evidence, const Inventory& old_version) {
  Names names;
  const Outcomes old = outcomes_of(old_version);
  for (const auto& [name, before] : outcomes_of(evidence.base_tests)) {
    if (before != TestOutcome::kPassed || contains(evidence.base_tests.flaky, name)) continue;
    const auto found = old.find(name);
    const bool held = found != old.end() && found->second == TestOutcome::kPassed;
    if (!held) names.push_back(name);
  }
  return names;
}

}  // namespace

CheckOutcome tests_failed(const Evidence& evidence) {
  if (!evidence.has_tests) return passes("no test command is configured");
  if (stopped_before_tests(evidence)) return not_run();
  const Failures failures = failures_of(evidence);
  const std::string also = failures.known.empty() ? ""
                                                  : "; not passing on the base either: " +
                                                        listed("test", failures.known);
  if (!failures.broken.empty()) {
    return blocks(
        0.6, "did not fail on the base and fails now: " + listed("test", failures.broken) + also);
  }
  if (!failures.worse.empty()) {
    return blocks(0.6, "fails every time now and only sometimes on the base: " +
                           listed("test", failures.worse) + also);
  }
  if (!failures.unreliable.empty()) {
    return blocks(0.6, "became unreliable, passing at times and failing at others: " +
                           listed("test", failures.unreliable) + also);
  }
  if (!failures.added.empty()) {
    return blocks(0.6, "new and failing: " + listed("test", failures.added) + also);
  }
  return passes(counted(failures.passed, "test") + " passed" + also);
}

CheckOutcome flaky_only(const Evidence& evidence) {
  if (!evidence.has_tests) return passes("no test command is configured");
  if (stopped_before_tests(evidence)) return not_run();
  const Failures failures = failures_of(evidence);
  if (!failures.flaky.empty()) {
    return warns(0.1, "fails at times, and on the base as well: " + listed("test", failures.flaky) +
                          (failures.excused() ? "; nothing else fails" : ""));
  }
  if (!evidence.is_reviewed()) return passes("was not looked for when this evidence was made");
  if (!evidence.base_tests.flaky.empty()) {
    return passes("flaky on the base, and no failure now: " +
                  listed("test", evidence.base_tests.flaky));
  }
  return passes(fmt::format("no failure comes and goes, in {} of the base's tests",
                            counted(evidence.base_tests.runs, "run")));
}

CheckOutcome tests_missing(const Evidence& evidence) {
  if (!evidence.has_tests) return passes("no test command is configured");
  if (stopped_before_tests(evidence)) return not_run();
  const auto [gone, silent] = vanished_tests(evidence);
  const std::size_t left_out = failures_of(evidence).excused() ? 0 : evidence.tests.not_reached;
  if (gone.size() > left_out) return blocks(1.0, "no longer reported: " + listed("test", gone));
  if (!silent.empty()) return blocks(1.0, "reported but not run: " + listed("test", silent));
  if (evidence.tests.source != evidence.base_tests.source && !evidence.base_tests.tests.empty()) {
    return blocks(1.0, "results were read in another way than those of the base");
  }
  if (const Names doubts = new_doubts(evidence); !doubts.empty()) {
    return blocks(1.0, "the report is not believed, for " + listed("reason", doubts));
  }
  if (!evidence.tests.complete) return incomplete(evidence);
  if (const Names fewer = less_asserted(evidence); !fewer.empty()) {
    return asks(0.2, "passes with fewer assertions than on the base: " + listed("test", fewer));
  }
  if (evidence.tests.source == TestSource::kExitCode) {
    return warns(0.05,
                 "the test command's exit status is all that is known: whether a test "
                 "vanished cannot be seen");
  }
  if (left_out > 0) {
    return passes(counted(left_out, "test") + " left out after a failure in what is affected");
  }
  return passes(fmt::format("every test of the base was run again ({})",
                            counted(evidence.base_tests.tests.size(), "test")));
}

CheckOutcome old_tests_failed(const Evidence& evidence) {
  if (!evidence.has_tests) return passes("no test command is configured");
  if (!evidence.is_reviewed()) return passes("was not looked for when this evidence was made");
  const auto& old_version = evidence.changed_tests.base_version;
  if (!old_version) return passes("no test of the base was run in another version than its own");
  if (!evidence.changed_tests.base_version_builds) {
    return asks(0.2, "the base's own versions of the changed tests do not build with the change");
  }
  const Names broken = failing_in_old_version(evidence, *old_version);
  if (!broken.empty()) {
    const std::string what =
        "fails with the base's own version of the changed tests: " + listed("test", broken);
    const bool shows_why =
        std::any_of(evidence.facts.begin(), evidence.facts.end(),
                    [](const CodeFact& fact) { return fact.kind == FactKind::kTestExpectation; });
    if (!shows_why) return blocks(0.6, what);
    return asks(0.2, what + "; the change expects other values");
  }
  if (!old_version->complete && evidence.base_tests.complete) {
    return blocks(0.6,
                  "with the base's own version of the changed tests the test command did not "
                  "report on every test");
  }
  return passes("the base's own versions of the changed tests hold as well");
}

CheckOutcome fix_proven(const Evidence& evidence) {
  if (const Names fixed = mended(evidence.base_tests, evidence); !fixed.empty()) {
    return proven("fails on the base and passes now: " + listed("test", fixed));
  }
  const auto& on_base = evidence.changed_tests.on_base;
  if (on_base) {
    if (const Names fixed = mended(*on_base, evidence); !fixed.empty()) {
      return proven("in the candidate's version it fails on the base and passes with the change: " +
                    listed("test", fixed));
    }
  }
  if (evidence.type == ModificationType::kBugFix) {
    if (on_base) {
      return warns(0.1,
                   "meant as a bug fix, but its tests pass on the base as well and prove nothing");
    }
    return warns(0.1, "meant as a bug fix, but no test that failed on the base passes now");
  }
  return passes("no failing test of the base was meant to be mended");
}

}  // namespace automod::judge
