#include "tests/unit/catch.hpp"
#include "tests/unit/engine/judge/samples.hpp"

namespace automod {
namespace {

using testing::ContainsSubstring;
using testing::good;
using testing::outcome;

CodeFact fact(FactKind kind, std::string what = "x", std::string after = "") {
  CodeFact made;
  made.kind = kind;
  made.path = "src/a.cpp";
  made.line = 7;
  made.what = std::move(what);
  made.after = std::move(after);
  return made;
}

Evidence with(std::vector<CodeFact> facts) {
  Evidence evidence = good();
  evidence.facts = std::move(facts);
  return evidence;
}

struct Row {
  std::string code;
  FactKind kind;
  bool blocks;
  bool wants_approval;
  double penalty;
};

TEST_CASE("what reading a change shows is judged by its kind") {
  const Row row = GENERATE(values<Row>({
      {"new_capability", FactKind::kCapabilityProcess, false, true, 0.15},
      {"new_capability", FactKind::kCapabilityNetwork, false, true, 0.15},
      {"new_capability", FactKind::kCapabilityFile, false, true, 0.15},
      {"new_capability", FactKind::kCapabilityEnvironment, false, true, 0.15},
      {"new_capability", FactKind::kCapabilityLoading, false, true, 0.15},
      {"new_capability", FactKind::kCapabilityThread, false, true, 0.15},
      {"new_capability", FactKind::kCapabilitySignal, false, true, 0.15},
      {"new_capability", FactKind::kCapabilityAssembly, false, true, 0.25},
      {"new_capability", FactKind::kCapabilityExit, false, true, 0.25},
      {"new_capability", FactKind::kCapabilityStart, false, true, 0.25},
      {"secret_added", FactKind::kSecret, true, false, 0.8},
      {"trojan_source", FactKind::kBidirectional, true, false, 0.8},
      {"trojan_source", FactKind::kInvisible, true, false, 0.8},
      {"trojan_source", FactKind::kHomoglyph, true, false, 0.8},
      {"binary_content", FactKind::kBinary, false, true, 0.2},
      {"license_removed", FactKind::kLicenseRemoved, true, false, 0.6},
      {"suppression", FactKind::kSuppression, false, true, 0.1},
      {"error_swallowed", FactKind::kSwallowed, false, true, 0.1},
      {"hidden_state", FactKind::kHiddenState, false, false, 0.05},
      {"benchmark_special_case", FactKind::kBenchmarkIdentity, true, false, 0.8},
      {"benchmark_special_case", FactKind::kBenchmarkLiteral, false, true, 0.2},
      {"scope", FactKind::kOutOfScope, false, true, 0.1},
  }));
  INFO(row.code << " " << name(row.kind));
  const CheckOutcome seen = outcome(with({fact(row.kind)}), row.code);
  CHECK(seen.result == (row.blocks ? CheckResult::kFail : CheckResult::kWarn));
  CHECK(seen.blocks == row.blocks);
  CHECK(seen.wants_approval == row.wants_approval);
  CHECK(seen.penalty == row.penalty);
  CHECK_THAT(seen.reason, ContainsSubstring("x (src/a.cpp:7)"));
  CHECK(outcome(good(), row.code).result == CheckResult::kPass);

  Evidence old = with({fact(row.kind)});
  old.format = 2;
  const CheckOutcome silent = outcome(old, row.code);
  CHECK(silent.result == CheckResult::kPass);
  CHECK(silent.reason == "was not looked for when this evidence was made");
}

TEST_CASE("a grave capability among others decides") {
  const auto seen =
      outcome(with({fact(FactKind::kCapabilityFile), fact(FactKind::kCapabilityExit, "_exit")}),
              "new_capability");
  CHECK(seen.penalty == 0.25);
}

TEST_CASE("a file that could not be read as code wants a person") {
  Evidence evidence = good();
  evidence.left_out = {{"static_checks", "src/a.cpp could not be read as code", false}};
  CHECK(outcome(evidence, "new_capability").wants_approval);
  CHECK_THAT(outcome(evidence, "new_capability").reason, ContainsSubstring("src/a.cpp"));
}

TEST_CASE("a licence that is altered asks where one that is gone rejects") {
  const auto altered = fact(FactKind::kLicenseRemoved, "licence heading", "// GPL");
  CHECK(outcome(with({altered}), "license_removed").wants_approval);
  CHECK_FALSE(outcome(with({altered}), "license_removed").blocks);
  CHECK(outcome(with({altered, fact(FactKind::kLicenseRemoved)}), "license_removed").blocks);
}

TEST_CASE("switching a sanitizer off rejects, whatever else is switched off") {
  const auto other = fact(FactKind::kSuppression, "NOLINT");
  const auto blind = fact(FactKind::kSuppression, "sanitizer: no_sanitize");
  CHECK_FALSE(outcome(with({other}), "suppression").blocks);
  CHECK(outcome(with({other, blind}), "suppression").blocks);
}

TEST_CASE("state between calls wants a person where time is to be saved") {
  Evidence evidence = with({fact(FactKind::kHiddenState, "answers")});
  CHECK_FALSE(outcome(evidence, "hidden_state").wants_approval);
  evidence.type = ModificationType::kPerformance;
  CHECK(outcome(evidence, "hidden_state").wants_approval);
}

TEST_CASE("code out of scope wants a person, a document or a test warns, many of them ask") {
  const auto one = fact(FactKind::kOutOfScope, "src/a.cpp");
  Evidence evidence = with({one, one});
  evidence.files[0].path = "src/a.cpp";
  for (const FileRole role : {FileRole::kSource, FileRole::kBuild, FileRole::kOther}) {
    evidence.files[0].role = role;
    CHECK(outcome(evidence, "scope").wants_approval);
  }
  for (const FileRole role : {FileRole::kDocument, FileRole::kTest}) {
    evidence.files[0].role = role;
    CHECK_FALSE(outcome(evidence, "scope").wants_approval);
  }
  evidence.facts.push_back(one);
  CHECK(outcome(evidence, "scope").penalty == 0.15);
  CHECK(outcome(evidence, "scope").wants_approval);
  CHECK_THAT(outcome(with({one}), "scope").reason, ContainsSubstring("1 file: "));
}

TEST_CASE("more facts never raise the score") {
  Evidence evidence = good();
  double least = judge::judge(evidence, SafetyLevel::kConservative).safety_score;
  for (const auto& entry : entries<FactKind>()) {
    if (entry.value == FactKind::kTestAdded || entry.value == FactKind::kApiAdded) continue;
    evidence.facts.push_back(fact(entry.value));
    const double score = judge::judge(evidence, SafetyLevel::kConservative).safety_score;
    INFO(entry.name);
    CHECK(score <= least);
    least = score;
  }
}

FileFacts file(std::string path, std::string change, FileRole role, std::string language = "") {
  FileFacts made;
  made.path = std::move(path);
  made.change = std::move(change);
  made.role = role;
  made.language = std::move(language);
  made.lines_added = 3;
  made.lines_removed = made.change == "modified" ? 1 : 0;
  return made;
}

TEST_CASE("what a file is to its project protects it, listed or not") {
  Evidence evidence = good();
  SECTION("build, benchmarks, CI and configuration ask") {
    const FileFacts touched = GENERATE(values<FileFacts>({
        file("CMakeLists.txt", "modified", FileRole::kBuild),
        file("cmake/new.cmake", "added", FileRole::kBuild),
        file("tests/conftest.py", "added", FileRole::kBuild, "python"),
        file(".github/workflows/ci.yml", "modified", FileRole::kCi),
        file(".clang-tidy", "modified", FileRole::kConfig),
        file("bench/rank.cpp", "modified", FileRole::kBenchmark, "cpp"),
        file("tests/a_test.cpp", "modified", FileRole::kTest, "cpp"),
    }));
    evidence.files = {touched};
    INFO(touched.path);
    CHECK(outcome(evidence, "protected_path").wants_approval);
    CHECK_FALSE(outcome(evidence, "protected_path").blocks);
  }
  SECTION("sources and documents do not") {
    evidence.files = {file("src/a.cpp", "modified", FileRole::kSource, "cpp"),
                      file("README.md", "deleted", FileRole::kDocument)};
    CHECK(outcome(evidence, "protected_path").result == CheckResult::kPass);
  }
  SECTION("a test that is deleted rejects") {
    evidence.files = {file("tests/a_test.cpp", "deleted", FileRole::kTest, "cpp")};
    CHECK(outcome(evidence, "protected_path").blocks);
  }
  SECTION("new tests are welcome") {
    evidence.files = {file("tests/b_test.cpp", "added", FileRole::kTest, "cpp")};
    CHECK(outcome(evidence, "protected_path").result == CheckResult::kPass);
  }
  SECTION("so are lines that a test file gains, unless they take something from a test") {
    evidence.files = {file("tests/a_test.cpp", "modified", FileRole::kTest, "cpp")};
    evidence.files[0].lines_removed = 0;
    CHECK(outcome(evidence, "protected_path").result == CheckResult::kPass);
    evidence.facts = {fact(FactKind::kTestDisabled)};
    evidence.facts[0].path = "tests/a_test.cpp";
    CHECK(outcome(evidence, "protected_path").wants_approval);
  }
}

}  // namespace
}  // namespace automod
