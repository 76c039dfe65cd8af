#pragma once

#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

/// Where paired differences lie, and how sure that is, whatever their distribution. Nothing here
/// falls when one of the values rises: that keeps verdicts monotone.
namespace automod::judge {

/// 0 of nothing.
double median(std::vector<double> values);

/// All pairwise means of some values, each value with itself included.
class PairwiseMeans {
 public:
  explicit PairwiseMeans(const std::vector<double>& values);

  /// Hodges-Lehmann: the median of the means. 0 of nothing.
  double centre();

  /// The interval of Wilcoxon's signed-rank test: misses the true centre of a symmetric
  /// distribution with a chance of at most `alpha`. nullopt where there are too few values for
  /// that.
  std::optional<std::pair<double, double>> interval(double alpha);

 private:
  double at(std::size_t rank);
  std::size_t values_;
  std::vector<double> means_;
};

/// The largest rank sum whose chance, or that of any below, is at most `alpha` / 2 when `n`
/// differences are as likely above zero as below; nullopt when even 0 is too likely.
std::optional<std::size_t> rank_sum_limit(std::size_t n, double alpha);

/// Twice the chance that each of `n` values is above the distance from zero of each of `n` others
/// when all come from the same symmetric distribution: 2 / (C(2n, n) 2^n).
double range_alpha(std::size_t n);

}  // namespace automod::judge
