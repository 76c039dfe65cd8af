#include "engine/types/evidence.hpp"

#include <algorithm>

#include "base/digest.hpp"

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

std::string key_of(std::string_view kind, const TreeId& base, std::string_view what,
                   const Environment& environment) {
  std::string text;
  for (const std::string_view part :
       {kind, std::string_view(base.text), what, std::string_view(environment.config_digest),
        std::string_view(environment.policy_digest), std::string_view(environment.backend),
        std::string_view(environment.backend_version), std::string_view(environment.toolchain)}) {
    text += sha256(part);
  }
  return sha256(text);
}

}  // namespace

const Series* BenchmarkEvidence::find(std::string_view metric) const {
  const auto found = std::ranges::find(series, metric, &Series::metric);
  return found == series.end() ? nullptr : &*found;
}

std::string exact_key(const TreeId& base, const TreeId& tree, const Environment& environment) {
  return key_of("exact", base, tree.text, environment);
}

std::string shape_key(const TreeId& base, std::string_view shape, const Environment& environment) {
  return key_of("shape", base, shape, environment);
}

bool operator==(const Verdict& a, const Verdict& b) {
  return a.decision == b.decision && a.level == b.level && a.safety_score == b.safety_score &&
         a.performance_impact == b.performance_impact && same(a.checks, b.checks) &&
         a.evidence_digest == b.evidence_digest && a.rules_version == b.rules_version;
}

}  // namespace automod
