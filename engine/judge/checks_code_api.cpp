#include "engine/judge/checks.hpp"
#include "engine/judge/facts.hpp"

/// What reading the change shows of what others call.
namespace automod::judge {

namespace {

/// "Index::add (include/index.hpp:3), now 'void add(int)'".
std::string listed_changes(const std::vector<const CodeFact*>& facts) {
  std::vector<std::string> names;
  for (const CodeFact* fact : facts) {
    names.push_back(placed(*fact) + (fact->after.empty() ? ", gone" : ", now " + fact->after));
  }
  return listed("declaration", names);
}

}  // namespace

CheckOutcome api_break(const Evidence& evidence) {
  if (!evidence.is_reviewed()) return not_looked_for();
  const auto broken = facts_of(evidence, {FactKind::kApiRemoved, FactKind::kApiChanged});
  if (!broken.empty()) {
    return asks(0.15, "callers may not build any more: " + listed_changes(broken));
  }
  const auto binary = facts_of(evidence, {FactKind::kAbiChanged});
  if (!binary.empty()) {
    return asks(0.1, "callers have to be built anew: " + listed_changes(binary));
  }
  const auto added = facts_of(evidence, {FactKind::kApiAdded});
  if (!added.empty()) return passes("only adds for callers: " + listed_facts("declaration", added));
  return passes("what others call is as it was");
}

}  // namespace automod::judge
