#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "base/digest.hpp"
#include "base/text.hpp"
#include "engine/store/chain.hpp"
#include "engine/store/core.hpp"
#include "engine/store/payloads.hpp"
#include "engine/types/json.hpp"

namespace automod::store {

using nlohmann::json;

namespace {

/// Reads every record of a database, notes what its entry must say, and what does not hold in
/// itself.
class RecordCheck {
 public:
  explicit RecordCheck(const Database& database) : database_(database) {}

  Result<void> run() {
    Result<void> done = sessions();
    if (done) done = modifications();
    if (done) done = files();
    if (done) done = verdicts();
    if (done) done = evidence();
    if (done) done = attestations();
    if (done) done = acts();
    if (done) done = reports();
    if (done) done = watches();
    return done;
  }

  std::vector<Recorded> records;
  std::vector<LedgerProblem> problems;

 private:
  void say(std::int64_t number, std::string what) { problems.push_back({number, std::move(what)}); }

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

  Result<void> sessions() {
    return each(R"(SELECT ledger_number, id, codebase_path, modification_goals, safety_level
                   FROM modification_sessions)",
                [&](const Statement& row) {
                  records.push_back({row.whole_at(0),
                                     "session",
                                     row.text_at(1),
                                     {{"codebase_path", row.text_at(2)},
                                      {"goals", json::parse(row.text_at(3), nullptr, false)},
                                      {"safety_level", row.text_at(4)}}});
                });
  }

  Result<void> modifications() {
    return each_modification(
        database_, [&](std::int64_t number, Result<Modification> one) -> Result<void> {
          if (!one) {
            say(number, "its record cannot be read: " + one.error().message);
            return {};
          }
          if (sha256(one->patch) != one->patch_digest) say(number, "its patch was edited");
          records.push_back({number, "proposal", one->id.text, payload_of(*one)});
          return {};
        });
  }

  /// What every row of a file repeats of its modification.
  Result<void> files() {
    return each(R"(SELECT DISTINCT m.ledger_number FROM code_modifications c
                   JOIN modifications m ON m.id = c.modification_id
                   WHERE c.session_id <> m.session_id
                      OR c.modification_type <> m.modification_type
                      OR c.modification_reason <> m.modification_reason)",
                [&](const Statement& row) {
                  say(row.whole_at(0), "a file of it says something else than its modification");
                });
  }

  Result<void> verdicts() {
    return each(R"(SELECT ledger_number, modification_id, trial_id, decision, safety_level,
                          evidence_digest, verdict, safety_score, performance_impact, rules_version
                   FROM verdicts)",
                [&](const Statement& row) {
                  const std::string text = row.text_at(6);
                  records.push_back({row.whole_at(0),
                                     "verdict",
                                     row.text_at(1),
                                     {{"trial_id", row.text_at(2)},
                                      {"decision", row.text_at(3)},
                                      {"safety_level", row.text_at(4)},
                                      {"evidence_digest", row.text_at(5)},
                                      {"verdict_digest", sha256(text)}}});
                  verdict(row, text);
                });
  }

  void verdict(const Statement& row, const std::string& text) {
    const auto said = verdict_from_json(text);
    if (!said) return say(row.whole_at(0), "its verdict cannot be read: " + said.error().message);
    const bool same =
        name(said->decision) == row.text_at(3) && name(said->level) == row.text_at(4) &&
        said->evidence_digest == row.text_at(5) && said->safety_score == row.real_at(7) &&
        said->performance_impact == row.real_at(8) && said->rules_version == row.whole_at(9);
    if (!same) say(row.whole_at(0), "a column of its record differs from its verdict");
  }

  Result<void> evidence() {
    return each(R"(SELECT v.ledger_number, t.evidence_digest, e.evidence, t.modification_id,
                          v.modification_id, v.evidence_digest, m.tree, m.patch_digest,
                          k.exact_key, k.shape_key
                   FROM verdicts v LEFT JOIN trials t ON t.id = v.trial_id
                   LEFT JOIN evidence e ON e.digest = t.evidence_digest
                   LEFT JOIN modifications m ON m.id = t.modification_id
                   LEFT JOIN trial_keys k ON k.trial_id = t.id)",
                [&](const Statement& row) { trial(row); });
  }

  void trial(const Statement& row) {
    const std::int64_t number = row.whole_at(0);
    if (row.null_at(1)) return say(number, "its trial was removed");
    if (row.text_at(3) != row.text_at(4) || row.text_at(1) != row.text_at(5)) {
      say(number, "its trial is of something else");
    }
    if (row.null_at(2)) return say(number, "its evidence was removed");
    const std::string text = row.text_at(2);
    if (sha256(text) != row.text_at(1)) {
      return say(number, fmt::format("its evidence was edited: its digest is {}, expected {}",
                                     sha256(text).substr(0, 12), row.text_at(1).substr(0, 12)));
    }
    const auto read = evidence_from_json(text);
    if (!read) return say(number, "its evidence cannot be read: " + read.error().message);
    if (read->tree.text != row.text_at(6) || read->patch_digest != row.text_at(7)) {
      say(number, "its evidence is about another change");
    }
    if (row.null_at(8)) return;  // older automods wrote no keys
    if (row.text_at(8) != exact_key(read->base_tree, read->tree, read->environment) ||
        row.text_at(9) != shape_key(read->base_tree, read->shape_digest, read->environment)) {
      say(number, "a key of its trial is not that of its evidence");
    }
  }

  Result<void> attestations() {
    return each(fmt::format("SELECT {} FROM attestations", kAttestationColumns),
                [&](const Statement& row) {
                  Attestation one = read_attestation(row, 0);
                  if (sha256(one.envelope) != one.digest) {
                    say(0, fmt::format("attestation {} was edited", one.digest.substr(0, 12)));
                  }
                  attestations_.emplace(one.digest, std::move(one));
                });
  }

  /// The statement about an act is there, and is about it.
  void statement(std::int64_t number, const std::string& digest, const ModificationId& id,
                 const std::optional<CommitId>& commit) {
    if (digest.empty()) return;
    const auto found = attestations_.find(digest);
    if (found == attestations_.end()) return say(number, "its attestation was removed");
    if (found->second.modification != id || (commit && found->second.commit != *commit)) {
      say(number, "its attestation is of something else");
    }
  }

  Result<void> acts() {
    Result<void> done =
        each(fmt::format("SELECT ledger_number, {} FROM applications", kApplicationColumns),
             [&](const Statement& row) {
               const Application one = read_application(row, 1);
               add(row, "application", one);
               statement(row.whole_at(0), one.statement, one.modification, one.commit);
             });
    if (done) {
      done = each(fmt::format("SELECT ledger_number, {} FROM rollbacks", kRollbackColumns),
                  [&](const Statement& row) {
                    const Rollback one = read_rollback(row, 1);
                    add(row, "rollback", one);
                    statement(row.whole_at(0), one.statement, one.modification, one.commit);
                  });
    }
    if (done) {
      done = each(fmt::format("SELECT ledger_number, {} FROM merges", kMergeColumns),
                  [&](const Statement& row) {
                    const Merge one = read_merge(row, 1);
                    add(row, "merge", one);
                    statement(row.whole_at(0), one.statement, one.modification, one.after);
                  });
    }
    if (done) {
      done = each(fmt::format("SELECT ledger_number, {} FROM undos", kUndoColumns),
                  [&](const Statement& row) { add(row, "undo", read_undo(row, 1)); });
    }
    return done;
  }

  Result<void> reports() {
    Result<void> done =
        each(fmt::format("SELECT ledger_number, {}, token_digest FROM approvals", kApprovalColumns),
             [&](const Statement& row) {
               const Approval one = read_approval(row, 1);
               add(row, "approval", one);
               if (row.text_at(9) != (one.token.empty() ? "" : sha256(one.token))) {
                 say(row.whole_at(0), "its token was edited");
               }
             });
    if (done) {
      done = each(fmt::format("SELECT ledger_number, {} FROM feedback", kFeedbackColumns),
                  [&](const Statement& row) { add(row, "feedback", read_feedback(row, 1)); });
    }
    if (done) {
      done = each(fmt::format("SELECT ledger_number, {} FROM failures", kFailureColumns),
                  [&](const Statement& row) {
                    const Failure one = read_failure(row, 1);
                    const std::string subject = one.modification ? one.modification->text : "";
                    records.push_back({row.whole_at(0), "failure", subject, payload_of(one)});
                  });
    }
    return done;
  }

  Result<void> watches() {
    Result<void> done;
    auto read =
        each(fmt::format("SELECT ledger_number, end_number, {} FROM watches", kWatchColumns),
             [&](const Statement& row) {
               auto one = read_watch(database_, row, 2);
               if (!one) return void(done = fail(std::move(one.error())));
               const std::string& subject = one->modification.text;
               records.push_back({row.whole_at(0), "watch", subject, begin_payload_of(*one)});
               if (row.null_at(1)) return;
               records.push_back({row.whole_at(1), "watch", subject, end_payload_of(*one)});
             });
    return read ? done : read;
  }

  template <class T>
  void add(const Statement& row, const char* kind, const T& one) {
    records.push_back({row.whole_at(0), kind, one.modification.text, payload_of(one)});
  }

  const Database& database_;
  std::map<std::string, Attestation> attestations_;
};

/// The operations that entries speak of are as they were when the entries were written.
Result<std::vector<LedgerProblem>> check_operations(const Database& database,
                                                    const std::vector<LedgerEntry>& entries) {
  std::map<std::string, std::string> digests;
  Statement statement(database, "SELECT id, kind, refs, record FROM operations");
  for (;;) {
    auto row = statement.step();
    if (!row) return fail(std::move(row.error()));
    if (!*row) break;
    digests[statement.text_at(0)] =
        operation_digest(statement.text_at(1), statement.text_at(2), statement.text_at(3));
  }
  std::vector<LedgerProblem> problems;
  for (const LedgerEntry& entry : entries) {
    const json payload = json::parse(entry.payload, nullptr, false);
    if (!payload.is_object() || !payload.contains("operation_digest")) continue;
    const json id = payload.value("operation_id", json());
    const auto known = id.is_string() ? digests.find(id.get<std::string>()) : digests.end();
    if (known == digests.end()) {
      problems.push_back({entry.number, "its operation was removed from the journal"});
    } else if (payload["operation_digest"] != json(known->second)) {
      problems.push_back({entry.number, "its operation was edited in the journal"});
    }
  }
  return problems;
}

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
  RecordCheck check(impl_->database);
  if (auto read = check.run(); !read) return fail(std::move(read.error()));
  auto operations = check_operations(impl_->database, *entries);
  if (!operations) return operations;
  std::vector<LedgerProblem> problems = check_chain(*entries, trust, *former);
  std::ranges::move(compare_records(*entries, check.records, true), std::back_inserter(problems));
  std::ranges::move(check.problems, std::back_inserter(problems));
  std::ranges::move(*operations, std::back_inserter(problems));
  sort_problems(problems);
  return problems;
}

Result<std::optional<std::int64_t>> Store::check_ledger() const {
  const auto problems = verify_ledger({});
  if (!problems) return fail(problems.error());
  if (problems->empty()) return std::optional<std::int64_t>();
  return problems->front().number;
}

}  // namespace automod::store
