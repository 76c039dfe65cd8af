#include "engine/trial/measure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include "base/text.hpp"
#include "engine/trial/bench_counts.hpp"
#include "engine/trial/bench_figures.hpp"
#include "engine/trial/bench_output.hpp"

namespace automod::trial {

namespace {

using Seconds = std::chrono::duration<double>;

constexpr std::size_t kMostFailures = 3;  // of one side, then there is nothing to measure
constexpr std::size_t kBase = 0;
constexpr std::size_t kAgain = 1;
constexpr std::size_t kCandidate = 2;

/// All orders of the three, so that each stands at each place, and after each other, equally
/// often in every six rounds.
constexpr std::array<std::array<std::size_t, 3>, 6> kOrders = {
    {{0, 2, 1}, {2, 1, 0}, {1, 0, 2}, {2, 0, 1}, {0, 1, 2}, {1, 2, 0}}};

/// One run of one side.
struct Sample {
  bool ok = false;
  std::vector<Figure> figures;  // with those of the process
};

/// The metrics of the process itself have these names; what a program prints gets out of the way.
std::string printed_name(const std::string& name) {
  for (const char* taken : {"wall", "cpu", "memory", "instructions", "binary_size"}) {
    if (name == taken) return "printed " + name;
  }
  return name;
}

/// Adds one round. Every figure of the base must be there on all sides.
bool add_round(const std::array<Sample, 3>& samples, Direction printed, std::vector<Series>& into) {
  const auto value = [](const Sample& sample, const std::string& name) -> const Figure* {
    const auto found = std::ranges::find(sample.figures, name, &Figure::name);
    return found == sample.figures.end() ? nullptr : &*found;
  };
  for (const auto& figure : samples[kBase].figures) {
    if (!value(samples[kAgain], figure.name) || !value(samples[kCandidate], figure.name)) {
      return false;
    }
  }
  if (into.empty()) {
    for (const auto& figure : samples[kBase].figures) {
      const bool is_own = figure.name == "wall" || figure.name == "cpu" || figure.name == "memory";
      into.push_back({.metric = figure.name,
                      .unit = figure.unit,
                      .direction = is_own ? Direction::kLower : printed});
    }
  }
  for (Series& series : into) {
    const Figure* base = value(samples[kBase], series.metric);
    if (base == nullptr) continue;  // in an earlier round only
    series.base.push_back(base->value);
    series.again.push_back(value(samples[kAgain], series.metric)->value);
    series.candidate.push_back(value(samples[kCandidate], series.metric)->value);
  }
  return true;
}

class Measuring {
 public:
  Measuring(const MeasuredSides& sides, const Benchmark& benchmark, const MeasurePlan& plan)
      : sides_{&sides.base, &sides.again, &sides.candidate},
        benchmark_(benchmark),
        plan_(plan),
        config_(sides.base.site().config),
        world_(sides.base.site().world),
        command_(figures_command(benchmark)),
        file_(figures_file(benchmark)),
        outputs_(benchmark.same_output) {
    found_.evidence.name = benchmark.name;
    found_.evidence.command = valid_utf8(expand(command_, config_, world_.jobs));
  }

  Result<MeasuredBenchmark> run() {
    if (auto done = warm_up(); !done) return fail(done.error());
    auto& evidence = found_.evidence;
    if (!over()) {
      if (auto done = measure(evidence.series, "round"); !done) return fail(done.error());
    }
    if (!over() && !plan_.rounds && wants_confirmation()) {
      auto done = measure(evidence.confirm, "confirming round");
      if (!done) return fail(done.error());
    }
    outputs_.conclude(evidence);
    if (!over()) {
      if (auto done = add_counts(*sides_[kBase], *sides_[kCandidate], benchmark_, found_); !done) {
        return fail(done.error());
      }
    }
    found_.shown = std::move(*shown_);
    return std::move(found_);
  }

 private:
  bool over() const {
    const auto& evidence = found_.evidence;
    return stop_ || evidence.base_failures >= kMostFailures ||
           evidence.candidate_failures >= kMostFailures;
  }

  /// Whatever fails here needs no measurement. Short runs get a second one.
  Result<void> warm_up() {
    constexpr double kShortMs = 1000;
    tell(world_, fmt::format("benchmark {}: warming up", benchmark_.name));
    double longest = 0;
    for (int i = 0; i < 2 && !over(); ++i) {
      if (i > 0 && longest > kShortMs) break;
      for (const std::size_t side : {kBase, kCandidate, kAgain}) {
        const auto began = std::chrono::steady_clock::now();
        const auto sample = run_once(side);
        if (!sample) return fail(sample.error());
        longest =
            std::max(longest, 1000 * Seconds(std::chrono::steady_clock::now() - began).count());
        stop_ = stop_ || !sample->ok;
        if (stop_ && side == kCandidate) return {};
      }
    }
    return {};
  }

  Result<void> measure(std::vector<Series>& into, const char* what) {
    const auto began = std::chrono::steady_clock::now();
    Seconds longest{0};
    for (std::size_t tried = 0; !over(); ++tried) {
      const auto at = std::chrono::steady_clock::now();
      if (is_enough(into, tried, at - began + longest)) break;
      tell(world_, fmt::format("benchmark {}: {} {}", benchmark_.name, what, tried + 1));
      if (auto done = round(tried, into); !done) return done;
      longest = std::max<Seconds>(longest, std::chrono::steady_clock::now() - at);
    }
    return {};
  }

  bool is_enough(const std::vector<Series>& so_far, std::size_t tried, Seconds needed) const {
    const std::size_t rounds = so_far.empty() ? 0 : so_far.front().base.size();
    if (plan_.rounds) return tried >= *plan_.rounds;
    if (rounds == 0) return tried >= judge::kLooks.back();
    BenchmarkEvidence seen;
    seen.series = so_far;
    const auto decisive = judge::decisive(seen);
    const auto loss = judge::loss_question(plan_.levels, plan_.benchmarks, decisive.size());
    const auto gain =
        judge::gain_question(plan_.levels, plan_.benchmarks, decisive.size(), plan_.compared);
    if (rounds >= judge::kLooks.back()) return true;
    if (rounds >= judge::least_rounds(gain.among) &&
        needed.count() > static_cast<double>(plan_.seconds)) {
      return true;
    }
    if (std::ranges::find(judge::kLooks, rounds) == judge::kLooks.end()) return false;
    return std::ranges::all_of(decisive, [&](const Series* series) {
      return judge::is_clear(judge::compare(*series, loss), loss) &&
             (gain.among == loss.among || judge::is_clear(judge::compare(*series, gain), gain));
    });
  }

  /// A gain that would count, of time or of memory, and whatever was chosen from several.
  bool wants_confirmation() const {
    if (plan_.compared > 1) return true;
    BenchmarkEvidence seen;
    seen.series = found_.evidence.series;
    Levels of_memory = plan_.levels;
    of_memory.floor = of_memory.memory;
    const Series* memory = seen.find("memory");
    const auto decisive = judge::decisive(seen);
    const auto counts = [&](const Series& series, const Levels& levels, std::size_t number) {
      const auto question = judge::loss_question(levels, plan_.benchmarks, number);
      return judge::compare(series, question).answer == judge::Answer::kBetter;
    };
    return (memory != nullptr && counts(*memory, of_memory, 1)) ||
           std::ranges::any_of(decisive, [&](const Series* series) {
             return counts(*series, plan_.levels, decisive.size());
           });
  }

  Result<void> round(std::size_t number, std::vector<Series>& into) {
    std::array<Sample, 3> samples;
    for (const std::size_t side : kOrders.at(number % kOrders.size())) {
      auto sample = run_once(side);
      if (!sample) return fail(sample.error());
      samples.at(side) = std::move(*sample);
    }
    if (!std::ranges::all_of(samples, &Sample::ok)) return {};
    if (!add_round(samples, benchmark_.direction, into)) {
      ++found_.evidence.candidate_failures;
      leave_out("a figure that the base prints is missing");
    }
    return {};
  }

  Result<Sample> run_once(std::size_t side) {
    Extras extras;
    if (!file_.empty()) extras.collect = {file_};
    auto record = run_command(sides_.at(side)->site(), ExecutionType::kBenchmark, command_,
                              config_.benchmark_seconds, extras);
    if (!record) return fail(record.error());
    auto sample = sample_of(record->execution);
    auto& evidence = found_.evidence;
    const bool is_candidate = side == kCandidate;
    ++(is_candidate ? evidence.candidate_runs : evidence.base_runs);
    if (!sample.ok) ++(is_candidate ? evidence.candidate_failures : evidence.base_failures);
    if (sample.ok) outputs_.add(is_candidate, record->execution.out);
    const bool is_first_failure = is_candidate && !sample.ok && !shows_failure_;
    if (is_candidate && (!shown_ || is_first_failure)) {
      shows_failure_ = !sample.ok;
      shown_ = std::move(*record);
    }
    return sample;
  }

  Sample sample_of(const sandbox::Execution& execution) {
    Sample sample;
    if (!execution.ok()) return sample;
    if (benchmark_.format == BenchmarkFormat::kProcess) {
      sample.figures.push_back({.name = "wall", .unit = "ms", .value = run_ms(execution)});
    } else if (!add_printed(execution, sample)) {
      return sample;
    }
    sample.figures.push_back(
        {.name = "cpu", .unit = "ms", .value = static_cast<double>(execution.cpu.count())});
    sample.figures.push_back({.name = "memory", .unit = "MB", .value = run_mb(execution)});
    sample.ok = true;
    return sample;
  }

  bool add_printed(const sandbox::Execution& execution, Sample& sample) {
    std::string_view text = execution.out;
    if (!file_.empty()) {
      const auto& left = execution.artifacts;
      if (left.empty() || !left.front().refused.empty()) {
        leave_out("the file that it is told to write is not there");
        return false;
      }
      text = left.front().content;
    }
    auto printed = read_figures(benchmark_, text);
    if (!printed) {
      leave_out(printed.error().message);
      return false;
    }
    for (auto& figure : *printed) {
      figure.name = printed_name(figure.name);
      sample.figures.push_back(std::move(figure));
    }
    return true;
  }

  void leave_out(const std::string& why) {
    if (!found_.left_out.empty()) return;
    found_.left_out.push_back({.stage = "benchmarks", .why = benchmark_.name + ": " + why});
  }

  std::array<const Side*, 3> sides_;
  const Benchmark& benchmark_;
  const MeasurePlan& plan_;
  const Config& config_;
  const World& world_;
  std::string command_;
  std::string file_;
  OutputsSeen outputs_;
  MeasuredBenchmark found_;
  std::optional<ExecutionRecord> shown_;
  bool shows_failure_ = false;
  bool stop_ = false;
};

}  // namespace

double run_ms(const sandbox::Execution& execution) {
  const auto run = execution.run.count() > 0
                       ? execution.run
                       : std::chrono::microseconds(execution.wall - execution.setup);
  return static_cast<double>(run.count()) / 1000;
}

double run_mb(const sandbox::Execution& execution) {
  return static_cast<double>(execution.peak_memory_bytes) / (1 << 20);
}

Result<MeasuredBenchmark> measure_benchmark(const MeasuredSides& sides, const Benchmark& benchmark,
                                            const MeasurePlan& plan) {
  auto found = Measuring(sides, benchmark, plan).run();
  if (!found) return fail(std::move(found.error()).within("measuring " + benchmark.name));
  return found;
}

Result<void> run_benchmarks(const TrialContext& context, Evidence& into, StageOutput& out) {
  const auto& config = context.base.spec.config;
  if (config.benchmarks.empty()) return {};
  if (!context.base.built) {
    out.left_out.push_back({.stage = "benchmarks", .why = "the base does not build"});
    return {};
  }
  tell(context.world, "preparing the base for benchmarks");
  const auto base = Side::open(context.world, context.base);
  if (!base) return fail(base.error());
  const auto again = Side::open(context.world, context.base);
  if (!again) return fail(again.error());
  const MeasurePlan plan = {.levels = into.levels,
                            .benchmarks = config.benchmarks.size(),
                            .compared = into.compared,
                            .seconds = config.measure_seconds,
                            .rounds = std::nullopt};
  for (const auto& benchmark : config.benchmarks) {
    auto found = measure_benchmark({*base, *again, context.candidate}, benchmark, plan);
    if (!found) return fail(found.error());
    into.benchmarks.push_back(std::move(found->evidence));
    out.stages.push_back(evidence_of(found->shown));
    out.executions.push_back(std::move(found->shown));
    std::ranges::move(found->left_out, std::back_inserter(out.left_out));
  }
  return {};
}

}  // namespace automod::trial
