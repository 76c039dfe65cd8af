#pragma once

#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

#include "engine/judge/measure.hpp"

/// Benchmarks that were never run: the same on every machine, from a seed.
namespace automod::testing {

enum class Noise {
  kNormal,
  kSpikes,    // one run in ten is interrupted and takes up to three times as long
  kTwoModes,  // each run is fast or slow, as the layout of memory falls
  kDrift,     // the machine gets faster and slower over many rounds
  kHeavy,     // now and then anything
};

class SimulatedRuns {
 public:
  SimulatedRuns(Noise noise, double spread, double effect, std::uint64_t seed)
      : noise_(noise), spread_(spread), effect_(effect), random_(seed) {
    series_.metric = "figure";
  }

  const Series& series() const { return series_; }

  void run_until(std::size_t rounds) {
    while (series_.base.size() < rounds) {
      pace_ = 0.9 * pace_ + normal();
      series_.base.push_back(once(1));
      series_.candidate.push_back(once(1 + effect_));
      series_.again.push_back(once(1));
    }
  }

 private:
  double uniform() { return static_cast<double>(random_() >> 11) * 0x1p-53; }

  double normal() {
    const double radius = std::sqrt(-2 * std::log(1 - uniform()));
    return radius * std::cos(6.283185307179586 * uniform());
  }

  double error() {
    switch (noise_) {
      case Noise::kNormal:
        return normal();
      case Noise::kSpikes:
        return 0.3 * normal() + (uniform() < 0.1 ? uniform() / spread_ : 0);
      case Noise::kTwoModes:
        return (uniform() < 0.5 ? -1 : 1) + 0.05 * normal();
      case Noise::kDrift:
        return 0.5 * normal() + 2 * pace_;
      case Noise::kHeavy:
        return 0.5 * normal() / std::sqrt(1e-4 + uniform());
    }
    return 0;
  }

  double once(double factor) { return 100 * factor * std::exp(spread_ * error()); }

  Noise noise_;
  double spread_;
  double effect_;
  double pace_ = 0;
  std::mt19937_64 random_;
  Series series_;
};

/// Runs until the answer is clear or `most` rounds were run.
inline judge::Comparison simulate(SimulatedRuns& runs, const judge::Question& question,
                                  std::size_t most) {
  for (const std::size_t look : judge::kLooks) {
    if (look >= most) break;
    runs.run_until(look);
    const auto found = judge::compare(runs.series(), question);
    if (judge::is_clear(found, question)) return found;
  }
  runs.run_until(most);
  return judge::compare(runs.series(), question);
}

}  // namespace automod::testing
