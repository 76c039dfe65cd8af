#include "tests/unit/catch.hpp"
#include "tests/unit/engine/judge/samples.hpp"

namespace automod {
namespace {

using testing::ContainsSubstring;
using testing::good;
using testing::outcome;

Evidence with(FactKind kind, std::int64_t amount = 0) {
  Evidence evidence = good();
  CodeFact fact;
  fact.kind = kind;
  fact.path = "tests/a_test.cpp";
  fact.line = 7;
  fact.what = "adds";
  fact.before = "CHECK(add(1, 2) == 3)";
  fact.after = "CHECK(add(1, 2) == 4)";
  fact.amount = amount;
  evidence.facts.push_back(fact);
  return evidence;
}

TEST_CASE("tests that say less than before reject") {
  const auto kind =
      GENERATE(FactKind::kTestRemoved, FactKind::kTestDisabled, FactKind::kTestLoosened);
  const CheckOutcome found = outcome(with(kind), "tests_weakened");
  CHECK(found.blocks);
  CHECK_THAT(found.reason, ContainsSubstring("adds (tests/a_test.cpp:7)"));
  CHECK(judge::judge(with(kind), SafetyLevel::kAggressive).decision == Decision::kRejected);
}

TEST_CASE("another expectation is for a person to judge, who sees both versions") {
  const Evidence evidence = with(FactKind::kTestExpectation);
  const CheckOutcome found = outcome(evidence, "tests_weakened");
  CHECK(found.wants_approval);
  CHECK_FALSE(found.blocks);
  CHECK_THAT(found.reason, ContainsSubstring("'CHECK(add(1, 2) == 4)' instead of "
                                             "'CHECK(add(1, 2) == 3)'"));
  CHECK(judge::judge(evidence, SafetyLevel::kConservative).decision == Decision::kNeedsApproval);
}

TEST_CASE("additions to tests pass") {
  CHECK(outcome(with(FactKind::kTestAdded), "tests_weakened").result == CheckResult::kPass);
  CHECK(outcome(good(), "tests_weakened").result == CheckResult::kPass);
}

TEST_CASE("one weaker test is not hidden by other facts") {
  Evidence evidence = with(FactKind::kTestExpectation);
  for (int i = 0; i < 100; ++i) evidence.facts.push_back(evidence.facts[0]);
  evidence.facts.push_back(with(FactKind::kTestRemoved).facts[0]);
  CHECK(outcome(evidence, "tests_weakened").blocks);
}

TEST_CASE("what others call asks when it breaks, and passes when it is added to") {
  const auto [kind, penalty] = GENERATE(table<FactKind, double>({
      {FactKind::kApiRemoved, 0.15},
      {FactKind::kApiChanged, 0.15},
      {FactKind::kAbiChanged, 0.1},
  }));
  const CheckOutcome found = outcome(with(kind), "api_break");
  CHECK(found.wants_approval);
  CHECK(found.penalty == penalty);
  CHECK(outcome(with(FactKind::kApiAdded), "api_break").result == CheckResult::kPass);
  CHECK(outcome(good(), "api_break").result == CheckResult::kPass);
}

TEST_CASE("functions with many more branches are warned about by how many") {
  CHECK(outcome(good(), "complexity_growth").result == CheckResult::kPass);
  CHECK(outcome(with(FactKind::kComplexity, 8), "complexity_growth").penalty == 0.05);
  CHECK(outcome(with(FactKind::kComplexity, 15), "complexity_growth").penalty == 0.1);
  CHECK(outcome(with(FactKind::kComplexity, 15), "complexity_growth").wants_approval);
}

TEST_CASE("evidence from before these facts were looked for passes and says so") {
  for (const char* code : {"tests_weakened", "api_break", "complexity_growth"}) {
    Evidence evidence = with(FactKind::kTestRemoved, 99);
    evidence.format = 2;
    CHECK(outcome(evidence, code).result == CheckResult::kPass);
    CHECK_THAT(outcome(evidence, code).reason, ContainsSubstring("was not looked for"));
  }
}

TEST_CASE("what is unlike its surroundings is warned about and never rejected") {
  Evidence evidence = with(FactKind::kUnconventional);
  evidence.facts[0].what = "readAll";
  evidence.facts[0].before = "8 of 8 functions in this file are snake_case";
  evidence.facts[0].after = "camelCase";
  const CheckOutcome found = outcome(evidence, "convention");
  CHECK(found.result == CheckResult::kWarn);
  CHECK_FALSE(found.wants_approval);
  CHECK(found.penalty == 0.05);
  CHECK_THAT(found.reason,
             ContainsSubstring("readAll (tests/a_test.cpp:7): camelCase, where 8 of 8"));
  CHECK(judge::judge(evidence, SafetyLevel::kConservative).decision == Decision::kApproved);
}

TEST_CASE("evidence from before conventions were looked for passes, and says why") {
  Evidence evidence = with(FactKind::kUnconventional);
  evidence.format = 3;
  const CheckOutcome found = outcome(evidence, "convention");
  CHECK(found.result == CheckResult::kPass);
  CHECK_THAT(found.reason, ContainsSubstring("was not looked for"));
}

}  // namespace
}  // namespace automod
