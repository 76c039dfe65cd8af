#include "engine/model/asker.hpp"

#include <atomic>
#include <thread>

#include "tests/unit/catch.hpp"
#include "tests/unit/engine/model/asking.hpp"

namespace automod::model {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ContainsSubstring;
using Why = Unanswered::Why;
namespace fs = std::filesystem;

class AskerTest {
 protected:
  AskerTest() {
    settings_.name = "fake";
    settings_.kind = Kind::kOpenAiChat;
    settings_.model = "fake-1";
    use_.book = dir_.path() / "book";
    use_.session = "s";
    use_.note = [this](std::string_view text) { notes_.emplace_back(text); };
  }

  Asker asker() {
    auto spending = Spending::open(dir_.path(), clock_);
    REQUIRE(spending);
    std::unique_ptr<Client> client;
    if (!use_.replay) client = std::make_unique<FakeClient>(script_);
    return {settings_, std::move(client), std::move(*spending), use_, clock_, cancel_};
  }
  /// A question to a new asker, as of a new process.
  std::expected<Asked, Unanswered> ask(const std::string& material, std::int64_t turn = 0) {
    return asker().ask(question(material), turn);
  }
  void reply(Reply reply) { script_.replies.push_back(std::move(reply)); }
  void fails(FailureKind kind, std::optional<milliseconds> wait = {}) {
    Failure failure{.kind = kind, .message = "it is " + std::string(name(kind))};
    failure.wait = wait;
    reply(std::unexpected(std::move(failure)));
  }
  std::size_t times_asked() const { return script_.asked.size(); }
  Spent spent() { return asker().spent().value(); }
  std::optional<Page> page(const std::string& digest) const {
    return AnswerBook(use_.book).find(digest).value();
  }

  TempDir dir_ = test_dir();
  HandClock clock_;
  CancelToken cancel_;
  ModelSettings settings_;
  AskerUse use_;
  Script script_;
  std::vector<std::string> notes_;
};

}  // namespace

TEST_CASE_METHOD(AskerTest, "an answer is given with what it cost, and stands in the book") {
  settings_.price = Price{.input = 3, .cached = 3, .written = 3, .output = 10};
  const auto asked = ask("x");
  REQUIRE(asked);
  CHECK(asked->answer.text == "answer 1");
  CHECK_FALSE(asked->from_book);
  CHECK(asked->dollars == Approx(0.008));
  CHECK(spent().dollars == Approx(0.008));
  CHECK(spent().questions == 1);
  const auto kept = page(asked->digest);
  REQUIRE(kept);
  CHECK(kept->answer->text == "answer 1");
  CHECK(kept->model == "fake");
  CHECK(kept->asked_at == "2027-01-15T08:00:00.000Z");
  CHECK(kept->question.material == "x");
}

TEST_CASE_METHOD(AskerTest, "what the book knows is not asked again, and costs nothing") {
  const auto first = ask("x");
  const auto again = ask("x");
  REQUIRE(again);
  CHECK(again->answer.text == "answer 1");
  CHECK(again->from_book);
  CHECK(again->dollars == 0);
  CHECK(again->digest == first->digest);
  CHECK(times_asked() == 1);
  CHECK(spent().questions == 1);
  // Another turn is another question, on purpose.
  CHECK(ask("x", 1)->answer.text == "answer 2");
}

TEST_CASE_METHOD(AskerTest, "what is asked anew replaces what the book knows") {
  REQUIRE(ask("x"));
  use_.fresh = true;
  const auto anew = ask("x");
  REQUIRE(anew);
  CHECK(anew->answer.text == "answer 2");
  CHECK_FALSE(anew->from_book);
  CHECK(page(anew->digest)->answer->text == "answer 2");
  // An attempt that fails takes nothing away.
  fails(FailureKind::kQuestion);
  REQUIRE_FALSE(ask("x"));
  CHECK(page(anew->digest)->answer->text == "answer 2");
}

TEST_CASE_METHOD(AskerTest, "a replay knows what the book knows, and asks nobody") {
  const auto asked = ask("x");
  use_.replay = true;
  const auto again = ask("x");
  REQUIRE(again);
  CHECK(again->answer.text == asked->answer.text);
  CHECK(again->from_book);
  const auto other = ask("y");
  REQUIRE_FALSE(other);
  CHECK(other.error().why == Why::kNoRecord);
  CHECK(other.error().error.kind == ErrorKind::kUsage);
  CHECK(times_asked() == 1);
}

TEST_CASE_METHOD(AskerTest, "a question that failed is in the book, and has no answer there") {
  fails(FailureKind::kDeclined);
  const auto asked = ask("x");
  REQUIRE_FALSE(asked);
  CHECK(asked.error().why == Why::kFailed);
  CHECK(asked.error().failure == FailureKind::kDeclined);
  CHECK(asked.error().error.kind == ErrorKind::kRefused);
  const auto kept = page(asker().digest_of(question("x"), 0));
  REQUIRE(kept);
  CHECK_FALSE(kept->answer);
  use_.replay = true;
  CHECK(ask("x").error().why == Why::kNoRecord);
  use_.replay = false;
  CHECK(ask("x"));
}

TEST_CASE_METHOD(AskerTest, "an answer that was cut is kept, and said to be cut") {
  Answer cut;
  cut.text = "half";
  cut.is_cut = true;
  reply(cut);
  CHECK(ask("x")->answer.is_cut);
  const auto again = ask("x");
  CHECK(again->from_book);
  CHECK(again->answer.is_cut);
}

TEST_CASE_METHOD(AskerTest, "what a question leaves open is the settings' own") {
  settings_.most_tokens = 123;
  settings_.temperature = 0.4;
  REQUIRE(ask("x"));
  CHECK(script_.asked.at(0).most_tokens == 123);
  CHECK(script_.asked.at(0).temperature == 0.4);
  Question own = question("x");
  own.most_tokens = 55;
  own.temperature = 1.0;
  REQUIRE(asker().ask(own, 0));
  CHECK(script_.asked.at(1).most_tokens == 55);
  CHECK(script_.asked.at(1).temperature == 1.0);
}

TEST_CASE_METHOD(AskerTest, "the digest is known before, and is the provider's model's") {
  const std::string digest = asker().digest_of(question("x"), 0);
  CHECK(ask("x")->digest == digest);
  settings_.name = "other";
  settings_.url = "https://elsewhere.example/v1";
  CHECK(asker().digest_of(question("x"), 0) == digest);
  settings_.model = "fake-2";
  CHECK(asker().digest_of(question("x"), 0) != digest);
  settings_.kind = Kind::kCommand;
  settings_.model.clear();
  const std::string by_name = asker().digest_of(question("x"), 0);
  settings_.name = "third";
  CHECK(asker().digest_of(question("x"), 0) != by_name);
}

TEST_CASE_METHOD(AskerTest, "bytes that are no text do not keep a question from its page") {
  const auto asked =
      ask("a\xff"
          "b");
  REQUIRE(asked);
  CHECK(script_.asked.at(0).material ==
        "a\xef\xbf\xbd"
        "b");
  CHECK(ask("a\xff"
            "b")
            ->from_book);
}

TEST_CASE_METHOD(AskerTest, "what passes is waited for, longer each time") {
  for (int i = 0; i < 4; ++i) fails(FailureKind::kBusy);
  const auto asked = ask("x");
  REQUIRE(asked);
  CHECK(times_asked() == 5);
  const auto waits = clock_.waits();
  REQUIRE(waits.size() == 4);
  for (std::size_t i = 0; i < waits.size(); ++i) {
    const milliseconds least = seconds(1 << i);
    CHECK(waits[i] >= least);
    CHECK(waits[i] <= least + least / 4);
  }
  REQUIRE(notes_.size() == 4);
  CHECK_THAT(notes_[0], ContainsSubstring("fake: it is busy; asking again in 1."));
  CHECK_THAT(notes_[3], ContainsSubstring("(attempt 5 of 5)"));
}

TEST_CASE_METHOD(AskerTest, "a wait that is asked for is kept, and a far one is not waited for") {
  fails(FailureKind::kLimit, seconds(90));
  REQUIRE(ask("x"));
  REQUIRE(clock_.waits().size() == 1);
  CHECK(clock_.waits()[0] >= seconds(90));
  CHECK(clock_.waits()[0] <= seconds(90) * 5 / 4);
  fails(FailureKind::kLimit, std::chrono::hours(2));
  const auto far = ask("y");
  REQUIRE_FALSE(far);
  CHECK(far.error().failure == FailureKind::kLimit);
  CHECK_THAT(far.error().error.hint, ContainsSubstring("until 2027-01-15T10:"));
  CHECK(clock_.waits().size() == 1);
}

TEST_CASE_METHOD(AskerTest, "what lasts is not asked again, and what passes not for ever") {
  for (const FailureKind kind :
       {FailureKind::kKey, FailureKind::kQuestion, FailureKind::kDeclined}) {
    fails(kind);
    const std::size_t before = times_asked();
    CHECK(ask("x").error().failure == kind);
    CHECK(times_asked() == before + 1);
  }
  settings_.retries = 2;
  for (const FailureKind kind :
       {FailureKind::kLimit, FailureKind::kBusy, FailureKind::kBroken, FailureKind::kSlow}) {
    for (int i = 0; i < 3; ++i) fails(kind);
    const std::size_t before = times_asked();
    const auto asked = ask("x");
    REQUIRE_FALSE(asked);
    CHECK(asked.error().failure == kind);
    CHECK_THAT(asked.error().error.message, ContainsSubstring("(3 attempts)"));
    CHECK_THAT(asked.error().error.message, ContainsSubstring("asking model fake: it is"));
    CHECK(times_asked() == before + 3);
  }
}

TEST_CASE_METHOD(AskerTest, "attempts that failed are paid for, too") {
  settings_.price = Price{.input = 10, .cached = 10, .written = 10, .output = 10};
  Failure cut{.kind = FailureKind::kBroken, .message = "cut off"};
  cut.usage = {.input = 1000, .cached = 0, .written = 0, .output = 1000};
  reply(std::unexpected(cut));
  REQUIRE(ask("x"));
  CHECK(spent().questions == 2);
  CHECK(spent().usage.input == 2000);
  CHECK(spent().dollars == Approx(0.035));
}

TEST_CASE_METHOD(AskerTest, "an attempt that was broken off costs its question, said or not") {
  Failure slow{.kind = FailureKind::kSlow, .message = "nothing came", .has_worked = true};
  slow.usage.output = 30;  // what had come
  reply(std::unexpected(slow));
  REQUIRE(ask(std::string(3000, 'x')));
  CHECK(spent().usage.input >= 2000);
  CHECK(spent().usage.input < 2100);
  CHECK(spent().usage.output == 530);
}

TEST_CASE_METHOD(AskerTest, "a question waits for what is under way rather than being refused") {
  use_.of_session.tokens = 12'000;
  settings_.most_tokens = 10'000;  // an answer takes 1500
  settings_.parallel = 2;
  std::atomic<int> begun = 0;
  script_.then = [&](const Question&) {
    ++begun;
    std::this_thread::sleep_for(milliseconds(100));
  };
  Asker shared = asker();
  std::atomic<int> answered = 0;
  {
    const std::jthread first([&] { answered += shared.ask(question("x"), 0) ? 1 : 0; });
    while (begun == 0) std::this_thread::sleep_for(milliseconds(1));
    const std::jthread second([&] { answered += shared.ask(question("y"), 0) ? 1 : 0; });
  }
  CHECK(answered == 2);
  CHECK(ask("z").error().why == Why::kBudget);
}

TEST_CASE_METHOD(AskerTest, "what could cost more than is left is not asked") {
  settings_.price = Price{.input = 0, .cached = 0, .written = 0, .output = 100};
  settings_.most_tokens = 10'000;  // a dollar at most; an answer takes 5 cents
  use_.of_session.dollars = 1.07;
  REQUIRE(ask("x"));
  REQUIRE(ask("y"));
  const auto over = ask("z");
  REQUIRE_FALSE(over);
  CHECK(over.error().why == Why::kBudget);
  CHECK_THAT(over.error().error.message, ContainsSubstring("session_dollars is 1.07"));
  CHECK(times_asked() == 2);
  // What the book knows costs nothing.
  CHECK(ask("x"));
  use_.session = "another";
  use_.of_day.dollars = 1.05;
  CHECK_THAT(ask("z").error().error.message, ContainsSubstring("day_dollars"));
}

TEST_CASE_METHOD(AskerTest, "a budget in tokens needs no price, one in dollars does") {
  use_.of_session.tokens = 12'000;
  REQUIRE(ask("x"));   // 1500 of them
  REQUIRE(ask("x1"));  // 3000, and 8200 at most to come
  REQUIRE(ask("x2"));
  CHECK(ask("x3").error().why == Why::kBudget);
  use_.of_day.dollars = 1;
  const auto unpriced = ask("y");
  REQUIRE_FALSE(unpriced);
  CHECK(unpriced.error().why == Why::kBudget);
  CHECK(unpriced.error().error.kind == ErrorKind::kUsage);
  CHECK_THAT(unpriced.error().error.hint, ContainsSubstring("price = {"));
}

TEST_CASE_METHOD(AskerTest, "an answer that is larger than any may be is none") {
  settings_.retries = 0;
  Answer large;
  large.text.assign(kMostAnswer + 1, 'x');
  reply(large);
  CHECK(ask("x").error().failure == FailureKind::kBroken);
}

TEST_CASE_METHOD(AskerTest, "the user can stop before, while and between") {
  SECTION("before") {
    cancel_.request();
    CHECK(ask("x").error().why == Why::kInterrupted);
    CHECK(times_asked() == 0);
  }
  SECTION("while") {
    fails(FailureKind::kInterrupted);
    script_.then = [&](const Question&) { cancel_.request(); };
    const auto asked = ask("x");
    CHECK(asked.error().why == Why::kInterrupted);
    CHECK(asked.error().error.kind == ErrorKind::kInterrupted);
    CHECK(times_asked() == 1);
  }
  SECTION("between") {
    fails(FailureKind::kBusy);
    use_.note = [&](std::string_view) { cancel_.request(); };
    CHECK(ask("x").error().why == Why::kInterrupted);
    CHECK(times_asked() == 1);
  }
}

TEST_CASE_METHOD(AskerTest, "no more questions are asked at once than the settings say") {
  settings_.parallel = 2;
  std::atomic<int> running = 0;
  std::atomic<int> most = 0;
  script_.then = [&](const Question&) {
    const int now = ++running;
    for (int seen = most; seen < now && !most.compare_exchange_weak(seen, now);) {
    }
    std::this_thread::sleep_for(milliseconds(20));
    --running;
  };
  Asker shared = asker();
  std::atomic<int> answered = 0;
  std::vector<std::thread> threads;
  threads.reserve(8);
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      if (shared.ask(question(std::to_string(i)), 0)) ++answered;
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(answered == 8);
  CHECK(most == 2);
}

TEST_CASE_METHOD(AskerTest, "two threads with the same question pay for one answer") {
  use_.fresh = GENERATE(false, true);
  std::atomic<int> begun = 0;
  script_.then = [&](const Question&) {
    while (begun < 2) std::this_thread::sleep_for(milliseconds(1));
    std::this_thread::sleep_for(milliseconds(200));  // for the other to come to wait
  };
  Asker shared = asker();
  std::atomic<int> from_book = 0;
  std::atomic<int> same = 0;
  std::vector<std::thread> threads;
  threads.reserve(2);
  for (int i = 0; i < 2; ++i) {
    threads.emplace_back([&] {
      ++begun;
      const auto asked = shared.ask(question("x"), 0);
      if (asked && asked->from_book) ++from_book;
      if (asked && asked->answer.text == "answer 1") ++same;
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(times_asked() == 1);
  CHECK(from_book == 1);
  CHECK(same == 2);
}

TEST_CASE_METHOD(AskerTest, "a page that is damaged stops a question, unless it is asked anew") {
  const auto asked = ask("x");
  REQUIRE(asked);
  const fs::path file = use_.book / asked->digest.substr(0, 2) / (asked->digest + ".json");
  REQUIRE(write_file(file, "{}"));
  const auto damaged = ask("x");
  REQUIRE_FALSE(damaged);
  CHECK(damaged.error().why == Why::kInternal);
  use_.fresh = true;
  CHECK(ask("x"));
  use_.fresh = false;
  CHECK(ask("x")->from_book);
}

TEST_CASE_METHOD(AskerTest, "words of the other side are shown escaped") {
  reply(failing(FailureKind::kBusy, "bad \x1b[31mword\nand more"));
  REQUIRE(ask("x"));
  CHECK_THAT(notes_.at(0), ContainsSubstring("bad \\x1b[31mword\\nand more"));
}

}  // namespace automod::model
