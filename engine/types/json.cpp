#include "engine/types/json.hpp"

#include <nlohmann/json.hpp>
#include <optional>

#include "base/digest.hpp"

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

json stage_json(const StageEvidence& stage) {
  return {{"type", name(stage.type)},        {"command", stage.command},
          {"outcome", stage.outcome},        {"status", stage.status},
          {"wall_ms", stage.wall_ms},        {"cpu_ms", stage.cpu_ms},
          {"memory_mb", stage.memory_mb},    {"output_digest", stage.output_digest},
          {"output_tail", stage.output_tail}};
}

json test_json(const TestResult& test) {
  return {{"name", test.name}, {"outcome", name(test.outcome)}, {"wall_ms", test.wall_ms}};
}

json inventory_json(const Inventory& inventory) {
  return {{"source", name(inventory.source)},
          {"complete", inventory.complete},
          {"tests", list(inventory.tests, test_json)}};
}

json benchmark_json(const BenchmarkEvidence& benchmark) {
  return {{"name", benchmark.name},
          {"command", benchmark.command},
          {"base_ms", benchmark.base_ms},
          {"candidate_ms", benchmark.candidate_ms},
          {"base_memory_mb", benchmark.base_memory_mb},
          {"candidate_memory_mb", benchmark.candidate_memory_mb},
          {"base_failed", benchmark.base_failed},
          {"candidate_failed", benchmark.candidate_failed},
          {"output_differs", benchmark.output_differs},
          {"output_unstable", benchmark.output_unstable}};
}

json facts_json(const FileFacts& file) {
  return {{"path", file.path},
          {"change", file.change},
          {"is_protected", file.is_protected},
          {"lines_added", file.lines_added},
          {"lines_removed", file.lines_removed},
          {"language", or_null(file.language)},
          {"syntax_errors_before", file.syntax_errors_before},
          {"syntax_errors_after", file.syntax_errors_after}};
}

json environment_json(const Environment& environment, int format) {
  json all = {{"backend", environment.backend},
              {"memory_limit", environment.memory_limit},
              {"policy_digest", environment.policy_digest},
              {"config_digest", environment.config_digest},
              {"config_source", environment.config_source},
              {"toolchain", environment.toolchain}};
  if (format < 2) return all;
  all["backend_version"] = environment.backend_version;
  all["process_limit"] = environment.process_limit;
  all["cpu_limit"] = environment.cpu_limit;
  all["disk_limit"] = environment.disk_limit;
  all["landlock"] = environment.landlock;
  return all;
}

json check_json(const CheckOutcome& check) {
  return {{"code", check.code},       {"result", name(check.result)},
          {"blocks", check.blocks},   {"wants_approval", check.wants_approval},
          {"penalty", check.penalty}, {"reason", check.reason}};
}

}  // namespace

json to_json(const Place& place) {
  return {{"path", place.path},
          {"line", or_null(place.line)},
          {"column", or_null(place.column)},
          {"symbol", or_null(place.symbol)}};
}

json to_json(const Finding& finding) {
  return {{"rule", finding.rule},       {"place", place_or_null(finding.place)},
          {"message", finding.message}, {"why", finding.why},
          {"type", name(finding.type)}, {"severity", name(finding.severity)}};
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

json to_json(const Evidence& evidence) {
  return {{"format", evidence.format},
          {"base_tree", evidence.base_tree.text},
          {"tree", evidence.tree.text},
          {"patch_digest", evidence.patch_digest},
          {"type", name(evidence.type)},
          {"environment", environment_json(evidence.environment, evidence.format)},
          {"files", list(evidence.files, facts_json)},
          {"stages", list(evidence.stages, stage_json)},
          {"has_build", evidence.has_build},
          {"has_tests", evidence.has_tests},
          {"base_tests", inventory_json(evidence.base_tests)},
          {"tests", inventory_json(evidence.tests)},
          {"benchmarks", list(evidence.benchmarks, benchmark_json)}};
}

json to_json(const Verdict& verdict) {
  return {{"decision", name(verdict.decision)},
          {"safety_level", name(verdict.level)},
          {"safety_score", verdict.safety_score},
          {"performance_impact", or_null(verdict.performance_impact)},
          {"checks", list(verdict.checks, check_json)},
          {"evidence_digest", verdict.evidence_digest},
          {"rules_version", verdict.rules_version}};
}

std::string canonical(const json& value) {
  // Objects are sorted maps; numbers with a fraction are written with the fewest digits that
  // read back as the same number.
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string digest(const Evidence& evidence) { return sha256(canonical(to_json(evidence))); }

}  // namespace automod
