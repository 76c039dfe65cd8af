#include "engine/desk.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <thread>
#include <utility>

#include "base/files.hpp"
#include "base/text.hpp"
#include "engine/model/clients.hpp"

namespace automod {

namespace fs = std::filesystem;

namespace {

constexpr std::int64_t kLeastContext = 500;  // tokens; with less there is nothing to answer from

using model::Unanswered;

/// "a,b" names two.
std::vector<std::string> names_in(const std::string& text) {
  std::vector<std::string> names;
  std::size_t begin = 0;
  while (begin <= text.size()) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    if (end > begin) names.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  if (names.empty()) names.emplace_back();
  return names;
}

}  // namespace

fs::path book_of(const fs::path& state) { return state / "asked"; }

Result<propose::ReadAnswer> read_whole(const model::Answer& answer) {
  if (!answer.is_cut) return propose::read_answer(answer.text);
  return fail(ErrorKind::kRefused, "the answer was cut off where it had no more tokens",
              "change less, or raise most_tokens of the model");
}

Result<Desk> Desk::open(Engine::Impl& engine, const Target& target, const model::Asking& asking,
                        const SessionId& session) {
  Desk desk(engine, target);
  auto settings = model::read_settings();
  if (!settings) return fail(std::move(settings.error()));
  desk.settings_ = std::move(*settings);
  desk.book_ = asking.book.empty() ? book_of(engine.state) : asking.book;
  desk.replay_ = asking.replay;
  desk.attempts_ = static_cast<std::size_t>(asking.attempts.value_or(desk.settings_.attempts));
  desk.candidates_ =
      static_cast<std::size_t>(asking.candidates.value_or(desk.settings_.candidates));
  for (const std::string& name : names_in(asking.model)) {
    auto asker = model::open_asker(desk.settings_, name, desk.use_for(asking, session),
                                   engine.world.clock, engine.world.cancel);
    if (!asker) return fail(std::move(asker.error()));
    desk.askers_.push_back(std::move(*asker));
  }
  desk.candidates_ = std::max(desk.candidates_, desk.askers_.size());
  return desk;
}

model::AskerUse Desk::use_for(const model::Asking& asking, const SessionId& session) const {
  return {.book = book_,
          .session = session.text,
          .of_session = model::either(asking.budget, settings_.session),
          .of_day = settings_.day,
          .fresh = asking.fresh,
          .replay = asking.replay,
          .note = [&observer = engine_->world.observer](std::string_view text) {
            observer.note(text);
          }};
}

Result<Desk> Desk::to_show(Engine::Impl& engine, const Target& target, model::Asking asking) {
  asking.replay = true;  // no key is needed to show a question
  auto desk = open(engine, target, asking, {});
  const bool is_any = asking.model.empty();
  if (desk || !is_any || desk.error().kind != ErrorKind::kUnavailable) return desk;
  const auto folder = model::state_dir();
  if (!folder) return fail(folder.error());
  auto spending = model::Spending::open(*folder, engine.world.clock);
  if (!spending) return fail(std::move(spending.error()));
  Desk shown(engine, target);
  shown.askers_.emplace_back(model::ModelSettings{}, nullptr, std::move(*spending),
                             shown.use_for(asking, {}), engine.world.clock, engine.world.cancel);
  return shown;
}

std::string Desk::names() const {
  std::vector<std::string> all;
  for (const model::Asker& asker : askers_) all.push_back(asker.settings().name);
  return fmt::format("{}", fmt::join(all, ","));
}

Result<const ContextMaker*> Desk::maker() {
  if (!maker_) {
    auto opened = ContextMaker::open(engine_->repo.common_dir(), *target_, engine_->world);
    if (!opened) return fail(std::move(opened.error()));
    maker_.emplace(std::move(*opened));
  }
  return &*maker_;
}

Result<DeskQuestion> Desk::question(const asking::Task& task, prompts::Purpose purpose,
                                    std::size_t line, std::vector<ContextPart> lesson) {
  DeskQuestion made{.asker = (line - 1) % askers_.size(), .line = line};
  auto text = prompts::in_force(purpose);
  if (!text) return fail(std::move(text.error()));
  made.text = std::move(*text);
  const auto maker = this->maker();
  if (!maker) return fail(maker.error());
  const model::ModelSettings& settings = askers_[made.asker].settings();
  ContextTask about{.focus = task.focus, .words = task.words, .more = task.more};
  std::ranges::move(lesson, std::back_inserter(about.more));
  const std::string request = task.request + asking::angle(task.type, line);
  const std::int64_t beside = model::estimated_tokens(made.text.instructions) +
                              model::estimated_tokens(made.text.frame) +
                              model::estimated_tokens(request);
  about.tokens =
      static_cast<std::size_t>(std::max(settings.context_tokens - beside, kLeastContext));
  auto context = (*maker)->make(about);
  if (!context) return fail(std::move(context.error()));
  made.context = std::move(*context);
  auto prompt = prompts::fill(made.text, request, sections_of(made.context));
  made.question.instructions = std::move(prompt.instructions);
  made.question.material = std::move(prompt.material);
  made.question.temperature = asking::temperature_of(line);
  if (settings.name.empty()) return made;
  made.digest = askers_[made.asker].digest_of(made.question, static_cast<std::int64_t>(line - 1));
  return made;
}

Result<DeskQuestion> Desk::first(const asking::Task& task, std::size_t line) {
  return question(task, task.purpose, line, {});
}

Result<DeskQuestion> Desk::next(const asking::Task& task, const DeskQuestion& last,
                                std::vector<ContextPart> lesson) {
  auto made = question(task, prompts::Purpose::kRepair, last.line, std::move(lesson));
  if (!made) return made;
  made->number = last.number + 1;
  made->root = last.root.empty() ? last.digest : last.root;
  return made;
}

/// Its place in its line of thought.
std::string place_of(const DeskQuestion& question) {
  const std::string& root = question.root.empty() ? question.digest : question.root;
  return fmt::format("{}.{}", root, question.number);
}

std::optional<model::Asked> Desk::recorded(const DeskQuestion& question) const {
  auto page = model::AnswerBook(book_).marked(place_of(question));
  if (!page) return std::nullopt;
  return model::Asked{
      .answer = std::move(*page->answer), .digest = std::move(page->digest), .from_book = true};
}

std::expected<model::Asked, Unanswered> Desk::ask_one(const DeskQuestion& question) {
  auto asked =
      askers_[question.asker].ask(question.question, static_cast<std::int64_t>(question.line - 1));
  if (!asked && asked.error().why == Unanswered::Why::kNoRecord) {
    if (auto found = recorded(question)) return std::move(*found);
  }
  if (asked && !replay_) {
    const auto written = model::AnswerBook(book_).mark(place_of(question), asked->digest);
    if (!written) {
      return std::unexpected(
          Unanswered{.why = Unanswered::Why::kInternal, .error = written.error()});
    }
  }
  return asked;
}

std::vector<std::expected<model::Asked, Unanswered>> Desk::ask(
    const std::vector<DeskQuestion>& questions) {
  std::vector<std::expected<model::Asked, Unanswered>> answers(
      questions.size(),
      std::unexpected(Unanswered{
          .error = {.kind = ErrorKind::kInternal, .message = "nothing was asked", .hint = {}}}));
  std::vector<std::jthread> threads;
  for (std::size_t i = 0; i < questions.size(); ++i) {
    threads.emplace_back([&, i] { answers[i] = ask_one(questions[i]); });
  }
  threads.clear();  // waits for all
  return answers;
}

Result<model::Spent> Desk::spent() const { return askers_.front().spent(); }

}  // namespace automod
