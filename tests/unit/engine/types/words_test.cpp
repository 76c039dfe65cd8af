#include "engine/types/words.hpp"

#include "tests/unit/catch.hpp"

using namespace automod;

using Names = std::vector<std::string>;

TEST_CASE("names of enumerations are frozen") {
  CHECK(names<Goal>() == Names{"improve_performance", "fix_bugs", "add_features", "refactor"});
  CHECK(names<ModificationType>() == Names{"bug_fix", "performance", "feature_add", "refactor"});
  CHECK(names<SafetyLevel>() == Names{"conservative", "moderate", "aggressive"});
  CHECK(names<ProposerKind>() == Names{"rules", "model", "patch"});
  CHECK(names<SessionStatus>() == Names{"analyzing", "completed", "failed", "interrupted"});
  CHECK(names<ModificationStatus>() ==
        Names{"proposed", "approved", "needs_approval", "rejected", "applied", "rolled_back"});
  CHECK(names<Decision>() == Names{"approved", "needs_approval", "rejected"});
  CHECK(names<CheckResult>() == Names{"pass", "warn", "fail"});
  CHECK(names<Severity>() == Names{"note", "warning", "error"});
  CHECK(names<Confidence>() == Names{"low", "medium", "high"});
  CHECK(names<ExecutionType>() ==
        Names{"configure", "build", "unit_test", "benchmark", "static_analysis", "held_out"});
  CHECK(names<TestOutcome>() == Names{"passed", "failed", "skipped", "not_run"});
  CHECK(names<TestSource>() == Names{"ctest", "gtest", "catch2", "doctest", "pytest", "unittest",
                                     "cargo", "go", "node", "junit", "exit_code"});
  CHECK(names<BenchmarkFormat>() == Names{"process", "google", "catch2", "hyperfine", "json"});
  CHECK(names<Direction>() == Names{"lower", "higher"});
  CHECK(names<InstructionCount>() == Names{"off", "perf", "callgrind"});
  CHECK(names<Variant>() == Names{"plain", "sanitizers", "coverage"});
  CHECK(names<Reach>() == Names{"review", "build", "tests", "changed_tests", "diagnostics",
                                "sanitizers", "coverage", "benchmarks", "end"});
  CHECK(names<FileRole>() ==
        Names{"source", "test", "benchmark", "build", "ci", "config", "document", "other"});
  CHECK(names<FactKind>() == Names{"test_added",
                                   "test_removed",
                                   "test_disabled",
                                   "test_loosened",
                                   "test_expectation",
                                   "capability_process",
                                   "capability_network",
                                   "capability_file",
                                   "capability_environment",
                                   "capability_loading",
                                   "capability_assembly",
                                   "capability_thread",
                                   "capability_signal",
                                   "capability_exit",
                                   "capability_start",
                                   "secret",
                                   "bidirectional",
                                   "invisible",
                                   "homoglyph",
                                   "binary",
                                   "license_removed",
                                   "api_removed",
                                   "api_changed",
                                   "api_added",
                                   "abi_changed",
                                   "complexity",
                                   "suppression",
                                   "swallowed",
                                   "benchmark_literal",
                                   "benchmark_identity",
                                   "hidden_state",
                                   "out_of_scope",
                                   "unconventional"});
  CHECK(names<OpinionSays>() == Names{"nothing_against", "doubtful", "veto", "unanswered"});
}

TEST_CASE("a name reads back as its value") {
  CHECK(name(ModificationStatus::kRolledBack) == "rolled_back");
  CHECK(parse<ModificationStatus>("rolled_back") == ModificationStatus::kRolledBack);
  CHECK(parse<Severity>("note") == Severity::kNote);
}

TEST_CASE("a name of another case or length is none") {
  CHECK(parse<Goal>("Refactor") == std::nullopt);
  CHECK(parse<Goal>("") == std::nullopt);
  CHECK(parse<Goal>("refactor ") == std::nullopt);
}
