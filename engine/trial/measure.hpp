#pragma once

#include <filesystem>
#include <vector>

#include "engine/trial/stage.hpp"

namespace automod::trial {

struct Measurement {
  std::vector<BenchmarkEvidence> benchmarks;
  std::vector<StageEvidence> stages;        // one for each benchmark: the candidate's first run,
                                            // or the one that failed
  std::vector<ExecutionRecord> executions;  // the same
};

/// Runs every configured benchmark on both sides, one warm-up each and then pairs, the order
/// alternating. Nothing else should run meanwhile.
Result<Measurement> measure(const Site& base, const Site& candidate);

/// How many pairs to run when one run takes this long: enough for an interval, and no more than
/// patience allows.
int pairs_for(double run_ms);

}  // namespace automod::trial
