#include "engine/trial/review/review.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

namespace automod::trial {

namespace {

constexpr std::size_t kMostFacts = 2000;

bool precedes(const CodeFact& one, const CodeFact& other) {
  return std::tie(one.path, one.line, one.kind, one.what, one.before, one.after) <
         std::tie(other.path, other.line, other.kind, other.what, other.before, other.after);
}

bool is_same(const CodeFact& one, const CodeFact& other) {
  return !precedes(one, other) && !precedes(other, one);
}

}  // namespace

Review review(const ReviewInput& input) {
  Review made;
  made.shape_digest = shape_digest(input.files);
  review_tests(input, made);
  review_api(input, made);
  review_complexity(input, made);
  review_capabilities(input, made);
  review_text(input, made);
  review_special_cases(input, made);
  review_suppressions(input, made);
  review_scope(input, made);
  review_conventions(input, made);
  auto& facts = made.facts;
  std::sort(facts.begin(), facts.end(), precedes);
  facts.erase(std::unique(facts.begin(), facts.end(), is_same), facts.end());
  if (facts.size() > kMostFacts) {
    made.left_out.push_back(
        {"review", fmt::format("only the first {} of {} facts are kept", kMostFacts, facts.size()),
         false});
    // Thousands of additions must not push out what speaks against the change.
    const auto is_addition = [](const CodeFact& fact) {
      return fact.kind == FactKind::kTestAdded || fact.kind == FactKind::kApiAdded;
    };
    std::sort(facts.begin(), facts.end(), [&](const CodeFact& one, const CodeFact& other) {
      const bool first = is_addition(one);
      return first != is_addition(other) ? !first : precedes(one, other);
    });
    facts.resize(kMostFacts);
    std::sort(facts.begin(), facts.end(), precedes);
  }
  return made;
}

}  // namespace automod::trial
