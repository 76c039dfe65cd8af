#include "engine/judge/facts.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace automod::judge {

std::vector<const CodeFact*> facts_of(const Evidence& evidence,
                                      std::initializer_list<FactKind> kinds) {
  std::vector<const CodeFact*> found;
  for (const CodeFact& fact : evidence.facts) {
    if (std::ranges::find(kinds, fact.kind) != kinds.end()) found.push_back(&fact);
  }
  return found;
}

std::string placed(const CodeFact& fact) {
  if (fact.what == fact.path) return fact.path;
  const std::string place = fact.line == 0 ? fact.path : fmt::format("{}:{}", fact.path, fact.line);
  return fmt::format("{} ({})", fact.what, place);
}

std::string listed_facts(std::string_view what, const std::vector<const CodeFact*>& facts) {
  std::vector<std::string> names;
  names.reserve(facts.size());
  for (const CodeFact* fact : facts) names.push_back(placed(*fact));
  return listed(what, names);
}

CheckOutcome not_looked_for() { return passes("was not looked for when this evidence was made"); }

}  // namespace automod::judge
