#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/digest.hpp"
#include "engine/types/json.hpp"
#include "engine/types/json_archive.hpp"

namespace automod {

using nlohmann::json;

// Not in an unnamed namespace: the archives find these by the namespace of their arguments.

template <class Io>
void describe(Io& io, StageEvidence& stage) {
  io("type", stage.type);
  io("command", stage.command);
  io("outcome", stage.outcome);
  io("status", stage.status);
  io("wall_ms", stage.wall_ms);
  io("cpu_ms", stage.cpu_ms);
  io("memory_mb", stage.memory_mb);
  io("output_digest", stage.output_digest);
  io("output_tail", stage.output_tail);
  if (io.format() >= 3) io("variant", stage.variant);
}

template <class Io>
void describe(Io& io, LeftOut& left) {
  io("stage", left.stage);
  io("why", left.why);
  io("by_choice", left.by_choice);
}

template <class Io>
void describe(Io& io, TestResult& test) {
  io("name", test.name);
  io("outcome", test.outcome);
  io("wall_ms", test.wall_ms);
  if (io.format() < 3) return;
  io("output_bytes", test.output_bytes);
  io("cases", test.cases);
  io("assertions", test.assertions);
}

template <class Io>
void describe(Io& io, Inventory& inventory) {
  io("source", inventory.source);
  io("complete", inventory.complete);
  io("tests", inventory.tests);
  if (io.format() < 3) return;
  io("runs", inventory.runs);
  io("flaky", inventory.flaky);
  io("distrusted", inventory.distrusted);
  io("not_reached", inventory.not_reached);
}

template <class Io>
void describe(Io& io, ChangedTests& changed) {
  io("base_version", changed.base_version);
  io("base_version_builds", changed.base_version_builds);
  io("on_base", changed.on_base);
  io("on_base_builds", changed.on_base_builds);
}

template <class Io>
void describe(Io& io, Series& series) {
  io("metric", series.metric);
  io("unit", series.unit);
  io("direction", series.direction);
  io("base", series.base);
  io("candidate", series.candidate);
  io("again", series.again);
}

/// Before format 3 a benchmark had two series, wall and memory, and failures were not counted.
template <class Io>
void describe_old(Io& io, BenchmarkEvidence& benchmark) {
  if (benchmark.series.empty()) benchmark.series.push_back({.metric = "wall", .unit = "ms"});
  if (benchmark.series.size() == 1) benchmark.series.push_back({.metric = "memory", .unit = "MB"});
  Series& wall = benchmark.series[0];
  Series& memory = benchmark.series[1];
  bool base_failed = benchmark.base_failures > 0;
  bool candidate_failed = benchmark.candidate_failures > 0;
  io("base_ms", wall.base);
  io("candidate_ms", wall.candidate);
  io("base_memory_mb", memory.base);
  io("candidate_memory_mb", memory.candidate);
  io("base_failed", base_failed);
  io("candidate_failed", candidate_failed);
  benchmark.base_failures = base_failed ? 1 : 0;
  benchmark.candidate_failures = candidate_failed ? 1 : 0;
  benchmark.base_runs = wall.base.size() + benchmark.base_failures;
  benchmark.candidate_runs = wall.candidate.size() + benchmark.candidate_failures;
}

template <class Io>
void describe(Io& io, BenchmarkEvidence& benchmark) {
  io("name", benchmark.name);
  io("command", benchmark.command);
  io("output_differs", benchmark.output_differs);
  io("output_unstable", benchmark.output_unstable);
  if (io.format() < 3) return describe_old(io, benchmark);
  io("series", benchmark.series);
  io("confirm", benchmark.confirm);
  io("base_runs", benchmark.base_runs);
  io("base_failures", benchmark.base_failures);
  io("candidate_runs", benchmark.candidate_runs);
  io("candidate_failures", benchmark.candidate_failures);
  io("base_output", benchmark.base_output);
  io("candidate_output", benchmark.candidate_output);
}

template <class Io>
void describe(Io& io, HeldOutEvidence& held) {
  io("name", held.name);
  io("command", held.command);
  io("seeds", held.seeds);
  io("different", held.different);
  io("base_failures", held.base_failures);
  io("candidate_failures", held.candidate_failures);
  io("unstable", held.unstable);
  io("wall", held.wall);
}

template <class Io>
void describe(Io& io, Diagnostic& diagnostic) {
  io("tool", diagnostic.tool);
  io("path", diagnostic.path);
  io("line", diagnostic.line);
  io("rule", diagnostic.rule);
  io("message", diagnostic.message);
}

template <class Io>
void describe(Io& io, SanitizerEvidence& sanitizers) {
  io("effective", sanitizers.effective);
  io("base", sanitizers.base);
  io("candidate", sanitizers.candidate);
  io("base_reports", sanitizers.base_reports);
  io("candidate_reports", sanitizers.candidate_reports);
}

template <class Io>
void describe(Io& io, FileCoverage& file) {
  io("path", file.path);
  io("changed_lines", file.changed_lines);
  io("uncovered", file.uncovered);
  io("lost_lines", file.lost_lines);
  io("base_lines", file.base_lines);
  io("lost_functions", file.lost_functions);
}

template <class Io>
void describe(Io& io, CodeFact& fact) {
  io("kind", fact.kind);
  io("path", fact.path);
  io("line", fact.line);
  io("what", fact.what);
  io("before", fact.before);
  io("after", fact.after);
  io("amount", fact.amount);
}

template <class Io>
void describe(Io& io, Opinion& opinion) {
  io("reviewer", opinion.reviewer);
  io("question", opinion.question);
  io("says", opinion.says);
  io("reason", opinion.reason);
}

template <class Io>
void describe(Io& io, FileFacts& file) {
  io("path", file.path);
  io("change", file.change);
  io("is_protected", file.is_protected);
  io("lines_added", file.lines_added);
  io("lines_removed", file.lines_removed);
  io.text_or_null("language", file.language);
  io("syntax_errors_before", file.syntax_errors_before);
  io("syntax_errors_after", file.syntax_errors_after);
  if (io.format() >= 3) io("role", file.role);
  if (file.change != "added" && file.change != "modified" && file.change != "deleted") {
    io.say(fmt::format("change of {} is '{}', expected added, modified or deleted",
                       printable_line(file.path), printable_line(file.change)));
  }
}

template <class Io>
void describe(Io& io, Environment& environment) {
  io("backend", environment.backend);
  io("memory_limit", environment.memory_limit);
  io("policy_digest", environment.policy_digest);
  io("config_digest", environment.config_digest);
  io("config_source", environment.config_source);
  io("toolchain", environment.toolchain);
  if (io.format() < 2) return;
  io("backend_version", environment.backend_version);
  io("process_limit", environment.process_limit);
  io("cpu_limit", environment.cpu_limit);
  io("disk_limit", environment.disk_limit);
  io("landlock", environment.landlock);
}

template <class Io>
void describe(Io& io, Levels& levels) {
  io("floor", levels.floor);
  io("wanted", levels.wanted);
  io("memory", levels.memory);
}

template <class Io>
void describe(Io& io, Evidence& evidence) {
  io("base_tree", evidence.base_tree.text);
  io("tree", evidence.tree.text);
  io("patch_digest", evidence.patch_digest);
  io("type", evidence.type);
  io("environment", evidence.environment);
  io("files", evidence.files);
  io("stages", evidence.stages);
  io("has_build", evidence.has_build);
  io("has_tests", evidence.has_tests);
  io("base_tests", evidence.base_tests);
  io("tests", evidence.tests);
  io("benchmarks", evidence.benchmarks);
  if (io.format() < 3) return;
  io("shape_digest", evidence.shape_digest);
  io("levels", evidence.levels);
  io("compared", evidence.compared);
  io("reach", evidence.reach);
  io("stopped_by", evidence.stopped_by);
  io("left_out", evidence.left_out);
  io("facts", evidence.facts);
  io("changed_tests", evidence.changed_tests);
  io("new_diagnostics", evidence.new_diagnostics);
  io("diagnostic_tools", evidence.diagnostic_tools);
  io("sanitizers", evidence.sanitizers);
  io("coverage", evidence.coverage);
  io("held_out", evidence.held_out);
  if (io.format() >= 5) io("opinions", evidence.opinions);
}

template <class Io>
void describe(Io& io, CheckOutcome& check) {
  io("code", check.code);
  io("result", check.result);
  io("blocks", check.blocks);
  io("wants_approval", check.wants_approval);
  io("penalty", check.penalty);
  io("reason", check.reason);
}

template <class Io>
void describe(Io& io, Verdict& verdict) {
  io("decision", verdict.decision);
  io("safety_level", verdict.level);
  io("safety_score", verdict.safety_score);
  io("performance_impact", verdict.performance_impact);
  io("checks", verdict.checks);
  io("evidence_digest", verdict.evidence_digest);
  io("rules_version", verdict.rules_version);
}

json to_json(const Evidence& evidence) {
  Evidence copy = evidence;  // describing serves both directions, and so wants to be able to write
  JsonOut out(copy.format);
  out("format", copy.format);
  describe(out, copy);
  return out.take();
}

json to_json(const Verdict& verdict) {
  Verdict copy = verdict;
  JsonOut out(kEvidenceFormat);
  describe(out, copy);
  return out.take();
}

Result<Evidence> evidence_from_json(std::string_view text) {
  return read_document<Evidence>(
      text, "evidence", kEvidenceFormat, [](JsonIn& in, Evidence& evidence) {
        in("format", evidence.format);
        if (evidence.format < 1 || evidence.format > kEvidenceFormat) {
          return in.say(fmt::format("format is {}, this automod reads 1 to {}", evidence.format,
                                    kEvidenceFormat));
        }
        in.set_format(evidence.format);
        describe(in, evidence);
      });
}

Result<Verdict> verdict_from_json(std::string_view text) {
  return read_document<Verdict>(text, "a verdict", kEvidenceFormat,
                                [](JsonIn& in, Verdict& verdict) { describe(in, verdict); });
}

std::string digest(const Evidence& evidence) { return sha256(canonical(to_json(evidence))); }

}  // namespace automod
