#include "engine/types/words.hpp"

namespace automod {

template <>
const std::vector<EnumEntry<Goal>>& entries() {
  static const std::vector<EnumEntry<Goal>> all = {
      {Goal::kImprovePerformance, "improve_performance"},
      {Goal::kFixBugs, "fix_bugs"},
      {Goal::kAddFeatures, "add_features"},
      {Goal::kRefactor, "refactor"},
  };
  return all;
}

template <>
const std::vector<EnumEntry<ModificationType>>& entries() {
  static const std::vector<EnumEntry<ModificationType>> all = {
      {ModificationType::kBugFix, "bug_fix"},
      {ModificationType::kPerformance, "performance"},
      {ModificationType::kFeatureAdd, "feature_add"},
      {ModificationType::kRefactor, "refactor"},
  };
  return all;
}

template <>
const std::vector<EnumEntry<SafetyLevel>>& entries() {
  static const std::vector<EnumEntry<SafetyLevel>> all = {
      {SafetyLevel::kConservative, "conservative"},
      {SafetyLevel::kModerate, "moderate"},
      {SafetyLevel::kAggressive, "aggressive"},
  };
  return all;
}

template <>
const std::vector<EnumEntry<ProposerKind>>& entries() {
  static const std::vector<EnumEntry<ProposerKind>> all = {
      {ProposerKind::kRules, "rules"},
      {ProposerKind::kModel, "model"},
      {ProposerKind::kPatch, "patch"},
  };
  return all;
}

template <>
const std::vector<EnumEntry<SessionStatus>>& entries() {
  static const std::vector<EnumEntry<SessionStatus>> all = {
      {SessionStatus::kAnalyzing, "analyzing"},
      {SessionStatus::kCompleted, "completed"},
      {SessionStatus::kFailed, "failed"},
      {SessionStatus::kInterrupted, "interrupted"},
  };
  return all;
}

template <>
const std::vector<EnumEntry<ModificationStatus>>& entries() {
  static const std::vector<EnumEntry<ModificationStatus>> all = {
      {ModificationStatus::kProposed, "proposed"},
      {ModificationStatus::kApproved, "approved"},
      {ModificationStatus::kNeedsApproval, "needs_approval"},
      {ModificationStatus::kRejected, "rejected"},
      {ModificationStatus::kApplied, "applied"},
      {ModificationStatus::kRolledBack, "rolled_back"},
  };
  return all;
}

template <>
const std::vector<EnumEntry<Decision>>& entries() {
  static const std::vector<EnumEntry<Decision>> all = {
      {Decision::kApproved, "approved"},
      {Decision::kNeedsApproval, "needs_approval"},
      {Decision::kRejected, "rejected"},
  };
  return all;
}

template <>
const std::vector<EnumEntry<CheckResult>>& entries() {
  static const std::vector<EnumEntry<CheckResult>> all = {
      {CheckResult::kPass, "pass"},
      {CheckResult::kWarn, "warn"},
      {CheckResult::kFail, "fail"},
  };
  return all;
}

template <>
const std::vector<EnumEntry<Severity>>& entries() {
  static const std::vector<EnumEntry<Severity>> all = {
      {Severity::kNote, "note"},
      {Severity::kWarning, "warning"},
      {Severity::kError, "error"},
  };
  return all;
}

template <>
const std::vector<EnumEntry<Confidence>>& entries() {
  static const std::vector<EnumEntry<Confidence>> all = {
      {Confidence::kLow, "low"},
      {Confidence::kMedium, "medium"},
      {Confidence::kHigh, "high"},
  };
  return all;
}

template <>
const std::vector<EnumEntry<ExecutionType>>& entries() {
  static const std::vector<EnumEntry<ExecutionType>> all = {
      {ExecutionType::kConfigure, "configure"},
      {ExecutionType::kBuild, "build"},
      {ExecutionType::kUnitTest, "unit_test"},
      {ExecutionType::kBenchmark, "benchmark"},
      {ExecutionType::kStaticAnalysis, "static_analysis"},
      {ExecutionType::kHeldOut, "held_out"},
  };
  return all;
}

template <>
const std::vector<EnumEntry<TestOutcome>>& entries() {
  static const std::vector<EnumEntry<TestOutcome>> all = {
      {TestOutcome::kPassed, "passed"},
      {TestOutcome::kFailed, "failed"},
      {TestOutcome::kSkipped, "skipped"},
      {TestOutcome::kNotRun, "not_run"},
  };
  return all;
}

template <>
const std::vector<EnumEntry<TestSource>>& entries() {
  static const std::vector<EnumEntry<TestSource>> all = {
      {TestSource::kCtest, "ctest"},        {TestSource::kGtest, "gtest"},
      {TestSource::kCatch2, "catch2"},      {TestSource::kDoctest, "doctest"},
      {TestSource::kPytest, "pytest"},      {TestSource::kUnittest, "unittest"},
      {TestSource::kCargo, "cargo"},        {TestSource::kGo, "go"},
      {TestSource::kNode, "node"},          {TestSource::kJunit, "junit"},
      {TestSource::kExitCode, "exit_code"},
  };
  return all;
}

template <>
const std::vector<EnumEntry<BenchmarkFormat>>& entries() {
  static const std::vector<EnumEntry<BenchmarkFormat>> all = {
      {BenchmarkFormat::kProcess, "process"}, {BenchmarkFormat::kGoogle, "google"},
      {BenchmarkFormat::kCatch2, "catch2"},   {BenchmarkFormat::kHyperfine, "hyperfine"},
      {BenchmarkFormat::kJson, "json"},
  };
  return all;
}

template <>
const std::vector<EnumEntry<Direction>>& entries() {
  static const std::vector<EnumEntry<Direction>> all = {
      {Direction::kLower, "lower"},
      {Direction::kHigher, "higher"},
  };
  return all;
}

template <>
const std::vector<EnumEntry<InstructionCount>>& entries() {
  static const std::vector<EnumEntry<InstructionCount>> all = {
      {InstructionCount::kOff, "off"},
      {InstructionCount::kPerf, "perf"},
      {InstructionCount::kCallgrind, "callgrind"},
  };
  return all;
}

template <>
const std::vector<EnumEntry<Variant>>& entries() {
  static const std::vector<EnumEntry<Variant>> all = {
      {Variant::kPlain, "plain"},
      {Variant::kSanitizers, "sanitizers"},
      {Variant::kCoverage, "coverage"},
  };
  return all;
}

template <>
const std::vector<EnumEntry<Reach>>& entries() {
  static const std::vector<EnumEntry<Reach>> all = {
      {Reach::kReview, "review"},
      {Reach::kBuild, "build"},
      {Reach::kTests, "tests"},
      {Reach::kChangedTests, "changed_tests"},
      {Reach::kDiagnostics, "diagnostics"},
      {Reach::kSanitizers, "sanitizers"},
      {Reach::kCoverage, "coverage"},
      {Reach::kBenchmarks, "benchmarks"},
      {Reach::kEnd, "end"},
  };
  return all;
}

template <>
const std::vector<EnumEntry<FileRole>>& entries() {
  static const std::vector<EnumEntry<FileRole>> all = {
      {FileRole::kSource, "source"},
      {FileRole::kTest, "test"},
      {FileRole::kBenchmark, "benchmark"},
      {FileRole::kBuild, "build"},
      {FileRole::kCi, "ci"},
      {FileRole::kConfig, "config"},
      {FileRole::kDocument, "document"},
      {FileRole::kOther, "other"},
  };
  return all;
}

template <>
const std::vector<EnumEntry<FactKind>>& entries() {
  static const std::vector<EnumEntry<FactKind>> all = {
      {FactKind::kTestAdded, "test_added"},
      {FactKind::kTestRemoved, "test_removed"},
      {FactKind::kTestDisabled, "test_disabled"},
      {FactKind::kTestLoosened, "test_loosened"},
      {FactKind::kTestExpectation, "test_expectation"},
      {FactKind::kCapabilityProcess, "capability_process"},
      {FactKind::kCapabilityNetwork, "capability_network"},
      {FactKind::kCapabilityFile, "capability_file"},
      {FactKind::kCapabilityEnvironment, "capability_environment"},
      {FactKind::kCapabilityLoading, "capability_loading"},
      {FactKind::kCapabilityAssembly, "capability_assembly"},
      {FactKind::kCapabilityThread, "capability_thread"},
      {FactKind::kCapabilitySignal, "capability_signal"},
      {FactKind::kCapabilityExit, "capability_exit"},
      {FactKind::kCapabilityStart, "capability_start"},
      {FactKind::kSecret, "secret"},
      {FactKind::kBidirectional, "bidirectional"},
      {FactKind::kInvisible, "invisible"},
      {FactKind::kHomoglyph, "homoglyph"},
      {FactKind::kBinary, "binary"},
      {FactKind::kLicenseRemoved, "license_removed"},
      {FactKind::kApiRemoved, "api_removed"},
      {FactKind::kApiChanged, "api_changed"},
      {FactKind::kApiAdded, "api_added"},
      {FactKind::kAbiChanged, "abi_changed"},
      {FactKind::kComplexity, "complexity"},
      {FactKind::kSuppression, "suppression"},
      {FactKind::kSwallowed, "swallowed"},
      {FactKind::kBenchmarkLiteral, "benchmark_literal"},
      {FactKind::kBenchmarkIdentity, "benchmark_identity"},
      {FactKind::kHiddenState, "hidden_state"},
      {FactKind::kOutOfScope, "out_of_scope"},
      {FactKind::kUnconventional, "unconventional"},
  };
  return all;
}

template <>
const std::vector<EnumEntry<OpinionSays>>& entries() {
  static const std::vector<EnumEntry<OpinionSays>> all = {
      {OpinionSays::kNothing, "nothing_against"},
      {OpinionSays::kDoubtful, "doubtful"},
      {OpinionSays::kVeto, "veto"},
      {OpinionSays::kUnanswered, "unanswered"},
  };
  return all;
}

Goal goal_of(ModificationType type) {
  switch (type) {
    case ModificationType::kBugFix:
      return Goal::kFixBugs;
    case ModificationType::kPerformance:
      return Goal::kImprovePerformance;
    case ModificationType::kFeatureAdd:
      return Goal::kAddFeatures;
    case ModificationType::kRefactor:
      return Goal::kRefactor;
  }
  return Goal::kRefactor;
}

ModificationType type_of(Goal goal) {
  switch (goal) {
    case Goal::kFixBugs:
      return ModificationType::kBugFix;
    case Goal::kImprovePerformance:
      return ModificationType::kPerformance;
    case Goal::kAddFeatures:
      return ModificationType::kFeatureAdd;
    case Goal::kRefactor:
      return ModificationType::kRefactor;
  }
  return ModificationType::kRefactor;
}

}  // namespace automod
