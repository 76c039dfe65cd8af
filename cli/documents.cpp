#include "cli/documents.hpp"

#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "cli/commands.hpp"
#include "cli/documents_keep.hpp"
#include "cli/documents_tried.hpp"
#include "cli/remarks.hpp"
#include "engine/types/json.hpp"

namespace automod::cli {

using nlohmann::json;

namespace {

json or_null(const std::string& text) { return text.empty() ? json(nullptr) : json(text); }

template <class T, class F>
json list(const std::vector<T>& values, F&& one) {
  json all = json::array();
  for (const T& value : values) all.push_back(one(value));
  return all;
}

template <class T, class F>
json maybe(const std::optional<T>& value, F&& one) {
  return value ? json(one(*value)) : json(nullptr);
}

json document(std::string_view command, json fields) {
  fields["schema"] = "automod." + std::string(command) + "/1";
  return fields;
}

json error_json(const Error& error, int exit_code) {
  return {{"kind", name(error.kind)},
          {"message", error.message},
          {"hint", or_null(error.hint)},
          {"exit_code", exit_code}};
}

json verdict_json(const store::VerdictRow& row) {
  json fields = to_json(row.verdict);
  return {{"trial_id", row.trial.text}, {"judged_at", row.judged_at}, {"verdict", fields}};
}

json listed_json(const store::ListedModification& listed) {
  return {{"modification", to_json(listed.modification)},
          {"status", name(listed.status)},
          {"judgement", maybe(listed.verdict, verdict_json)},
          {"application", maybe(listed.application, application_json)},
          {"rollback", maybe(listed.rollback, rollback_json)},
          {"merge", maybe(listed.merge, merge_json)}};
}

json trial_json(const store::TrialRow& trial) {
  return {{"id", trial.id.text},
          {"evidence_digest", trial.evidence_digest},
          {"finished_at", trial.finished_at},
          {"evidence", to_json(trial.evidence)}};
}

json costs_json(const store::ExecutionCosts& costs) {
  return {{"setup_us", costs.setup_us},
          {"run_us", costs.run_us},
          {"teardown_us", costs.teardown_us},
          {"peak_memory_bytes", costs.peak_memory_bytes},
          {"written_bytes", costs.written_bytes}};
}

json execution_json(const store::ExecutionRow& row) {
  return {{"type", name(row.type)},     {"command", row.command},
          {"outcome", row.outcome},     {"stdout", row.out},
          {"stderr", row.err},          {"exit_code", row.exit_code},
          {"wall_ms", row.wall_ms},     {"cpu_ms", row.cpu_ms},
          {"memory_mb", row.memory_mb}, {"costs", maybe(row.costs, costs_json)}};
}

json metric_json(const store::MetricRow& row) {
  return {{"name", row.name},
          {"baseline", row.baseline},
          {"modified", row.modified},
          {"improvement_percent", row.improvement_percent}};
}

json config_json(const Config& config) {
  return {{"build_dir", config.build_dir},
          {"configure", or_null(config.configure)},
          {"build", or_null(config.build)},
          {"test", or_null(config.test)},
          {"test_results", name(config.test_results)},
          {"test_report", or_null(config.test_report)},
          {"protected", config.protected_paths},
          {"benchmarks", list(config.benchmarks,
                              [](const Benchmark& benchmark) {
                                return json{{"name", benchmark.name},
                                            {"command", benchmark.command},
                                            {"format", name(benchmark.format)}};
                              })},
          {"held_out", list(config.held_out,
                            [](const HeldOut& held) {
                              return json{{"name", held.name},
                                          {"command", held.command},
                                          {"folder", or_null(held.folder)},
                                          {"runs", held.runs}};
                            })},
          {"api_headers", config.api_headers},
          {"trial",
           {{"sanitizers", config.sanitizers},
            {"coverage", config.coverage},
            {"diagnostics", config.diagnostics},
            {"base_runs", config.base_runs}}},
          {"measure",
           {{"floor_percent", config.floor_percent},
            {"wanted_percent", config.wanted_percent},
            {"memory_percent", config.memory_percent},
            {"seconds", config.measure_seconds}}},
          {"safety_level", name(config.safety_level)}};
}

json target_json(const Target& target) {
  return {{"commit", or_null(target.commit.text)},
          {"tree", or_null(target.tree.text)},
          {"config_source", target.config_source},
          {"config", config_json(target.config)},
          {"notes", target.notes}};
}

json option_json(const Option& option) {
  return {{"name", option.name},
          {"letter", or_null(option.letter)},
          {"value", or_null(option.value)},
          {"help", option.help},
          {"choices", option.choices},
          {"repeats", option.repeats},
          {"required", option.required}};
}

json command_json(const Command& command) {
  return {{"name", command.name},
          {"group", title(command.group)},
          {"summary", command.summary},
          {"description", command.description},
          {"operands", list(command.operands,
                            [](const Operand& operand) {
                              return json{{"name", operand.name},
                                          {"help", operand.help},
                                          {"required", operand.required},
                                          {"repeats", operand.repeats},
                                          {"choices", operand.choices}};
                            })},
          {"options", list(command.options, option_json)},
          {"examples", list(command.examples, [](const Example& example) {
             return json{{"line", example.line}, {"shows", example.shows}};
           })}};
}

template <class F>
json help_json(F&& wanted) {
  json rows = json::array();
  for (const Command& row : commands()) {
    if (wanted(row)) rows.push_back(command_json(row));
  }
  return document("help",
                  {{"commands", rows}, {"global_options", list(global_options(), option_json)}});
}

/// One attempt as {"id", "error" or null, and what succeeded or null under `key`}.
template <class T, class F>
json attempts_json(const std::vector<Attempt<T>>& attempts, const char* key, F&& one) {
  return list(attempts, [&](const Attempt<T>& attempt) {
    json row = {{"id", attempt.id}, {"error", nullptr}, {key, nullptr}};
    if (attempt.result) {
      row[key] = one(*attempt.result);
    } else {
      row["error"] = error_json(attempt.result.error(), exit_code(attempt.result.error().kind));
    }
    return row;
  });
}

}  // namespace

json tried_json(const Tried& tried) {
  return {{"listed", listed_json(tried.listed)},
          {"trial", trial_json(tried.trial)},
          {"from_evidence", tried.from_evidence},
          {"asked", tried.asked ? json(tried.asked->text) : json(nullptr)}};
}

json error_document(const Error& error, int exit_code) {
  return document("error", error_json(error, exit_code));
}

json version_document(const std::vector<LinkedVersion>& versions) {
  json linked = json::object();
  for (const auto& [what, version] : versions) linked[what] = version;
  return document("version", {{"linked", linked}, {"version", own_version()}});
}

json help_document(const Command* command) {
  return help_json([&](const Command& row) { return !command || command->name == row.name; });
}

json help_document(const Family& family) {
  return help_json([&](const Command& row) { return is_of(row, family); });
}

json completion_document(std::string_view shell, std::string_view script) {
  return document("completion", {{"shell", shell}, {"script", script}});
}

json init_document(const InitResult& result) {
  return document("init", {{"file", result.file.string()},
                           {"replaced", result.replaced},
                           {"config", config_json(result.target.config)},
                           {"notes", result.target.notes}});
}

json doctor_document(const Diagnosis& diagnosis) {
  const auto condition_json = [](const sandbox::Condition& condition) {
    return json{{"name", condition.name},
                {"ok", condition.ok},
                {"vital", condition.vital},
                {"detail", condition.detail},
                {"remedy", or_null(condition.remedy)}};
  };
  const auto group_json = [&](const DiagnosisGroup& group) {
    return json{{"name", group.name}, {"conditions", list(group.conditions, condition_json)}};
  };
  return document("doctor", {{"system", diagnosis.system},
                             {"groups", list(diagnosis.groups, group_json)},
                             {"can_run_trials", diagnosis.can_run_trials}});
}

json hotspots_json(const std::vector<analyzers::Hotspot>& all) {
  constexpr std::size_t kMost = 100;
  json list = json::array();
  for (const analyzers::Hotspot& spot : all) {
    if (list.size() == kMost || spot.score <= 0) break;
    list.push_back({{"path", valid_utf8(spot.path)},
                    {"score", spot.score},
                    {"stands_out", spot.stands_out},
                    {"changes", spot.changes},
                    {"authors", spot.authors},
                    {"branches", spot.complexity},
                    {"lines", spot.lines}});
  }
  return list;
}

json analyze_document(const Analysis& analysis) {
  return document(
      "analyze",
      {{"session", to_json(analysis.session)},
       {"target", target_json(analysis.target)},
       {"since", maybe(analysis.since, [](const CommitId& id) { return json(id.text); })},
       {"files", analysis.files},
       {"failed_files", analysis.failed_files},
       {"hotspots", hotspots_json(analysis.hotspots)},
       {"findings", list(analysis.findings, [](const Finding& f) { return to_json(f); })},
       {"modifications", list(analysis.modifications, listed_json)},
       {"beyond_limit", analysis.beyond_limit}});
}

json propose_document(const Proposal& proposal) {
  return document("propose", {{"listed", listed_json(proposal.listed)}, {"known", proposal.known}});
}

json list_document(const std::vector<store::ListedModification>& listed) {
  return document("list", {{"modifications", list(listed, listed_json)}});
}

json show_document(const Shown& shown) {
  return document("show", {{"listed", listed_json(shown.listed)},
                           {"patch", shown.listed.modification.patch},
                           {"trial", maybe(shown.trial, trial_json)},
                           {"executions", list(shown.executions, execution_json)},
                           {"metrics", list(shown.metrics, metric_json)}});
}

json explain_document(const Explanation& explanation, const InWords* words) {
  json in_words = nullptr;
  if (words != nullptr) {
    in_words = {{"model", words->model},
                {"question", words->question},
                {"text", words->text},
                {"from_book", words->from_book}};
  }
  return document("explain", {{"listed", listed_json(explanation.listed)},
                              {"trial", trial_json(explanation.trial)},
                              {"recomputed", to_json(explanation.recomputed)},
                              {"agrees", explanation.agrees},
                              {"other_rules", explanation.other_rules},
                              {"text", explanation.text},
                              {"in_words", std::move(in_words)}});
}

json try_document(const std::vector<Attempt<Tried>>& attempts, const Together* together,
                  int exit_code) {
  const auto id_json = [](const ModificationId& id) { return json(id.text); };
  json of_set = nullptr;
  if (together != nullptr) {
    of_set = {{"parts", list(together->parts, id_json)},
              {"culprits", list(together->culprits, id_json)},
              {"tried", together->tried}};
  }
  return document("try", {{"trials", attempts_json(attempts, "tried", tried_json)},
                          {"together", std::move(of_set)},
                          {"exit_code", exit_code}});
}

json apply_document(const std::vector<Attempt<Kept>>& attempts, int exit_code) {
  const auto kept_json = [](const Kept& kept) {
    return json{{"tried", tried_json(kept.tried)},
                {"application", maybe(kept.application, application_json)}};
  };
  return document("apply", {{"applications", attempts_json(attempts, "kept", kept_json)},
                            {"exit_code", exit_code}});
}

json gate_document(const std::vector<Gated>& all, int exit_code) {
  json fields = {{"tried", nullptr}, {"commits", nullptr}, {"exit_code", exit_code}};
  if (all.size() == 1 && !all.front().commit) {
    fields["tried"] = maybe(all.front().tried, tried_json);
    return document("gate", std::move(fields));
  }
  fields["commits"] = list(all, [](const Gated& gated) {
    return json{{"commit", gated.commit->text},
                {"subject", gated.name},
                {"result", result_name(gated)},
                {"tried", maybe(gated.tried, tried_json)},
                {"error", maybe(gated.error, [](const Error& error) {
                   return error_json(error, automod::exit_code(error.kind));
                 })}};
  });
  return document("gate", std::move(fields));
}

}  // namespace automod::cli
