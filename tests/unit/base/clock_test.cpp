#include "base/clock.hpp"

#include <regex>
#include <set>
#include <thread>
#include <vector>

#include "tests/unit/catch.hpp"

using namespace automod;
using std::chrono::milliseconds;

namespace {

Clock::Time at(long long since_epoch_ms) { return Clock::Time(milliseconds(since_epoch_ms)); }

}  // namespace

TEST_CASE("a time is written in UTC with milliseconds") {
  CHECK(iso_time(at(0)) == "1970-01-01T00:00:00.000Z");
  CHECK(iso_time(at(1769903999123)) == "2026-01-31T23:59:59.123Z");
  CHECK(iso_time(at(1709164800007)) == "2024-02-29T00:00:00.007Z");
  CHECK(iso_time(at(-1)) == "1969-12-31T23:59:59.999Z");
}

TEST_CASE("the system's clock is later than this test") {
  CHECK(iso_time(SystemClock().now()) > "2026");
}

TEST_CASE("waiting ends at its time, or when the user asks to stop") {
  const SystemClock clock;
  CancelToken cancel;
  const auto until = clock.now() + milliseconds(30);
  clock.wait_until(until, cancel);
  CHECK(clock.now() >= until);
  clock.wait_until(clock.now() - milliseconds(1), cancel);
  cancel.request();
  const auto asked = clock.now();
  clock.wait_until(asked + std::chrono::hours(1), cancel);
  CHECK(clock.now() < asked + std::chrono::minutes(30));
}

TEST_CASE("an id has the form of a UUID of version 7") {
  const std::regex form("[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
  for (int i = 0; i < 100; ++i) CHECK(std::regex_match(uuid7(SystemClock().now()), form));
}

TEST_CASE("an id begins with its time") {
  // Far in the future, so that no id made before by this process is later.
  const long long stamp = 0x7f0123456789;
  CHECK(uuid7(at(stamp)).substr(0, 13) == "7f012345-6789");
}

TEST_CASE("ids of one millisecond sort in the order they were made and differ early") {
  std::string before;
  for (int i = 0; i < 1000; ++i) {
    const std::string id = uuid7(at(42));
    REQUIRE(id > before);
    REQUIRE(id.substr(0, 13) != before.substr(0, 13));
    before = id;
  }
}

TEST_CASE("ids of several threads are all different") {
  std::vector<std::vector<std::string>> made(4);
  std::vector<std::thread> threads;
  threads.reserve(made.size());
  for (auto& mine : made) {
    threads.emplace_back([&mine] {
      for (int i = 0; i < 500; ++i) mine.push_back(uuid7(at(7)).substr(0, 13));
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::set<std::string> all;
  for (const auto& mine : made) all.insert(mine.begin(), mine.end());
  CHECK(all.size() == 2000);
}
