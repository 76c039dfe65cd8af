#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "base/digest.hpp"
#include "engine/store/core.hpp"
#include "engine/store/payloads.hpp"
#include "engine/types/json.hpp"

namespace automod::store {

namespace {

/// Where executions belong: to a session, or to a modification and its trial.
struct Owner {
  std::string session;
  std::string modification;
  std::string trial;
};

void bind_costs(Statement& insert, const std::optional<ExecutionCosts>& costs) {
  if (!costs) {
    insert.null().null().null().null().null();
  } else {
    insert.whole(costs->setup_us).whole(costs->run_us).whole(costs->teardown_us);
    insert.whole(costs->peak_memory_bytes).whole(costs->written_bytes);
  }
}

Result<void> insert_executions(const Core& core, const Owner& owner,
                               const std::vector<ExecutionRow>& executions,
                               const std::string& now) {
  Statement insert(core.database, R"(
      INSERT INTO sandbox_executions
        (id, session_id, modification_id, trial_id, execution_type, command, outcome, stdout,
         stderr, exit_code, execution_time_ms, cpu_time_ms, memory_usage_mb, executed_at,
         setup_us, run_us, teardown_us, peak_memory_bytes, written_bytes)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?))");
  for (const ExecutionRow& execution : executions) {
    insert.reset();
    insert.text(core.new_id()).text_or_null(owner.session);
    insert.text_or_null(owner.modification).text_or_null(owner.trial);
    insert.text(name(execution.type)).text(valid_text(execution.command));
    insert.text(valid_text(execution.outcome)).text(valid_text(execution.out));
    insert.text(valid_text(execution.err)).whole(execution.exit_code).whole(execution.wall_ms);
    insert.whole(execution.cpu_ms).whole(execution.memory_mb).text(now);
    bind_costs(insert, execution.costs);
    if (auto done = insert.run(); !done) return done;
  }
  return {};
}

Result<void> insert_metrics(const Core& core, const TrialRow& trial,
                            const std::vector<MetricRow>& metrics) {
  Statement insert(core.database, R"(
      INSERT INTO modification_metrics
        (id, modification_id, trial_id, metric_name, baseline_value, modified_value,
         improvement_percentage, measured_at)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?))");
  for (const MetricRow& metric : metrics) {
    insert.reset();
    insert.text(core.new_id()).text(trial.modification.text).text(trial.id.text);
    insert.text(valid_text(metric.name)).real(metric.baseline).real(metric.modified);
    insert.real(metric.improvement_percent).text(trial.finished_at);
    if (auto done = insert.run(); !done) return done;
  }
  return {};
}

/// Records the verdict, which must be about the trial's evidence, and makes it the one that counts.
Result<void> insert_verdict(const Core& core, const TrialRow& trial, const Verdict& verdict) {
  if (verdict.evidence_digest != trial.evidence_digest) {
    return fail(ErrorKind::kInternal, fmt::format("the verdict is about evidence {}, expected {}",
                                                  verdict.evidence_digest, trial.evidence_digest));
  }
  const bool is_finite =
      std::isfinite(verdict.safety_score) && std::isfinite(verdict.performance_impact.value_or(0));
  if (!is_finite) return fail(ErrorKind::kInternal, "the verdict holds a number without a value");
  const std::string text = canonical(to_json(verdict));
  auto number = append(core, trial.finished_at, "verdict", trial.modification.text,
                       payload_of(trial, verdict, text));
  if (!number) return fail(std::move(number.error()));
  Statement insert(core.database, R"(
      INSERT INTO verdicts
        (trial_id, modification_id, decision, safety_level, safety_score, performance_impact,
         evidence_digest, rules_version, verdict, judged_at, ledger_number)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?))");
  insert.text(trial.id.text).text(trial.modification.text).text(name(verdict.decision));
  insert.text(name(verdict.level)).real(verdict.safety_score).real(verdict.performance_impact);
  insert.text(trial.evidence_digest).whole(verdict.rules_version).text(text);
  if (auto done = insert.text(trial.finished_at).whole(*number).run(); !done) return done;
  Statement update(core.database, R"(
      UPDATE code_modifications SET safety_score = ?, performance_impact = ?
      WHERE modification_id = ?)");
  update.real(verdict.safety_score).real(verdict.performance_impact);
  return update.text(trial.modification.text).run();
}

Result<void> insert_trial(const Database& database, const TrialRow& trial,
                          const std::string& evidence) {
  // The same evidence, measured twice, is one piece of evidence.
  Statement content(database,
                    "INSERT INTO evidence (digest, evidence) VALUES (?, ?) ON CONFLICT DO NOTHING");
  if (auto done = content.text(trial.evidence_digest).text(evidence).run(); !done) return done;
  Statement insert(database, R"(
      INSERT INTO trials (id, modification_id, evidence_digest, finished_at) VALUES (?, ?, ?, ?))");
  insert.text(trial.id.text).text(trial.modification.text).text(trial.evidence_digest);
  if (auto done = insert.text(trial.finished_at).run(); !done) return done;
  const Evidence& about = trial.evidence;
  Statement keys(database,
                 "INSERT INTO trial_keys (trial_id, exact_key, shape_key) VALUES (?, ?, ?)");
  keys.text(trial.id.text).text(exact_key(about.base_tree, about.tree, about.environment));
  return keys.text(shape_key(about.base_tree, about.shape_digest, about.environment)).run();
}

/// The evidence belongs to this modification and can be read back.
Result<void> check(const Database& database, const ModificationId& id, const TrialRow& trial,
                   const std::string& evidence) {
  Statement statement(database, "SELECT tree, patch_digest FROM modifications WHERE id = ?");
  auto row = statement.text(id.text).step();
  if (!row) return fail(std::move(row.error()));
  if (!*row) return fail(ErrorKind::kUsage, fmt::format("no modification '{}'", id.text));
  if (trial.evidence.tree.text != statement.text_at(0)) {
    return fail(ErrorKind::kInternal, fmt::format("the evidence is about tree {}, expected {}",
                                                  trial.evidence.tree.text, statement.text_at(0)));
  }
  if (trial.evidence.patch_digest != statement.text_at(1)) {
    return fail(ErrorKind::kInternal,
                fmt::format("the evidence is about patch {}, expected {}",
                            trial.evidence.patch_digest, statement.text_at(1)));
  }
  if (auto read = evidence_from_json(evidence); !read) {
    return fail(ErrorKind::kInternal, read.error().message);
  }
  return {};
}

}  // namespace

Result<void> record(const Core& core, const TrialRow& trial, const std::string& evidence) {
  auto done = check(core.database, trial.modification, trial, evidence);
  if (done) done = insert_trial(core.database, trial, evidence);
  return done;
}

Result<void> record(const Core& core, const TrialRow& trial, const Verdict& verdict) {
  return insert_verdict(core, trial, verdict);
}

Result<Verdict> stored_verdict(const Statement& statement, int column) {
  auto verdict = verdict_from_json(statement.text_at(column));
  if (verdict) return verdict;
  return fail(ErrorKind::kInternal, verdict.error().message);
}

Result<void> Store::add_base_executions(const SessionId& session,
                                        const std::vector<ExecutionRow>& executions) {
  auto transaction = Transaction::begin(impl_->database);
  if (!transaction) return fail(std::move(transaction.error()));
  auto done = insert_executions(*impl_, {session.text, "", ""}, executions, impl_->now());
  if (done) done = transaction->commit();
  if (!done) return fail(std::move(done.error()).within("recording executions"));
  return {};
}

Result<TrialRow> Store::add_trial(const ModificationId& id, const Evidence& evidence,
                                  const Verdict& verdict,
                                  const std::vector<ExecutionRow>& executions,
                                  const std::vector<MetricRow>& metrics) {
  constexpr std::string_view kDoing = "recording a trial";
  const std::string text = canonical(to_json(evidence));
  auto transaction = Transaction::begin(impl_->database);
  if (!transaction) return fail(std::move(transaction.error()).within(kDoing));
  TrialRow trial{{impl_->new_id()}, id, sha256(text), evidence, impl_->now()};
  auto done = record(*impl_, trial, text);
  if (done) {
    done = insert_executions(*impl_, {"", id.text, trial.id.text}, executions, trial.finished_at);
  }
  if (done) done = insert_metrics(*impl_, trial, metrics);
  if (done) done = insert_verdict(*impl_, trial, verdict);
  if (done) done = transaction->commit();
  if (!done) return fail(std::move(done.error()).within(kDoing));
  return trial;
}

Result<void> Store::add_verdict(const TrialId& id, const Verdict& verdict) {
  constexpr std::string_view kDoing = "recording a verdict";
  auto transaction = Transaction::begin(impl_->database);
  if (!transaction) return fail(std::move(transaction.error()).within(kDoing));
  Statement statement(impl_->database,
                      "SELECT modification_id, evidence_digest FROM trials WHERE id = ?");
  auto row = statement.text(id.text).step();
  if (!row) return fail(std::move(row.error()).within(kDoing));
  if (!*row) return fail(ErrorKind::kUsage, fmt::format("no trial '{}'", id.text));
  const TrialRow trial{id, {statement.text_at(0)}, statement.text_at(1), {}, impl_->now()};
  auto done = insert_verdict(*impl_, trial, verdict);
  if (done) done = transaction->commit();
  if (!done) return fail(std::move(done.error()).within(kDoing));
  return {};
}

namespace {

/// Of a row of trial, modification, digest, evidence and time.
Result<std::optional<TrialRow>> read_trial(Statement& statement) {
  auto row = statement.step();
  if (!row) return fail(std::move(row.error()));
  if (!*row) return std::optional<TrialRow>();
  const std::string digest = statement.text_at(2);
  const std::string text = statement.text_at(3);
  if (sha256(text) != digest) {
    return fail(ErrorKind::kInternal, fmt::format("evidence {} has been changed: its digest is {}",
                                                  digest, sha256(text)));
  }
  auto evidence = evidence_from_json(text);
  if (!evidence) return fail(ErrorKind::kInternal, evidence.error().message);
  return TrialRow{{statement.text_at(0)},
                  {statement.text_at(1)},
                  digest,
                  std::move(*evidence),
                  statement.text_at(4)};
}

}  // namespace

Result<std::optional<TrialRow>> Store::latest_trial(const ModificationId& id) const {
  Statement statement(impl_->database, R"(
      SELECT t.id, t.modification_id, t.evidence_digest, e.evidence, t.finished_at
      FROM trials t JOIN evidence e ON e.digest = t.evidence_digest
      JOIN verdicts v ON v.trial_id = t.id
      WHERE t.modification_id = ? ORDER BY v.ledger_number DESC LIMIT 1)");
  return read_trial(statement.text(id.text));
}

Result<std::optional<TrialRow>> Store::trial_of_key(std::string_view key) const {
  Statement statement(impl_->database, R"(
      SELECT t.id, t.modification_id, t.evidence_digest, e.evidence, t.finished_at
      FROM trial_keys k JOIN trials t ON t.id = k.trial_id
      JOIN evidence e ON e.digest = t.evidence_digest
      WHERE k.exact_key = ?1 OR k.shape_key = ?1 ORDER BY t.rowid DESC LIMIT 1)");
  return read_trial(statement.text(std::string(key)));
}

Result<std::vector<ExecutionRow>> Store::executions(const ModificationId& id) const {
  Statement statement(impl_->database, R"(
      SELECT execution_type, command, outcome, stdout, stderr, exit_code, execution_time_ms,
             cpu_time_ms, memory_usage_mb, setup_us, run_us, teardown_us, peak_memory_bytes,
             written_bytes
      FROM sandbox_executions WHERE modification_id = ? ORDER BY rowid)");
  statement.text(id.text);
  return collect<ExecutionRow>(statement, [](Statement& row) -> Result<ExecutionRow> {
    const auto type = stored_word<ExecutionType>(row.text_at(0));
    if (!type) return fail(type.error());
    std::optional<ExecutionCosts> costs;
    if (!row.null_at(9)) {
      costs = {row.whole_at(9), row.whole_at(10), row.whole_at(11), row.whole_at(12),
               row.whole_at(13)};
    }
    return ExecutionRow{*type,           row.text_at(1),
                        row.text_at(2),  row.text_at(3),
                        row.text_at(4),  static_cast<int>(row.whole_at(5)),
                        row.whole_at(6), row.whole_at(7),
                        row.whole_at(8), costs};
  });
}

Result<std::vector<MetricRow>> Store::metrics(const ModificationId& id) const {
  Statement statement(impl_->database, R"(
      SELECT metric_name, baseline_value, modified_value, improvement_percentage
      FROM modification_metrics WHERE modification_id = ? ORDER BY rowid)");
  statement.text(id.text);
  return collect<MetricRow>(statement, [](Statement& row) -> Result<MetricRow> {
    return MetricRow{row.text_at(0), row.real_at(1).value_or(0), row.real_at(2).value_or(0),
                     row.real_at(3).value_or(0)};
  });
}

}  // namespace automod::store
