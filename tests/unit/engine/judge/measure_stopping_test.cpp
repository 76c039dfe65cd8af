#include <fmt/format.h>

#include <algorithm>
#include <iostream>

#include "engine/judge/measure_rank.hpp"
#include "tests/unit/catch.hpp"
#include "tests/unit/engine/judge/measure_simulation.hpp"

namespace automod {
namespace {

using judge::Answer;
using testing::Noise;
using testing::SimulatedRuns;

constexpr Noise kNoises[] = {Noise::kNormal, Noise::kSpikes, Noise::kTwoModes, Noise::kDrift,
                             Noise::kHeavy};

struct Counts {
  int worse = 0;
  int slightly = 0;
  int better = 0;
  int rounds = 0;
  int differs() const { return worse + slightly + better; }
};

Counts count(Noise noise, double spread, double effect, int times, std::size_t most,
             const judge::Question& question = {}) {
  Counts counts;
  for (int i = 0; i < times; ++i) {
    SimulatedRuns runs(noise, spread, effect, 1000 + static_cast<std::uint64_t>(i));
    const auto found = testing::simulate(runs, question, most);
    counts.worse += found.answer == Answer::kWorse ? 1 : 0;
    counts.slightly += found.answer == Answer::kSlightlyWorse ? 1 : 0;
    counts.better += found.is_better() ? 1 : 0;
    counts.rounds += static_cast<int>(found.rounds);
  }
  return counts;
}

TEST_CASE("identical sides are called different in less than one simulation of a hundred") {
  constexpr int kTimes = 300;
  for (const Noise noise : kNoises) {
    for (const double spread : {0.005, 0.02, 0.06}) {
      const Counts counts = count(noise, spread, 0, kTimes, 48);
      CAPTURE(static_cast<int>(noise), spread, counts.worse, counts.slightly, counts.better);
      CHECK(counts.differs() < kTimes / 100);
    }
  }
}

TEST_CASE("the least number of rounds is no loophole") {
  constexpr int kTimes = 2000;
  for (const Noise noise : kNoises) {
    const Counts counts = count(noise, 0.03, 0, kTimes, judge::least_rounds(1));
    CAPTURE(static_cast<int>(noise), counts.worse, counts.slightly, counts.better);
    CHECK(counts.differs() < kTimes / 100);
  }
}

TEST_CASE("a loss of 5 % is seen and one of 15 % counts") {
  constexpr int kTimes = 100;
  for (const double spread : {0.005, 0.02, 0.04}) {
    const Counts five = count(Noise::kNormal, spread, 0.05, kTimes, 288);
    const Counts fifteen = count(Noise::kNormal, spread, 0.15, kTimes, 288);
    CAPTURE(spread, five.worse, five.slightly, fifteen.worse);
    CHECK(five.worse + five.slightly >= kTimes * 95 / 100);
    CHECK(fifteen.worse == kTimes);
  }
}

TEST_CASE("a quiet benchmark is answered after the first look, a noisy one later") {
  CHECK(count(Noise::kNormal, 0.002, 0, 20, 288).rounds == 20 * 6);
  CHECK(count(Noise::kNormal, 0.002, 1, 20, 288).rounds == 20 * 6);
  CHECK(count(Noise::kNormal, 0.03, 0, 20, 288).rounds > 20 * 18);
}

TEST_CASE("among many comparisons one asks for more rounds and a wider interval") {
  CHECK(judge::least_rounds(1) == 4);
  CHECK(judge::least_rounds(2) == 5);
  CHECK(judge::least_rounds(9) == 6);
  SimulatedRuns runs(Noise::kNormal, 0.02, 0.05, 7);
  runs.run_until(36);
  const auto alone = judge::compare(runs.series(), {.floor = 5, .among = 1});
  const auto among = judge::compare(runs.series(), {.floor = 5, .among = 40});
  CHECK(among.change.low < alone.change.low);
  CHECK(among.change.high > alone.change.high);
  CHECK(among.change.percent == alone.change.percent);
}

TEST_CASE("the exact limits of the signed-rank test are those of the tables") {
  struct Row {
    std::size_t n;
    double alpha;
    std::optional<std::size_t> limit;
  };
  const Row rows[] = {{5, 0.05, std::nullopt}, {6, 0.05, 0},    {10, 0.05, 8},  {20, 0.05, 52},
                      {25, 0.01, 68},          {30, 0.02, 120}, {50, 0.05, 434}};
  for (const auto& row : rows) {
    CAPTURE(row.n, row.alpha);
    CHECK(judge::rank_sum_limit(row.n, row.alpha) == row.limit);
  }
}

TEST_CASE("the normal curve never promises more than the exact limits") {
  const auto exact = judge::rank_sum_limit(60, 0.0002);
  const auto beyond = judge::rank_sum_limit(61, 0.0002);
  REQUIRE(exact);
  REQUIRE(beyond);
  CHECK(*beyond < *exact + 61);
  CHECK(*beyond + 20 > *exact);
}

TEST_CASE("the median of pairwise means is found for even and odd numbers of means") {
  CHECK(judge::PairwiseMeans({}).centre() == 0);
  CHECK(judge::PairwiseMeans({3}).centre() == 3);
  CHECK(judge::PairwiseMeans({1, 3}).centre() == 2);
  CHECK(judge::PairwiseMeans({1, 2, 9}).centre() == 3.5);  // of 1 1.5 2 5 5.5 9
}

/// The bootstrap over rounds that rules of version 1 used, to compare with.
bool bootstrap_covers(const std::vector<double>& ratios, double truth, double alpha,
                      std::mt19937_64& random) {
  constexpr std::size_t kResamples = 400;
  std::vector<double> centres;
  std::vector<double> sample(ratios.size());
  for (std::size_t i = 0; i < kResamples; ++i) {
    for (double& value : sample) value = ratios[random() % ratios.size()];
    centres.push_back(judge::PairwiseMeans(sample).centre());
  }
  std::sort(centres.begin(), centres.end());
  const auto tail = static_cast<std::size_t>(alpha / 2 * kResamples);
  return centres[tail] <= truth && centres[kResamples - 1 - tail] >= truth;
}

/// The table of docs/notes/measurement.md: unit_judge "[coverage]".
TEST_CASE("coverage of both intervals", "[.][coverage]") {
  constexpr int kTimes = 1000;
  for (const Noise noise : kNoises) {
    for (const std::size_t rounds : {6UL, 9UL, 15UL}) {
      for (const double alpha : {0.05, 0.01}) {
        std::mt19937_64 random(1);
        int ranks = 0;
        int bootstrap = 0;
        for (int i = 0; i < kTimes; ++i) {
          SimulatedRuns runs(noise, 0.03, 0, 5000 + static_cast<std::uint64_t>(i));
          runs.run_until(rounds);
          std::vector<double> ratios;
          for (std::size_t k = 0; k < rounds; ++k) {
            ratios.push_back(std::log(runs.series().candidate[k] / runs.series().base[k]));
          }
          const auto interval = judge::PairwiseMeans(ratios).interval(alpha);
          ranks += !interval || (interval->first <= 0 && interval->second >= 0) ? 1 : 0;
          bootstrap += bootstrap_covers(ratios, 0, alpha, random) ? 1 : 0;
        }
        std::cout << fmt::format("noise {} rounds {} level {:.0f}: ranks {:.1f} bootstrap {:.1f}\n",
                                 static_cast<int>(noise), rounds, 100 - 100 * alpha,
                                 100.0 * ranks / kTimes, 100.0 * bootstrap / kTimes);
      }
    }
  }
}

/// Whole measurements, for the same note: unit_judge "[answers]".
TEST_CASE("answers of whole measurements", "[.][answers]") {
  constexpr int kTimes = 4000;
  for (const Noise noise : kNoises) {
    for (const double spread : {0.005, 0.02, 0.05}) {
      const Counts none = count(noise, spread, 0, kTimes, 96);
      const Counts five = count(noise, spread, 0.05, 400, 288);
      const Counts fifteen = count(noise, spread, 0.15, 400, 288);
      std::cout << fmt::format(
          "noise {} spread {:.1f} %: equal called different {:.2f} % after {:.0f} rounds; 5 % seen "
          "{:.1f} % after {:.0f}; 15 % counts {:.1f} % after {:.0f}\n",
          static_cast<int>(noise), spread * 100, 100.0 * none.differs() / kTimes,
          static_cast<double>(none.rounds) / kTimes, 100.0 * (five.worse + five.slightly) / 400,
          static_cast<double>(five.rounds) / 400, 100.0 * fifteen.worse / 400,
          static_cast<double>(fifteen.rounds) / 400);
    }
  }
}

}  // namespace
}  // namespace automod
