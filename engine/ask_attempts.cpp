#include "engine/ask_attempts.hpp"

#include <algorithm>
#include <utility>

namespace automod {

namespace {

/// Verdicts from worst to best; what was never judged is worst, and what does not do what was asked
/// for is no better than rejected.
int rank(const Attempt& attempt) {
  if (!attempt.tried || !attempt.tried->listed.verdict) return 0;
  if (attempt.outcome == "unmended") return 1;
  switch (attempt.tried->listed.verdict->verdict.decision) {
    case Decision::kApproved:
      return 3;
    case Decision::kNeedsApproval:
      return 2;
    case Decision::kRejected:
      return 1;
  }
  return 0;
}

/// What it is good for, beyond being let through.
double effect(const Attempt& attempt) {
  if (!attempt.tried || !attempt.tried->listed.verdict) return 0;
  const Verdict& verdict = attempt.tried->listed.verdict->verdict;
  const auto type = attempt.tried->listed.modification.candidate.type;
  if (type == ModificationType::kPerformance) return verdict.performance_impact.value_or(0);
  return verdict.safety_score;
}

}  // namespace

std::optional<std::size_t> best_of(const std::vector<Attempt>& attempts) {
  std::optional<std::size_t> best;
  for (std::size_t i = 0; i < attempts.size(); ++i) {
    const Attempt& one = attempts[i];
    if (rank(one) == 0) continue;
    if (best) {
      const Attempt& other = attempts[*best];
      if (std::pair(rank(one), effect(one)) <= std::pair(rank(other), effect(other))) continue;
    }
    best = i;
  }
  return best;
}

std::optional<std::string> still_failing(const std::vector<std::string>& tests,
                                         const Evidence& evidence) {
  for (const std::string& name : tests) {
    const auto& all = evidence.tests.tests;
    const auto test = std::ranges::find(all, name, &TestResult::name);
    const bool passes = test != all.end() && test->outcome == TestOutcome::kPassed;
    const auto& flaky = evidence.tests.flaky;
    if (!passes || std::ranges::find(flaky, name) != flaky.end()) return name;
  }
  return std::nullopt;
}

bool wants_reviewer_alone(const Tried& tried) {
  const Verdict& verdict = tried.listed.verdict->verdict;
  const bool is_silent = std::ranges::any_of(
      tried.trial.evidence.opinions,
      [](const Opinion& opinion) { return opinion.says == OpinionSays::kUnanswered; });
  return is_silent && verdict.decision == Decision::kNeedsApproval &&
         std::ranges::all_of(verdict.checks, [](const CheckOutcome& check) {
           return !check.wants_approval || check.code == "second_opinion";
         });
}

}  // namespace automod
