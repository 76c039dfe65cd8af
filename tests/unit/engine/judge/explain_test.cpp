#include "tests/unit/catch.hpp"
#include "tests/unit/engine/judge/samples.hpp"

namespace automod {
namespace {

using testing::ContainsSubstring;
using testing::good;

std::string explained(const Evidence& evidence) {
  return judge::explain(evidence, judge::judge(evidence, SafetyLevel::kConservative));
}

TEST_CASE("an explanation holds every part of the evidence") {
  Evidence evidence = good();
  evidence.stages.front().variant = Variant::kSanitizers;
  evidence.left_out = {
      {.stage = "benchmarks", .why = "none is configured", .by_choice = false},
      {.stage = "coverage", .why = "the configuration says so", .by_choice = true}};
  evidence.facts = {
      {.kind = FactKind::kTestAdded, .path = "tests/a.cpp", .line = 3, .what = "adds"}};
  evidence.held_out = {
      {.name = "answers", .command = "x", .seeds = {"1", "2"}, .different = {"2"}}};
  evidence.sanitizers = SanitizerEvidence{.effective = false};
  evidence.coverage = {{.path = "src/a.cpp", .changed_lines = 4, .uncovered = {5, 6, 9}}};
  evidence.diagnostic_tools = {"compiler"};
  evidence.new_diagnostics = {{.tool = "compiler", .path = "a.cpp", .line = 2, .message = "bad"}};
  evidence.base_tests.flaky = {"now and then"};
  evidence.changed_tests.on_base = evidence.base_tests;
  const std::string text = explained(evidence);
  for (const char* part :
       {"[sanitizers]", "not run: benchmarks: none is configured",
        "not run: coverage: the configuration says so (switched off)",
        "tests/a.cpp:3: test added: adds", "held out, answers: 2 seeds", "1 seed: 2",
        "the build was not instrumented", "3 of 4 changed lines", "src/a.cpp:5-6: run by no test",
        "a.cpp:2: compiler: bad", "now and then", "the base under the change's tests"}) {
    CHECK_THAT(text, ContainsSubstring(part));
  }
}

TEST_CASE("an explanation is bounded, and hostile text in it is escaped") {
  Evidence evidence = good();
  for (std::size_t i = 0; i < 5000; ++i) {
    evidence.facts.push_back({.kind = FactKind::kApiAdded, .path = "a\x1b[31m.h", .line = i + 1});
    evidence.new_diagnostics.push_back({.tool = "t", .path = "b\n.c", .line = i + 1});
  }
  const std::string text = explained(evidence);
  CHECK(text.size() < 64 * 1024);
  CHECK(text.find('\x1b') == std::string::npos);
  CHECK_THAT(text, ContainsSubstring("more"));
}

TEST_CASE("a verdict of older rules is shown beside today's") {
  const Evidence evidence = good();
  const Verdict now = judge::judge(evidence, SafetyLevel::kConservative);
  Verdict then = now;
  then.rules_version = judge::kRulesVersion - 1;
  then.decision = Decision::kRejected;
  then.safety_score = 0.2;
  const std::string text = judge::explain(evidence, now, then);
  CHECK_THAT(text, ContainsSubstring("older than today's"));
  CHECK_THAT(text, ContainsSubstring("Rejected: safety score 0.20"));
  CHECK_THAT(text, ContainsSubstring("The same evidence under the rules of today"));
  CHECK(judge::explain(evidence, now, now) == judge::explain(evidence, now));
}

}  // namespace
}  // namespace automod
