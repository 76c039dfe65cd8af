#include "engine/model/spending.hpp"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <limits>
#include <thread>

#include "base/sqlite.hpp"
#include "tests/unit/catch.hpp"
#include "tests/unit/engine/model/asking.hpp"

namespace automod::model {
namespace {

using std::chrono::hours;
using testing::ContainsSubstring;

constexpr Usage kMost{.input = 1000, .cached = 0, .written = 0, .output = 1000};
constexpr Usage kUsed{.input = 900, .cached = 100, .written = 50, .output = 200};

class SpendingTest {
 protected:
  Spending open() const { return std::move(*Spending::open(folder(), clock_)); }
  std::filesystem::path folder() const { return dir_.path() / "state"; }
  std::filesystem::path file() const { return folder() / "spending.db"; }

  /// The number that was set aside, or why it was not.
  static std::string aside(Spending& spending, const Budget& of_session, const Budget& of_day,
                           double dollars = 1, std::string_view session = "s") {
    const auto done = spending.set_aside(session, "m", kMost, dollars, of_session, of_day);
    REQUIRE(done);
    return done->exceeded.value_or("set aside");
  }
  static void spend(Spending& spending, double dollars, std::string_view session = "s") {
    const auto done = spending.set_aside(session, "m", kMost, dollars, {}, {});
    REQUIRE(done);
    REQUIRE_FALSE(done->exceeded);
    REQUIRE(spending.settle(done->id, kUsed, dollars));
  }

  TempDir dir_ = test_dir();
  HandClock clock_;
};

/// Sets aside until the budget is used up; how often that was.
int set_aside_all(Spending& spending, std::string_view session, const Budget& budget) {
  for (int count = 0;; ++count) {
    const auto done = spending.set_aside(session, "m", kMost, 1, budget, budget);
    if (!done) return -1;
    if (done->exceeded) return count;
    if (count % 2 == 0 && !spending.settle(done->id, kMost, 1)) return -1;
  }
}

}  // namespace

TEST_CASE("a price is for a million tokens of its sort") {
  const Price price{.input = 3, .cached = 0.3, .written = 3.75, .output = 15};
  CHECK(cost_of({.input = 1'000'000, .cached = 0, .written = 0, .output = 0}, price) ==
        Approx(3.0));
  // Of the input, 600000 were neither read from the cache nor written to it.
  CHECK(cost_of({.input = 1'000'000, .cached = 300'000, .written = 100'000, .output = 10'000},
                price) == Approx(1.8 + 0.09 + 0.375 + 0.15));
  CHECK(cost_of(kUsed, std::nullopt) == 0);
  CHECK(cost_of({.input = -5, .cached = 7, .written = 0, .output = -1}, price) >= 0);
}

TEST_CASE_METHOD(SpendingTest, "what was settled is the session's and the day's") {
  Spending spending = open();
  spend(spending, 0.25);
  spend(spending, 0.5);
  spend(spending, 4, "other");
  const Spent session = spending.of_session("s").value();
  CHECK(session.questions == 2);
  CHECK(session.usage == Usage{.input = 1800, .cached = 200, .written = 100, .output = 400});
  CHECK(session.dollars == Approx(0.75));
  CHECK(spending.today().value().questions == 3);
  CHECK(spending.today().value().dollars == Approx(4.75));
  CHECK(spending.of_session("unknown").value().questions == 0);
  CHECK(spending.of_session("s", "m").value().questions == 2);
  CHECK(spending.of_session("s", "other").value().questions == 0);
}

TEST_CASE_METHOD(SpendingTest, "what was spent is known to the next process") {
  {
    Spending spending = open();
    spend(spending, 0.25);
  }
  CHECK(open().of_session("s").value().dollars == Approx(0.25));
  struct stat info{};
  REQUIRE(stat(file().c_str(), &info) == 0);
  CHECK((info.st_mode & 0777) == 0600);
}

TEST_CASE_METHOD(SpendingTest, "a question that could cost more than is left is not set aside") {
  Spending spending = open();
  spend(spending, 3.5);
  CHECK(aside(spending, {.dollars = 5, .tokens = 0}, {}) == "set aside");
  // 4.5 of 5 are spent or set aside now.
  CHECK_THAT(aside(spending, {.dollars = 5, .tokens = 0}, {}),
             ContainsSubstring("session_dollars is 5.00: 4.5000 are spent or set aside, and the "
                               "question can cost 1.0000"));
  CHECK(aside(spending, {.dollars = 5.5, .tokens = 0}, {}) == "set aside");
  CHECK_THAT(aside(spending, {}, {.dollars = 6, .tokens = 0}), ContainsSubstring("day_dollars"));
  CHECK(aside(spending, {.dollars = 5, .tokens = 0}, {}, 1, "another") == "set aside");
}

TEST_CASE_METHOD(SpendingTest, "tokens are counted in and out") {
  Spending spending = open();
  spend(spending, 0);  // 1100 tokens
  CHECK(aside(spending, {.dollars = 0, .tokens = 3100}, {}, 0) == "set aside");
  CHECK_THAT(aside(spending, {.dollars = 0, .tokens = 5000}, {}, 0),
             ContainsSubstring("session_tokens is 5000: 3100 are spent or set aside, and the "
                               "question can take 2000"));
  CHECK_THAT(aside(spending, {}, {.dollars = 0, .tokens = 5000}, 0, "another"),
             ContainsSubstring("day_tokens"));
}

TEST_CASE_METHOD(SpendingTest, "sums of cents reach their budget exactly") {
  Spending spending = open();
  for (int i = 0; i < 10; ++i) {
    REQUIRE(aside(spending, {.dollars = 1, .tokens = 0}, {}, 0.1) == "set aside");
  }
  CHECK(aside(spending, {.dollars = 1, .tokens = 0}, {}, 0.1) != "set aside");
}

TEST_CASE_METHOD(SpendingTest, "settling gives back what was not needed") {
  Spending spending = open();
  const Budget budget{.dollars = 1, .tokens = 0};
  const auto first = spending.set_aside("s", "m", kMost, 1, budget, {});
  REQUIRE(first);
  CHECK(aside(spending, budget, {}, 0.5) != "set aside");
  REQUIRE(spending.settle(first->id, kUsed, 0.2));
  CHECK(aside(spending, budget, {}, 0.5) == "set aside");
  // Once, and nothing that was not set aside.
  CHECK_FALSE(spending.settle(first->id, kUsed, 0.2));
  CHECK_FALSE(spending.settle(12345, kUsed, 0.2));
}

TEST_CASE_METHOD(SpendingTest, "what a killed process has set aside counts for a day") {
  const Budget budget{.dollars = 1, .tokens = 0};
  {
    Spending killed = open();
    REQUIRE(aside(killed, budget, budget) == "set aside");
  }
  Spending spending = open();
  clock_.advance(hours(23));  // and past midnight
  CHECK(aside(spending, budget, {}) != "set aside");
  CHECK(aside(spending, {}, budget, 1, "another") != "set aside");
  clock_.advance(hours(2));
  CHECK(aside(spending, {}, budget, 1, "another") == "set aside");
  CHECK(aside(spending, budget, {}) == "set aside");
}

TEST_CASE_METHOD(SpendingTest, "a day ends at midnight, UTC, and a session does not") {
  const Budget budget{.dollars = 1.5, .tokens = 0};
  Spending spending = open();  // at eight o'clock
  spend(spending, 1);
  clock_.advance(hours(16) - std::chrono::milliseconds(1));
  CHECK(spending.today().value().dollars == Approx(1.0));
  CHECK(aside(spending, {}, budget) != "set aside");
  clock_.advance(std::chrono::milliseconds(1));
  CHECK(spending.today().value().dollars == 0);
  CHECK(aside(spending, budget, {}) != "set aside");
  CHECK(aside(spending, {}, budget, 1, "another") == "set aside");
}

TEST_CASE_METHOD(SpendingTest, "what a provider claims cannot break the sums") {
  Spending spending = open();
  constexpr std::int64_t kHuge = std::numeric_limits<std::int64_t>::max();
  for (int i = 0; i < 20; ++i) {
    const auto done = spending.set_aside("s", "m", kMost, 1, {}, {});
    REQUIRE(done);
    REQUIRE(spending.settle(done->id,
                            {.input = kHuge, .cached = -kHuge, .written = kHuge, .output = kHuge},
                            std::numeric_limits<double>::quiet_NaN()));
  }
  CHECK(spending.of_session("s").value().usage.input > 0);
  CHECK(aside(spending, {.dollars = 0, .tokens = 1'000'000}, {}) != "set aside");
}

TEST_CASE_METHOD(SpendingTest, "several threads do not spend the same money") {
  Spending spending = open();
  const Budget budget{.dollars = 100, .tokens = 0};
  std::vector<int> counts(4);
  std::vector<std::thread> threads;
  threads.reserve(counts.size());
  for (int& count : counts) {
    threads.emplace_back([&] { count = set_aside_all(spending, "s", budget); });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(counts[0] + counts[1] + counts[2] + counts[3] == 100);
}

TEST_CASE_METHOD(SpendingTest, "several processes do not spend the same money") {
  const Budget budget{.dollars = 60, .tokens = 0};
  std::vector<pid_t> children;
  for (int i = 0; i < 3; ++i) {
    const pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      auto spending = Spending::open(folder(), clock_);
      const int count = spending ? set_aside_all(*spending, i == 0 ? "s" : "t", budget) : -1;
      _exit(count < 0 ? 255 : count);
    }
    children.push_back(child);
  }
  int sum = 0;
  for (const pid_t child : children) {
    int status = 0;
    REQUIRE(waitpid(child, &status, 0) == child);
    REQUIRE(WIFEXITED(status));
    REQUIRE(WEXITSTATUS(status) != 255);
    sum += WEXITSTATUS(status);
  }
  CHECK(sum == 60);
}

TEST_CASE_METHOD(SpendingTest, "a damaged file is no empty one, and the error says what to do") {
  {
    Spending spending = open();
    spend(spending, 1);
  }
  REQUIRE(write_file(file(), std::string(8192, 'x'), 0600));
  std::filesystem::remove(file().string() + "-wal");
  std::filesystem::remove(file().string() + "-shm");
  const auto opened = Spending::open(folder(), clock_);
  REQUIRE_FALSE(opened);
  CHECK(opened.error().kind == ErrorKind::kUnavailable);
  CHECK_THAT(opened.error().message, ContainsSubstring("spending.db"));
  CHECK_THAT(opened.error().hint, ContainsSubstring("move the file away"));
}

TEST_CASE_METHOD(SpendingTest, "a file of a newer automod, or of somebody else, is left alone") {
  std::filesystem::create_directories(folder());
  {
    auto database = Database::open(file(), {.durable = true, .damage_hint = ""});
    REQUIRE(database);
    REQUIRE(database->run("CREATE TABLE theirs(x)"));
  }
  CHECK(Spending::open(folder(), clock_).error().kind == ErrorKind::kUnavailable);
  {
    auto database = Database::open(file(), {.durable = true, .damage_hint = ""});
    REQUIRE(database);
    REQUIRE(database->run("PRAGMA user_version = 2"));
  }
  CHECK_THAT(Spending::open(folder(), clock_).error().message,
             ContainsSubstring("schema 2, expected 1"));
}

}  // namespace automod::model
