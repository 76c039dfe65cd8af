#include <algorithm>

#include "engine/judge/checks.hpp"
#include "engine/judge/facts.hpp"

/// What reading the change shows of its text, whatever language it is in.
namespace automod::judge {

CheckOutcome secret_added(const Evidence& evidence) {
  if (!evidence.is_reviewed()) return not_looked_for();
  const auto facts = facts_of(evidence, {FactKind::kSecret});
  if (facts.empty()) return passes("no line that is added looks like a secret");
  return blocks(0.8, "adds what looks like a secret: " + listed_facts("place", facts));
}

CheckOutcome trojan_source(const Evidence& evidence) {
  if (!evidence.is_reviewed()) return not_looked_for();
  const auto facts =
      facts_of(evidence, {FactKind::kBidirectional, FactKind::kInvisible, FactKind::kHomoglyph});
  if (facts.empty()) return passes("what is added reads as it looks");
  return blocks(0.8, "what is added does not read as it looks: " + listed_facts("place", facts));
}

CheckOutcome binary_content(const Evidence& evidence) {
  if (!evidence.is_reviewed()) return not_looked_for();
  const auto facts = facts_of(evidence, {FactKind::kBinary});
  if (facts.empty()) return passes("all that is added is text, or a picture");
  return asks(0.2, "holds what nobody can read: " + listed_facts("file", facts));
}

CheckOutcome license_removed(const Evidence& evidence) {
  if (!evidence.is_reviewed()) return not_looked_for();
  const auto facts = facts_of(evidence, {FactKind::kLicenseRemoved});
  if (facts.empty()) return passes("licences are as they were");
  const bool is_gone =
      std::ranges::any_of(facts, [](const CodeFact* fact) { return fact->after.empty(); });
  if (is_gone) return blocks(0.6, "takes a licence away: " + listed_facts("place", facts));
  return asks(0.2, "alters a licence: " + listed_facts("place", facts));
}

}  // namespace automod::judge
