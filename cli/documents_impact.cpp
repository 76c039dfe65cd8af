#include <nlohmann/json.hpp>
#include <utility>

#include "base/text.hpp"
#include "cli/documents_code.hpp"
#include "engine/impact.hpp"

namespace automod::cli {

using nlohmann::json;

namespace {

json text_or_null(const std::string& text) {
  return text.empty() ? json(nullptr) : json(valid_utf8(text));
}

/// `known`, with how it was reached.
json with_way(json known, const analyzers::ImpactWay& way) {
  known["by"] = way.distance == 0 ? json(nullptr) : json(name(way.by));
  known["distance"] = way.distance;
  known["exact"] = way.is_exact;
  known["meant"] = way.meant;
  known["through"] = text_or_null(way.through);
  return known;
}

json subjects_json(const ImpactReport& report) {
  json all = json::array();
  for (const ImpactSubject& one : report.subjects) {
    all.push_back({{"path", valid_utf8(one.path)},
                   {"symbol", text_or_null(one.symbol)},
                   {"line", one.symbol.empty() ? json(nullptr) : json(one.line)}});
  }
  return all;
}

json targets_json(const ImpactReport& report) {
  if (!report.build) return nullptr;
  json all = json::array();
  for (const auto& one : report.impact.targets) {
    const auto& target = report.build->targets[one.target];
    all.push_back(
        with_way({{"name", valid_utf8(target.name)}, {"kind", valid_utf8(target.kind)}}, one.way));
  }
  for (const auto& one : report.impact.outputs) {
    const auto& output = report.build->outputs[one.output];
    all.push_back(with_way({{"name", valid_utf8(output.path)}, {"kind", "output"}}, one.way));
  }
  return all;
}

json api_json(const ImpactReport& report) {
  json all = json::array();
  for (const ImpactOnApi& one : report.api) {
    all.push_back({{"name", valid_utf8(one.entry.name)},
                   {"kind", name(one.entry.kind)},
                   {"text", valid_utf8(one.entry.text)},
                   {"path", valid_utf8(one.entry.path)},
                   {"line", one.entry.line},
                   {"distance", one.distance}});
  }
  return all;
}

}  // namespace

json impact_document(const ImpactReport& report) {
  json files = json::array();
  for (const auto& one : report.impact.files) {
    files.push_back(with_way({{"path", valid_utf8(one.path)}}, one.way));
  }
  json symbols = json::array();
  for (const auto& one : report.impact.symbols) {
    symbols.push_back(with_way(
        {{"name", valid_utf8(one.name)}, {"path", valid_utf8(one.path)}, {"line", one.line}},
        one.way));
  }
  json tests = json::array();
  for (const ImpactTest& one : report.tests) {
    tests.push_back(
        with_way({{"name", text_or_null(one.name)}, {"path", text_or_null(one.path)}}, one.way));
  }
  json notes = json::array();
  for (const std::string& note : report.notes) notes.push_back(valid_utf8(note));
  json gaps = json::array();
  for (const auto& gap : report.gaps) {
    gaps.push_back({{"path", valid_utf8(gap.path)}, {"why", valid_utf8(gap.why)}});
  }
  return {{"schema", "automod.impact/1"},
          {"commit", report.target.commit.text},
          {"modification", report.modification ? json(report.modification->text) : json(nullptr)},
          {"subjects", subjects_json(report)},
          {"files", std::move(files)},
          {"symbols", std::move(symbols)},
          {"targets", targets_json(report)},
          {"tests", std::move(tests)},
          {"api", api_json(report)},
          {"notes", std::move(notes)},
          {"gaps", std::move(gaps)}};
}

}  // namespace automod::cli
