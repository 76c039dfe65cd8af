#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "engine/judge/checks.hpp"
#include "engine/judge/measure.hpp"

namespace automod::judge {

namespace {

/// One reason out of the reasons of several benchmarks, bounded.
std::string joined(const std::vector<std::string>& parts) {
  constexpr std::size_t kShown = 5;
  std::string text;
  for (std::size_t i = 0; i < parts.size() && i < kShown; ++i) {
    text += (i == 0 ? "" : "; ") + parts[i];
  }
  if (parts.size() > kShown) text += fmt::format("; and {} more", parts.size() - kShown);
  return text;
}

const LeftOut* left_out(const Evidence& evidence, std::string_view stage) {
  const auto found = std::ranges::find(evidence.left_out, stage, &LeftOut::stage);
  return found == evidence.left_out.end() ? nullptr : &*found;
}

/// Nothing was measured: by choice, because it is not configured, or because it could not be.
CheckOutcome unmeasured(const Evidence& evidence, std::string_view stage) {
  const LeftOut* left = left_out(evidence, stage);
  if (left == nullptr) return passes("nothing was measured");
  const std::string why = "nothing was measured: " + printable_line(left->why);
  return left->by_choice ? passes(why) : warns(0.05, why);
}

/// Figures by what they say, as text.
struct Sorted {
  std::array<std::vector<std::string>, 7> by_answer;
  void add(Answer answer, std::string text) {
    by_answer.at(static_cast<std::size_t>(answer)).push_back(std::move(text));
  }
  const std::vector<std::string>& of(Answer answer) const {
    return by_answer.at(static_cast<std::size_t>(answer));
  }
  std::vector<std::string> fine() const {
    std::vector<std::string> all;
    for (const Answer answer : {Answer::kBetter, Answer::kSlightlyBetter, Answer::kUnchanged}) {
      std::ranges::copy(of(answer), std::back_inserter(all));
    }
    return all;
  }
};

/// What gave the answer: the confirmation, unless the first figures were worse.
const Comparison& decisive(const Reading& reading) {
  const bool is_first = !reading.confirm || reading.first.answer > reading.confirm->answer;
  return is_first ? reading.first : *reading.confirm;
}

std::string figures_of(const Reading& reading) {
  return figures(reading.benchmark->name, decisive(reading));
}

Sorted sorted(const std::vector<Reading>& all) {
  Sorted result;
  for (const Reading& reading : all) result.add(reading.loss(), figures_of(reading));
  return result;
}

std::string least_gain(const Reading& reading, double wanted) {
  const Comparison& shown = reading.shown();
  return figures(reading.benchmark->name, shown) +
         (-shown.cost.percent < wanted ? fmt::format(", less than the {:g} % wanted", wanted)
                                       : fmt::format(", {:g} % wanted", wanted));
}

std::string first_line(std::string_view text) {
  constexpr std::size_t kShown = 60;
  const auto lines = split_lines(text);
  const std::string line = printable_line(lines.empty() ? "" : lines.front().substr(0, kShown));
  return line.empty() ? "nothing" : "'" + line + "'";
}

double rate(std::size_t failures, std::size_t runs) {
  return failures == 0
             ? 0
             : static_cast<double>(failures) / static_cast<double>(std::max(runs, failures));
}

}  // namespace

CheckOutcome performance_regression(const Evidence& evidence) {
  const auto all = readings(evidence);
  Sorted time = sorted(all);
  const auto held_out = held_out_readings(evidence);
  for (std::size_t i = 0; i < held_out.size(); ++i) {
    // A handful of runs: only a clear answer is one.
    const bool is_clear = held_out[i].answer == Answer::kWorse;
    const std::string name = "held-out " + evidence.held_out[i].name;
    if (is_clear) time.add(Answer::kWorse, figures(name, held_out[i]));
  }
  if (const auto& worse = time.of(Answer::kWorse); !worse.empty()) {
    return blocks(
        0.6, fmt::format("slower by more than {:g} %: {}", evidence.levels.floor, joined(worse)));
  }
  if (const auto& slight = time.of(Answer::kSlightlyWorse); !slight.empty()) {
    const std::string reason = "measurably slower: " + joined(slight);
    // Too noisy to be sure by how much, and more than what counts as far as anybody can tell.
    const bool seems_much = std::ranges::any_of(all, [&](const Reading& reading) {
      return reading.loss() == Answer::kSlightlyWorse &&
             decisive(reading).cost.percent >= evidence.levels.floor;
    });
    return seems_much ? asks(0.1, reason) : warns(0.1, reason);
  }
  if (const auto& few = time.of(Answer::kTooFew); !few.empty()) {
    return warns(0.1, "not measured often enough: " + joined(few));
  }
  if (const auto& unclear = time.of(Answer::kUnclear); !unclear.empty()) {
    return warns(0.05, fmt::format("too noisy to exclude that it is slower by over {:g} %: {}",
                                   evidence.levels.floor, joined(unclear)));
  }
  const auto fine = time.fine();
  return fine.empty() ? unmeasured(evidence, "benchmarks") : passes(joined(fine));
}

CheckOutcome no_measurable_gain(const Evidence& evidence) {
  if (evidence.type != ModificationType::kPerformance) {
    return passes("no gain of time was promised");
  }
  std::vector<std::string> gains;
  std::vector<std::string> others;
  for (const auto& reading : readings(evidence)) {
    auto& place = reading.gain_counts ? gains : others;
    place.push_back(reading.gain_counts ? least_gain(reading, evidence.levels.wanted)
                                        : figures_of(reading));
  }
  for (const auto& reading : memory_readings(evidence)) {
    if (reading.gain_counts) gains.push_back("memory of " + figures_of(reading));
  }
  if (!gains.empty()) return passes("a gain that counts: " + joined(gains));
  if (!others.empty()) {
    return fails(0.35, "meant to save time, but no gain that counts shows: " + joined(others));
  }
  const LeftOut* left = left_out(evidence, "benchmarks");
  return asks(0.1, "meant to save time, but nothing was measured" +
                       (left == nullptr ? "" : ": " + printable_line(left->why)));
}

CheckOutcome memory_regression(const Evidence& evidence) {
  constexpr double kMuch = 4;  // times the limit
  const auto all = memory_readings(evidence);
  const Sorted memory = sorted(all);
  const double limit = evidence.levels.memory;
  if (const auto& worse = memory.of(Answer::kWorse); !worse.empty()) {
    CheckOutcome found =
        fails(0.35, fmt::format("needs more memory by over {:g} %: {}", limit, joined(worse)));
    found.wants_approval = std::ranges::any_of(all, [&](const Reading& reading) {
      return reading.loss() == Answer::kWorse &&
             (reading.first.cost.low > kMuch * limit ||
              (reading.confirm && reading.confirm->cost.low > kMuch * limit));
    });
    return found;
  }
  if (const auto& slight = memory.of(Answer::kSlightlyWorse); !slight.empty()) {
    return warns(0.05, "needs more memory: " + joined(slight));
  }
  auto fine = memory.fine();
  std::ranges::copy(memory.of(Answer::kUnclear), std::back_inserter(fine));
  std::ranges::copy(memory.of(Answer::kTooFew), std::back_inserter(fine));
  return passes(fine.empty() ? "nothing was measured" : joined(fine));
}

CheckOutcome output_changed(const Evidence& evidence) {
  std::vector<std::string> different;
  std::vector<std::string> unstable;
  for (const auto& benchmark : evidence.benchmarks) {
    if (benchmark.output_differs) {
      std::string what = printable_line(benchmark.name);
      if (!benchmark.base_output.empty() || !benchmark.candidate_output.empty()) {
        what += fmt::format(" ({} instead of {})", first_line(benchmark.candidate_output),
                            first_line(benchmark.base_output));
      }
      different.push_back(std::move(what));
    }
    if (benchmark.output_unstable) unstable.push_back(benchmark.name);
  }
  if (!different.empty()) {
    return blocks(0.6, "prints something else than on the base: " + joined(different));
  }
  if (evidence.benchmarks.empty()) return passes("nothing was measured");
  if (!unstable.empty()) {
    return warns(0.05,
                 "prints something else each time on the base itself, so that outputs cannot "
                 "be compared: " +
                     listed("benchmark", unstable));
  }
  return passes("benchmarks print what they print on the base");
}

CheckOutcome benchmark_failed(const Evidence& evidence) {
  constexpr double kMuch = 0.1;  // beyond what chance makes of a base that fails at times
  std::vector<std::string> broken;
  std::vector<std::string> more_often;
  std::vector<std::string> known;
  for (const auto& benchmark : evidence.benchmarks) {
    const double before = rate(benchmark.base_failures, benchmark.base_runs);
    const double now = rate(benchmark.candidate_failures, benchmark.candidate_runs);
    const std::string text =
        fmt::format("{} ({} of {} runs, {} of {} on the base)", printable_line(benchmark.name),
                    benchmark.candidate_failures, benchmark.candidate_runs, benchmark.base_failures,
                    benchmark.base_runs);
    if (now > 0 && (before == 0 || now > 2 * before + kMuch)) {
      broken.push_back(text);
    } else if (now > before) {
      more_often.push_back(text);
    } else if (before > 0) {
      known.push_back(text);
    }
  }
  if (!broken.empty()) return blocks(0.6, "runs on the base, fails now: " + joined(broken));
  if (!more_often.empty()) return asks(0.1, "fails more often than before: " + joined(more_often));
  if (!known.empty()) return warns(0.05, "fails on the base itself: " + joined(known));
  if (evidence.benchmarks.empty()) return passes("nothing was measured");
  return passes(counted(evidence.benchmarks.size(), "benchmark") + " ran");
}

CheckOutcome held_out_differs(const Evidence& evidence) {
  if (!evidence.is_reviewed()) return passes("was not looked for when this evidence was made");
  std::vector<std::string> different;
  std::vector<std::string> unstable;
  std::vector<std::string> known;
  std::size_t seeds = 0;
  for (const auto& one : evidence.held_out) {
    seeds += one.seeds.size();
    const std::string name = printable_line(one.name);
    if (one.candidate_failures > one.base_failures) {
      different.push_back(fmt::format("{} fails {} of {} times, {} on the base", name,
                                      one.candidate_failures, one.seeds.size(), one.base_failures));
    } else if (!one.different.empty() && !one.unstable) {
      different.push_back(fmt::format("{} at {} of {} inputs, the first by seed {}", name,
                                      one.different.size(), one.seeds.size(),
                                      printable_line(one.different.front())));
    } else if (one.unstable) {
      unstable.push_back(one.name);
    } else if (one.base_failures > 0) {
      known.push_back(one.name);
    }
  }
  if (!different.empty()) {
    return blocks(0.8, "answers otherwise than the base on held-out inputs: " + joined(different));
  }
  if (!unstable.empty()) {
    return warns(0.05,
                 "the base answers otherwise each time, so that held-out outputs cannot be "
                 "compared: " +
                     listed("command", unstable));
  }
  if (!known.empty()) {
    return warns(0.05, "fails on the base itself: " + listed("held-out command", known));
  }
  if (!evidence.held_out.empty()) {
    return passes("the same answers on " + counted(seeds, "held-out input"));
  }
  const LeftOut* left = left_out(evidence, "held_out");
  if (left == nullptr) return passes("no held-out inputs were run");
  const std::string why = "no held-out inputs were run: " + printable_line(left->why);
  return left->by_choice ? passes(why) : warns(0.05, why);
}

}  // namespace automod::judge
