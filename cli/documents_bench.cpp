#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "cli/bench_text.hpp"
#include "cli/documents.hpp"
#include "engine/bench.hpp"

namespace automod::cli {

using nlohmann::json;

namespace {

json side_json(const BenchSide& side) {
  return {{"name", valid_utf8(side.name)}, {"commit", side.commit.text}, {"tree", side.tree.text}};
}

json compared_json(const judge::Comparison& found) {
  return {{"percent", found.change.percent},
          {"low", found.change.low},
          {"high", found.change.high},
          {"noise", found.noise ? json(*found.noise) : json(nullptr)},
          {"limit", found.limit},
          {"rounds", found.rounds},
          {"answer", answer_name(found.answer)}};
}

json figure_json(const BenchFigure& figure, bool compares) {
  const Series& series = figure.series;
  return {{"metric", series.metric},
          {"unit", series.unit},
          {"direction", name(series.direction)},
          {"decisive", figure.decisive},
          {"confirmed", figure.confirmed},
          {"base_median", figure.compared.base},
          {"candidate_median", figure.compared.candidate},
          {"change", compares ? compared_json(figure.compared) : json(nullptr)},
          {"noise", figure.compared.noise ? json(*figure.compared.noise) : json(nullptr)},
          {"base", series.base},
          {"again", series.again},
          {"candidate", series.candidate}};
}

json result_json(const BenchResult& result, bool compares) {
  const BenchmarkEvidence& evidence = result.evidence;
  json figures = json::array();
  for (const auto& figure : result.figures) figures.push_back(figure_json(figure, compares));
  return {{"name", evidence.name},
          {"command", evidence.command},
          {"seconds", result.seconds},
          {"base_runs", evidence.base_runs},
          {"base_failures", evidence.base_failures},
          {"candidate_runs", evidence.candidate_runs},
          {"candidate_failures", evidence.candidate_failures},
          {"output_differs", evidence.output_differs},
          {"output_unstable", evidence.output_unstable},
          {"figures", std::move(figures)}};
}

}  // namespace

json bench_document(const BenchReport& report, int exit_code) {
  const bool compares = report.against.has_value();
  json results = json::array();
  for (const auto& result : report.results) results.push_back(result_json(result, compares));
  json left_out = json::array();
  for (const auto& left : report.left_out) {
    left_out.push_back({{"stage", left.stage}, {"why", valid_utf8(left.why)}});
  }
  return {{"schema", "automod.bench/1"},
          {"subject", side_json(report.subject)},
          {"against", compares ? side_json(*report.against) : json(nullptr)},
          {"config_source", report.target.config_source},
          {"benchmarks", std::move(results)},
          {"left_out", std::move(left_out)},
          {"exit_code", exit_code}};
}

}  // namespace automod::cli
