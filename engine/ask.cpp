#include "engine/ask.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>
#include <utility>

#include "base/text.hpp"
#include "engine/ask_attempts.hpp"
#include "engine/ask_task.hpp"
#include "engine/asking/lesson.hpp"
#include "engine/asking/request.hpp"
#include "engine/asking/task.hpp"
#include "engine/desk.hpp"
#include "engine/judge/judge.hpp"
#include "engine/reviewing.hpp"
#include "engine/trial/review/review.hpp"

namespace automod {

namespace fs = std::filesystem;

namespace {

fs::path requests_of(const fs::path& state) { return state / "asks"; }

/// One line of thought as it goes on.
struct Line {
  DeskQuestion question;
  std::optional<ModificationId> last;  // the modification that the next one comes after
  std::vector<ContextPart> lesson;
  std::vector<ContextPart> of_trial;  // the latest lesson of an answer that was tried
  bool is_over = false;
};

/// One request on its way.
class AskRun {
 public:
  AskRun(Engine& whole, Engine::Impl& engine, const AskRequest& request,
         const AttemptObserver& done, AskReport& report, Desk& desk)
      : whole_(whole),
        engine_(engine),
        request_(request),
        done_(done),
        report_(report),
        desk_(desk) {}

  Result<void> run();

 private:
  Result<void> begin();
  Result<void> round();
  Result<void> hear(Line& line, std::expected<model::Asked, model::Unanswered> answer);
  Result<void> unanswered(Line& line, const model::Unanswered& why);
  Result<void> take(Line& line, const model::Asked& asked);
  Result<void> check_paths(const Candidate& candidate) const;
  void refused(Line& line, const model::Asked& asked, const Error& why,
               std::string outcome = "unusable");
  Result<void> record(Line& line, const model::Asked& asked, const Candidate& candidate);
  Result<void> try_all();
  void judged(std::size_t index, const Tried& tried);
  Result<std::vector<ContextPart>> lesson_of(const Tried& tried) const;
  Attempt& add(const Line& line, std::string outcome, std::string why);
  bool found() const;
  Result<void> after_failure();

  Engine& whole_;
  Engine::Impl& engine_;
  const AskRequest& request_;
  const AttemptObserver& done_;
  AskReport& report_;
  Desk& desk_;
  asking::Task task_;
  Place place_;
  std::vector<Line> lines_;
  std::vector<std::pair<std::size_t, std::size_t>> waiting_;  // attempts to be tried, their lines
  std::set<std::string> shapes_;
  std::optional<Error> failure_;  // the first of a model
};

Attempt& AskRun::add(const Line& line, std::string outcome, std::string why) {
  report_.attempts.push_back({.digest = line.question.digest,
                              .line_of_thought = line.question.line,
                              .number = line.question.number,
                              .modification = {},
                              .tried = {},
                              .outcome = std::move(outcome),
                              .why = std::move(why)});
  return report_.attempts.back();
}

bool AskRun::found() const {
  return std::ranges::any_of(report_.attempts,
                             [](const Attempt& attempt) { return attempt.outcome == "approved"; });
}

Result<void> AskRun::begin() {
  auto task = task_of(whole_, engine_, report_.target, request_, report_.session.id);
  if (!task) return fail(std::move(task.error()));
  task_ = std::move(*task);
  for (std::size_t number = 1; number <= desk_.candidates(); ++number) {
    auto question = desk_.first(task_, number);
    if (!question) return fail(std::move(question.error()));
    if (number == 1) {
      report_.notes = question->context.notes;
      for (const ContextPart& part : question->context.parts) {
        if (part.kind != PartKind::kFocus) continue;
        place_ = {.path = part.path, .line = part.line, .symbol = part.symbol};
        break;
      }
    }
    lines_.push_back({.question = std::move(*question), .last = {}, .lesson = {}});
  }
  return {};
}

Result<void> AskRun::unanswered(Line& line, const model::Unanswered& why) {
  using Why = model::Unanswered::Why;
  line.is_over = true;
  switch (why.why) {
    case Why::kInterrupted:
      return fail(ErrorKind::kInterrupted, why.error.message, why.error.hint);
    case Why::kInternal:
      return fail(why.error);
    case Why::kNoRecord:
      done_(add(line, "unanswered", why.error.message));
      return {};
    case Why::kBudget:
      report_.stopped = why.error.message;
      report_.stop_hint = why.error.hint;
      done_(add(line, "unanswered", why.error.message));
      return {};
    case Why::kFailed:
      break;
  }
  const bool declined = why.failure == model::FailureKind::kDeclined;
  done_(add(line, declined ? "declined" : "unanswered", why.error.message));
  if (!declined && !failure_) failure_ = why.error;
  return {};
}

void AskRun::refused(Line& line, const model::Asked& asked, const Error& why, std::string outcome) {
  Attempt& attempt = add(line, std::move(outcome), why.message.substr(0, why.message.find('\n')));
  attempt.digest = asked.digest;
  attempt.from_book = asked.from_book;
  line.lesson = asking::lesson_of(asked.answer.text, why);
  std::ranges::copy(line.of_trial, std::back_inserter(line.lesson));
  done_(attempt);
}

/// Every file that is changed is one that may be.
Result<void> AskRun::check_paths(const Candidate& candidate) const {
  if (request_.only.empty()) return {};
  for (const FileChange& file : candidate.files) {
    const bool allowed = std::ranges::any_of(
        request_.only, [&](const std::string& pattern) { return glob_match(pattern, file.path); });
    if (allowed) continue;
    return fail(ErrorKind::kRefused,
                fmt::format("{} may not be changed", printable_line(file.path)),
                fmt::format("change no files but {}", fmt::join(request_.only, ", ")));
  }
  return {};
}

Result<void> AskRun::take(Line& line, const model::Asked& asked) {
  const auto answer = read_whole(asked.answer);
  if (!answer) {
    refused(line, asked, answer.error());
    return {};
  }
  if (answer->is_declined) {
    line.is_over = true;
    Attempt& attempt = add(line, "declined", printable_line(answer->reasoning));
    attempt.digest = asked.digest;
    attempt.from_book = asked.from_book;
    done_(attempt);
    return {};
  }
  auto candidate = candidate_of_answer(engine_.repo, report_.target, *answer,
                                       {.model = desk_.name_of(line.question.asker),
                                        .prompt_digest = asked.digest,
                                        .type = task_.type,
                                        .summary = task_.summary,
                                        .place = place_,
                                        .parent = line.last});
  if (!candidate) {
    if (candidate.error().kind != ErrorKind::kRefused &&
        candidate.error().kind != ErrorKind::kUsage) {
      return fail(std::move(candidate.error()));
    }
    refused(line, asked, candidate.error());
    return {};
  }
  if (auto fine = check_paths(*candidate); !fine) {
    refused(line, asked, fine.error());
    return {};
  }
  return record(line, asked, *candidate);
}

Result<void> AskRun::record(Line& line, const model::Asked& asked, const Candidate& candidate) {
  if (!shapes_.insert(trial::shape_digest(candidate.files)).second) {
    refused(line, asked,
            {.kind = ErrorKind::kRefused,
             .message = "it is the same change as one before it, but for formatting and comments",
             .hint = "find another way"},
            "duplicate");
    return {};
  }
  const auto recorded = engine_.record(candidate, report_.target, report_.session.id);
  if (!recorded) return fail(recorded.error());
  Attempt& attempt = add(line, {}, {});
  attempt.digest = asked.digest;
  attempt.from_book = asked.from_book;
  attempt.modification = line.last = recorded->listed.modification.id;
  waiting_.emplace_back(report_.attempts.size() - 1,
                        static_cast<std::size_t>(&line - lines_.data()));
  return {};
}

Result<void> AskRun::hear(Line& line, std::expected<model::Asked, model::Unanswered> answer) {
  return answer ? take(line, *answer) : unanswered(line, answer.error());
}

void AskRun::judged(std::size_t index, const Tried& tried) {
  Attempt& attempt = report_.attempts[index];
  attempt.tried = tried;
  const auto& verdict = tried.listed.verdict;
  if (!verdict) return;
  const Decision decision = verdict->verdict.decision;
  attempt.outcome = name(decision);
  if (decision != Decision::kApproved) attempt.why = judge::main_reason(verdict->verdict);
  const auto failing = still_failing(task_.tests, tried.trial.evidence);
  if (failing && decision != Decision::kRejected) {
    attempt.outcome = "unmended";
    attempt.why = fmt::format("{} still fails", printable_line(*failing));
  }
  done_(attempt);
}

Result<std::vector<ContextPart>> AskRun::lesson_of(const Tried& tried) const {
  const auto executions = engine_.store.executions(tried.listed.modification.id);
  if (!executions) return fail(executions.error());
  return asking::lesson_of(tried.listed.modification, tried.trial.evidence,
                           tried.listed.verdict->verdict, *executions);
}

/// What the models have answered in this round.
Result<void> AskRun::try_all() {
  const auto waiting = std::exchange(waiting_, {});
  std::vector<store::ListedModification> all;
  for (const auto& [index, line] : waiting) {
    auto listed = engine_.store.modification(report_.attempts[index].modification->text);
    if (!listed) return fail(std::move(listed.error()));
    all.push_back(std::move(*listed));
  }
  Result<void> failed;
  engine_.try_all(all, report_.target,
                  {.fresh = false, .by_shape = true, .level = report_.session.safety_level},
                  [&](const ModificationId& id, const Result<Tried>& tried) {
                    if (!tried) {
                      if (failed) failed = fail(tried.error());
                      return;
                    }
                    for (const auto& [index, line] : waiting) {
                      if (report_.attempts[index].modification == id) judged(index, *tried);
                    }
                  });
  if (!failed) return failed;
  if (engine_.world.cancel.requested()) return fail(ErrorKind::kInterrupted, "interrupted");
  for (const auto& [index, line] : waiting) {
    const Attempt& attempt = report_.attempts[index];
    if (!attempt.tried || !attempt.tried->listed.verdict) continue;
    auto lesson = lesson_of(*attempt.tried);
    if (!lesson) return fail(std::move(lesson.error()));
    lines_[line].lesson = lines_[line].of_trial = std::move(*lesson);
    if (wants_reviewer_alone(*attempt.tried)) lines_[line].is_over = true;
  }
  return {};
}

/// One question in every line that is not over.
Result<void> AskRun::round() {
  std::vector<DeskQuestion> questions;
  std::vector<std::size_t> asking;
  for (std::size_t i = 0; i < lines_.size(); ++i) {
    if (lines_[i].is_over) continue;
    questions.push_back(lines_[i].question);
    asking.push_back(i);
  }
  engine_.world.observer.begin(
      questions.size() == 1
          ? fmt::format("asking {}", desk_.names())
          : fmt::format("asking {}: {} questions", desk_.names(), questions.size()));
  auto answers = desk_.ask(questions);
  Result<void> heard;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    auto one = hear(lines_[asking[i]], std::move(answers[i]));
    if (!one && heard) heard = std::move(one);
  }
  if (!heard) return heard;
  return try_all();
}

Result<void> AskRun::run() {
  if (auto begun = begin(); !begun) return begun;
  for (std::size_t number = 1; number <= desk_.attempts(); ++number) {
    for (Line& line : lines_) {
      if (number == 1 || line.is_over) continue;
      auto next = desk_.next(task_, line.question, std::exchange(line.lesson, {}));
      if (!next) return fail(std::move(next.error()));
      line.question = std::move(*next);
    }
    auto done = round();
    report_.best = best_of(report_.attempts);
    if (!done) return done;
    if (found() || !report_.stopped.empty()) break;
    if (std::ranges::all_of(lines_, [](const Line& line) { return line.is_over; })) break;
  }
  return after_failure();
}

/// Where nothing has come of it at all, a model's failure is the command's.
Result<void> AskRun::after_failure() {
  if (!failure_ || found()) return {};
  const bool is_all = std::ranges::all_of(
      report_.attempts, [](const Attempt& attempt) { return attempt.outcome == "unanswered"; });
  if (is_all) return fail(*failure_);
  if (report_.stopped.empty()) report_.stopped = failure_->message;
  return {};
}

SessionStatus status_after(const Result<void>& done) {
  if (done) return SessionStatus::kCompleted;
  return done.error().kind == ErrorKind::kInterrupted ? SessionStatus::kInterrupted
                                                      : SessionStatus::kFailed;
}

/// What it takes to go on with it after an interruption; nobody else does while it is held.
Result<Fd> keep_request(const fs::path& state, const AskRequest& request, const Target& target,
                        const SessionId& session, const SessionId& spends) {
  AskRequest kept = request;
  kept.base = target.commit.text;  // branches move
  kept.spends = spends;
  auto done = asking::keep(requests_of(state), session, kept);
  // From here on this one stands for the one that it goes on with.
  if (done && request.resumes) asking::forget(requests_of(state), *request.resumes);
  return done;
}

/// Is anything left that --resume could do? Not where it came to its end, nor where the request was
/// wrong to begin with.
bool may_go_on(const AskRequest& request, const Result<void>& ran, const AskReport& report) {
  if (ran) return !report.stopped.empty();
  return request.resumes || ran.error().kind != ErrorKind::kUsage;
}

Error with_way_on(Error error, AskKind kind, const SessionId& session) {
  if (!error.hint.empty()) error.hint += "; ";
  error.hint += fmt::format("to go on: automod {} --resume --session {}", name(kind), session.text);
  return error;
}

/// Who looks at what passes, by the same book and with the same budget.
Result<void> open_second_eyes(Engine::Impl& engine, const model::Asking& asking,
                              const model::Settings& settings, const SessionId& spends) {
  engine.world.review = asking.review.empty() ? settings.review : asking.review;
  if (asking.review == "none") engine.world.review.clear();
  if (engine.world.review.empty()) return {};
  auto opened = Reviewer::open({.model = engine.world.review,
                                .book = asking.book.empty() ? book_of(engine.state) : asking.book,
                                .budget = asking.budget,
                                .session = spends,
                                .fresh = asking.fresh,
                                .replay = asking.replay},
                               engine.world.clock, engine.world.cancel, engine.world.observer);
  if (!opened) return fail(std::move(opened.error()));
  engine.reviewer = std::make_unique<Reviewer>(std::move(*opened));
  return {};
}

Goal goal_of_request(const AskRequest& request) {
  switch (request.kind) {
    case AskKind::kFix:
      return Goal::kFixBugs;
    case AskKind::kOptimize:
      return Goal::kImprovePerformance;
    case AskKind::kWords:
      break;
  }
  return goal_of(request.type.value_or(asking::type_of_words(request.words)));
}

}  // namespace

Result<AskReport> Engine::ask(const AskRequest& request, const AttemptObserver& done) {
  auto aimed = target(request.base);
  if (!aimed) return fail(std::move(aimed.error()));
  for (const std::string& note : aimed->notes) impl_->world.observer.note(note);
  const auto begun = impl_->store.begin_session(work_dir().string(), {goal_of_request(request)},
                                                request.level.value_or(aimed->config.safety_level));
  if (!begun) return fail(begun.error());
  auto session = impl_->store.session(*begun);
  if (!session) return fail(std::move(session.error()));
  AskReport report{.session = std::move(*session), .target = std::move(*aimed)};
  const SessionId spends = request.spends.value_or(*begun);
  const AttemptObserver hear = done ? done : [](const Attempt&) {};
  const std::string review = impl_->world.review;  // who looks at what others try
  auto desk = Desk::open(*impl_, report.target, request.asking, spends);
  Result<void> ran = desk ? open_second_eyes(*impl_, request.asking, desk->settings(), spends)
                          : fail(desk.error());
  Fd kept;
  if (ran) {
    auto held = keep_request(impl_->state, request, report.target, *begun, spends);
    if (held) kept = std::move(*held);
    if (!held) ran = fail(std::move(held.error()));
  }
  if (ran) {
    report.model = desk->names();
    ran = AskRun(*this, *impl_, request, hear, report, *desk).run();
  }
  impl_->world.review = review;
  impl_->reviewer.reset();
  if (auto ended = impl_->store.end_session(*begun, status_after(ran)); !ended) {
    return fail(ended.error());
  }
  const bool goes_on = kept && may_go_on(request, ran, report);
  if (!goes_on) asking::forget(requests_of(impl_->state), *begun);
  if (!ran) {
    Error error = std::move(ran.error());
    if (goes_on) error = with_way_on(std::move(error), request.kind, *begun);
    return fail(std::move(error));
  }
  auto spent = desk->spent();
  if (!spent) return fail(std::move(spent.error()));
  report.spent = *spent;
  session = impl_->store.session(*begun);
  if (!session) return fail(std::move(session.error()));
  report.session = std::move(*session);
  return report;
}

Result<AskRequest> Engine::interrupted_ask(std::string_view session) const {
  return asking::find_kept(requests_of(impl_->state), session);
}

Result<FirstQuestion> Engine::first_question(const AskRequest& request) {
  auto aimed = target(request.base);
  if (!aimed) return fail(std::move(aimed.error()));
  auto desk = Desk::to_show(*impl_, *aimed, request.asking);
  if (!desk) return fail(std::move(desk.error()));
  auto task = task_of(*this, *impl_, *aimed, request, {});
  if (!task) return fail(std::move(task.error()));
  auto question = desk->first(*task, 1);
  if (!question) return fail(std::move(question.error()));
  return FirstQuestion{.text = std::move(question->text),
                       .context = std::move(question->context),
                       .question = std::move(question->question),
                       .digest = std::move(question->digest)};
}

}  // namespace automod
