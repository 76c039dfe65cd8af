#include "engine/judge/measure.hpp"

#include <algorithm>
#include <cmath>

#include "engine/judge/measure_rank.hpp"

namespace automod::judge {

namespace {

constexpr double kLeastFigure = 1e-9;  // keeps logarithms finite
constexpr double kWidest = 1000;       // percent: "anything is possible"
constexpr double kNoiseAlpha = 0.05;
constexpr std::size_t kLeastPairs = 4;

/// The rank interval is asked at most this often: the looks with enough rounds for it, and once
/// more when time is up.
constexpr std::size_t kRankLooks = 10;

/// Of the whole process: starting it alone varies by this much from one side to the other. What a
/// program prints of itself has no such bound.
struct Resolution {
  std::string_view metric;
  double known;    // where the base was run against itself
  double unknown;  // where it was not
};
constexpr std::array<Resolution, 3> kResolutions = {
    {{"wall", 0.5, 2}, {"cpu", 0.5, 2}, {"memory", 0.25, 1}}};

/// Rounded, so that the last bits of another machine's logarithm cannot turn a verdict.
double rounded(double value) { return std::round(value * 100) / 100 + 0.0; }

double percent_of(double log_ratio) {
  return rounded(std::clamp((std::exp(log_ratio) - 1) * 100, -100.0, 1e6));
}

double sane(double figure) {
  return std::isfinite(figure) ? std::max(figure, kLeastFigure) : kLeastFigure;
}

std::vector<double> log_ratios(const std::vector<double>& from, const std::vector<double>& to) {
  std::vector<double> ratios;
  for (std::size_t i = 0; i < std::min(from.size(), to.size()); ++i) {
    ratios.push_back(std::log(sane(to[i])) - std::log(sane(from[i])));
  }
  return ratios;
}

double resolution_of(const Series& series, bool noise_known) {
  for (const auto& one : kResolutions) {
    if (one.metric == series.metric) return noise_known ? one.known : one.unknown;
  }
  return 0;
}

double largest(const std::vector<double>& values) {
  double most = 0;
  for (const double value : values) most = std::max(most, std::abs(value));
  return most;
}

/// The farther end of the interval of the base against itself.
double noise_of(const std::vector<double>& again) {
  const auto interval = PairwiseMeans(again).interval(kNoiseAlpha);
  const double end =
      interval ? std::max(std::abs(interval->first), std::abs(interval->second)) : largest(again);
  return percent_of(end);
}

/// By ranks where there are enough rounds for it; else the whole range, which the largest
/// difference of the base from itself makes wider.
std::optional<std::pair<double, double>> interval_of(const std::vector<double>& ratios,
                                                     const std::vector<double>& again,
                                                     PairwiseMeans& means, std::size_t among) {
  const double alpha = kAlpha / static_cast<double>(std::max<std::size_t>(among, 1));
  if (auto found = means.interval(alpha / kRankLooks)) return found;
  const bool enough =
      ratios.size() >= kLeastPairs && (again.empty() || range_alpha(again.size()) <= alpha);
  if (!enough) return std::nullopt;
  const auto [low, high] = std::ranges::minmax(ratios);
  const double margin = largest(again);
  return std::pair(low - margin, high + margin);
}

/// The same change of a figure of which more is better.
Change turned(const Change& change) {
  const auto turn = [](double percent) {
    return percent <= -100 ? 1e6 : rounded((100 / (100 + percent) - 1) * 100);
  };
  return {.percent = turn(change.percent), .low = turn(change.high), .high = turn(change.low)};
}

Answer answer_of(const Comparison& found, double floor) {
  const double grown = found.candidate - found.base;
  const double noise = found.noise.value_or(0);
  const Change& cost = found.cost;
  const auto matters = [&](double difference) {
    return found.resolution == 0 || difference > found.resolution;
  };
  if (cost.low > found.limit && matters(grown)) return Answer::kWorse;
  if (cost.low > 0 && cost.percent > noise && matters(grown)) return Answer::kSlightlyWorse;
  if (cost.high < -found.limit && matters(-grown)) return Answer::kBetter;
  if (cost.high < 0 && -cost.percent > noise && matters(-grown)) return Answer::kSlightlyBetter;
  if (cost.high > floor && matters(cost.high / 100 * found.base)) return Answer::kUnclear;
  return Answer::kUnchanged;
}

}  // namespace

Comparison compare(const Series& series, const Question& question) {
  const auto ratios = log_ratios(series.base, series.candidate);
  auto again = log_ratios(series.base, series.again);
  if (again.size() < ratios.size()) again.clear();
  Comparison found;
  found.metric = series.metric;
  found.unit = series.unit;
  found.rounds = ratios.size();
  found.base = median(series.base);
  found.candidate = median(series.candidate);
  if (!again.empty()) found.noise = noise_of(again);
  found.limit = std::max(question.floor, 2 * found.noise.value_or(0));
  PairwiseMeans means(ratios);
  const auto interval = interval_of(ratios, again, means, question.among);
  found.change.percent = percent_of(means.centre());
  found.change.low = interval ? percent_of(interval->first) : -100;
  found.change.high =
      interval ? percent_of(interval->second) : std::max(kWidest, found.change.percent);
  const bool higher_is_better = series.direction == Direction::kHigher;
  found.cost = higher_is_better ? turned(found.change) : found.change;
  found.resolution = resolution_of(series, found.noise.has_value());
  if (interval) found.answer = answer_of(found, question.floor);
  return found;
}

bool is_clear(const Comparison& comparison, const Question& question) {
  const Change& cost = comparison.cost;
  const Answer answer = comparison.answer;
  if (answer == Answer::kTooFew) return false;
  if (answer == Answer::kWorse || answer == Answer::kBetter) return true;
  const double farthest = std::max(std::abs(cost.low), std::abs(cost.high));
  if (farthest / 100 * comparison.base <= comparison.resolution) return true;
  if (cost.low > -question.floor && cost.high < question.floor) return true;
  // Where only the noise of the base stands against an answer, more rounds may lower it.
  const bool shows = cost.low > 0 || cost.high < 0;
  const bool counts = cost.low > question.floor || cost.high < -question.floor;
  const bool held_back = std::abs(cost.percent) <= comparison.noise.value_or(0);
  if (counts || (shows && held_back)) return false;
  return cost.high - cost.low <= question.floor / 2;
}

std::size_t least_rounds(std::size_t among) {
  const double alpha = kAlpha / static_cast<double>(std::max<std::size_t>(among, 1));
  std::size_t rounds = kLeastPairs;
  while (range_alpha(rounds) > alpha) ++rounds;
  return rounds;
}

}  // namespace automod::judge
