#include "engine/watch.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "tests/unit/catch.hpp"

using namespace automod;
using std::chrono::seconds;

namespace {

/// Waiting takes no time; it is only later then.
class HandClock final : public Clock {
 public:
  Time now() const override { return now_; }
  void wait_until(Time time, const CancelToken&) const override { now_ = std::max(now_, time); }
  void advance(seconds by) { now_ += by; }

 private:
  mutable Time now_ = Time(seconds(1'800'000'000));
};

/// A watch of what answers one letter a look: h(ealthy), u(nhealthy), n(o answer), g(one),
/// f(ails), s(topped by the user). The last one stays.
class WatchTest {
 protected:
  Result<WatchEnd> watch(std::string_view answers, const WatchPlan& plan) {
    return watch_over(
        plan, clock_, cancel_, [&, answers]() -> Result<std::optional<store::WatchCheck>> {
          at_.push_back(clock_.now());
          clock_.advance(takes_);
          const char answer = answers[std::min(at_.size(), answers.size()) - 1];
          if (answer == 'g') return std::nullopt;
          if (answer == 'f') return fail(ErrorKind::kInternal, "disk full");
          if (answer == 's') cancel_.request();
          const char* outcome = answer == 'u' ? "unhealthy" : answer == 'n' ? "unknown" : "healthy";
          return store::WatchCheck{.outcome = outcome, .detail = "why"};
        });
  }
  std::string state(std::string_view answers, const WatchPlan& plan = kTenLooks) {
    const auto end = watch(answers, plan);
    return end ? end->state : "error";
  }

  static constexpr WatchPlan kTenLooks{.every = seconds(60), .period = seconds(540), .failures = 2};
  HandClock clock_;
  CancelToken cancel_;
  seconds takes_{0};
  std::vector<Clock::Time> at_;
};

}  // namespace

TEST_CASE_METHOD(WatchTest, "what is healthy all the time stays") {
  CHECK(state("h") == "healthy");
  REQUIRE(at_.size() == 10);
  CHECK(at_[1] - at_[0] == seconds(60));
}

TEST_CASE_METHOD(WatchTest, "so many unhealthy looks in a row are a regression") {
  const auto end = watch("hhuu", kTenLooks);
  REQUIRE(end);
  CHECK(end->state == "regressed");
  CHECK(end->why == "unhealthy 2 times in a row: why");
  CHECK(at_.size() == 4);
}

TEST_CASE_METHOD(WatchTest, "a passing trouble is none") {
  CHECK(state("huhuhuh") == "healthy");
  CHECK(at_.size() == 10);
}

TEST_CASE_METHOD(WatchTest, "trouble at the very end is looked at until it is clear") {
  CHECK(state("hhhhhhhhhuu") == "regressed");
  at_.clear();
  CHECK(state("hhhhhhhhhuh") == "healthy");
  CHECK(at_.size() == 11);
}

TEST_CASE_METHOD(WatchTest, "without an answer nothing is taken back") {
  CHECK(state("hnn") == "stopped");
  at_.clear();
  CHECK(state("hunun") == "stopped");
}

TEST_CASE_METHOD(WatchTest, "what is gone, or what the user stops, ends at once") {
  CHECK(state("hg") == "stopped");
  CHECK(at_.size() == 2);
  CHECK(state("hs") == "stopped");
}

TEST_CASE_METHOD(WatchTest, "a failure of our own is none of the watch's outcomes") {
  CHECK(state("hf") == "error");
}

TEST_CASE_METHOD(WatchTest, "looks that take longer than they are apart follow each other") {
  takes_ = seconds(100);
  CHECK(state("h") == "healthy");
  REQUIRE(at_.size() >= 2);
  CHECK(at_[1] - at_[0] == seconds(100));
}

TEST_CASE_METHOD(WatchTest, "a period shorter than the schedule is one look") {
  CHECK(state("h", {.every = seconds(60), .period = seconds(1), .failures = 1}) == "healthy");
  CHECK(at_.size() == 1);
}
