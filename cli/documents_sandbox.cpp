#include <nlohmann/json.hpp>

#include "base/digest.hpp"
#include "base/text.hpp"
#include "cli/documents.hpp"

namespace automod::cli {

using nlohmann::json;

namespace {

json text_or_null(const std::string& text) { return text.empty() ? json(nullptr) : json(text); }

json facts_json(const sandbox::Facts& facts) {
  return {{"backend", facts.backend},           {"version", text_or_null(facts.version)},
          {"memory_limit", facts.memory_limit}, {"process_limit", facts.process_limit},
          {"cpu_limit", facts.cpu_limit},       {"disk_limit", facts.disk_limit},
          {"landlock", facts.landlock}};
}

json costs_json(const sandbox::Execution& execution) {
  return {
      {"wall_ms", execution.wall.count()},       {"setup_us", execution.setup.count()},
      {"run_us", execution.run.count()},         {"teardown_us", execution.teardown.count()},
      {"cpu_ms", execution.cpu.count()},         {"peak_memory_bytes", execution.peak_memory_bytes},
      {"written_bytes", execution.written_bytes}};
}

json artifacts_json(const SandboxRun& run) {
  json all = json::array();
  const auto& artifacts = run.execution.artifacts;
  for (std::size_t i = 0; i < artifacts.size(); ++i) {
    const bool taken = artifacts[i].refused.empty();
    all.push_back({{"name", artifacts[i].name},
                   {"refused", text_or_null(artifacts[i].refused)},
                   {"bytes", taken ? json(artifacts[i].content.size()) : json(nullptr)},
                   {"sha256", taken ? json(sha256(artifacts[i].content)) : json(nullptr)},
                   {"file", taken ? json(run.files[i]) : json(nullptr)}});
  }
  return all;
}

json problem_json(const std::string& message, const std::string& hint) {
  return message.empty() ? json(nullptr)
                         : json({{"message", message}, {"hint", text_or_null(hint)}});
}

json row_json(const sandbox::attacks::Row& row) {
  return {{"name", row.attack.name},      {"group", row.attack.group},
          {"about", row.attack.about},    {"tests", row.attack.tests},
          {"verdict", name(row.verdict)}, {"control", name(row.control)},
          {"detail", row.detail},         {"seconds", row.seconds}};
}

json tested_json(const TestedBackend& tested) {
  using sandbox::attacks::Verdict;
  json fields = {{"name", tested.name}, {"problem", nullptr},      {"facts", nullptr},
                 {"as_root", nullptr},  {"contained", nullptr},    {"exposed", nullptr},
                 {"skipped", nullptr},  {"attacks", json::array()}};
  if (tested.problem) {
    fields["problem"] = problem_json(tested.problem->message, tested.problem->hint);
  }
  if (!tested.report) return fields;
  fields["facts"] = facts_json(tested.report->facts);
  fields["as_root"] = tested.report->as_root;
  fields["contained"] = tested.report->count(Verdict::kContained);
  fields["exposed"] = tested.report->count(Verdict::kExposed);
  fields["skipped"] = tested.report->count(Verdict::kSkipped);
  for (const auto& row : tested.report->rows) fields["attacks"].push_back(row_json(row));
  return fields;
}

}  // namespace

json sandbox_run_document(const SandboxRun& run) {
  const sandbox::Execution& execution = run.execution;
  return {{"schema", "automod.sandbox_run/1"},   {"outcome", name(execution.outcome)},
          {"status", execution.status},          {"exit_code", run.exit_code},
          {"stdout", valid_utf8(execution.out)}, {"stderr", valid_utf8(execution.err)},
          {"stdout_cut", execution.out_cut},     {"stderr_cut", execution.err_cut},
          {"costs", costs_json(execution)},      {"facts", facts_json(run.facts)},
          {"policy_digest", run.policy_digest},  {"artifacts", artifacts_json(run)}};
}

json sandbox_test_document(const std::vector<TestedBackend>& all, int exit_code) {
  json backends = json::array();
  for (const TestedBackend& tested : all) backends.push_back(tested_json(tested));
  return {{"schema", "automod.sandbox_test/1"},
          {"backends", std::move(backends)},
          {"exit_code", exit_code}};
}

json sandbox_backends_document(const std::vector<sandbox::BackendState>& all,
                               const std::string& chosen) {
  json backends = json::array();
  for (const sandbox::BackendState& state : all) {
    backends.push_back({{"name", state.name},
                        {"works", state.facts.has_value()},
                        {"facts", state.facts ? facts_json(*state.facts) : json(nullptr)},
                        {"problem", problem_json(state.problem, state.remedy)}});
  }
  return {{"schema", "automod.sandbox_backends/1"},
          {"backends", std::move(backends)},
          {"chosen", text_or_null(chosen)}};
}

}  // namespace automod::cli
