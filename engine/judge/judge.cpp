#include "engine/judge/judge.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/text.hpp"
#include "engine/judge/checks.hpp"
#include "engine/judge/measure.hpp"
#include "engine/types/json.hpp"

namespace automod::judge {

namespace {

constexpr int kWhole = 100;  // scores are counted in hundredths, so that sums are exact
constexpr int kMostWhenBlocked = 45;

int hundredths(double share) { return static_cast<int>(std::lround(share * kWhole)); }

int score_of(const std::vector<CheckOutcome>& checks) {
  int score = kWhole;
  bool is_blocked = false;
  for (const auto& check : checks) {
    score -= hundredths(check.penalty);
    is_blocked = is_blocked || check.blocks;
  }
  score = std::clamp(score, 0, kWhole);
  return is_blocked ? std::min(score, kMostWhenBlocked) : score;
}

Decision decide(const Verdict& verdict) {
  const auto any = [&](auto property) {
    return std::any_of(verdict.checks.begin(), verdict.checks.end(), property);
  };
  if (any([](const CheckOutcome& check) { return check.blocks; })) return Decision::kRejected;
  if (hundredths(verdict.safety_score) < hundredths(threshold(verdict.level))) {
    return Decision::kRejected;
  }
  if (any([](const CheckOutcome& check) { return check.wants_approval; })) {
    return Decision::kNeedsApproval;
  }
  return Decision::kApproved;
}

/// Percent of time saved, as the geometric mean over all benchmarks that ran on both sides, and
/// before over the figures of each. One that shows no change counts as unchanged: noise is not an
/// impact.
std::optional<double> impact_of(const Evidence& evidence) {
  double sum = 0;
  std::size_t count = 0;
  const auto all = readings(evidence);
  for (std::size_t i = 0; i < all.size();) {
    double of_one = 0;
    std::size_t figures = 0;
    for (const auto* benchmark = all[i].benchmark; i < all.size(); ++i, ++figures) {
      if (all[i].benchmark != benchmark) break;
      const Comparison& shown = all[i].shown();
      if (!shown.is_worse() && !shown.is_better()) continue;
      of_one += std::log(std::max(1 + shown.cost.percent / 100, 1e-6));
    }
    sum += of_one / static_cast<double>(figures);
    ++count;
  }
  if (count == 0) return std::nullopt;
  const double mean = std::exp(sum / static_cast<double>(count));
  return std::round((1 - mean) * 10000) / 100 + 0.0;  // never -0
}

constexpr std::string_view kNotReached = "not looked at: ";

/// The verdict does not hang on it any more: the check that ended the trial rejects.
CheckOutcome not_reached(const Evidence& evidence) {
  return warns(
      0, fmt::format("{}{} had ended the trial", kNotReached, printable_line(evidence.stopped_by)));
}

}  // namespace

double threshold(SafetyLevel level) {
  switch (level) {
    case SafetyLevel::kConservative:
      return 0.7;
    case SafetyLevel::kModerate:
      return 0.5;
    case SafetyLevel::kAggressive:
      return 0.3;
  }
  return 0.7;
}

std::optional<std::string> first_blocker(const Evidence& evidence) {
  for (const auto& row : check_table()) {
    if (row.needs <= evidence.reach && row.run(evidence).blocks) return std::string(row.code);
  }
  return std::nullopt;
}

std::string main_reason(const Verdict& verdict) {
  const CheckOutcome* best = nullptr;
  const auto weight = [](const CheckOutcome& check) {
    return (check.blocks ? 8 : 0) + (check.result == CheckResult::kFail ? 4 : 0) +
           (check.wants_approval ? 2 : 0) + (check.result == CheckResult::kWarn ? 1 : 0);
  };
  for (const CheckOutcome& check : verdict.checks) {
    if (check.result == CheckResult::kPass) continue;
    if (!best || weight(check) > weight(*best)) best = &check;
  }
  return best ? printable_line(best->reason) : std::string();
}

bool was_reached(const CheckOutcome& check) {
  return check.result != CheckResult::kWarn || !check.reason.starts_with(kNotReached);
}

Verdict judge(const Evidence& evidence, SafetyLevel level) {
  Verdict verdict;
  verdict.level = level;
  for (const auto& row : check_table()) {
    CheckOutcome outcome = row.needs <= evidence.reach ? row.run(evidence) : not_reached(evidence);
    outcome.code = row.code;
    if (row.asks_only_when_conservative && level != SafetyLevel::kConservative) {
      outcome.wants_approval = false;
    }
    verdict.checks.push_back(std::move(outcome));
  }
  verdict.safety_score = static_cast<double>(score_of(verdict.checks)) / kWhole;
  verdict.performance_impact = impact_of(evidence);
  verdict.evidence_digest = digest(evidence);
  verdict.rules_version = kRulesVersion;
  verdict.decision = decide(verdict);
  return verdict;
}

}  // namespace automod::judge
