#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "cli/documents.hpp"

namespace automod::cli {

using nlohmann::json;

namespace {

json or_null(const std::string& text) {
  return text.empty() ? json(nullptr) : json(valid_utf8(text));
}

json row_json(const RuleRow& row) {
  return {{"id", valid_utf8(row.id)},
          {"source", row.source},
          {"file", or_null(row.file)},
          {"languages", row.languages},
          {"type", name(row.known.type)},
          {"severity", row.severity},
          {"confidence", name(row.known.confidence)},
          {"level", name(row.level)},
          {"fix", row.has_fix},
          {"title", or_null(row.known.seen)},
          {"why", valid_utf8(row.known.why)},
          {"change", or_null(row.known.change)}};
}

json example_json(const analyzers::RuleExample& example) {
  return {{"text", valid_utf8(example.marked)},
          {"clean", example.is_clean},
          {"good", example.good ? json(valid_utf8(*example.good)) : json(nullptr)},
          {"language", example.language ? json(name(*example.language)) : json(nullptr)}};
}

}  // namespace

json rules_list_document(const std::vector<RuleRow>& rows) {
  json all = json::array();
  for (const RuleRow& row : rows) all.push_back(row_json(row));
  return {{"schema", "automod.rules_list/1"}, {"rules", all}};
}

json rules_show_document(const RuleRow& row) {
  json document = {{"schema", "automod.rules_show/1"},
                   {"rule", row_json(row)},
                   {"query", nullptr},
                   {"message", nullptr},
                   {"examples", json::array()}};
  if (!row.rule) return document;
  document["query"] = valid_utf8(row.rule->query);
  document["message"] = valid_utf8(row.rule->message);
  for (const auto& example : row.rule->examples) {
    document["examples"].push_back(example_json(example));
  }
  return document;
}

json rules_test_document(const RuleTest& test) {
  json failures = json::array();
  for (const RuleTest::Failure& failure : test.failures) {
    failures.push_back({{"rule", failure.rule},
                        {"file", valid_utf8(failure.file)},
                        {"example", failure.example.number},
                        {"language", name(failure.example.language)},
                        {"problem", valid_utf8(failure.example.what)}});
  }
  return {{"schema", "automod.rules_test/1"},
          {"rules", test.rules},
          {"examples", test.examples},
          {"failures", failures},
          {"untested", test.untested}};
}

}  // namespace automod::cli
