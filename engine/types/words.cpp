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
const std::vector<EnumEntry<ExecutionType>>& entries() {
  static const std::vector<EnumEntry<ExecutionType>> all = {
      {ExecutionType::kConfigure, "configure"},
      {ExecutionType::kBuild, "build"},
      {ExecutionType::kUnitTest, "unit_test"},
      {ExecutionType::kBenchmark, "benchmark"},
      {ExecutionType::kStaticAnalysis, "static_analysis"},
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
      {TestSource::kCtest, "ctest"},
      {TestSource::kExitCode, "exit_code"},
  };
  return all;
}

}  // namespace automod
