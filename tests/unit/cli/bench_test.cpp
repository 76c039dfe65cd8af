#include "engine/bench.hpp"

#include <nlohmann/json.hpp>

#include "cli/bench_svg.hpp"
#include "cli/bench_text.hpp"
#include "cli/documents.hpp"
#include "tests/unit/catch.hpp"
#include "tests/unit/cli/golden.hpp"

namespace automod::cli {
namespace {

using testing::check_golden;
using testing::ContainsSubstring;

BenchFigure figure(const char* metric, const char* unit, double factor, bool decisive) {
  Series series = {.metric = metric, .unit = unit};
  for (int i = 0; i < 12; ++i) {
    const double base = 100 + (i * 7) % 5;
    series.base.push_back(base);
    series.again.push_back(base + (i % 3) * 0.5);
    series.candidate.push_back((base + i % 2) * factor);
  }
  return {.series = series,
          .compared = judge::compare(series, {}),
          .decisive = decisive,
          .confirmed = false};
}

BenchReport sample(double factor) {
  BenchReport report;
  report.target.config_source = "base commit";
  report.subject = {
      .name = "HEAD", .commit = {std::string(40, 'b')}, .tree = {std::string(40, 'd')}};
  report.against = {
      .name = "main", .commit = {std::string(40, 'a')}, .tree = {std::string(40, 'c')}};
  BenchResult result;
  result.evidence.name = "rank <&>";
  result.evidence.command = "build/rank";
  result.evidence.base_runs = 26;
  result.evidence.candidate_runs = 13;
  result.evidence.series = {figure("wall", "ms", factor, true).series};
  result.figures = {figure("wall", "ms", factor, true), figure("memory", "MB", 1, false)};
  result.seconds = 4.2;
  report.results = {result};
  report.left_out = {{.stage = "instructions", .why = "rank: perf cannot count here"}};
  return report;
}

TEST_CASE("a comparison as a table") {
  const std::string text = report_text(sample(1.2), Paint(false));
  CHECK_THAT(text, ContainsSubstring("HEAD (bbbbbbb) against main (aaaaaaa)"));
  CHECK_THAT(text, ContainsSubstring("configuration from: base commit"));
  CHECK_THAT(text, ContainsSubstring("+20.6 %"));
  CHECK_THAT(text, ContainsSubstring("worse"));
  CHECK_THAT(text, ContainsSubstring("12 rounds in 4.2 s"));
  CHECK_THAT(text, ContainsSubstring("perf cannot count"));
}

TEST_CASE("one tree as a table has no change, but a spread") {
  BenchReport report = sample(1);
  report.against.reset();
  const std::string text = report_text(report, Paint(false));
  CHECK_THAT(text, ContainsSubstring("middle half"));
  CHECK(text.find("candidate") == std::string::npos);
  CHECK_THAT(svg_of(report), ContainsSubstring("median 102"));
}

TEST_CASE("runs that failed and outputs that differ are said") {
  BenchReport report = sample(1);
  report.results[0].evidence.candidate_failures = 2;
  report.results[0].evidence.output_differs = true;
  CHECK_FALSE(report.ok());
  const std::string text = report_text(report, Paint(false));
  CHECK_THAT(text, ContainsSubstring("2 of 13 of the candidate"));
  CHECK_THAT(text, ContainsSubstring("print different things"));
}

TEST_CASE("the document of a comparison") {
  check_golden("bench.json", bench_document(sample(1.2), 0).dump(2) + "\n");
}

TEST_CASE("the drawing of a comparison is escaped and complete in itself") {
  const std::string drawing = svg_of(sample(1.2));
  check_golden("bench.svg", drawing);
  CHECK_THAT(drawing, ContainsSubstring("rank &lt;&amp;&gt;"));
  CHECK(drawing.find("href") == std::string::npos);
}

TEST_CASE("a report of nothing is drawn as that") {
  BenchReport report = sample(1);
  report.results.clear();
  CHECK_THAT(svg_of(report), ContainsSubstring("nothing was measured"));
}

TEST_CASE("one run far out does not squeeze the others") {
  BenchReport report = sample(1);
  report.results[0].figures[0].series.base[3] = 1e6;
  CHECK(svg_of(report).find("1e+06") == std::string::npos);
  CHECK_THAT(svg_of(report), ContainsSubstring("fill-opacity=\"0\""));
}

}  // namespace
}  // namespace automod::cli
