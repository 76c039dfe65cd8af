#include "engine/trial/measure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/digest.hpp"

namespace automod::trial {

namespace {

double ms_of(const sandbox::Execution& execution) {
  const auto run = execution.run.count() > 0
                       ? execution.run
                       : std::chrono::microseconds(execution.wall - execution.setup);
  return static_cast<double>(run.count()) / 1000;
}

double mb_of(const sandbox::Execution& execution) {
  return static_cast<double>(execution.peak_memory_bytes) / (1 << 20);
}

/// What one side of a benchmark has shown.
struct Side {
  Site site;
  std::vector<double> times;
  std::vector<double> memory;
  bool failed = false;
  std::string output;  // digest of the first run's
  bool is_stable = true;
};

class Pairing {
 public:
  Pairing(const Benchmark& benchmark, const Site& base, const Site& candidate)
      : world_(base.world),
        benchmark_(benchmark),
        base_{base, {}, {}, false, {}},
        candidate_{candidate, {}, {}, false, {}} {
    evidence_.name = benchmark.name;
    evidence_.command = expand(benchmark.command, base.config, world_.jobs);
  }

  Result<void> run(Measurement& into) {
    tell(world_, fmt::format("benchmark {}: warming up", benchmark_.name));
    const auto base = run_once(base_);
    if (!base) return fail(base.error());
    const auto first = run_once(candidate_);
    if (!first) return fail(first.error());
    shown_ = *first;
    forget_times();
    if (!over()) {
      const int pairs = pairs_for(std::max(ms_of(base->execution), ms_of(first->execution)));
      for (int pair = 0; pair < pairs && !over(); ++pair) {
        tell(world_, fmt::format("benchmark {}: pair {} of {}", benchmark_.name, pair + 1, pairs));
        if (auto done = run_pair(pair); !done) return done;
      }
    }
    evidence_.base_runs = base_.times.size() + (base_.failed ? 1 : 0);
    evidence_.candidate_runs = candidate_.times.size() + (candidate_.failed ? 1 : 0);
    evidence_.base_failures = base_.failed ? 1 : 0;
    evidence_.candidate_failures = candidate_.failed ? 1 : 0;
    evidence_.series.push_back(
        {.metric = "wall", .unit = "ms", .base = base_.times, .candidate = candidate_.times});
    evidence_.series.push_back(
        {.metric = "memory", .unit = "MB", .base = base_.memory, .candidate = candidate_.memory});
    evidence_.output_unstable = !base_.is_stable;
    evidence_.output_differs =
        base_.is_stable && !over() && (base_.output != candidate_.output || !candidate_.is_stable);
    into.stages.push_back(evidence_of(*shown_));
    into.executions.push_back(std::move(*shown_));
    into.benchmarks.push_back(std::move(evidence_));
    return {};
  }

 private:
  bool over() const { return base_.failed || candidate_.failed; }

  /// A warm-up is no measurement.
  void forget_times() {
    for (Side* side : {&base_, &candidate_}) {
      side->times.clear();
      side->memory.clear();
    }
  }

  Result<void> run_pair(int pair) {
    Side* order[] = {&base_, &candidate_};
    if (pair % 2 == 1) std::swap(order[0], order[1]);
    for (Side* side : order) {
      auto record = run_once(*side);
      if (!record) return fail(record.error());
      if (side->failed && side == &candidate_) shown_ = std::move(*record);
    }
    return {};
  }

  Result<ExecutionRecord> run_once(Side& side) {
    auto record = run_command(side.site, ExecutionType::kBenchmark, benchmark_.command,
                              side.site.config.benchmark_seconds);
    if (!record) return record;
    const auto& execution = record->execution;
    if (!execution.ok()) {
      side.failed = true;
      return record;
    }
    const std::string output = sha256(execution.out);
    if (side.output.empty()) side.output = output;
    side.is_stable = side.is_stable && side.output == output;
    side.times.push_back(ms_of(execution));
    side.memory.push_back(mb_of(execution));
    return record;
  }

  const World& world_;
  const Benchmark& benchmark_;
  BenchmarkEvidence evidence_;
  Side base_;
  Side candidate_;
  std::optional<ExecutionRecord> shown_;  // the candidate's run that stands for all
};

}  // namespace

int pairs_for(double run_ms) {
  constexpr double kShort = 500;
  constexpr double kLong = 3'000;
  constexpr double kVeryLong = 10'000;
  if (run_ms > kVeryLong) return 4;
  if (run_ms > kLong) return 5;
  return run_ms > kShort ? 9 : 15;
}

Result<Measurement> measure(const Site& base, const Site& candidate) {
  Measurement measurement;
  for (const auto& benchmark : base.config.benchmarks) {
    auto done = Pairing(benchmark, base, candidate).run(measurement);
    if (!done) return fail(std::move(done.error()).within("measuring " + benchmark.name));
  }
  return measurement;
}

}  // namespace automod::trial
