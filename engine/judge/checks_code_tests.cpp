#include <fmt/format.h>

#include "base/text.hpp"
#include "engine/judge/checks.hpp"
#include "engine/judge/facts.hpp"

/// What reading the change shows of tests.
namespace automod::judge {

namespace {

constexpr std::size_t kShown = 3;
constexpr std::size_t kLongest = 160;

std::string cut(const std::string& text) {
  if (text.empty()) return "nothing";
  const std::string line = printable_line(valid_utf8(text.substr(0, kLongest)));
  return "'" + line + (text.size() > kLongest ? "…'" : "'");
}

/// Both versions of the first few, as a reviewer would want to see them.
std::string both_versions(const std::vector<const CodeFact*>& facts) {
  std::string text;
  for (std::size_t i = 0; i < facts.size() && i < kShown; ++i) {
    text += fmt::format("{}{}: {} instead of {}", i == 0 ? "" : "; ",
                        printable_line(valid_utf8(placed(*facts[i]).substr(0, kLongest))),
                        cut(facts[i]->after), cut(facts[i]->before));
  }
  if (facts.size() > kShown) text += fmt::format(" and {} more", facts.size() - kShown);
  return text;
}

}  // namespace

CheckOutcome tests_weakened(const Evidence& evidence) {
  if (!evidence.is_reviewed()) return not_looked_for();
  const auto weaker = facts_of(
      evidence, {FactKind::kTestRemoved, FactKind::kTestDisabled, FactKind::kTestLoosened});
  if (!weaker.empty()) {
    return blocks(0.8, "tests say less than before: " + both_versions(weaker));
  }
  const auto other = facts_of(evidence, {FactKind::kTestExpectation});
  if (!other.empty()) {
    return asks(0.1, "tests expect something else: " + both_versions(other));
  }
  const auto added = facts_of(evidence, {FactKind::kTestAdded});
  if (!added.empty()) return passes("only adds to tests: " + listed_facts("addition", added));
  return passes("no test says less than before");
}

CheckOutcome complexity_growth(const Evidence& evidence) {
  constexpr std::int64_t kMuch = 15;
  if (!evidence.is_reviewed()) return not_looked_for();
  const auto facts = facts_of(evidence, {FactKind::kComplexity});
  if (facts.empty()) return passes("no function got many more branches");
  bool is_much = false;
  for (const CodeFact* fact : facts) is_much = is_much || fact->amount >= kMuch;
  std::vector<std::string> names;
  for (const CodeFact* fact : facts) {
    names.push_back(fmt::format("{}, {} more branches", placed(*fact), fact->amount));
  }
  const std::string reason = "harder to follow: " + listed("function", names);
  return is_much ? asks(0.1, reason) : warns(0.05, reason);
}

}  // namespace automod::judge
