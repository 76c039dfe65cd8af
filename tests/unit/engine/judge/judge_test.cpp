#include "engine/judge/judge.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <nlohmann/json.hpp>
#include <random>

#include "base/files.hpp"
#include "base/text.hpp"
#include "engine/types/json.hpp"
#include "tests/unit/catch.hpp"
#include "tests/unit/engine/judge/samples.hpp"

namespace automod {
namespace {

using testing::benchmark;
using testing::ContainsSubstring;
using testing::good;
using testing::inventory;
using testing::stage;

constexpr SafetyLevel kLevels[] = {SafetyLevel::kConservative, SafetyLevel::kModerate,
                                   SafetyLevel::kAggressive};

TEST_CASE("good evidence is approved with the full score") {
  const Verdict verdict = judge::judge(good(), SafetyLevel::kConservative);
  CHECK(verdict.decision == Decision::kApproved);
  CHECK(verdict.safety_score == 1.0);
  CHECK(verdict.evidence_digest == digest(good()));
  CHECK(verdict.rules_version == judge::kRulesVersion);
}

TEST_CASE("judging twice gives the same verdict") {
  Evidence evidence = good();
  evidence.benchmarks = {benchmark(1.03), benchmark(0.9)};
  CHECK(judge::judge(evidence, SafetyLevel::kModerate) ==
        judge::judge(evidence, SafetyLevel::kModerate));
}

TEST_CASE("a verdict survives the way of its evidence through JSON") {
  Evidence evidence = good();
  evidence.benchmarks = {benchmark(1.07), benchmark(0.93, 1.01)};
  const auto stored = evidence_from_json(canonical(to_json(evidence)));
  REQUIRE(stored);
  CHECK(judge::judge(*stored, SafetyLevel::kModerate) ==
        judge::judge(evidence, SafetyLevel::kModerate));
}

TEST_CASE("a blocking finding rejects at every level and holds the score below one half") {
  Evidence evidence = good();
  evidence.stages.back() = stage(ExecutionType::kUnitTest, "timed_out");
  for (const auto level : kLevels) {
    const Verdict verdict = judge::judge(evidence, level);
    CHECK(verdict.decision == Decision::kRejected);
    CHECK(verdict.safety_score < 0.5);
  }
}

TEST_CASE("a score below the threshold rejects only where the threshold lies above") {
  Evidence evidence = good();
  evidence.type = ModificationType::kPerformance;
  evidence.benchmarks = {benchmark(1.0, 1.1)};  // -0.35 memory, -0.35 no gain
  const auto decision = [&](SafetyLevel level) { return judge::judge(evidence, level).decision; };
  CHECK(judge::judge(evidence, kLevels[0]).safety_score == 0.3);
  CHECK(decision(SafetyLevel::kConservative) == Decision::kRejected);
  CHECK(decision(SafetyLevel::kModerate) == Decision::kRejected);
  CHECK(decision(SafetyLevel::kAggressive) == Decision::kApproved);
}

TEST_CASE("a risky change needs approval") {
  Evidence evidence = good();
  evidence.files[0].is_protected = true;
  const Verdict verdict = judge::judge(evidence, SafetyLevel::kAggressive);
  CHECK(verdict.decision == Decision::kNeedsApproval);
}

TEST_CASE("every check appears in every verdict, in the order of the table") {
  Evidence nothing;
  const Verdict verdict = judge::judge(nothing, SafetyLevel::kModerate);
  std::vector<std::string> seen;
  for (const auto& check : verdict.checks) {
    CHECK_FALSE(check.reason.empty());
    seen.push_back(check.code);
  }
  std::vector<std::string> known;
  for (const auto& check : judge::all_checks()) known.emplace_back(check.code);
  CHECK(seen == known);
}

TEST_CASE("docs/scoring.md lists exactly the checks that there are") {
  const auto text = read_file("docs/scoring.md", kMiB);
  REQUIRE(text);
  std::vector<std::string> documented;
  for (const auto line : split_lines(*text)) {
    if (!line.starts_with("| `")) continue;
    documented.emplace_back(line.substr(3, line.find('`', 3) - 3));
  }
  std::vector<std::string> known;
  for (const auto& check : judge::all_checks()) known.emplace_back(check.code);
  CHECK(documented == known);
}

/// Ways to make evidence worse. Each takes the evidence and a source of choices.
using Worsening = std::function<void(Evidence&, std::mt19937&)>;

TestOutcome worse(TestOutcome outcome) {
  return outcome == TestOutcome::kPassed ? TestOutcome::kFailed : TestOutcome::kNotRun;
}

const std::vector<std::pair<std::string, Worsening>>& worsenings() {
  static const std::vector<std::pair<std::string, Worsening>> kAll = {
      {"stage fails",
       [](Evidence& e, std::mt19937& r) {
         if (!e.stages.empty()) e.stages[r() % e.stages.size()].status = 1;
       }},
      {"stage times out",
       [](Evidence& e, std::mt19937& r) {
         if (!e.stages.empty()) e.stages[r() % e.stages.size()].outcome = "timed_out";
       }},
      {"test gets worse",
       [](Evidence& e, std::mt19937& r) {
         if (e.tests.tests.empty()) return;
         auto& test = e.tests.tests[r() % e.tests.tests.size()];
         test.outcome = worse(test.outcome);
       }},
      {"test vanishes",
       [](Evidence& e, std::mt19937& r) {
         if (e.tests.tests.empty()) return;
         const auto& name = e.tests.tests[r() % e.tests.tests.size()].name;
         const bool is_of_base = std::any_of(e.base_tests.tests.begin(), e.base_tests.tests.end(),
                                             [&](auto& test) { return test.name == name; });
         if (!is_of_base) return;  // a failing new test that vanishes is no worse
         std::erase_if(e.tests.tests, [gone = name](auto& test) { return test.name == gone; });
       }},
      {"runner does not finish", [](Evidence& e, std::mt19937&) { e.tests.complete = false; }},
      {"syntax error",
       [](Evidence& e, std::mt19937& r) { ++e.files[r() % e.files.size()].syntax_errors_after; }},
      {"more lines",
       [](Evidence& e, std::mt19937& r) { e.files[r() % e.files.size()].lines_added += 500; }},
      {"file becomes protected",
       [](Evidence& e, std::mt19937& r) { e.files[r() % e.files.size()].is_protected = true; }},
      {"one slower run",
       [](Evidence& e, std::mt19937& r) {
         if (e.benchmarks.empty()) return;
         auto& times = e.benchmarks[r() % e.benchmarks.size()].series[0].candidate;
         if (!times.empty()) times[r() % times.size()] *= 1.5;
       }},
      {"all runs slower",
       [](Evidence& e, std::mt19937& r) {
         if (e.benchmarks.empty()) return;
         for (auto& time : e.benchmarks[r() % e.benchmarks.size()].series[0].candidate) time *= 1.1;
       }},
      {"more memory",
       [](Evidence& e, std::mt19937& r) {
         if (e.benchmarks.empty()) return;
         for (auto& mb : e.benchmarks[r() % e.benchmarks.size()].series[1].candidate) mb *= 1.1;
       }},
      {"output differs",
       [](Evidence& e, std::mt19937& r) {
         if (!e.benchmarks.empty()) e.benchmarks[r() % e.benchmarks.size()].output_differs = true;
       }},
      {"benchmark fails",
       [](Evidence& e, std::mt19937& r) {
         if (!e.benchmarks.empty()) ++e.benchmarks[r() % e.benchmarks.size()].candidate_failures;
       }},
      {"one slower run to confirm",
       [](Evidence& e, std::mt19937& r) {
         if (e.benchmarks.empty()) return;
         auto& times = e.benchmarks[r() % e.benchmarks.size()].confirm[0].candidate;
         if (!times.empty()) times[r() % times.size()] *= 1.5;
       }},
      {"a reason not to believe the report",
       [](Evidence& e, std::mt19937& r) {
         e.tests.distrusted.push_back(fmt::format("reason {}", r() % 3));
         e.tests.complete = false;
       }},
      {"a failure comes every time", [](Evidence& e, std::mt19937&) { e.tests.flaky.clear(); }},
      {"fewer assertions",
       [](Evidence& e, std::mt19937& r) {
         if (e.tests.tests.empty()) return;
         auto& test = e.tests.tests[r() % e.tests.tests.size()];
         test.assertions = test.assertions.value_or(0) / 2;
       }},
      {"test gets worse in the base's version",
       [](Evidence& e, std::mt19937& r) {
         auto& old_version = e.changed_tests.base_version;
         if (!old_version || old_version->tests.empty()) return;
         auto& test = old_version->tests[r() % old_version->tests.size()];
         test.outcome = worse(test.outcome);
       }},
      {"base's version does not finish",
       [](Evidence& e, std::mt19937&) {
         if (e.changed_tests.base_version) e.changed_tests.base_version->complete = false;
       }},
      {"added test passes on the base",
       [](Evidence& e, std::mt19937&) {
         if (!e.changed_tests.on_base) return;
         for (auto& test : e.changed_tests.on_base->tests) test.outcome = TestOutcome::kPassed;
       }},
      {"sanitizers report",
       [](Evidence& e, std::mt19937& r) {
         if (!e.sanitizers) return;
         e.sanitizers->candidate_reports.push_back({.path = r() % 2 == 0 ? "a.c" : "b.c",
                                                    .rule = "alignment",
                                                    .message = r() % 2 == 0 ? "f: x" : "g: x"});
       }},
      {"test gets worse with sanitizers",
       [](Evidence& e, std::mt19937& r) {
         if (!e.sanitizers || e.sanitizers->candidate.tests.empty()) return;
         auto& tests = e.sanitizers->candidate.tests;
         auto& test = tests[r() % tests.size()];
         test.outcome = worse(test.outcome);
       }},
      {"escapes the sanitizers",
       [](Evidence& e, std::mt19937&) {
         if (e.sanitizers) e.sanitizers->effective = false;
       }},
      {"line is not run",
       [](Evidence& e, std::mt19937& r) {
         if (e.coverage) (*e.coverage)[r() % e.coverage->size()].uncovered.push_back(7);
       }},
      {"tests run less of themselves",
       [](Evidence& e, std::mt19937& r) {
         if (e.coverage) ++(*e.coverage)[r() % e.coverage->size()].lost_lines;
       }},
      {"a new diagnostic",
       [](Evidence& e, std::mt19937& r) {
         e.new_diagnostics.push_back(
             {.path = "a.c", .rule = r() % 2 == 0 ? "-Wunused" : "-Wuse-after-free"});
       }},
      {"held-out answer differs",
       [](Evidence& e, std::mt19937&) {
         if (!e.held_out.empty()) e.held_out[0].different.push_back("7");
       }},
      {"held-out command fails",
       [](Evidence& e, std::mt19937&) {
         if (!e.held_out.empty()) ++e.held_out[0].candidate_failures;
       }},
      {"held-out command slower",
       [](Evidence& e, std::mt19937&) {
         if (e.held_out.empty()) return;
         for (auto& time : e.held_out[0].wall.candidate) time *= 1.1;
       }},
      {"an opinion more",
       [](Evidence& e, std::mt19937& r) {
         const auto& all = entries<OpinionSays>();
         e.opinions.push_back({.reviewer = "eyes", .says = all[r() % all.size()].value});
       }},
  };
  return kAll;
}

Inventory random_inventory(std::mt19937& random, std::size_t most) {
  Inventory made = inventory({});
  made.complete = random() % 4 != 0;
  for (std::size_t i = 0; i < random() % (most + 1); ++i) {
    made.tests.push_back({fmt::format("t{}", i), static_cast<TestOutcome>(random() % 4), 1});
  }
  return made;
}

Evidence random_evidence(std::mt19937& random) {
  Evidence evidence = good();
  evidence.type = static_cast<ModificationType>(random() % 4);
  evidence.has_build = random() % 4 != 0;
  evidence.has_tests = random() % 4 != 0;
  evidence.base_tests = random_inventory(random, 4);
  evidence.tests = random_inventory(random, 5);
  static const char* const kChanges[] = {"added", "modified", "deleted"};
  for (std::size_t i = 0; i < random() % 3; ++i) {
    FileFacts file = evidence.files[0];
    file.path = i == 0 ? "tests/x_test.cpp" : "build.cfg";
    file.change = kChanges[random() % 3];
    file.is_protected = random() % 2 == 0;
    file.syntax_errors_before = random() % 2;
    evidence.files.push_back(file);
  }
  for (std::size_t i = 0; i < random() % 3; ++i) {
    evidence.benchmarks.push_back(benchmark(0.8 + 0.1 * static_cast<double>(random() % 5),
                                            0.9 + 0.1 * static_cast<double>(random() % 4),
                                            static_cast<int>(random() % 8)));
    auto& made = evidence.benchmarks.back();
    made.base_failures = random() % 4 == 0 ? 1 : 0;
    for (double& time : made.series[0].again) time *= 1 + 0.01 * static_cast<double>(random() % 5);
  }
  for (auto* side : {&evidence.base_tests, &evidence.tests}) {
    for (auto& test : side->tests) {
      if (random() % 4 == 0) side->flaky.push_back(test.name);
      if (random() % 2 == 0) test.assertions = static_cast<std::int64_t>(random() % 4);
    }
  }
  evidence.tests.not_reached = random() % 4 == 0 ? 1 : 0;
  if (random() % 2 == 0) {
    evidence.changed_tests.base_version = random_inventory(random, 4);
    evidence.changed_tests.base_version_builds = random() % 4 != 0;
  }
  if (random() % 2 == 0) evidence.changed_tests.on_base = random_inventory(random, 5);
  if (random() % 2 == 0) {
    auto& seen = evidence.sanitizers.emplace();
    seen.effective = random() % 4 != 0;
    seen.base = random_inventory(random, 4);
    seen.candidate = random_inventory(random, 5);
    if (random() % 2 == 0) {
      seen.base_reports.push_back({.path = "a.c", .rule = "alignment", .message = "f: x"});
    }
  }
  if (random() % 2 == 0) {
    evidence.coverage = {{.path = "src/a.cpp", .changed_lines = 3},
                         {.path = "tests/b_test.cpp", .base_lines = 4}};
  }
  if (random() % 2 == 0) evidence.facts.push_back({.kind = FactKind::kTestExpectation});
  evidence.compared = 1 + random() % 3;
  if (random() % 2 == 0) {
    evidence.held_out.push_back({.name = "rank", .command = "check {seed}", .seeds = {"7"}});
    evidence.held_out[0].wall = benchmark(0.9, 1, 5).series[0];
    evidence.held_out[0].unstable = random() % 4 == 0;
  }
  return evidence;
}

TEST_CASE("worse evidence never raises the score nor improves the decision") {
  std::mt19937 random(20261120);
  constexpr int kRounds = 40;
  constexpr int kSteps = 8;
  for (int round = 0; round < kRounds; ++round) {
    Evidence evidence = random_evidence(random);
    Verdict before = judge::judge(evidence, kLevels[round % 3]);
    for (int step = 0; step < kSteps; ++step) {
      const auto& [what, worsen] = worsenings()[random() % worsenings().size()];
      worsen(evidence, random);
      const Verdict after = judge::judge(evidence, kLevels[round % 3]);
      INFO("round " << round << ", " << what);
      REQUIRE(after.safety_score <= before.safety_score);
      REQUIRE(static_cast<int>(after.decision) >= static_cast<int>(before.decision));
      before = after;
    }
  }
}

TEST_CASE("an explanation says what was run, seen and wanted") {
  Evidence evidence = good();
  evidence.tests = inventory({{"a", TestOutcome::kPassed}, {"b\x1b[31m", TestOutcome::kFailed}});
  evidence.stages.back().status = 8;
  evidence.stages.back().output_tail = "b failed\n\x1b]0;evil\a";
  const std::string text =
      judge::explain(evidence, judge::judge(evidence, SafetyLevel::kConservative));
  CHECK_THAT(text, testing::StartsWith("Rejected: "));
  for (const char* part : {"What was run", "run build", "What was seen", "tests_failed",
                           "Why it counts", "What would change the answer", "b failed"}) {
    CHECK_THAT(text, ContainsSubstring(part));
  }
  CHECK(text.find('\x1b') == std::string::npos);
}

TEST_CASE("an approval is explained without advice") {
  const std::string text = judge::explain(good(), judge::judge(good(), SafetyLevel::kModerate));
  CHECK_THAT(text, testing::StartsWith("Approved: "));
  CHECK_THAT(text, !ContainsSubstring("What would change"));
}

}  // namespace
}  // namespace automod
