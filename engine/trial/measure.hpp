#pragma once

#include <optional>

#include "engine/judge/measure.hpp"
#include "engine/trial/stages.hpp"

/// Benchmarks, in rounds: the base, the candidate and the base once more, in all orders equally
/// often, until the judge's own functions call the answer clear.
namespace automod::trial {

/// The three of a measurement. `again` is the base a second time, on its own.
struct MeasuredSides {
  const Side& base;
  const Side& again;
  const Side& candidate;
};

struct MeasurePlan {
  Levels levels;
  std::size_t benchmarks = 1;         // measured in this trial
  std::size_t compared = 1;           // candidates that this one was chosen from
  std::int64_t seconds = 120;         // for each benchmark, and as long again to confirm a gain
  std::optional<std::size_t> rounds;  // exactly so many, and none to confirm
};

struct MeasuredBenchmark {
  BenchmarkEvidence evidence;
  ExecutionRecord shown;  // the candidate's first run, or the first that failed
  std::vector<LeftOut> left_out;
};

/// Nothing else should run meanwhile.
Result<MeasuredBenchmark> measure_benchmark(const MeasuredSides& sides, const Benchmark& benchmark,
                                            const MeasurePlan& plan);

/// Seconds between the beginning of a command and its end, in milliseconds; peak memory in MB.
double run_ms(const sandbox::Execution& execution);
double run_mb(const sandbox::Execution& execution);

}  // namespace automod::trial
