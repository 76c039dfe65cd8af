#include "engine/asking/lesson.hpp"

#include "engine/judge/judge.hpp"
#include "tests/unit/catch.hpp"
#include "tests/unit/engine/judge/samples.hpp"

namespace automod::asking {

namespace {

using namespace automod::testing;

Modification modification() {
  Modification made;
  made.patch = "--- a/src/a.cpp\n+++ b/src/a.cpp\n@@ -1 +1 @@\n-int a;\n+int b;\n";
  return made;
}

std::string all_of(const std::vector<ContextPart>& parts) {
  std::string text;
  for (const ContextPart& part : parts) text += part.why + "\n" + part.text;
  return text;
}

std::string lesson(const Evidence& evidence, const std::vector<store::ExecutionRow>& rows = {}) {
  return all_of(lesson_of(modification(), evidence,
                          judge::judge(evidence, SafetyLevel::kConservative), rows));
}

}  // namespace

TEST_CASE("a compile error is shown as the compiler printed it, with the change that made it") {
  Evidence evidence = good();
  evidence.stages = {stage(ExecutionType::kBuild, "exited", 2)};
  evidence.stages[0].output_tail = "the end only\n";
  evidence.reach = Reach::kBuild;
  const std::string shown =
      lesson(evidence, {{.type = ExecutionType::kBuild,
                         .command = evidence.stages[0].command,
                         .outcome = "exited",
                         .out = "[1/2] compiling\n",
                         .err = "src/a.cpp:1:5: error: 'b' is not declared\n"}});
  CHECK_THAT(shown, ContainsSubstring("+int b;"));
  CHECK_THAT(shown, ContainsSubstring("src/a.cpp:1:5: error: 'b' is not declared"));
  CHECK_THAT(shown, ContainsSubstring("does_not_build (fail)"));
}

TEST_CASE("where the whole output is not known, its end is shown") {
  Evidence evidence = good();
  evidence.stages = {stage(ExecutionType::kBuild, "exited", 2)};
  evidence.stages[0].output_tail = "a.cpp:1: error: no ;\n";
  CHECK_THAT(lesson(evidence), ContainsSubstring("a.cpp:1: error: no ;"));
}

TEST_CASE("tests that fail are named, with what is printed about them") {
  Evidence evidence = good();
  evidence.tests = inventory({{"a", TestOutcome::kPassed}, {"sums", TestOutcome::kFailed}});
  evidence.base_tests = inventory({{"a", TestOutcome::kPassed}, {"sums", TestOutcome::kPassed}});
  evidence.stages[1] = stage(ExecutionType::kUnitTest, "exited", 8);
  evidence.stages[1].output_tail = "sums: expected 3, got 4 in 12 ms\n";
  const std::string shown = lesson(evidence);
  CHECK_THAT(shown, ContainsSubstring("tests that fail with it\nsums\n"));
  CHECK_THAT(shown, ContainsSubstring("sums: expected 3, got 4 in … ms"));
}

TEST_CASE("figures are shown with their interval") {
  Evidence evidence = good();
  evidence.type = ModificationType::kPerformance;
  evidence.benchmarks = {benchmark(1.3)};
  CHECK_THAT(lesson(evidence), ContainsSubstring("interval"));
}

TEST_CASE("seeds and answers of held-out inputs stay held out") {
  Evidence evidence = good();
  evidence.held_out.push_back({.name = "secret-inputs",
                               .command = "run {seed}",
                               .seeds = {"918273", "5"},
                               .different = {"918273"}});
  evidence.stages.push_back(stage(ExecutionType::kHeldOut, "exited", 1));
  evidence.stages.back().output_tail = "the hidden answer is 42\n";
  const std::string shown = lesson(evidence);
  CHECK(shown.find("918273") == std::string::npos);
  CHECK(shown.find("hidden answer") == std::string::npos);
  CHECK_THAT(shown, ContainsSubstring("held_out_differs"));
}

TEST_CASE("an answer that could not be used is shown with all that is wrong with it") {
  const auto parts =
      lesson_of("src/a.cpp\n<<<<<<< SEARCH\nnonsense\n",
                {.kind = ErrorKind::kRefused, .message = "not closed", .hint = "close it"});
  const std::string shown = all_of(parts);
  CHECK_THAT(shown, ContainsSubstring("nonsense"));
  CHECK_THAT(shown, ContainsSubstring("not closed\nclose it\n"));
}

TEST_CASE("whatever the target prints, a lesson is bounded and printable") {
  Evidence evidence = good();
  evidence.stages = {stage(ExecutionType::kBuild, "exited", 2)};
  evidence.stages[0].output_tail = std::string(200'000, '\xff') + "\n\x1b[2J error: x\n";
  Modification huge = modification();
  huge.patch = std::string(5'000'000, 'p');
  const std::string shown =
      all_of(lesson_of(huge, evidence, judge::judge(evidence, SafetyLevel::kConservative), {}));
  CHECK(shown.size() < 60'000);
  CHECK(shown.find('\x1b') == std::string::npos);
}

TEST_CASE("what a test prints on the base is shown where it is to be mended") {
  StageEvidence tests = stage(ExecutionType::kUnitTest, "exited", 1);
  tests.output_tail = "sums: expected 3, got 4\n";
  const auto parts = failing_tests({"sums"}, {stage(ExecutionType::kBuild), tests});
  REQUIRE(parts.size() == 2);
  CHECK(parts[0].text == "sums\n");
  CHECK(parts[1].text == "sums: expected 3, got 4\n");
}

}  // namespace automod::asking
