#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/files.hpp"
#include "base/text.hpp"
#include "engine/ask.hpp"
#include "engine/asking/review.hpp"
#include "engine/desk.hpp"
#include "engine/impl.hpp"
#include "engine/judge/judge.hpp"
#include "engine/model/clients.hpp"

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

Result<InWords> Engine::in_words(const Explanation& explanation, const model::Asking& asking) {
  const Modification& modification = explanation.listed.modification;
  const auto text = prompts::in_force(prompts::Purpose::kExplain);
  if (!text) return fail(text.error());
  const auto settings = model::read_settings();
  if (!settings) return fail(settings.error());
  auto asker = model::open_asker(
      *settings, asking.model,
      {.book = asking.book.empty() ? book_of(impl_->state) : asking.book,
       .session = modification.session.text,
       .of_session = settings->session,
       .of_day = settings->day,
       .fresh = asking.fresh,
       .replay = asking.replay,
       .note = [this](std::string_view said) { impl_->world.observer.note(said); }},
      impl_->world.clock, impl_->world.cancel);
  if (!asker) return fail(asker.error());
  const auto room =
      static_cast<std::size_t>(asker->settings().context_tokens * model::kBytesPerToken);
  const auto sections = asking::review_sections(modification, explanation.trial.evidence,
                                                room - std::min(room, text->instructions.size()));
  if (!sections) {
    return fail(ErrorKind::kRefused, "the change is too large to be shown to the model whole",
                fmt::format("raise context_tokens of [models.{}]", asker->settings().name));
  }
  auto prompt = prompts::fill(*text, "Explain this change.", *sections);
  model::Question question;
  question.instructions = std::move(prompt.instructions);
  question.material = std::move(prompt.material);
  impl_->world.observer.begin("asking " + printable_line(asker->settings().name));
  auto asked = asker->ask(std::move(question), 0);
  if (!asked) return fail(std::move(asked.error().error));
  return InWords{.model = asker->settings().name,
                 .question = std::move(asked->digest),
                 .text = std::move(asked->answer.text),
                 .from_book = asked->from_book};
}

}  // namespace automod
