#include "engine/model/asker.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <random>
#include <set>
#include <utility>
#include <variant>

#include "base/text.hpp"
#include "engine/model/clients.hpp"

namespace automod::model {

namespace {

using std::chrono::milliseconds;
using Why = Unanswered::Why;

constexpr milliseconds kGlance{100};  // how often a waiting thread looks whether it shall stop
constexpr milliseconds kFirstWait = std::chrono::seconds(1);
constexpr milliseconds kLongestWait = std::chrono::minutes(1);
constexpr milliseconds kMostPatience = std::chrono::minutes(10);
constexpr double kJitter = 0.25;

std::unexpected<Unanswered> unanswered(Why why, Error error) {
  return std::unexpected(Unanswered{.why = why, .error = std::move(error)});
}

std::unexpected<Unanswered> interrupted() {
  return unanswered(Why::kInterrupted, {ErrorKind::kInterrupted, "interrupted", ""});
}

/// The most that one attempt can come to.
Usage most_of(const Question& question) {
  return {.input = estimated_tokens(question),
          .cached = 0,
          .written = 0,
          .output = question.most_tokens};
}

/// The same in dollars: as if all that is sent were of the dearest sort.
double most_dollars(const Usage& most, const std::optional<Price>& price) {
  if (!price) return 0;
  Price dearest = *price;
  dearest.input = std::max({price->input, price->cached, price->written});
  return cost_of(most, dearest);
}

/// A budget in dollars is none where nobody knows what an answer costs.
Result<void> check_price(const ModelSettings& settings, const AskerUse& use) {
  const bool counts_dollars = use.of_session.dollars > 0 || use.of_day.dollars > 0;
  if (use.replay || !counts_dollars || settings.price) return {};
  return fail(
      ErrorKind::kUsage,
      fmt::format("there is a budget in dollars, and model {} has no price", settings.name),
      fmt::format("write price = {{ input = …, output = … }} below [models.{}], dollars for "
                  "a million tokens, 0 where it costs nothing; or a budget in tokens",
                  settings.name));
}

/// Counts down; a thread that wants one when none is left waits.
class Slots {
 public:
  explicit Slots(std::int64_t count) : left_(count) {}

  /// False when the user asked to stop.
  bool take(const CancelToken& cancel) {
    std::unique_lock lock(mutex_);
    while (!cancel.requested()) {
      if (left_ > 0) return --left_, true;
      freed_.wait_for(lock, kGlance);
    }
    return false;
  }
  void give_back() {
    const std::scoped_lock lock(mutex_);
    ++left_;
    freed_.notify_one();
  }

 private:
  std::mutex mutex_;
  std::condition_variable freed_;
  std::int64_t left_;
};

/// Questions that are being asked, each by one thread.
class Pending {
 public:
  enum class Turn { kFirst, kAfterOthers, kInterrupted };

  Turn enter(const std::string& digest, const CancelToken& cancel) {
    std::unique_lock lock(mutex_);
    Turn turn = Turn::kFirst;
    while (!cancel.requested()) {
      if (digests_.insert(digest).second) return turn;
      turn = Turn::kAfterOthers;
      left_.wait_for(lock, kGlance);
    }
    return Turn::kInterrupted;
  }
  void leave(const std::string& digest) {
    const std::scoped_lock lock(mutex_);
    digests_.erase(digest);
    left_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable left_;
  std::set<std::string> digests_;
};

/// Calls `end` when it goes.
template <class F>
class AtEnd {
 public:
  explicit AtEnd(F end) : end_(std::move(end)) {}
  AtEnd(const AtEnd&) = delete;
  AtEnd& operator=(const AtEnd&) = delete;
  ~AtEnd() { end_(); }

 private:
  F end_;
};

/// What this process has set aside and not yet settled, over all models: it may turn out to cost
/// less.
class UnderWay {
 public:
  void begin() {
    const std::scoped_lock lock(mutex_);
    ++count_;
  }
  void end() {
    const std::scoped_lock lock(mutex_);
    --count_;
    ++ended_;
    changed_.notify_all();
  }
  std::uint64_t ended() {
    const std::scoped_lock lock(mutex_);
    return ended_;
  }
  /// Waits for one to end if none has since `ended`. False where there is none to wait for.
  bool wait(std::uint64_t ended, const CancelToken& cancel) {
    std::unique_lock lock(mutex_);
    while (ended_ == ended && count_ > 0 && !cancel.requested()) changed_.wait_for(lock, kGlance);
    return ended_ != ended;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::int64_t count_ = 0;
  std::uint64_t ended_ = 0;
};

UnderWay& under_way() {
  static UnderWay all;
  return all;
}

std::string seconds(milliseconds wait) {
  return fmt::format("{:.1f} s", static_cast<double>(wait.count()) / 1000);
}

}  // namespace

struct Asker::Impl {
  Impl(ModelSettings model, std::unique_ptr<Client> asked, Spending costs, AskerUse how,
       const Clock& time, const CancelToken& stop)
      : settings(std::move(model)),
        client(std::move(asked)),
        spending(std::move(costs)),
        use(std::move(how)),
        clock(time),
        cancel(stop),
        book(use.book),
        slots(std::max<std::int64_t>(settings.parallel, 1)) {}

  ModelSettings settings;
  std::unique_ptr<Client> client;
  Spending spending;
  AskerUse use;
  const Clock& clock;
  const CancelToken& cancel;
  AnswerBook book;
  Slots slots;
  Pending pending;
  std::mutex note_mutex;
  std::mutex chance_mutex;
  std::minstd_rand chance{std::random_device{}()};

  void note(std::string_view text) {
    if (!use.note) return;
    const std::scoped_lock lock(note_mutex);
    use.note(text);
  }

  /// What ask() and digest_of() make of a question: the settings' own where it leaves something
  /// open, and text that a page of the book gives back as it is.
  Question completed(Question question) const {
    question.instructions = valid_utf8(question.instructions);
    question.material = valid_utf8(question.material);
    if (question.most_tokens == Question{}.most_tokens) question.most_tokens = settings.most_tokens;
    if (!question.temperature) question.temperature = settings.temperature;
    return question;
  }

  Page page_for(Question question, std::int64_t turn) const {
    Page page;
    page.kind = name(settings.kind);
    page.provider_model = settings.model.empty() ? settings.name : settings.model;
    page.turn = turn;
    page.model = settings.name;
    page.question = completed(std::move(question));
    page.digest = question_digest(page.kind, page.provider_model, page.question, turn);
    return page;
  }

  std::expected<Asked, Unanswered> ask(Page page);
  std::expected<Asked, Unanswered> ask_client(Page& page);
  /// What came of one attempt, or why there was none.
  using Attempt = std::expected<std::variant<Asked, Failure>, Unanswered>;
  Attempt attempt(Page& page);
  Result<Spending::Aside> set_aside(const Question& question);
  Attempt record(Page& page, std::int64_t aside, Reply reply);
  /// How long to wait after so many attempts.
  milliseconds wait_after(std::int64_t attempts, const Failure& failure);
  std::unexpected<Unanswered> given_up(const Failure& failure, std::int64_t attempts) const;
};

std::expected<Asked, Unanswered> Asker::Impl::ask(Page page) {
  const Pending::Turn turn = pending.enter(page.digest, cancel);
  if (turn == Pending::Turn::kInterrupted) return interrupted();
  const AtEnd leave([&] { pending.leave(page.digest); });
  const bool may_know = !use.fresh || use.replay || turn == Pending::Turn::kAfterOthers;
  auto known = book.find(page.digest);
  if (!known && may_know) return unanswered(Why::kInternal, std::move(known.error()));
  const bool is_answered = known && *known && (*known)->answer;
  if (is_answered && may_know) {
    return Asked{.answer = std::move(*(*known)->answer),
                 .digest = page.digest,
                 .from_book = true,
                 .dollars = 0};
  }
  if (use.replay || client == nullptr) {
    return unanswered(Why::kNoRecord,
                      {ErrorKind::kUsage,
                       fmt::format("{} has no answer to question {}", use.book.string(),
                                   page.digest.substr(0, 12)),
                       "what is asked has changed since it was recorded; ask without replaying"});
  }
  if (auto priced = check_price(settings, use); !priced) {
    return unanswered(Why::kBudget, std::move(priced.error()));
  }
  page.asked_at = iso_time(clock.now());
  // An answer that is there stays until there is a new one.
  if (!is_answered) {
    if (auto written = book.write(page); !written) {
      return unanswered(Why::kInternal, std::move(written.error()));
    }
  }
  return ask_client(page);
}

std::expected<Asked, Unanswered> Asker::Impl::ask_client(Page& page) {
  for (std::int64_t attempts = 1;; ++attempts) {
    auto outcome = attempt(page);
    if (!outcome) return std::unexpected(std::move(outcome.error()));
    if (auto* asked = std::get_if<Asked>(&*outcome)) return std::move(*asked);
    const Failure& failure = std::get<Failure>(*outcome);
    if (failure.kind == FailureKind::kInterrupted || cancel.requested()) return interrupted();
    const bool is_last = !is_passing(failure.kind) || attempts > settings.retries;
    const bool is_far = failure.wait.value_or(milliseconds(0)) > kMostPatience;
    if (is_last || is_far) return given_up(failure, attempts);
    const milliseconds wait = wait_after(attempts, failure);
    note(fmt::format("{}: {}; asking again in {} (attempt {} of {})", settings.name,
                     printable_line(failure.message), seconds(wait), attempts + 1,
                     settings.retries + 1));
    clock.wait_until(clock.now() + wait, cancel);
    if (cancel.requested()) return interrupted();
  }
}

Asker::Impl::Attempt Asker::Impl::attempt(Page& page) {
  if (!slots.take(cancel)) return interrupted();
  const AtEnd give_back([&] { slots.give_back(); });
  auto aside = set_aside(page.question);
  if (cancel.requested()) return interrupted();
  if (!aside) return unanswered(Why::kInternal, std::move(aside.error()));
  if (aside->exceeded) {
    const bool is_of_day = aside->exceeded->contains("day_");
    return unanswered(
        Why::kBudget,
        {ErrorKind::kRefused, "the budget is used up: " + *aside->exceeded,
         is_of_day ? "raise it below [ask] in config.toml, or go on when the day is over, at "
                     "midnight UTC"
                   : "give it more: below [ask] in config.toml, or by --tokens or --dollars"});
  }
  under_way().begin();
  const AtEnd no_more([] { under_way().end(); });
  Reply reply = client->ask(page.question, cancel);
  if (reply && reply->text.size() > kMostAnswer) {
    reply = std::unexpected(
        Failure{.kind = FailureKind::kBroken,
                .message = fmt::format("the answer has {} bytes, expected {} or fewer",
                                       reply->text.size(), kMostAnswer),
                .usage = reply->usage});
  }
  return record(page, aside->id, std::move(reply));
}

/// Where only what is under way stands against it, it waits for that to come out cheaper.
Result<Spending::Aside> Asker::Impl::set_aside(const Question& question) {
  const Usage most = most_of(question);
  for (;;) {
    const std::uint64_t ended = under_way().ended();
    auto aside = spending.set_aside(use.session, settings.name, most,
                                    most_dollars(most, settings.price), use.of_session, use.of_day);
    const bool may_fit = aside && aside->exceeded && under_way().wait(ended, cancel);
    if (!may_fit || cancel.requested()) return aside;
  }
}

Asker::Impl::Attempt Asker::Impl::record(Page& page, std::int64_t aside, Reply reply) {
  Usage usage = reply ? reply->usage : reply.error().usage;
  if (!reply && reply.error().has_worked && usage.input == 0) {
    usage.input = estimated_tokens(page.question);
  }
  const double dollars = cost_of(usage, settings.price);
  // The answer first: once it is paid for it must not be lost.
  Result<void> written;
  if (reply) {
    page.answer = *reply;
    written = book.write(page);
  }
  auto settled = spending.settle(aside, usage, dollars);
  if (!written) return unanswered(Why::kInternal, std::move(written.error()));
  if (!settled) return unanswered(Why::kInternal, std::move(settled.error()));
  if (!reply) return std::move(reply.error());
  return Asked{
      .answer = std::move(*reply), .digest = page.digest, .from_book = false, .dollars = dollars};
}

milliseconds Asker::Impl::wait_after(std::int64_t attempts, const Failure& failure) {
  double part = 0;
  {
    const std::scoped_lock lock(chance_mutex);
    part = std::uniform_real_distribution<double>(0, kJitter)(chance);
  }
  milliseconds wait = failure.wait.value_or(kFirstWait);
  for (std::int64_t i = 1; !failure.wait && i < attempts && wait < kLongestWait; ++i) wait *= 2;
  if (!failure.wait) wait = std::min(wait, kLongestWait);
  // Later than told, never earlier; and not all who were told the same at once.
  const auto least = static_cast<double>(std::max(wait, kFirstWait).count());
  return wait + milliseconds(static_cast<std::int64_t>(least * part));
}

std::unexpected<Unanswered> Asker::Impl::given_up(const Failure& failure,
                                                  std::int64_t attempts) const {
  Error error = error_of(failure).within("asking model " + settings.name);
  if (attempts > 1) error.message += fmt::format(" ({} attempts)", attempts);
  if (failure.wait.value_or(milliseconds(0)) > kMostPatience) {
    error.hint =
        fmt::format("it asks to be left alone until {}", iso_time(clock.now() + *failure.wait));
  }
  return std::unexpected(
      Unanswered{.why = Why::kFailed, .error = std::move(error), .failure = failure.kind});
}

Asker::Asker(ModelSettings settings, std::unique_ptr<Client> client, Spending spending,
             AskerUse use, const Clock& clock, const CancelToken& cancel)
    : impl_(std::make_unique<Impl>(std::move(settings), std::move(client), std::move(spending),
                                   std::move(use), clock, cancel)) {}
Asker::Asker(Asker&&) noexcept = default;
Asker::~Asker() = default;

const ModelSettings& Asker::settings() const { return impl_->settings; }

std::expected<Asked, Unanswered> Asker::ask(Question question, std::int64_t turn) {
  return impl_->ask(impl_->page_for(std::move(question), turn));
}

std::string Asker::digest_of(Question question, std::int64_t turn) const {
  return impl_->page_for(std::move(question), turn).digest;
}

Result<Spent> Asker::spent() const { return impl_->spending.of_session(impl_->use.session); }

Result<Asker> open_asker(const Settings& settings, std::string_view name, AskerUse use,
                         const Clock& clock, const CancelToken& cancel) {
  const auto chosen = choose_model(settings, name);
  if (!chosen) return fail(chosen.error());
  const ModelSettings& model = **chosen;
  if (auto priced = check_price(model, use); !priced) return fail(priced.error());
  const auto folder = state_dir();
  if (!folder) return fail(folder.error());
  auto spending = Spending::open(*folder, clock);
  if (!spending) return fail(spending.error());
  std::unique_ptr<Client> client;
  if (!use.replay) {
    const auto before = spending->of_session(use.session, model.name);
    if (!before) return fail(before.error());
    auto opened = open_client(model, clock, static_cast<std::size_t>(before->questions));
    if (!opened) return fail(opened.error());
    client = std::move(*opened);
  }
  return Asker(model, std::move(client), std::move(*spending), std::move(use), clock, cancel);
}

}  // namespace automod::model
