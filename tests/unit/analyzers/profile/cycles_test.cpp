#include "analyzers/profile/cycles.hpp"

#include "tests/unit/catch.hpp"

using automod::analyzers::cycles_of;

TEST_CASE("what calls each other is in one cycle") {
  // 0 -> 1 -> 2 -> 1, 2 -> 3, 4 alone
  const auto cycle = cycles_of(5, {{0, 1}, {1, 2}, {2, 1}, {2, 3}});
  CHECK(cycle[1] == cycle[2]);
  CHECK(cycle[0] != cycle[1]);
  CHECK(cycle[3] != cycle[1]);
  CHECK(cycle[4] != cycle[3]);
}

TEST_CASE("a cycle of cycles is one") {
  const auto cycle = cycles_of(4, {{0, 1}, {1, 0}, {2, 3}, {3, 2}, {1, 2}, {3, 0}});
  CHECK(cycle == std::vector<std::uint32_t>(4, cycle[0]));
}

TEST_CASE("a chain of calls may be as long as it likes") {
  std::vector<std::pair<std::uint32_t, std::uint32_t>> calls;
  for (std::uint32_t i = 0; i + 1 < 300'000; ++i) calls.emplace_back(i, i + 1);
  auto cycle = cycles_of(300'000, calls);
  CHECK(cycle.front() != cycle.back());
  calls.emplace_back(299'999, 0);
  cycle = cycles_of(300'000, calls);
  CHECK(cycle.front() == cycle.back());
}
