#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "engine/judge/checks.hpp"
#include "engine/judge/explain_parts.hpp"
#include "engine/judge/measure.hpp"
#include "engine/judge/spots.hpp"

namespace automod::judge {

namespace {

constexpr std::size_t kMostLines = 12;
constexpr std::size_t kMostFacts = 30;
constexpr std::size_t kMostFigures = 40;

/// The last lines of two outputs that differ.
std::string outputs(const BenchmarkEvidence& benchmark) {
  constexpr std::size_t kShown = 300;
  std::string text;
  for (const auto& [whose, output] : {std::pair("base", &benchmark.base_output),
                                      std::pair("with the change", &benchmark.candidate_output)}) {
    const std::string end(tail(*output, kShown));
    for (const auto line : split_lines(end)) {
      text += fmt::format("      {} | {}\n", whose, printable(line));
    }
  }
  return text;
}

std::string benchmark_lines(const BenchmarkEvidence& benchmark, const Levels& levels) {
  const std::string shown = printable_line(benchmark.name);
  std::string text;
  if (benchmark.base_failures + benchmark.candidate_failures > 0) {
    text += fmt::format("  {}: failed in {} of {} runs on the base, {} of {} with the change\n",
                        shown, benchmark.base_failures, benchmark.base_runs,
                        benchmark.candidate_failures, benchmark.candidate_runs);
  }
  for (const auto* all : {&benchmark.series, &benchmark.confirm}) {
    for (std::size_t i = 0; i < all->size() && i < kMostFigures; ++i) {
      const Series& series = (*all)[i];
      const bool is_memory = series.metric == "memory";
      const auto comparison =
          compare(series, {.floor = is_memory ? levels.memory : levels.floor, .among = 1});
      text += fmt::format("  {}{}{}\n", all == &benchmark.confirm ? "once more, " : "",
                          is_memory ? "memory of " : "", figures(benchmark.name, comparison));
    }
  }
  if (benchmark.output_unstable)
    text += fmt::format("  {}: prints something else each time\n", shown);
  if (benchmark.output_differs) {
    text +=
        fmt::format("  {}: prints something else than on the base\n{}", shown, outputs(benchmark));
  }
  return text;
}

std::string held_out_lines(const Evidence& evidence) {
  std::string text;
  const auto times = held_out_readings(evidence);
  for (std::size_t i = 0; i < evidence.held_out.size(); ++i) {
    const HeldOutEvidence& one = evidence.held_out[i];
    text += fmt::format("  held out, {}: {}", printable_line(one.name),
                        counted(one.seeds.size(), "seed"));
    text += one.different.empty() ? std::string(", the same answers")
                                  : ", other answers at " + listed("seed", one.different);
    if (one.base_failures + one.candidate_failures > 0) {
      text += fmt::format(", failed {} times on the base and {} with the change", one.base_failures,
                          one.candidate_failures);
    }
    text += one.unstable ? ", the base does not agree with itself\n" : "\n";
    if (i < times.size() && times[i].rounds > 0) {
      text += "    " + figures(one.name, times[i]) + "\n";
    }
  }
  return text;
}

std::vector<std::string> lines_of(const std::vector<Diagnostic>& all) {
  std::vector<std::string> lines;
  for (const Diagnostic& one : all) {
    const std::string rule = one.rule.empty() ? "" : " [" + printable_line(one.rule) + "]";
    lines.push_back(fmt::format("{}: {}: {}{}", place(one.path, one.line, one.line),
                                printable_line(one.tool), printable_line(one.message), rule));
  }
  return lines;
}

std::string sanitizer_lines(const Evidence& evidence) {
  if (!evidence.sanitizers) return "";
  const SanitizerEvidence& seen = *evidence.sanitizers;
  if (!seen.effective) return "  sanitizers: the build was not instrumented\n";
  return fmt::format("  sanitizers: {} on the base, {} with the change\n",
                     counted(seen.base_reports.size(), "report"),
                     counted(seen.candidate_reports.size(), "report")) +
         bullets(lines_of(seen.candidate_reports), 4, kMostLines);
}

std::string coverage_lines(const Evidence& evidence) {
  if (!evidence.coverage) return "";
  std::size_t changed = 0;
  std::size_t uncovered = 0;
  std::vector<std::string> lines;
  for (const FileCoverage& file : *evidence.coverage) {
    changed += file.changed_lines;
    uncovered += file.uncovered.size();
    if (file.lost_lines > 0) {
      lines.push_back(fmt::format("{}: {} of {} unchanged lines are run no more",
                                  printable_line(file.path), file.lost_lines, file.base_lines));
    }
    if (!file.lost_functions.empty()) {
      lines.push_back(fmt::format("{}: entered no more: {}", printable_line(file.path),
                                  listed("function", file.lost_functions)));
    }
  }
  for (const Spot& spot : spots_of(evidence, "uncovered_change")) {
    lines.push_back(place(spot.path, spot.line, spot.last_line) + ": run by no test");
  }
  return fmt::format("  coverage: {} of {} changed lines with code are run by no test\n", uncovered,
                     changed) +
         bullets(lines, 4, kMostLines);
}

std::string diagnostic_lines(const Evidence& evidence) {
  if (evidence.diagnostic_tools.empty() && evidence.new_diagnostics.empty()) return "";
  return fmt::format("  new diagnostics: {} ({} heard)\n", evidence.new_diagnostics.size(),
                     listed("tool", evidence.diagnostic_tools)) +
         bullets(lines_of(evidence.new_diagnostics), 4, kMostLines);
}

std::string file_line(const FileFacts& file) {
  std::string text = fmt::format("{} {}, +{} -{}", printable_line(file.path),
                                 printable_line(file.change), file.lines_added, file.lines_removed);
  if (file.role) text += fmt::format(", {}", name(*file.role));
  if (!file.language.empty()) text += ", " + printable_line(file.language);
  if (file.is_protected) text += ", protected";
  if (file.syntax_errors_after > 0) {
    text += fmt::format(", {} (before: {})", counted(file.syntax_errors_after, "syntax error"),
                        file.syntax_errors_before);
  }
  return text;
}

}  // namespace

std::string what_was_measured(const Evidence& evidence) {
  std::string text;
  for (const auto& benchmark : evidence.benchmarks) {
    text += benchmark_lines(benchmark, evidence.levels);
  }
  text += held_out_lines(evidence) + diagnostic_lines(evidence) + sanitizer_lines(evidence) +
          coverage_lines(evidence);
  return text.empty() ? text : "What was measured\n" + text;
}

std::string what_reading_shows(const Evidence& evidence, const std::vector<std::string>& said) {
  std::vector<std::string> files;
  for (const FileFacts& file : evidence.files) files.push_back(file_line(file));
  std::vector<std::string> facts;
  for (const CodeFact& fact : evidence.facts) {
    std::string line =
        place(fact.path, fact.line, fact.line) + ": " + printable_line(describe(fact));
    if (std::ranges::find(said, line) == said.end()) facts.push_back(std::move(line));
  }
  std::string text = "What reading the change shows\n" + bullets(files, 2, kMostFacts);
  if (!facts.empty()) text += "  and\n" + bullets(facts, 2, kMostFacts);
  if (!evidence.is_reviewed()) {
    text += fmt::format(
        "  This is evidence of format {}, from before the code itself was looked into.\n",
        evidence.format);
  }
  return text;
}

}  // namespace automod::judge
