#include "engine/types/evidence.hpp"

#include <algorithm>

namespace automod {

namespace {

bool same(const CheckOutcome& a, const CheckOutcome& b) {
  return a.code == b.code && a.result == b.result && a.blocks == b.blocks &&
         a.wants_approval == b.wants_approval && a.penalty == b.penalty && a.reason == b.reason;
}

bool same(const std::vector<CheckOutcome>& a, const std::vector<CheckOutcome>& b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (!same(a[i], b[i])) return false;
  }
  return true;
}

}  // namespace

const Series* BenchmarkEvidence::find(std::string_view metric) const {
  const auto found = std::ranges::find(series, metric, &Series::metric);
  return found == series.end() ? nullptr : &*found;
}

bool operator==(const Verdict& a, const Verdict& b) {
  return a.decision == b.decision && a.level == b.level && a.safety_score == b.safety_score &&
         a.performance_impact == b.performance_impact && same(a.checks, b.checks) &&
         a.evidence_digest == b.evidence_digest && a.rules_version == b.rules_version;
}

}  // namespace automod
