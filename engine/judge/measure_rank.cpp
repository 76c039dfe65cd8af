#include "engine/judge/measure_rank.hpp"

#include <algorithm>
#include <cmath>

namespace automod::judge {

namespace {

constexpr std::size_t kMostExact = 60;  // beyond, the normal curve is close, and on the safe side

/// The value that a standard normal variable exceeds with the chance `share` (below one half).
double normal_quantile(double share) {
  double low = 0;
  double high = 40;
  for (int i = 0; i < 100; ++i) {
    const double middle = (low + high) / 2;
    (std::erfc(middle / std::sqrt(2.0)) / 2 > share ? low : high) = middle;
  }
  return (low + high) / 2;
}

/// Chance of each rank sum: ranks 1 to n, each in the sum or not by the toss of a coin.
std::vector<double> rank_sum_chances(std::size_t n) {
  std::vector<double> chances(n * (n + 1) / 2 + 1, 0.0);
  chances[0] = 1;
  for (std::size_t rank = 1; rank <= n; ++rank) {
    for (std::size_t sum = chances.size(); sum-- > 0;) {
      chances[sum] = (chances[sum] + (sum >= rank ? chances[sum - rank] : 0)) / 2;
    }
  }
  return chances;
}

std::optional<std::size_t> exact_limit(std::size_t n, double alpha) {
  const auto chances = rank_sum_chances(n);
  double sum = 0;
  std::size_t within = 0;
  while (within < chances.size() && sum + chances[within] <= alpha / 2) sum += chances[within++];
  if (within == 0) return std::nullopt;
  return within - 1;
}

std::optional<std::size_t> normal_limit(std::size_t n, double alpha) {
  const auto count = static_cast<double>(n);
  const double mean = count * (count + 1) / 4;
  const double spread = std::sqrt(count * (count + 1) * (2 * count + 1) / 24);
  const double limit = std::floor(mean - 0.5 - normal_quantile(alpha / 2) * spread);
  if (limit < 0) return std::nullopt;
  return static_cast<std::size_t>(limit);
}

}  // namespace

double median(std::vector<double> values) {
  if (values.empty()) return 0;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2 == 1) return *middle;
  return (*std::max_element(values.begin(), middle) + *middle) / 2;
}

PairwiseMeans::PairwiseMeans(const std::vector<double>& values) : values_(values.size()) {
  means_.reserve(values_ * (values_ + 1) / 2);
  for (std::size_t i = 0; i < values_; ++i) {
    for (std::size_t j = i; j < values_; ++j) means_.push_back((values[i] + values[j]) / 2);
  }
}

double PairwiseMeans::at(std::size_t rank) {
  const auto place = means_.begin() + static_cast<std::ptrdiff_t>(rank);
  std::nth_element(means_.begin(), place, means_.end());
  return *place;
}

double PairwiseMeans::centre() {
  if (means_.empty()) return 0;
  const std::size_t middle = means_.size() / 2;
  const double upper = at(middle);
  return means_.size() % 2 == 1 ? upper : (at(middle - 1) + upper) / 2;
}

std::optional<std::pair<double, double>> PairwiseMeans::interval(double alpha) {
  const auto limit = rank_sum_limit(values_, alpha);
  if (!limit || means_.empty()) return std::nullopt;
  return std::pair(at(*limit), at(means_.size() - 1 - *limit));
}

std::optional<std::size_t> rank_sum_limit(std::size_t n, double alpha) {
  if (n == 0) return std::nullopt;
  return n <= kMostExact ? exact_limit(n, alpha) : normal_limit(n, alpha);
}

double range_alpha(std::size_t n) {
  double chance = 2;
  for (std::size_t i = 1; i <= n; ++i) {
    chance *= static_cast<double>(i) / static_cast<double>(2 * (n + i));
  }
  return chance;
}

}  // namespace automod::judge
