#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "engine/judge/measure.hpp"

namespace automod::judge {

namespace {

/// Metrics that stand beside what a benchmark is about.
constexpr std::array<std::string_view, 5> kBeside = {"wall", "cpu", "memory", "instructions",
                                                     "binary_size"};

const Series* find(const std::vector<Series>& all, std::string_view metric) {
  const auto found = std::ranges::find(all, metric, &Series::metric);
  return found == all.end() ? nullptr : &*found;
}

struct Questions {
  Question loss;
  Question gain;
};

Reading reading_of(const BenchmarkEvidence& benchmark, const Series& series, const Questions& ask,
                   bool needs_confirmation) {
  Reading reading;
  reading.benchmark = &benchmark;
  reading.first = compare(series, ask.loss);
  reading.gain = ask.gain.among == ask.loss.among ? reading.first : compare(series, ask.gain);
  if (const Series* fresh = find(benchmark.confirm, series.metric)) {
    reading.confirm = compare(*fresh, ask.loss);
  }
  reading.gain_counts =
      reading.gain.answer == Answer::kBetter &&
      (reading.confirm ? reading.confirm->answer == Answer::kBetter : !needs_confirmation);
  return reading;
}

/// Of the time that a gain saves, in percent: what it saves at least.
double least_saved(const Comparison& comparison) { return -comparison.cost.high; }

}  // namespace

Answer Reading::loss() const {
  return confirm ? std::max(first.answer, confirm->answer) : first.answer;
}

bool measured(const BenchmarkEvidence& benchmark) { return !decisive(benchmark).empty(); }

std::vector<const Series*> decisive(const BenchmarkEvidence& benchmark) {
  std::vector<const Series*> found;
  const auto has_both = [](const Series& series) {
    return !series.base.empty() && !series.candidate.empty();
  };
  if (const Series* wall = benchmark.find("wall")) {
    if (has_both(*wall)) found.push_back(wall);
    return found;
  }
  for (const Series& series : benchmark.series) {
    if (std::ranges::find(kBeside, series.metric) == kBeside.end() && has_both(series)) {
      found.push_back(&series);
    }
  }
  return found;
}

Question loss_question(const Levels& levels, std::size_t benchmarks, std::size_t series) {
  return {.floor = levels.floor,
          .among = std::max<std::size_t>(benchmarks, 1) * std::max<std::size_t>(series, 1)};
}

Question gain_question(const Levels& levels, std::size_t benchmarks, std::size_t series,
                       std::size_t compared) {
  Question question = loss_question(levels, benchmarks, series);
  question.among *= std::max<std::size_t>(compared, 1);
  return question;
}

std::vector<Reading> readings(const Evidence& evidence) {
  std::vector<Reading> found;
  for (const auto& benchmark : evidence.benchmarks) {
    const auto series = decisive(benchmark);
    const std::size_t count = evidence.benchmarks.size();
    const Questions ask = {loss_question(evidence.levels, count, series.size()),
                           gain_question(evidence.levels, count, series.size(), evidence.compared)};
    for (const Series* one : series) {
      found.push_back(reading_of(benchmark, *one, ask, evidence.is_reviewed()));
    }
  }
  return found;
}

std::vector<Reading> memory_readings(const Evidence& evidence) {
  Levels levels = evidence.levels;
  levels.floor = levels.memory;
  const std::size_t count = evidence.benchmarks.size();
  const Questions ask = {loss_question(levels, count, 1),
                         gain_question(levels, count, 1, evidence.compared)};
  std::vector<Reading> found;
  for (const auto& benchmark : evidence.benchmarks) {
    const Series* memory = benchmark.find("memory");
    if (memory == nullptr || memory->base.empty() || memory->candidate.empty()) continue;
    found.push_back(reading_of(benchmark, *memory, ask, evidence.is_reviewed()));
  }
  return found;
}

std::vector<Comparison> held_out_readings(const Evidence& evidence) {
  std::vector<Comparison> found;
  const Question question = loss_question(evidence.levels, evidence.held_out.size(), 1);
  for (const auto& one : evidence.held_out) found.push_back(compare(one.wall, question));
  return found;
}

std::string figures(const std::string& name, const Comparison& comparison) {
  std::string text = printable_line(name);
  if (comparison.metric != "wall" && comparison.metric != "memory") {
    text += " " + printable_line(comparison.metric);
  }
  const std::string unit = comparison.unit.empty() ? "" : " " + printable_line(comparison.unit);
  text += fmt::format(": {:.4g}{} instead of {:.4g}{}, {:+.1f} %", comparison.candidate, unit,
                      comparison.base, unit, comparison.change.percent);
  if (comparison.answer == Answer::kTooFew) {
    return text + fmt::format(" ({} rounds: too few for an interval)", comparison.rounds);
  }
  text += fmt::format(" (99.8 % interval {:+.1f} to {:+.1f}, {} rounds", comparison.change.low,
                      comparison.change.high, comparison.rounds);
  if (comparison.noise) text += fmt::format(", noise {:.1f} %", *comparison.noise);
  return text + ")";
}

bool gain_vanishes(const Evidence& evidence, std::string& reason) {
  constexpr double kLeastMs = 10;  // of a run, so that the start of a process cannot hide a gain
  constexpr double kShare = 4;     // of the gain, less than which is none
  const auto held_out = held_out_readings(evidence);
  for (const Reading& reading : readings(evidence)) {
    if (!reading.gain_counts) continue;
    for (std::size_t i = 0; i < held_out.size(); ++i) {
      const Comparison& seen = held_out[i];
      const auto& one = evidence.held_out[i];
      const bool belongs = one.name == reading.benchmark->name || evidence.benchmarks.size() == 1;
      if (!belongs || seen.answer == Answer::kTooFew || seen.base < kLeastMs) continue;
      // The best that the held-out inputs leave possible.
      if (-seen.cost.low >= least_saved(reading.shown()) / kShare) continue;
      reason =
          fmt::format("the gain on the benchmark ({}) is not there on held-out inputs ({})",
                      figures(reading.benchmark->name, reading.shown()), figures(one.name, seen));
      return true;
    }
  }
  return false;
}

}  // namespace automod::judge
