#include <fmt/format.h>

#include "engine/impl.hpp"
#include "engine/judge/judge.hpp"

namespace automod {

Result<Explanation> Engine::explain(std::string_view id) const {
  auto listed = impl_->store.modification(id);
  if (!listed) return fail(listed.error());
  auto trial = impl_->store.latest_trial(listed->modification.id);
  if (!trial) return fail(trial.error());
  if (!*trial || !listed->verdict) {
    return fail(ErrorKind::kUsage,
                fmt::format("modification {} was not tried yet", listed->modification.id.text),
                "run: automod try " + listed->modification.id.text);
  }
  const Verdict& stored = listed->verdict->verdict;
  Verdict recomputed = judge::judge((*trial)->evidence, stored.level);
  const bool agrees = recomputed == stored;
  const bool other_rules = recomputed.rules_version != stored.rules_version;
  std::string text = judge::explain((*trial)->evidence, recomputed, stored);
  return Explanation{.listed = std::move(*listed),
                     .trial = std::move(**trial),
                     .recomputed = std::move(recomputed),
                     .agrees = agrees,
                     .other_rules = other_rules,
                     .text = std::move(text)};
}

}  // namespace automod
