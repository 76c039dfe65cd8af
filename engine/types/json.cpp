#include "engine/types/json.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <optional>

#include "base/text.hpp"

namespace automod {

using nlohmann::json;

namespace {

json or_null(const std::string& text) { return text.empty() ? json(nullptr) : json(text); }

json or_null(std::size_t number) { return number == 0 ? json(nullptr) : json(number); }

template <class T>
json or_null(const std::optional<T>& value) {
  return value ? json(*value) : json(nullptr);
}

json place_or_null(const Place& place) {
  return place.path.empty() ? json(nullptr) : to_json(place);
}

template <class T, class F>
json list(const std::vector<T>& values, F&& one) {
  json all = json::array();
  for (const T& value : values) all.push_back(one(value));
  return all;
}

std::string_view change_of(const FileChange& file) {
  if (!file.original) return "added";
  return file.modified ? "modified" : "deleted";
}

}  // namespace

json to_json(const Place& place) {
  return {{"path", place.path},
          {"line", or_null(place.line)},
          {"column", or_null(place.column)},
          {"symbol", or_null(place.symbol)}};
}

json to_json(const Weight& weight) {
  return {{"loops", weight.loops},
          {"reach", weight.reach},
          {"heat", weight.heat ? json(*weight.heat) : json(nullptr)}};
}

json to_json(const Finding& finding) {
  return {{"rule", finding.rule},
          {"place", place_or_null(finding.place)},
          {"message", finding.message},
          {"why", finding.why},
          {"type", name(finding.type)},
          {"severity", name(finding.severity)},
          {"confidence", name(finding.confidence)},
          {"weight", to_json(finding.weight)},
          {"value", finding.value()}};
}

json to_json(const Modification& modification) {
  const Candidate& candidate = modification.candidate;
  const Origin& origin = candidate.origin;
  return {{"id", modification.id.text},
          {"session_id", modification.session.text},
          {"base_commit", modification.base_commit.text},
          {"base_tree", modification.base_tree.text},
          {"tree", modification.tree.text},
          {"type", name(candidate.type)},
          {"summary", candidate.summary},
          {"reasoning", candidate.reasoning},
          {"origin",
           {{"proposer", name(origin.proposer)},
            {"name", origin.name},
            {"prompt_digest", or_null(origin.prompt_digest)}}},
          {"place", place_or_null(candidate.place)},
          {"parent", candidate.parent ? json(candidate.parent->text) : json(nullptr)},
          {"patch_digest", modification.patch_digest},
          {"created_at", modification.created_at},
          {"files", list(candidate.files, [](const FileChange& file) {
             return json{{"path", file.path}, {"change", change_of(file)}};
           })}};
}

json to_json(const Session& session) {
  return {{"id", session.id.text},
          {"codebase_path", session.codebase_path},
          {"goals", list(session.goals, [](Goal goal) { return json(name(goal)); })},
          {"safety_level", name(session.safety_level)},
          {"status", name(session.status)},
          {"started_at", session.started_at},
          {"completed_at", or_null(session.completed_at)},
          {"success_rate", or_null(session.success_rate)}};
}

std::string canonical(const json& value) {
  // Objects are sorted maps; numbers with a fraction are written with the fewest digits that
  // read back as the same number.
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace automod
