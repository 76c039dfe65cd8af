#pragma once

#include <fmt/format.h>

#include <string>
#include <utility>
#include <vector>

#include "base/digest.hpp"
#include "base/files.hpp"
#include "engine/store/database.hpp"
#include "engine/store/store.hpp"
#include "engine/types/json.hpp"
#include "tests/unit/catch.hpp"

/// Vocabulary of the store's tests: a store in a folder of its own, and things to put into it.
namespace automod::store {

/// The value, or a failed test that shows the error.
template <class T>
T take(Result<T> result) {
  INFO((result ? "" : result.error().message));
  REQUIRE(result);
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

template <class T>
Error refused(const Result<T>& result) {
  REQUIRE_FALSE(result);
  return result.error();
}

/// Where the tests keep their stores: in memory where that is possible, for nothing here depends
/// on what reaches a disk and every commit would wait for it.
inline TempDir scratch_folder() {
  const std::filesystem::path memory = "/dev/shm";
  auto folder = TempDir::create(memory, "automod-store-");
  if (folder) return std::move(*folder);
  return take(TempDir::create(std::filesystem::temp_directory_path(), "automod-store-"));
}

/// A change of one file; another `text` makes another patch.
inline Modification some_modification(const SessionId& session, const std::string& text = "new") {
  Modification modification;
  modification.session = session;
  modification.base_commit.text = std::string(40, 'c');
  modification.base_tree.text = std::string(40, 'a');
  modification.tree.text = sha256(text).substr(0, 40);
  modification.patch = "--- a/f\n+++ b/f\n-old\n+" + text + "\n";
  modification.patch_digest = sha256(modification.patch);
  modification.candidate.type = ModificationType::kPerformance;
  modification.candidate.summary = "say " + text;
  modification.candidate.reasoning = "because";
  modification.candidate.origin = {ProposerKind::kRules, "performance-x", ""};
  modification.candidate.files = {{"f", "old\n", text + "\n", false, false}};
  return modification;
}

inline Evidence evidence_of(const Modification& modification) {
  Evidence evidence;
  evidence.base_tree = modification.base_tree;
  evidence.tree = modification.tree;
  evidence.patch_digest = modification.patch_digest;
  evidence.type = modification.candidate.type;
  return evidence;
}

inline Verdict verdict_of(const Evidence& evidence, Decision decision, double score = 0.75) {
  Verdict verdict;
  verdict.decision = decision;
  verdict.safety_score = score;
  verdict.evidence_digest = digest(evidence);
  return verdict;
}

/// An act by itself, written down and finished.
inline Result<void> record(Store& store, Act act) {
  const Operation operation{.id = store.new_operation_id(), .kind = "apply", .act = std::move(act)};
  if (auto prepared = store.prepare(operation); !prepared) return prepared;
  return store.finish(operation.id);
}
inline Result<void> add_application(Store& store, const Application& application) {
  return record(store, {.applications = {application}});
}
inline Result<void> add_rollback(Store& store, const Rollback& rollback) {
  return record(store, {.rollbacks = {rollback}});
}

/// nullopt when all is well; else the number of the first entry that something is wrong with.
inline std::optional<std::int64_t> first_problem(const Store& store) {
  const auto problems = take(store.verify_ledger({}));
  if (problems.empty()) return std::nullopt;
  return problems.front().number;
}

class StoreTest {
 public:
  StoreTest()
      : dir_(scratch_folder()),
        store(open()),
        session(take(store.begin_session("/code", {Goal::kFixBugs}, SafetyLevel::kModerate))) {}

  std::filesystem::path folder() const { return dir_.path() / "automod"; }
  std::filesystem::path file() const { return folder() / "automod.db"; }
  Store open() const { return take(Store::open(folder(), clock)); }

  Modification propose(const std::string& text = "new") {
    return take(store.add_modification(some_modification(session, text)));
  }

  TrialRow try_it(const Modification& modification, Decision decision = Decision::kApproved) {
    const Evidence evidence = evidence_of(modification);
    return take(store.add_trial(modification.id, evidence, verdict_of(evidence, decision), {}, {}));
  }

  Application application_of(const Modification& modification) const {
    return {modification.id,
            "refs/heads/self-mod/" + modification.id.text,
            {"1234"},
            modification.base_commit,
            modification.tree,
            digest(evidence_of(modification)),
            ""};
  }

  void apply(const Modification& modification) {
    take(add_application(store, application_of(modification)));
  }

  static Rollback rollback_of(const Modification& modification) {
    return {modification.id, "slower", "restored", "refs/heads/x", {}, {"beef"}, ""};
  }

  /// An operation that applies it: a branch is made.
  Operation applying(const Modification& modification) const {
    const Application application = application_of(modification);
    return {.id = store.new_operation_id(),
            .kind = "apply",
            .refs = {{application.branch, std::nullopt, application.commit}},
            .act = {.applications = {application}}};
  }

  Operation rolling_back(const std::vector<Modification>& modifications) const {
    Operation operation{.id = store.new_operation_id(), .kind = "rollback"};
    for (const Modification& one : modifications) {
      operation.refs.push_back({application_of(one).branch, CommitId{"1234"}, std::nullopt});
      operation.act.rollbacks.push_back(rollback_of(one));
    }
    return operation;
  }

  Operation undoing(const Operation& undone, const std::string& what,
                    const std::vector<Modification>& modifications) const {
    Operation operation{.id = store.new_operation_id(), .kind = "undo"};
    for (const Modification& one : modifications) {
      operation.act.undos.push_back({one.id, undone.id, what, "on second thoughts"});
    }
    return operation;
  }

  /// Prepared and finished.
  Operation carry_out(Operation operation) {
    take(store.prepare(operation));
    take(store.finish(operation.id));
    return operation;
  }

  Approval approval_of(const Modification& modification, const std::string& id = "approval-1") {
    return {.id = {id},
            .modification = modification.id,
            .answer = "approve",
            .approver = "SHA256:abc",
            .expires_at = "2027-01-01T00:00:00.000Z",
            .note = "looked at it",
            .token = "token-" + id,
            .decided_at = ""};
  }

  ListedModification look(const Modification& modification) const {
    return take(store.modification(modification.id.text));
  }

  /// Runs SQL beside the store, as somebody with the sqlite3 shell would.
  Result<void> sql(std::string_view text) const {
    Database database = take(open_database(file()));
    return database.run(text);
  }

  std::string ask(std::string_view text) const {
    const Database database = take(open_database(file()));
    Statement statement(database, text);
    return take(statement.step()) ? statement.text_at(0) : "no row";
  }

 private:
  TempDir dir_;

 public:
  SystemClock clock;
  Store store;
  SessionId session;
};

}  // namespace automod::store
