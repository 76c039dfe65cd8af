#include "engine/judge/judge.hpp"
#include "tests/unit/catch.hpp"
#include "tests/unit/engine/judge/samples.hpp"

namespace automod {
namespace {

using testing::ContainsSubstring;
using testing::good;
using testing::inventory;
using testing::outcome;

constexpr TestOutcome kPassed = TestOutcome::kPassed;
constexpr TestOutcome kFailed = TestOutcome::kFailed;

/// Test b fails now; on the base it passed.
Evidence failing() {
  Evidence evidence = good();
  evidence.tests.tests.back().outcome = kFailed;
  return evidence;
}

TEST_CASE("a failure that comes and goes on both sides warns and no more") {
  Evidence evidence = failing();
  evidence.base_tests.flaky = {"b"};
  evidence.base_tests.tests.back().outcome = kFailed;  // its worst run
  evidence.tests.flaky = {"b"};
  CHECK(outcome(evidence, "tests_failed").result == CheckResult::kPass);
  CHECK(outcome(evidence, "flaky_only").result == CheckResult::kWarn);
  CHECK(outcome(evidence, "flaky_only").penalty == 0.1);
  CHECK(outcome(evidence, "tests_missing").result == CheckResult::kPass);
}

TEST_CASE("a test that became unreliable blocks") {
  Evidence evidence = failing();
  evidence.tests.flaky = {"b"};
  CHECK(outcome(evidence, "tests_failed").blocks);
  CHECK_THAT(outcome(evidence, "tests_failed").reason, ContainsSubstring("became unreliable"));
  CHECK(outcome(evidence, "flaky_only").result == CheckResult::kPass);
}

TEST_CASE("a test that fails every time blocks, though it is flaky on the base") {
  Evidence evidence = failing();
  evidence.base_tests.flaky = {"b"};
  evidence.base_tests.tests.back().outcome = kFailed;
  CHECK(outcome(evidence, "tests_failed").blocks);
  CHECK_THAT(outcome(evidence, "tests_failed").reason, ContainsSubstring("fails every time now"));
}

TEST_CASE("a flaky test that happens to pass proves no fix") {
  Evidence evidence = good();
  evidence.base_tests.flaky = {"b"};
  evidence.base_tests.tests.back().outcome = kFailed;
  CHECK(outcome(evidence, "fix_proven").penalty == 0);
}

TEST_CASE("a report that is not believed blocks, whatever it says") {
  Evidence evidence = good();
  evidence.tests.distrusted = {"'a' printed something on the base and nothing now"};
  evidence.tests.complete = false;
  SECTION("where the base is believed") {}
  SECTION("and where the base is not, for another reason") {
    evidence.base_tests.complete = false;
    evidence.base_tests.distrusted = {"GoogleTest's summary was not printed"};
  }
  CHECK(outcome(evidence, "tests_missing").blocks);
  CHECK_THAT(outcome(evidence, "tests_missing").reason, ContainsSubstring("nothing now"));
}

TEST_CASE("a doubt that the base shares asks") {
  Evidence evidence = good();
  for (auto* side : {&evidence.base_tests, &evidence.tests}) {
    side->complete = false;
    side->distrusted = {"GoogleTest's summary was not printed"};
  }
  CHECK(outcome(evidence, "tests_missing").wants_approval);
}

TEST_CASE("fewer assertions than on the base ask") {
  Evidence evidence = good();
  evidence.base_tests.tests[0].assertions = 34;
  evidence.tests.tests[0].assertions = 34;
  CHECK(outcome(evidence, "tests_missing").result == CheckResult::kPass);
  evidence.tests.tests[0].assertions = 33;
  CHECK(outcome(evidence, "tests_missing").wants_approval);
  CHECK_THAT(outcome(evidence, "tests_missing").reason, ContainsSubstring("33 instead of 34"));
}

TEST_CASE("tests left out after a failure are not called missing") {
  Evidence evidence = good();
  evidence.tests = inventory({{"a", kFailed}});
  evidence.tests.not_reached = 1;
  CHECK(outcome(evidence, "tests_failed").blocks);
  CHECK_FALSE(outcome(evidence, "tests_missing").blocks);
  SECTION("more are gone than were left out") { evidence.tests.not_reached = 0; }
  SECTION("nothing failed") { evidence.tests = inventory({{"a", kPassed}}); }
  CHECK(outcome(evidence, "tests_missing").blocks);
}

TEST_CASE("a test that fails in the base's own version blocks") {
  Evidence evidence = good();
  evidence.changed_tests.base_version_builds = true;
  evidence.changed_tests.base_version = inventory({{"a", kPassed}, {"b", kFailed}});
  SECTION("failed") {}
  SECTION("gone") { evidence.changed_tests.base_version->tests.pop_back(); }
  CHECK(outcome(evidence, "old_tests_failed").blocks);
  CHECK_THAT(outcome(evidence, "old_tests_failed").reason, ContainsSubstring("1 test: b"));
}

TEST_CASE("where the change says that another value is expected a person decides") {
  Evidence evidence = good();
  evidence.changed_tests.base_version_builds = true;
  evidence.changed_tests.base_version = inventory({{"a", kPassed}, {"b", kFailed}});
  evidence.facts.push_back({.kind = FactKind::kTestExpectation, .path = "tests/b.cpp"});
  CHECK(outcome(evidence, "old_tests_failed").wants_approval);
  CHECK_FALSE(outcome(evidence, "old_tests_failed").blocks);
}

TEST_CASE("the base's own version of the tests may hold, not build, or not finish") {
  Evidence evidence = good();
  CHECK(outcome(evidence, "old_tests_failed").result == CheckResult::kPass);
  evidence.changed_tests.base_version = evidence.base_tests;
  CHECK(outcome(evidence, "old_tests_failed").wants_approval);
  evidence.changed_tests.base_version_builds = true;
  CHECK(outcome(evidence, "old_tests_failed").result == CheckResult::kPass);
  evidence.changed_tests.base_version->complete = false;
  CHECK(outcome(evidence, "old_tests_failed").blocks);
}

TEST_CASE("an added test that fails on the base proves the fix") {
  Evidence evidence = good();
  evidence.type = ModificationType::kBugFix;
  evidence.tests = inventory({{"a", kPassed}, {"b", kPassed}, {"new", kPassed}});
  evidence.changed_tests.on_base_builds = true;
  evidence.changed_tests.on_base = inventory({{"a", kPassed}, {"b", kPassed}, {"new", kFailed}});
  CHECK(outcome(evidence, "fix_proven").penalty == -0.1);
  evidence.changed_tests.on_base->tests.back().outcome = kPassed;
  CHECK(outcome(evidence, "fix_proven").result == CheckResult::kWarn);
  CHECK_THAT(outcome(evidence, "fix_proven").reason, ContainsSubstring("prove nothing"));
}

TEST_CASE("evidence of an older format is not asked for what it cannot know") {
  Evidence evidence = good();
  evidence.format = 2;
  for (const char* code : {"old_tests_failed", "flaky_only"}) {
    CHECK_THAT(outcome(evidence, code).reason, ContainsSubstring("was not looked for"));
    CHECK(outcome(evidence, code).result == CheckResult::kPass);
  }
}

}  // namespace
}  // namespace automod
