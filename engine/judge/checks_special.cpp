#include "engine/judge/checks.hpp"
#include "engine/judge/facts.hpp"

namespace automod::judge {

CheckOutcome benchmark_special_case(const Evidence& evidence) {
  if (!evidence.is_reviewed()) return not_looked_for();
  const auto identity = facts_of(evidence, {FactKind::kBenchmarkIdentity});
  if (!identity.empty()) {
    return blocks(0.8, "asks who is running it: " + listed_facts("place", identity));
  }
  const auto literals = facts_of(evidence, {FactKind::kBenchmarkLiteral});
  if (!literals.empty()) {
    return asks(0.2,
                "has values that only benchmarks or tests use: " + listed_facts("value", literals));
  }
  return passes("nothing in it belongs to a benchmark or a test");
}

}  // namespace automod::judge
