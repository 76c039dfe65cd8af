#include "cli/render.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "base/text.hpp"
#include "engine/judge/judge.hpp"
#include "engine/judge/measure.hpp"

namespace automod::cli {

namespace {

constexpr std::size_t kOutputLines = 12;

std::string milliseconds(double value) {
  return value < 100 ? fmt::format("{:.2f} ms", value) : fmt::format("{:.0f} ms", value);
}

std::size_t outcomes(const Inventory& inventory, TestOutcome outcome) {
  return static_cast<std::size_t>(
      std::ranges::count(inventory.tests, outcome, &TestResult::outcome));
}

std::string outcomes_text(const Inventory& inventory) {
  std::string text;
  for (const auto& [outcome, word] : entries<TestOutcome>()) {
    const std::size_t number = outcomes(inventory, outcome);
    if (number == 0) continue;
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", number,
                        outcome == TestOutcome::kNotRun ? "not run" : word);
  }
  return text.empty() ? "no tests" : text;
}

/// The last lines of hostile output, marked as quoted.
std::string quoted_tail(std::string_view output, const Paint& paint, std::size_t indent) {
  auto lines = split_lines(output);
  if (lines.size() > kOutputLines) {
    lines.erase(lines.begin(), lines.end() - static_cast<std::ptrdiff_t>(kOutputLines));
  }
  std::string text;
  for (const std::string_view line : lines) {
    text += std::string(indent, ' ') + paint(Tone::kDim, "| ") + printable_line(line) + '\n';
  }
  return text;
}

/// Whether exactly the tests that fail now failed on the base: not the candidate's doing.
bool failed_before(const Evidence& evidence) {
  const auto failures = [](const Inventory& inventory) {
    std::set<std::string> names;
    for (const TestResult& test : inventory.tests) {
      if (test.outcome == TestOutcome::kFailed) names.insert(test.name);
    }
    return names;
  };
  const auto now = failures(evidence.tests);
  return evidence.tests.complete && !now.empty() && now == failures(evidence.base_tests);
}

Tone tone_of(CheckResult result) {
  switch (result) {
    case CheckResult::kPass:
      return Tone::kGood;
    case CheckResult::kWarn:
      return Tone::kWarn;
    case CheckResult::kFail:
      return Tone::kBad;
  }
  return Tone::kPlain;
}

}  // namespace

std::string short_id(const store::Store& store, const ModificationId& id) {
  for (const std::size_t length : {13u, 18u, 23u}) {
    if (length < id.text.size() && store.modification(id.text.substr(0, length))) {
      return id.text.substr(0, length);
    }
  }
  return id.text;
}

Tone tone_of(Decision decision) {
  switch (decision) {
    case Decision::kApproved:
      return Tone::kGood;
    case Decision::kNeedsApproval:
      return Tone::kWarn;
    case Decision::kRejected:
      return Tone::kBad;
  }
  return Tone::kPlain;
}

Tone tone_of(ModificationStatus status) {
  switch (status) {
    case ModificationStatus::kProposed:
      return Tone::kPlain;
    case ModificationStatus::kApproved:
    case ModificationStatus::kApplied:
      return Tone::kGood;
    case ModificationStatus::kNeedsApproval:
      return Tone::kWarn;
    case ModificationStatus::kRejected:
      return Tone::kBad;
    case ModificationStatus::kRolledBack:
      return Tone::kDim;
  }
  return Tone::kPlain;
}

std::string place_text(const Place& place) {
  std::string text = printable_line(place.path);
  if (place.line != 0) text += fmt::format(":{}", place.line);
  return text;
}

std::string place_text(const Candidate& candidate) {
  if (!candidate.place.path.empty()) return place_text(candidate.place);
  if (candidate.files.empty()) return {};
  const std::string first = printable_line(candidate.files.front().path);
  const std::size_t more = candidate.files.size() - 1;
  return more == 0 ? first : fmt::format("{} and {} more", first, more);
}

std::string impact_text(const std::optional<double>& impact) {
  if (!impact) return "speed not measured";
  if (std::abs(*impact) < 0.05) return "no measurable change of speed";
  return fmt::format("{:.1f} % {}", std::abs(*impact), *impact > 0 ? "faster" : "slower");
}

std::string weight_text(const Finding& finding) {
  const Weight& weight = finding.weight;
  std::string text;
  const auto add = [&](const std::string& part) { text += (text.empty() ? "" : ", ") + part; };
  if (weight.loops > 0) add("in " + count(weight.loops, "loop"));
  if (weight.reach >= kMostReach) {
    add(fmt::format("reached from {} functions or more", kMostReach));
  } else if (weight.reach > 0) {
    add("reached from " + count(weight.reach, "function"));
  }
  if (weight.heat) add(fmt::format("{:.1f} % of the profile", 100 * *weight.heat));
  return text;
}

std::string verdict_line(const Verdict& verdict, const Paint& paint) {
  return fmt::format("{}, score {:.2f}, {} (level {})",
                     paint(tone_of(verdict.decision), name(verdict.decision)), verdict.safety_score,
                     impact_text(verdict.performance_impact), name(verdict.level));
}

std::string checks_text(const Verdict& verdict, const Paint& paint, std::size_t indent,
                        std::size_t width) {
  const std::string margin(indent, ' ');
  std::string text;
  std::vector<std::string> passed;
  std::vector<std::string> missed;
  for (const CheckResult wanted : {CheckResult::kFail, CheckResult::kWarn, CheckResult::kPass}) {
    for (const CheckOutcome& check : verdict.checks) {
      if (check.result != wanted) continue;
      if (wanted == CheckResult::kPass || !judge::was_reached(check)) {
        (wanted == CheckResult::kPass ? passed : missed).push_back(printable_line(check.code));
        continue;
      }
      text += fmt::format("{}{}  {}\n", margin, paint(tone_of(wanted), name(wanted)),
                          printable_line(check.code));
      text += paragraph(printable(check.reason), indent + 6, width);
    }
  }
  const auto add = [&](std::string_view word, Tone tone, const std::vector<std::string>& codes,
                       std::string_view what) {
    if (codes.empty()) return;
    const std::string all = paragraph(
        fmt::format("{} {}: {}", count(codes.size(), "check"), what, fmt::join(codes, ", ")),
        indent + 6, width);
    text += margin + paint(tone, word) + all.substr(indent + 4);
  };
  add("skip", Tone::kDim, missed, "not looked at, since the trial had ended");
  add("pass", Tone::kGood, passed, "found nothing");  // they are named after what they look for
  return text;
}

std::string tests_text(const Inventory& base, const Inventory& candidate) {
  const std::string now = outcomes_text(candidate);
  const std::string before = outcomes_text(base);
  return now == before ? now : fmt::format("{} (base: {})", now, before);
}

std::string stage_result(const StageEvidence& stage) {
  if (stage.ok()) return "ok";
  if (stage.outcome == "exited") return fmt::format("failed (exit code {})", stage.status);
  if (stage.outcome == "signalled") return fmt::format("killed (signal {})", stage.status);
  std::string words = stage.outcome;
  std::ranges::replace(words, '_', ' ');
  return printable_line(words);
}

std::string stages_text(const Evidence& evidence, const Paint& paint, std::size_t indent) {
  Table table;
  const StageEvidence* failed = nullptr;
  for (const StageEvidence& stage : evidence.stages) {
    const bool tests = stage.type == ExecutionType::kUnitTest && evidence.has_tests;
    const bool known = tests && !stage.ok() && failed_before(evidence);
    if (!stage.ok() && !known) failed = &stage;
    std::string what(name(stage.type));
    if (stage.variant != Variant::kPlain) what += fmt::format(" [{}]", name(stage.variant));
    table.add({{std::move(what)},
               {known ? "failed as on the base" : stage_result(stage), stage.ok() ? Tone::kGood
                                                                       : known    ? Tone::kWarn
                                                                                  : Tone::kBad},
               {duration(stage.wall_ms), Tone::kPlain, true},
               {fmt::format("{} MB", stage.memory_mb), Tone::kPlain, true},
               {tests ? tests_text(evidence.base_tests, evidence.tests) : ""}});
  }
  std::string text = table.text(paint, indent, 0);
  if (failed) text += quoted_tail(failed->output_tail, paint, indent + 2);
  return text;
}

namespace {

std::string with_unit(double figure, const std::string& unit) {
  if (unit == "ms") return milliseconds(figure);
  return fmt::format("{:.4g}{}{}", figure, unit.empty() ? "" : " ", printable_line(unit));
}

std::vector<Cell> figure_row(const judge::Reading& reading) {
  const judge::Comparison& shown = reading.shown();
  const bool is_wall = shown.metric == "wall";
  const Tone tone = shown.is_better() ? Tone::kGood : shown.is_worse() ? Tone::kBad : Tone::kPlain;
  const std::string& name = reading.benchmark->name;
  return {{printable_line(is_wall ? name : name + ": " + shown.metric)},
          {with_unit(shown.base, shown.unit), Tone::kPlain, true},
          {"→"},
          {with_unit(shown.candidate, shown.unit), Tone::kPlain, true},
          {fmt::format("{:+.1f} %{}", shown.change.percent, is_wall ? " time" : ""), tone, true},
          {fmt::format("[{:+.1f}, {:+.1f}], {} rounds", shown.change.low, shown.change.high,
                       shown.rounds)}};
}

}  // namespace

std::string figures_text(const Evidence& evidence, const Paint& paint, std::size_t indent) {
  Table table;
  const auto all = judge::readings(evidence);
  for (const BenchmarkEvidence& benchmark : evidence.benchmarks) {
    if (benchmark.base_failures + benchmark.candidate_failures > 0 || !judge::measured(benchmark)) {
      const char* side = benchmark.base_failures > 0 ? "the base" : "the candidate";
      table.add(
          {{printable_line(benchmark.name)}, {fmt::format("failed on {}", side), Tone::kBad}});
      continue;
    }
    for (const auto& reading : all) {
      if (reading.benchmark == &benchmark) table.add(figure_row(reading));
    }
  }
  return table.text(paint, indent, 0);
}

std::string diff_text(std::string_view patch, const Paint& paint) {
  std::string text;
  for (const std::string_view line : split_lines(patch)) {
    const bool head = line.starts_with("+++") || line.starts_with("---") ||
                      line.starts_with("diff ") || line.starts_with("index ");
    const Tone tone = head                     ? Tone::kTitle
                      : line.starts_with("@@") ? Tone::kName
                      : line.starts_with('+')  ? Tone::kGood
                      : line.starts_with('-')  ? Tone::kBad
                                               : Tone::kPlain;
    text += paint(tone, printable(line)) + '\n';
  }
  return text;
}

std::string modifications_text(const std::vector<store::ListedModification>& listed,
                               const store::Store& store, const Paint& paint, std::size_t width) {
  if (listed.empty()) return {};
  Table table;
  table.add({{"ID", Tone::kDim},
             {"STATUS", Tone::kDim},
             {"TYPE", Tone::kDim},
             {"PLACE", Tone::kDim},
             {"SUMMARY", Tone::kDim}});
  for (const store::ListedModification& one : listed) {
    const Candidate& candidate = one.modification.candidate;
    table.add({{short_id(store, one.modification.id), Tone::kName},
               {std::string(name(one.status)), tone_of(one.status)},
               {std::string(name(candidate.type))},
               {place_text(candidate)},
               {printable_line(candidate.summary)}});
  }
  return table.text(paint, 0, width);
}

std::string next_step(const store::ListedModification& listed, std::string_view id) {
  switch (listed.status) {
    case ModificationStatus::kProposed:
      return fmt::format("try {}", id);
    case ModificationStatus::kApproved:
      return fmt::format("apply {}", id);
    case ModificationStatus::kNeedsApproval:
    case ModificationStatus::kRejected:
      return fmt::format("explain {}", id);
    case ModificationStatus::kApplied:
      return fmt::format("rollback {} --reason TEXT", id);
    case ModificationStatus::kRolledBack:
      return {};
  }
  return {};
}

}  // namespace automod::cli
