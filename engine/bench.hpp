#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/engine.hpp"
#include "engine/judge/measure.hpp"

/// Measuring without judging: benchmarks of one tree, or of two in turn.
namespace automod {

struct BenchRequest {
  std::string subject = "HEAD";         // a revision, or the id of a modification
  std::optional<std::string> against;   // likewise; default: a modification's base, else nothing
  std::vector<std::string> only;        // names of benchmarks; empty: all
  std::optional<std::size_t> rounds;    // exactly so many; default: until the answer is clear
  std::optional<std::int64_t> seconds;  // longest for one benchmark; default: the configuration's
};

/// One of what is measured.
struct BenchSide {
  std::string name;  // as the user wrote it
  CommitId commit;   // of a modification: its base
  TreeId tree;
};

/// One metric of one benchmark.
struct BenchFigure {
  Series series;  // of fresh rounds where a gain was confirmed
  judge::Comparison compared;
  bool decisive = false;  // what the benchmark is about; the rest stands beside it
  bool confirmed = false;
};

struct BenchResult {
  BenchmarkEvidence evidence;
  std::vector<BenchFigure> figures;
  double seconds = 0;  // that measuring it took
};

struct BenchReport {
  Target target;  // whose configuration counts: that of `against`, where there is one
  BenchSide subject;
  std::optional<BenchSide> against;  // nullopt: `subject` was held against itself
  std::vector<BenchResult> results;
  std::vector<LeftOut> left_out;

  /// Every run of every benchmark came to its end.
  bool ok() const;
};

}  // namespace automod
