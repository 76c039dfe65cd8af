#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "engine/types/evidence.hpp"

/// What rounds of runs say. The same functions decide when a measurement may stop and what the
/// verdict is. Why it is done so: docs/notes/measurement.md.
namespace automod::judge {

/// Equal things are called different with at most this chance: over all looks at the figures and
/// all benchmarks of a trial together.
inline constexpr double kAlpha = 0.002;

/// After how many rounds a measurement asks whether the answer is clear. Multiples of 6, the
/// number of orders of three sides.
inline constexpr std::array<std::size_t, 11> kLooks = {6,  12, 18,  24,  36, 48,
                                                       72, 96, 144, 192, 288};

struct Change {
  double percent = 0;
  double low = 0;
  double high = 0;
};

enum class Answer {
  kTooFew,          // rounds, to say anything
  kBetter,          // the whole interval is beyond the limit
  kSlightlyBetter,  // the interval holds no "no change"
  kUnchanged,
  kUnclear,  // the interval holds "no change", and losses that are not small
  kSlightlyWorse,
  kWorse,
};

/// One metric of one benchmark.
struct Comparison {
  std::string metric;
  std::string unit;
  double base = 0;  // medians
  double candidate = 0;
  Change change;                // of the figure, in percent of the base's, with its interval
  Change cost;                  // the same, turned so that more is worse
  std::optional<double> noise;  // how far the base can be from itself, in percent
  double limit = 0;             // what counts is beyond: max(floor, 2 x noise), in percent
  double resolution = 0;        // in the figure's unit: smaller differences mean nothing
  std::size_t rounds = 0;
  Answer answer = Answer::kTooFew;

  bool is_worse() const { return answer == Answer::kSlightlyWorse || answer == Answer::kWorse; }
  bool is_better() const { return answer == Answer::kSlightlyBetter || answer == Answer::kBetter; }
};

struct Question {
  double floor = 5;       // differences below never count, in percent
  std::size_t among = 1;  // comparisons that this one is one of, for the same purpose
};

Comparison compare(const Series& series, const Question& question);

/// More rounds would not change what is done about it.
bool is_clear(const Comparison& comparison, const Question& question);

/// The least number of rounds that can give an answer.
std::size_t least_rounds(std::size_t among);

/// The series that say how fast a benchmark is: the time of the whole process, or the figures
/// that it prints itself.
std::vector<const Series*> decisive(const BenchmarkEvidence& benchmark);

/// One decisive series and what follows from it.
struct Reading {
  const BenchmarkEvidence* benchmark = nullptr;
  Comparison first;                   // what losses are read from
  Comparison gain;                    // the same, corrected for the best of many candidates
  std::optional<Comparison> confirm;  // fresh rounds

  /// The figures to report: those after the decision, which no luck has chosen.
  const Comparison& shown() const { return confirm ? *confirm : first; }
  Answer loss() const;  // the worse answer of the two
  bool gain_counts = false;
};

/// Of every benchmark that has figures of both sides. A candidate that failed later keeps those
/// it had: losing them must not be a way to a better score.
std::vector<Reading> readings(const Evidence& evidence);
std::vector<Reading> memory_readings(const Evidence& evidence);
/// The time of held-out commands; `benchmark` is null, one element for each held-out command.
std::vector<Comparison> held_out_readings(const Evidence& evidence);

/// The questions that readings() asks, for whoever decides when to stop. `series` is the number
/// of decisive series of this benchmark, `benchmarks` of benchmarks.
Question loss_question(const Levels& levels, std::size_t benchmarks, std::size_t series);
Question gain_question(const Levels& levels, std::size_t benchmarks, std::size_t series,
                       std::size_t compared);

/// There are figures of both sides.
bool measured(const BenchmarkEvidence& benchmark);

/// "rank: 120.4 ms instead of 131.0 ms, -8.1 % (99.8 % interval -9.0 to -7.2, 18 rounds, base
/// against itself up to 0.6 %)".
std::string figures(const std::string& name, const Comparison& comparison);

/// A gain counts on a benchmark, and the held-out inputs that go with it show none: by name, or
/// all of them where there is one benchmark only. `reason` names both.
bool gain_vanishes(const Evidence& evidence, std::string& reason);

}  // namespace automod::judge
