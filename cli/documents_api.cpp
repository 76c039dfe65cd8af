#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/text.hpp"
#include "cli/documents.hpp"
#include "engine/api.hpp"

namespace automod::cli {

using nlohmann::json;

namespace {

using analyzers::ApiChange;
using analyzers::ApiEntry;

json text_or_null(const std::string& text) {
  return text.empty() ? json(nullptr) : json(valid_utf8(text));
}

json texts(const std::vector<std::string>& all) {
  json list = json::array();
  for (const std::string& text : all) list.push_back(valid_utf8(text));
  return list;
}

template <class Number>
json number_or_null(const std::optional<Number>& number) {
  return number ? json(*number) : json(nullptr);
}

json attributes_of(const ApiEntry& entry) {
  const std::array<std::pair<bool, const char*>, 13> all = {{
      {entry.is_protected, "protected"},
      {entry.is_virtual, "virtual"},
      {entry.is_pure, "pure"},
      {entry.is_static, "static"},
      {entry.is_const, "const"},
      {entry.is_noexcept, "noexcept"},
      {entry.is_inline, "inline"},
      {entry.is_explicit, "explicit"},
      {entry.is_deleted, "deleted"},
      {entry.is_final, "final"},
      {entry.is_abstract, "abstract"},
      {entry.is_pod, "pod"},
      {entry.is_hidden, "hidden"},
  }};
  json words = json::array();
  for (const auto& [is_so, word] : all) {
    if (is_so) words.push_back(word);
  }
  return words;
}

json layout_json(const analyzers::ApiLayout& layout) {
  json fields = json::array();
  for (const analyzers::ApiField& field : layout.fields) {
    fields.push_back({{"name", valid_utf8(field.name)},
                      {"type", valid_utf8(field.type)},
                      {"offset", number_or_null(field.offset)},
                      {"width", number_or_null(field.width)}});
  }
  return {{"size", number_or_null(layout.size)},
          {"align", number_or_null(layout.align)},
          {"fields", std::move(fields)}};
}

json entry_json(const ApiEntry& entry) {
  json parameters = json::array();
  for (const analyzers::ApiParameter& parameter : entry.parameters) {
    parameters.push_back({{"type", valid_utf8(parameter.type)},
                          {"default", text_or_null(parameter.preset)},
                          {"optional", parameter.is_optional}});
  }
  return {{"kind", name(entry.kind)},
          {"name", valid_utf8(entry.name)},
          {"scope", text_or_null(entry.scope)},
          {"text", valid_utf8(entry.text)},
          {"type", text_or_null(entry.type)},
          {"template", text_or_null(entry.templated)},
          {"parameters", std::move(parameters)},
          {"value", text_or_null(entry.value)},
          {"symbol", text_or_null(entry.symbol)},
          {"attributes", attributes_of(entry)},
          {"bases", texts(entry.bases)},
          {"virtuals", texts(entry.virtuals)},
          {"layout", entry.layout ? layout_json(*entry.layout) : json(nullptr)},
          {"path", valid_utf8(entry.path)},
          {"line", entry.line}};
}

json change_json(const ApiChange& change) {
  return {{"impact", name(change.impact)},
          {"reason", change.reason},
          {"kind", name(change.kind)},
          {"name", valid_utf8(change.name)},
          {"path", valid_utf8(change.path)},
          {"line", change.line},
          {"before", text_or_null(change.before)},
          {"after", text_or_null(change.after)}};
}

json side_json(const ApiSide& side) {
  return {{"name", valid_utf8(side.name)}, {"commit", side.commit.text}, {"tree", side.tree.text}};
}

}  // namespace

json api_document(const ApiReport& report, int exit_code) {
  json entries = json::array();
  for (const ApiEntry& entry : report.subject.surface.entries) {
    entries.push_back(entry_json(entry));
  }
  json changes = json::array();
  for (const ApiChange& change : report.changes) changes.push_back(change_json(change));
  json by_syntax = json::array();
  for (const analyzers::AstGap& gap : report.gaps) {
    by_syntax.push_back({{"path", valid_utf8(gap.path)}, {"why", valid_utf8(gap.why)}});
  }
  const bool compares = report.against.has_value();
  return {{"schema", "automod.api/1"},
          {"subject", side_json(report.subject)},
          {"against", compares ? side_json(*report.against) : json(nullptr)},
          {"config_source", report.target.config_source},
          {"entries", std::move(entries)},
          {"changes", compares ? std::move(changes) : json(nullptr)},
          {"by_syntax", std::move(by_syntax)},
          {"exit_code", exit_code}};
}

}  // namespace automod::cli
