#include "engine/keep/limits.hpp"

#include "tests/unit/catch.hpp"

namespace automod::keep {
namespace {

using testing::ContainsSubstring;

constexpr Clock::Time kNow = Clock::Time(std::chrono::seconds(1'800'000'000));

using Kept = store::PastApplication;

Kept kept(std::chrono::seconds ago, std::vector<std::string> paths = {"a"}) {
  return {.modification = {}, .applied_at = iso_time(kNow - ago), .paths = std::move(paths)};
}

std::string reached(const Past& past, const Automatic& limits) {
  return limit_reached(past, {"a", "b"}, limits, kNow).value_or("");
}

TEST_CASE("nothing in the past reaches no limit") { CHECK(reached({}, {}).empty()); }

TEST_CASE("applications of the last hour count, older ones do not") {
  const Automatic limits{.per_hour = 2, .per_file = 100};
  using std::chrono::minutes;
  CHECK(reached({.applications = {kept(minutes(5)), kept(minutes(61))}}, limits).empty());
  CHECK_THAT(reached({.applications = {kept(minutes(5)), kept(minutes(59))}}, limits),
             ContainsSubstring("per_hour allows 2"));
}

TEST_CASE("applications that touch one of the files count for a day") {
  const Automatic limits{.per_file = 2};
  using std::chrono::hours;
  CHECK(reached({.applications = {kept(hours(2)), kept(hours(25))}}, limits).empty());
  CHECK(reached({.applications = {kept(hours(2)), kept(hours(3), {"c"})}}, limits).empty());
  CHECK_THAT(reached({.applications = {kept(hours(2)), kept(hours(23), {"c", "b"}),
                                       kept(hours(23), {"b"})}},
                     limits),
             ContainsSubstring("touched b within a day, per_file allows 2"));
}

TEST_CASE("self-modifications of self-modifications end somewhere") {
  CHECK(reached({.generation = 2}, {.generations = 3}).empty());
  CHECK_THAT(reached({.generation = 3}, {.generations = 3}), ContainsSubstring("generations"));
}

TEST_CASE("after so many rollbacks in a row a person is asked") {
  Kept back = kept(std::chrono::hours(30));
  back.rolled_back = true;
  const Kept stayed = kept(std::chrono::hours(30));
  const Automatic limits{.rollbacks = 2};
  CHECK(reached({.applications = {back, stayed, back}}, limits).empty());
  CHECK_THAT(reached({.applications = {back, back, stayed}}, limits),
             ContainsSubstring("rollbacks"));
}

TEST_CASE("how much of each limit is used up can be told") {
  const Past past{.applications = {kept(std::chrono::minutes(5), {"x"}),
                                   kept(std::chrono::hours(2), {"x", "y"})},
                  .generation = 1};
  const auto uses = limit_use(past, {}, {.per_hour = 20, .per_file = 2}, kNow);
  REQUIRE(uses.size() == 4);
  CHECK((uses[0].key == "per_hour" && uses[0].used == 1 && !uses[0].reached()));
  CHECK((uses[1].key == "per_file" && uses[1].used == 2 && uses[1].reached()));
  CHECK_THAT(uses[1].why, ContainsSubstring("touched x"));
  CHECK((uses[2].key == "generations" && uses[2].used == 1));
  CHECK((uses[3].key == "rollbacks" && uses[3].used == 0));
}

TEST_CASE("what a person approved counts for nothing and ends a row") {
  Kept seen = kept(std::chrono::minutes(1));
  seen.approved = true;
  CHECK(reached({.applications = {seen, seen}}, {.per_hour = 1, .per_file = 1}).empty());
  Kept back = kept(std::chrono::hours(30));
  back.rolled_back = true;
  seen.rolled_back = true;
  CHECK(reached({.applications = {back, seen, back}}, {.rollbacks = 2}).empty());
}

TEST_CASE("a limit of nothing lets nothing pass") {
  CHECK_FALSE(reached({}, {.per_hour = 0}).empty());
}

}  // namespace
}  // namespace automod::keep
