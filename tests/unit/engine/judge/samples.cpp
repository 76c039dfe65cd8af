#include "tests/unit/engine/judge/samples.hpp"

#include <algorithm>
#include <stdexcept>

namespace automod::testing {

StageEvidence stage(ExecutionType type, std::string outcome, int status) {
  StageEvidence made;
  made.type = type;
  made.command = "run " + std::string(name(type));
  made.outcome = std::move(outcome);
  made.status = status;
  made.wall_ms = 1500;
  made.memory_mb = 40;
  return made;
}

Inventory inventory(const std::vector<std::pair<std::string, TestOutcome>>& tests) {
  Inventory made;
  made.source = TestSource::kCtest;
  made.complete = true;
  for (const auto& [name, outcome] : tests) made.tests.push_back({name, outcome, 10});
  return made;
}

BenchmarkEvidence benchmark(double times, double memory, int pairs) {
  BenchmarkEvidence made;
  made.name = "rank";
  made.command = "build/rank";
  made.series = {{.metric = "wall", .unit = "ms"}, {.metric = "memory", .unit = "MB"}};
  for (int i = 0; i < pairs; ++i) {
    const double base = 100 + i % 3;
    made.series[0].base.push_back(base);
    made.series[0].candidate.push_back((base + i % 2) * times);
    made.series[1].base.push_back(50);
    made.series[1].candidate.push_back(50 * memory);
  }
  for (auto& series : made.series) series.again = series.base;
  made.base_runs = made.candidate_runs = static_cast<std::size_t>(pairs);
  made.confirm = made.series;
  return made;
}

Evidence good() {
  Evidence evidence;
  evidence.base_tree = {std::string(40, 'a')};
  evidence.tree = {std::string(40, 'b')};
  evidence.patch_digest = std::string(64, 'c');
  evidence.type = ModificationType::kRefactor;
  evidence.files.push_back({.path = "src/a.cpp",
                            .change = "modified",
                            .is_protected = false,
                            .lines_added = 3,
                            .lines_removed = 2,
                            .language = "cpp",
                            .syntax_errors_before = 0,
                            .syntax_errors_after = 0});
  evidence.stages = {stage(ExecutionType::kBuild), stage(ExecutionType::kUnitTest)};
  evidence.has_build = true;
  evidence.has_tests = true;
  evidence.base_tests = inventory({{"a", TestOutcome::kPassed}, {"b", TestOutcome::kPassed}});
  evidence.tests = evidence.base_tests;
  return evidence;
}

const CheckOutcome& check(const Verdict& verdict, const std::string& code) {
  const auto found =
      std::find_if(verdict.checks.begin(), verdict.checks.end(),
                   [&](const CheckOutcome& candidate) { return candidate.code == code; });
  if (found == verdict.checks.end()) throw std::out_of_range("no check " + code);
  return *found;
}

CheckOutcome outcome(const Evidence& evidence, const std::string& code) {
  return check(judge::judge(evidence, SafetyLevel::kConservative), code);
}

}  // namespace automod::testing
