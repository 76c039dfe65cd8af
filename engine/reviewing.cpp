#include "engine/reviewing.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <utility>

#include "base/files.hpp"
#include "base/text.hpp"
#include "engine/asking/review.hpp"
#include "engine/judge/judge.hpp"
#include "engine/model/clients.hpp"

namespace automod {

namespace {

constexpr std::size_t kMostName = 100;  // of what a model calls itself

/// "eyes (toy-1)"
std::string reviewer_name(const std::string& name, std::string_view calls_itself) {
  if (calls_itself.empty()) return name;
  return fmt::format("{} ({})", name, printable_line(head(valid_utf8(calls_itself), kMostName)));
}

/// An answer that could not be used stands in the book: the same question is another turn.
std::int64_t next_turn(const model::Asker& asker, const model::Question& question,
                       std::string_view asked_before) {
  constexpr std::int64_t kMostTurns = 16;
  for (std::int64_t turn = 0; turn < kMostTurns; ++turn) {
    if (asker.digest_of(question, turn) == asked_before) return turn + 1;
  }
  return 0;
}

/// What room there is for material, in bytes.
std::size_t room_of(const model::ModelSettings& settings, const prompts::Template& text) {
  const auto all = static_cast<std::size_t>(
      std::clamp<std::int64_t>(settings.context_tokens, 0, model::kMostAnswer) *
      model::kBytesPerToken);
  return all - std::min(all, text.instructions.size());
}

}  // namespace

Reviewer::Reviewer(ReviewUse use, model::Settings settings, model::ModelSettings chosen,
                   prompts::Template text, const Clock& clock, const CancelToken& cancel,
                   Observer& observer)
    : use_(std::move(use)),
      settings_(std::move(settings)),
      chosen_(std::move(chosen)),
      text_(std::move(text)),
      clock_(clock),
      cancel_(cancel),
      observer_(observer) {}

Result<Reviewer> Reviewer::open(ReviewUse use, const Clock& clock, const CancelToken& cancel,
                                Observer& observer) {
  auto settings = model::read_settings();
  if (!settings) return fail(settings.error());
  const auto chosen = model::choose_model(*settings, use.model);
  if (!chosen) return fail(chosen.error());
  auto text = prompts::in_force(prompts::Purpose::kReview);
  if (!text) return fail(text.error());
  model::ModelSettings own = **chosen;
  return Reviewer(std::move(use), std::move(*settings), std::move(own), std::move(*text), clock,
                  cancel, observer);
}

Result<void> Reviewer::be_ready(const SessionId& session) {
  const auto asker = asker_of(session);
  if (!asker) return fail(asker.error());
  return {};
}

Result<model::Asker*> Reviewer::asker_of(const SessionId& modifications) {
  const SessionId& session = use_.session.text.empty() ? modifications : use_.session;
  if (const auto found = askers_.find(session); found != askers_.end()) return &found->second;
  auto asker = model::open_asker(
      settings_, chosen_.name,
      {.book = use_.book,
       .session = session.text,
       .of_session = model::either(use_.budget, settings_.session),
       .of_day = settings_.day,
       .fresh = use_.fresh,
       .replay = use_.replay,
       .note = [&observer = observer_](std::string_view text) { observer.note(text); }},
      clock_, cancel_);
  if (!asker) return fail(asker.error());
  return &askers_.emplace(session, std::move(*asker)).first->second;
}

bool Reviewer::is_own(const Opinion& opinion) const {
  return opinion.reviewer == chosen_.name || opinion.reviewer.starts_with(chosen_.name + " (");
}

bool Reviewer::look_at(const Modification& modification, SafetyLevel level, Evidence& evidence) {
  const auto is_answer = [this](const Opinion& opinion) {
    return is_own(opinion) && opinion.says != OpinionSays::kUnanswered;
  };
  if (std::ranges::any_of(evidence.opinions, is_answer)) return false;
  const auto is_own_of = [this](const Opinion& opinion) { return is_own(opinion); };
  const auto before = std::ranges::find_if(evidence.opinions, is_own_of);
  const bool was_asked = before != evidence.opinions.end();
  Evidence seen = evidence;
  seen.format = kEvidenceFormat;
  std::erase_if(seen.opinions, is_own_of);
  if (judge::judge(seen, level).decision == Decision::kRejected) return false;
  Opinion opinion = opinion_on(modification, seen, was_asked ? before->question : std::string());
  const bool is_news = !was_asked || before->says != opinion.says ||
                       before->reason != opinion.reason || before->question != opinion.question;
  if (!is_news) return false;
  seen.opinions.push_back(std::move(opinion));
  evidence = std::move(seen);
  return true;
}

Opinion Reviewer::opinion_on(const Modification& modification, const Evidence& evidence,
                             std::string_view asked_before) {
  const auto sections = asking::review_sections(modification, evidence, room_of(chosen_, text_));
  if (!sections) {
    return without_answer(
        fmt::format("the change is too large to be shown to it whole: its context has {} tokens",
                    chosen_.context_tokens));
  }
  observer_.begin("asking " + printable_line(chosen_.name) + " for a second opinion");
  const prompts::Prompt prompt = prompts::fill(text_, asking::review_request(), *sections);
  model::Question question;
  question.instructions = prompt.instructions;
  question.material = prompt.material;
  return answer_to(std::move(question), modification, asked_before);
}

Opinion Reviewer::answer_to(model::Question question, const Modification& modification,
                            std::string_view asked_before) {
  const auto asker = asker_of(modification.session);
  if (!asker) return without_answer(asker.error().message);
  const std::int64_t turn = next_turn(**asker, question, asked_before);
  const std::string digest = (*asker)->digest_of(question, turn);
  // The same reviewer, by its texts, on the same change.
  const std::string place = (*asker)->digest_of(
      {.instructions = question.instructions, .material = modification.patch_digest}, 0);
  const model::AnswerBook book(use_.book);
  auto asked = (*asker)->ask(std::move(question), turn);
  if (!asked && asked.error().why == model::Unanswered::Why::kNoRecord) {
    if (auto page = book.marked(place)) {
      asked = model::Asked{
          .answer = std::move(*page->answer), .digest = std::move(page->digest), .from_book = true};
    }
  }
  if (!asked) {
    Opinion opinion = without_answer(asked.error().error.message);
    opinion.question = digest;
    return opinion;
  }
  // One that cannot be written down cannot be replayed, and is an opinion all the same.
  if (const auto marked = book.mark(place, asked->digest); !marked) {
    observer_.note(marked.error().message);
  }
  Opinion opinion = asking::opinion_of(asked->answer.text);
  if (asked->answer.is_cut && opinion.says != OpinionSays::kVeto) {
    opinion = without_answer("its answer was cut off where it had no more tokens");
  }
  opinion.reviewer = reviewer_name(chosen_.name, asked->answer.model);
  opinion.question = asked->digest;
  return opinion;
}

Opinion Reviewer::without_answer(std::string_view why) const {
  return {.reviewer = reviewer_name(chosen_.name, chosen_.model),
          .question = "",
          .says = OpinionSays::kUnanswered,
          .reason = asking::reason_of(why)};
}

}  // namespace automod
