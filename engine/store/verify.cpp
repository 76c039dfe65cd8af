#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/digest.hpp"
#include "engine/store/chain.hpp"
#include "engine/store/core.hpp"
#include "engine/store/record_check.hpp"
#include "engine/types/json.hpp"

namespace automod::store {

namespace {

/// Tells a check of every record in a database, and of what only a database can get wrong.
class DatabaseCheck {
 public:
  explicit DatabaseCheck(const Database& database) : database_(database) {}

  Result<void> run() {
    Result<void> done = trials();
    if (done) done = keys();
    if (done) done = proposals();
    if (done) done = verdicts();
    if (done) done = acts();
    if (done) done = reports();
    return done;
  }

  RecordCheck check;

 private:
  template <class F>
  Result<void> each(std::string_view sql, F&& look) {
    Statement statement(database_, sql);
    for (;;) {
      auto row = statement.step();
      if (!row) return fail(std::move(row.error()));
      if (!*row) return {};
      look(statement);
    }
  }

  /// A table whose rows bear the numbers of their entries.
  template <class T>
  Result<void> numbered(std::string_view table, std::string_view columns,
                        T (*read)(const Statement&, int)) {
    return each(fmt::format("SELECT ledger_number, {} FROM {}", columns, table),
                [&](const Statement& row) { check.add(row.whole_at(0), read(row, 1)); });
  }

  Result<void> trials() {
    Result<void> done = each("SELECT digest, evidence FROM evidence", [&](const Statement& row) {
      check.add(StoredEvidence{row.text_at(0), row.text_at(1)});
    });
    if (done) {
      done = each("SELECT id, modification_id, evidence_digest, finished_at FROM trials",
                  [&](const Statement& row) {
                    check.add(StoredTrial{
                        {row.text_at(0)}, {row.text_at(1)}, row.text_at(2), row.text_at(3)});
                  });
    }
    return done;
  }

  Result<void> keys() {
    return each(R"(SELECT v.ledger_number, t.evidence_digest, k.exact_key, k.shape_key
                   FROM trial_keys k JOIN trials t ON t.id = k.trial_id
                   JOIN verdicts v ON v.trial_id = t.id)",
                [&](const Statement& row) {
                  const std::string evidence = row.text_at(1);
                  const std::string exact = check.exact_key_of(evidence);
                  if (exact.empty()) return;  // the evidence itself does not hold
                  if (row.text_at(2) != exact || row.text_at(3) != check.shape_key_of(evidence)) {
                    check.say(row.whole_at(0), "a key of its trial is not that of its evidence");
                  }
                });
  }

  Result<void> proposals() {
    auto done = each(R"(SELECT ledger_number, id, codebase_path, modification_goals, safety_level
                        FROM modification_sessions)",
                     [&](const Statement& row) { session(row); });
    if (done) {
      done = each_modification(
          database_, [&](std::int64_t number, const Result<Modification>& one) -> Result<void> {
            if (one) {
              check.add(number, *one);
            } else {
              check.say(number, "its record cannot be read: " + one.error().message);
            }
            return {};
          });
    }
    if (!done) return done;
    // What every row of a file repeats of its modification.
    return each(R"(SELECT DISTINCT m.ledger_number FROM code_modifications c
                   JOIN modifications m ON m.id = c.modification_id
                   WHERE c.session_id <> m.session_id
                      OR c.modification_type <> m.modification_type
                      OR c.modification_reason <> m.modification_reason)",
                [&](const Statement& row) {
                  check.say(row.whole_at(0),
                            "a file of it says something else than its modification");
                });
  }

  void session(const Statement& row) {
    auto read = read_session_terms(row, 2);
    if (!read) {
      return check.say(row.whole_at(0), "its record cannot be read: " + read.error().message);
    }
    read->id = {row.text_at(1)};
    check.add(row.whole_at(0), *read);
  }

  Result<void> verdicts() {
    return each(R"(SELECT ledger_number, trial_id, modification_id, verdict, judged_at, decision,
                          safety_level, evidence_digest, safety_score, performance_impact,
                          rules_version
                   FROM verdicts)",
                [&](const Statement& row) {
                  const StoredVerdict verdict{
                      {row.text_at(1)}, {row.text_at(2)}, row.text_at(3), row.text_at(4)};
                  check.add(row.whole_at(0), verdict);
                  const auto said = verdict_from_json(verdict.verdict);
                  if (said && !is_said(row, *said)) {
                    check.say(row.whole_at(0), "a column of its record differs from its verdict");
                  }
                });
  }

  static bool is_said(const Statement& row, const Verdict& said) {
    return name(said.decision) == row.text_at(5) && name(said.level) == row.text_at(6) &&
           said.evidence_digest == row.text_at(7) && said.safety_score == row.real_at(8) &&
           said.performance_impact == row.real_at(9) && said.rules_version == row.whole_at(10);
  }

  Result<void> acts() {
    auto done = each(fmt::format("SELECT {} FROM attestations", kAttestationColumns),
                     [&](const Statement& row) { check.add(read_attestation(row, 0)); });
    if (done) {
      done = each("SELECT id, kind, refs, record FROM operations", [&](const Statement& row) {
        StoredOperation operation;
        operation.id = {row.text_at(0)};
        operation.kind = row.text_at(1);
        operation.refs = row.text_at(2);
        operation.record = row.text_at(3);
        check.add(operation);
      });
    }
    if (done) done = numbered("applications", kApplicationColumns, read_application);
    if (done) done = numbered("rollbacks", kRollbackColumns, read_rollback);
    if (done) done = numbered("merges", kMergeColumns, read_merge);
    if (done) done = numbered("undos", kUndoColumns, read_undo);
    return done;
  }

  Result<void> reports() {
    auto done = numbered("approvals", kApprovalColumns, read_approval);
    if (done) {
      done = each("SELECT ledger_number, token, token_digest FROM approvals",
                  [&](const Statement& row) {
                    const std::string token = row.text_at(1);
                    if (row.text_at(2) == (token.empty() ? "" : sha256(token))) return;
                    check.say(row.whole_at(0), "its token was edited");
                  });
    }
    if (done) done = numbered("feedback", kFeedbackColumns, read_feedback);
    if (done) done = numbered("failures", kFailureColumns, read_failure);
    if (!done) return done;
    Result<void> read;
    done = each(fmt::format("SELECT ledger_number, end_number, {} FROM watches", kWatchColumns),
                [&](const Statement& row) {
                  auto watch = read_watch(database_, row, 2);
                  if (!watch) return void(read = fail(std::move(watch.error())));
                  check.add(row.whole_at(0), StoredWatch{row.whole_at(1), std::move(*watch)});
                });
    return done ? read : done;
  }

  const Database& database_;
};

Result<std::vector<LedgerEntry>> entries_of(const Database& database, std::string_view table) {
  Statement statement(database,
                      fmt::format("SELECT {} FROM {} ORDER BY number", kEntryColumns, table));
  return collect<LedgerEntry>(
      statement, [](Statement& row) -> Result<LedgerEntry> { return read_entry(row); });
}

}  // namespace

Result<std::vector<LedgerEntry>> former_ledger(const Database& database) {
  return entries_of(database, "former_ledger");
}

Result<std::vector<LedgerProblem>> Store::verify_ledger(const LedgerTrust& trust) const {
  // One snapshot for all questions, however much is appended meanwhile.
  const auto snapshot = Transaction::snapshot(impl_->database);
  if (!snapshot) return fail(snapshot.error());
  const auto entries = entries_of(impl_->database, "ledger");
  if (!entries) return fail(entries.error());
  const auto former = former_ledger(impl_->database);
  if (!former) return fail(former.error());
  DatabaseCheck records(impl_->database);
  if (auto read = records.run(); !read) return fail(std::move(read.error()));
  std::vector<LedgerProblem> problems = check_chain(*entries, trust, *former);
  std::ranges::move(records.check.finish(*entries, true), std::back_inserter(problems));
  sort_problems(problems);
  return problems;
}

std::vector<LedgerProblem> check_bundle(const Bundle& bundle, const LedgerTrust& trust) {
  RecordCheck check;
  const auto all = [&](const auto& records) {
    for (const auto& one : records) check.add(one);
  };
  const auto numbered = [&](const auto& records) {
    for (const auto& one : records) check.add(one.number, one.record);
  };
  all(bundle.evidence);
  all(bundle.trials);
  all(bundle.attestations);
  all(bundle.operations);
  numbered(bundle.sessions);
  numbered(bundle.modifications);
  numbered(bundle.verdicts);
  numbered(bundle.approvals);
  numbered(bundle.applications);
  numbered(bundle.rollbacks);
  numbered(bundle.merges);
  numbered(bundle.undos);
  numbered(bundle.feedback);
  numbered(bundle.failures);
  numbered(bundle.watches);
  std::vector<LedgerProblem> problems = check_chain(bundle.ledger, trust, bundle.former);
  const LedgerHead end = bundle.ledger.empty()
                             ? LedgerHead{}
                             : LedgerHead{bundle.ledger.back().number, bundle.ledger.back().hash};
  if (end != bundle.head) {
    problems.push_back({bundle.head.number, "is not the end of the ledger that the bundle names"});
  }
  std::ranges::move(check.finish(bundle.ledger, false), std::back_inserter(problems));
  sort_problems(problems);
  return problems;
}

}  // namespace automod::store
