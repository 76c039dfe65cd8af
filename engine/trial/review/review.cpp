#include "engine/trial/review/review.hpp"

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
  auto& facts = made.facts;
  std::sort(facts.begin(), facts.end(), precedes);
  facts.erase(std::unique(facts.begin(), facts.end(), is_same), facts.end());
  return made;
}

}  // namespace automod::trial
