#include "base/secrets.hpp"

#include <string_view>

#include "engine/trial/review/text_parts.hpp"

namespace automod::trial {

void add_secrets(const TextSide& side, Review& into) {
  const std::size_t most = into.facts.size() + kMostAlike;
  for (std::size_t i = 0; i < side.lines.size() && i < side.added.size(); ++i) {
    if (!side.added[i] || into.facts.size() >= most) continue;
    const auto kind = secret_in(side.lines[i], side.role != FileRole::kTest);
    if (!kind) continue;
    CodeFact fact;
    fact.kind = FactKind::kSecret;
    fact.path = side.path;
    fact.line = i + 1;
    fact.what = *kind;
    into.facts.push_back(std::move(fact));
  }
}

}  // namespace automod::trial
