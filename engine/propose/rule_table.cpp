#include "engine/propose/rule_table.hpp"

namespace automod::propose {

namespace {

ModificationType type_of_family(std::string_view check) {
  if (check.starts_with("performance-")) return ModificationType::kPerformance;
  const bool is_bug = check.starts_with("bugprone-") || check.starts_with("cert-") ||
                      check.starts_with("clang-analyzer-");
  return is_bug ? ModificationType::kBugFix : ModificationType::kRefactor;
}

struct Family {
  Goal goal;
  ModificationType type;
};
constexpr Family kFamilies[] = {
    {Goal::kImprovePerformance, ModificationType::kPerformance},
    {Goal::kFixBugs, ModificationType::kBugFix},
    {Goal::kRefactor, ModificationType::kRefactor},
};

}  // namespace

std::string_view name(Reader reader) {
  return reader == Reader::kClangTidy ? "clang-tidy" : "automod";
}

std::span<const Rule> rules_of(Goal goal) {
  switch (goal) {
    case Goal::kImprovePerformance:
      return performance_rules();
    case Goal::kFixBugs:
      return bug_rules();
    case Goal::kRefactor:
      return refactor_rules();
    case Goal::kAddFeatures:
      return {};
  }
  return {};
}

SafetyLevel level_of(Confidence confidence) {
  switch (confidence) {
    case Confidence::kHigh:
      return SafetyLevel::kConservative;
    case Confidence::kMedium:
      return SafetyLevel::kModerate;
    case Confidence::kLow:
      break;
  }
  return SafetyLevel::kAggressive;
}

Confidence confidence_of(SafetyLevel level) {
  switch (level) {
    case SafetyLevel::kConservative:
      return Confidence::kHigh;
    case SafetyLevel::kModerate:
      return Confidence::kMedium;
    case SafetyLevel::kAggressive:
      break;
  }
  return Confidence::kLow;
}

bool is_of(std::string_view check, std::string_view pattern) {
  if (!pattern.ends_with('*')) return pattern == check;
  pattern.remove_suffix(1);
  return check.starts_with(pattern);
}

KnownRule find_rule(std::string_view check) {
  for (const Family& family : kFamilies) {
    for (const Rule& rule : rules_of(family.goal)) {
      if (!is_of(check, rule.check)) continue;
      return {.is_known = true,
              .seen = std::string(rule.seen),
              .why = std::string(rule.why),
              .change = std::string(rule.change),
              .type = family.type,
              .confidence = confidence_of(rule.level),
              .said_by = std::string(name(rule.reader))};
    }
  }
  return {.why = "clang-tidy reports this as a problem.", .type = type_of_family(check)};
}

}  // namespace automod::propose
