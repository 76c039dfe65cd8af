#include "cli/bench_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "base/text.hpp"

namespace automod::cli {

namespace {

using judge::Answer;

struct AnswerWords {
  Answer answer;
  std::string_view name;
  std::string_view text;
  Tone tone;
};
constexpr std::array<AnswerWords, 7> kAnswers = {{
    {Answer::kTooFew, "too_few", "too few rounds", Tone::kWarn},
    {Answer::kBetter, "better", "better", Tone::kGood},
    {Answer::kSlightlyBetter, "slightly_better", "better, not enough to count", Tone::kGood},
    {Answer::kUnchanged, "unchanged", "no change", Tone::kPlain},
    {Answer::kUnclear, "unclear", "too noisy to tell", Tone::kWarn},
    {Answer::kSlightlyWorse, "slightly_worse", "worse, not enough to count", Tone::kBad},
    {Answer::kWorse, "worse", "worse", Tone::kBad},
}};

const AnswerWords& words_of(Answer answer) {
  return *std::ranges::find(kAnswers, answer, &AnswerWords::answer);
}

std::string quantity(double figure, const std::string& unit) {
  const bool is_large = std::abs(figure) >= 1000;
  const std::string number =
      is_large ? fmt::format("{:.0f}", figure) : fmt::format("{:.4g}", figure);
  return number + (unit.empty() ? "" : " " + printable_line(unit));
}

std::string side_text(const BenchSide& side) {
  const std::string commit = side.commit.text.substr(0, 7);
  const std::string name = printable_line(side.name);
  return side.commit.text.starts_with(side.name) ? commit : fmt::format("{} ({})", name, commit);
}

/// Quartiles of all runs of one tree.
std::array<double, 3> quartiles(const Series& series) {
  std::vector<double> all = series.base;
  std::ranges::copy(series.candidate, std::back_inserter(all));
  std::ranges::copy(series.again, std::back_inserter(all));
  if (all.empty()) return {};
  std::ranges::sort(all);
  const auto at = [&](double share) {
    return all[static_cast<std::size_t>(std::lround(share * static_cast<double>(all.size() - 1)))];
  };
  return {at(0.25), at(0.5), at(0.75)};
}

bool is_single(const BenchFigure& figure) { return figure.series.base.size() < 2; }

std::vector<Cell> compared_row(const BenchFigure& figure) {
  const judge::Comparison& found = figure.compared;
  const auto& words = words_of(found.answer);
  const std::string& unit = figure.series.unit;
  const bool has_interval = found.answer != Answer::kTooFew;
  const Tone tone = figure.decisive ? words.tone : Tone::kDim;
  std::string answer = is_single(figure) ? "" : std::string(words.text);
  if (figure.confirmed) answer += ", confirmed";
  return {
      {printable_line(figure.series.metric), figure.decisive ? Tone::kName : Tone::kPlain},
      {quantity(found.base, unit), Tone::kPlain, true},
      {quantity(found.candidate, unit), Tone::kPlain, true},
      {fmt::format("{:+.1f} %", found.change.percent), tone, true},
      {has_interval ? fmt::format("{:+.1f} to {:+.1f} %", found.change.low, found.change.high) : "",
       Tone::kPlain, true},
      {found.noise ? fmt::format("{:.1f} %", *found.noise) : "", Tone::kPlain, true},
      {answer, tone}};
}

std::vector<Cell> alone_row(const BenchFigure& figure) {
  const auto quarter = quartiles(figure.series);
  const std::string& unit = figure.series.unit;
  const auto& noise = figure.compared.noise;
  return {
      {printable_line(figure.series.metric), figure.decisive ? Tone::kName : Tone::kPlain},
      {quantity(quarter[1], unit), Tone::kPlain, true},
      {is_single(figure) ? "" : fmt::format("{:.4g} to {}", quarter[0], quantity(quarter[2], unit)),
       Tone::kPlain, true},
      {noise ? fmt::format("{:.1f} %", *noise) : "", Tone::kPlain, true}};
}

std::vector<Cell> titles(bool compares) {
  const auto title = [](const char* text, bool right) { return Cell{text, Tone::kDim, right}; };
  if (!compares) {
    return {title("metric", false), title("median", true), title("middle half", true),
            title("noise", true)};
  }
  return {title("metric", false), title("base", true),     title("candidate", true),
          title("change", true),  title("interval", true), title("noise", true),
          title("answer", false)};
}

std::string failures(const BenchmarkEvidence& evidence) {
  if (evidence.base_failures + evidence.candidate_failures == 0) return {};
  return fmt::format("failed: {} of {} runs of the base, {} of {} of the candidate",
                     evidence.base_failures, evidence.base_runs, evidence.candidate_failures,
                     evidence.candidate_runs);
}

std::string result_text(const BenchResult& result, bool compares, const Paint& paint) {
  const BenchmarkEvidence& evidence = result.evidence;
  std::string text = paint(Tone::kTitle, printable_line(evidence.name)) + "  " +
                     paint(Tone::kDim, printable_line(evidence.command)) + '\n';
  Table table;
  table.add(titles(compares));
  for (const auto& figure : result.figures) {
    if (figure.series.base.empty()) continue;
    table.add(compares ? compared_row(figure) : alone_row(figure));
  }
  text += table.text(paint, 2, 0);
  if (const std::string failed = failures(evidence); !failed.empty()) {
    text += "  " + paint(Tone::kBad, failed) + '\n';
  }
  if (evidence.output_differs) {
    text += "  " + paint(Tone::kBad, "the two print different things") + '\n';
  }
  const std::size_t rounds = evidence.series.empty() ? 0 : evidence.series.front().base.size();
  text += fmt::format("  {} in {}\n", count(rounds, "round"),
                      duration(std::llround(result.seconds * 1000)));
  return text;
}

}  // namespace

std::string heading_text(const BenchReport& report) {
  if (!report.against) return side_text(report.subject);
  return fmt::format("{} against {}", side_text(report.subject), side_text(*report.against));
}

std::string change_text(const judge::Comparison& found) {
  if (found.answer == Answer::kTooFew) return fmt::format("{:+.1f} %", found.change.percent);
  return fmt::format("{:+.1f} % ({:+.1f} to {:+.1f} %)", found.change.percent, found.change.low,
                     found.change.high);
}

std::string answer_text(const judge::Comparison& found) {
  return std::string(words_of(found.answer).text);
}

std::string_view answer_name(Answer answer) { return words_of(answer).name; }

std::string alone_text(const BenchFigure& figure) {
  const auto quarter = quartiles(figure.series);
  const std::string& unit = figure.series.unit;
  return fmt::format("median {}, middle half {:.4g} to {}", quantity(quarter[1], unit), quarter[0],
                     quantity(quarter[2], unit));
}

std::string report_text(const BenchReport& report, const Paint& paint) {
  std::string text = paint(Tone::kTitle, "bench: ") + heading_text(report) + '\n';
  text += paint(Tone::kDim, "configuration from: " + printable_line(report.target.config_source)) +
          '\n';
  for (const auto& result : report.results) {
    text += '\n' + result_text(result, report.against.has_value(), paint);
  }
  for (const auto& left : report.left_out) {
    text += paint(Tone::kWarn, "not measured: ") + printable_line(left.why) + '\n';
  }
  return text;
}

}  // namespace automod::cli
