#include "cli/render.hpp"

#include "cli/context.hpp"
#include "engine/judge/judge.hpp"
#include "tests/unit/catch.hpp"
#include "tests/unit/cli/golden.hpp"
#include "tests/unit/cli/samples.hpp"

using namespace automod;
using namespace automod::cli;
using namespace automod::testing;

TEST_CASE("a verdict is shown by its failures, its warnings and one line for what passed") {
  const Verdict verdict = sample_applied().verdict->verdict;
  const std::string text =
      verdict_line(verdict, Paint(false)) + "\n" + checks_text(verdict, Paint(false), 2, 80);
  CHECK(text ==
        "approved, score 0.95, 12.3 % faster (level conservative)\n"
        "  warn  few_tests\n"
        "        1 test ran; an evil name: \\x1b[31m\n"
        "  pass  2 checks found nothing: builds, tests_pass\n");
}

TEST_CASE("stages show what ran, and the end of what a failed one printed") {
  Evidence evidence = sample_tried().trial.evidence;
  CHECK(stages_text(evidence, Paint(false), 2) ==
        "  build      ok  1.2 s  80 MB\n"
        "  unit_test  ok  40 ms   8 MB  1 passed\n");
  evidence.stages[1].status = 2;
  evidence.stages[1].output_tail = "sum: expected 3\n\x1b]0;owned\x07\n";
  evidence.tests.tests[0].outcome = TestOutcome::kFailed;
  CHECK(stages_text(evidence, Paint(false), 2) ==
        "  build      ok                    1.2 s  80 MB\n"
        "  unit_test  failed (exit code 2)  40 ms   8 MB  1 failed (base: 1 passed)\n"
        "    | sum: expected 3\n"
        "    | \\x1b]0;owned\\x07\n");
}

TEST_CASE("a test that fails on the base too is no failure of the candidate") {
  Evidence evidence = sample_tried().trial.evidence;
  evidence.stages[1].status = 2;
  evidence.stages[1].output_tail = "noise\n";
  evidence.tests.tests[0].outcome = TestOutcome::kFailed;
  evidence.base_tests.tests[0].outcome = TestOutcome::kFailed;
  CHECK(stages_text(evidence, Paint(false), 2) ==
        "  build      ok                     1.2 s  80 MB\n"
        "  unit_test  failed as on the base  40 ms   8 MB  1 failed\n");
}

TEST_CASE("the main reason is the one that decided") {
  Verdict verdict = sample_applied().verdict->verdict;
  CHECK(judge::main_reason(verdict) == "1 test ran; an evil name: \\x1b[31m");
  verdict.checks.push_back({.code = "build_failed",
                            .result = CheckResult::kFail,
                            .blocks = true,
                            .reason = "it does not build"});
  CHECK(judge::main_reason(verdict) == "it does not build");
}

TEST_CASE("speed is told in words, and never made up") {
  CHECK(impact_text({}) == "speed not measured");
  CHECK(impact_text(0.01) == "no measurable change of speed");
  CHECK(impact_text(-4.0) == "4.0 % slower");
}

TEST_CASE("a diff is coloured by line and hostile bytes are escaped") {
  CHECK(diff_text("@@ -1 +1 @@\n-a\n+\x1b[2J\n", Paint(true)) ==
        "\x1b[36m@@ -1 +1 @@\x1b[0m\n\x1b[31m-a\x1b[0m\n\x1b[32m+\\x1b[2J\x1b[0m\n");
}

TEST_CASE("the next step fits the status") {
  store::ListedModification listed = sample_proposed();
  CHECK(next_step(listed, "0199") == "try 0199");
  listed.status = ModificationStatus::kApproved;
  CHECK(next_step(listed, "0199") == "apply 0199");
  listed.status = ModificationStatus::kRejected;
  CHECK(next_step(listed, "0199") == "explain 0199");
  listed.status = ModificationStatus::kApplied;
  CHECK(next_step(listed, "0199") == "rollback 0199 --reason TEXT");
  listed.status = ModificationStatus::kRolledBack;
  CHECK(next_step(listed, "0199").empty());
}

TEST_CASE("of several exit codes the worst is taken") {
  CHECK(worse(0, 4) == 4);
  CHECK(worse(4, 1) == 1);
  CHECK(worse(1, 4) == 1);
  CHECK(worse(5, 1) == 5);
  CHECK(worse(3, 5) == 3);
  CHECK(worse(70, 3) == 70);
  CHECK(worse(70, 130) == 130);
}

TEST_CASE("the weight of a finding is told as far as it is known") {
  Finding finding;
  CHECK(weight_text(finding).empty());
  finding.weight = {.loops = 1, .reach = 1};
  CHECK(weight_text(finding) == "in 1 loop, reached from 1 function");
  finding.weight = {.loops = 2, .reach = 14, .heat = 0.083};
  CHECK(weight_text(finding) == "in 2 loops, reached from 14 functions, 8.3 % of the profile");
  finding.weight = {.loops = 0, .reach = kMostReach};
  CHECK(weight_text(finding) == "reached from 1000 functions or more");
}
