#include <unistd.h>

#include <nlohmann/json.hpp>

#include "tests/unit/engine/store/fixture.hpp"

/// What moves refs is written down before and recorded after, once, whole or not at all.
namespace automod::store {

using testing::ContainsSubstring;

namespace {

/// Something of every kind that an act can hold.
Operation full(StoreTest& test, const Modification& one) {
  Operation operation = test.applying(one);
  Application& application = operation.act.applications[0];
  application.approval = ApprovalId{"approval-1"};
  application.approver = "SHA256:abc";
  application.signer = "SHA256:def";
  application.branch_before = CommitId{"beef"};
  operation.act.approvals = {test.approval_of(one)};
  operation.act.attestations = {
      {.digest = "", .modification = one.id, .commit = {"1234"}, .envelope = R"({"payload":""})"}};
  application.statement = sha256(R"({"payload":""})");
  operation.act.merges = {{.modification = one.id,
                           .branch = "refs/heads/main",
                           .before = {"a"},
                           .after = {"b"},
                           .worktree = "/work"}};
  operation.act.worktree = WorktreeMove{"/work", {"a"}, {"b"}};
  return operation;
}

}  // namespace

TEST_CASE_METHOD(StoreTest, "what is prepared is pending until it is finished") {
  CHECK_FALSE(take(store.pending()));
  const Modification one = propose();
  try_it(one);
  const Operation operation = full(*this, one);
  take(store.prepare(operation));
  const auto pending = take(open().pending());
  REQUIRE(pending);
  CHECK(pending->id == operation.id);
  CHECK(pending->kind == "apply");
  CHECK(pending->refs == operation.refs);
  CHECK(pending->act.worktree == operation.act.worktree);
  REQUIRE(pending->act.applications.size() == 1);
  CHECK(pending->act.applications[0].approval == ApprovalId{"approval-1"});
  CHECK(pending->act.applications[0].branch_before == CommitId{"beef"});
  CHECK(pending->act.applications[0].applied_at == pending->at);
  CHECK(pending->by == this_process());
  CHECK(pending->by.pid == getpid());
  CHECK(pending->by.start > 0);
  CHECK(pending->by.boot.size() == 36);
  CHECK(look(one).status == ModificationStatus::kApproved);
  take(store.finish(operation.id));
  CHECK_FALSE(take(store.pending()));
  CHECK(look(one).status == ModificationStatus::kApplied);
}

TEST_CASE_METHOD(StoreTest, "preparing leaves no trace in ledger and records") {
  const Modification one = propose();
  try_it(one);
  const auto before = take(store.ledger());
  const Operation operation = full(*this, one);
  take(store.prepare(operation));
  CHECK(take(store.ledger()) == before);
  for (const char* table : {"applications", "approvals", "merges", "attestations"}) {
    CHECK(ask(fmt::format("SELECT count(*) FROM {}", table)) == "0");
  }
  take(store.abort(operation.id, "changed our mind"));
  CHECK(take(store.ledger()) == before);
}

TEST_CASE_METHOD(StoreTest, "finishing records the whole act, in the order of an act") {
  const Modification one = propose();
  try_it(one);
  const Operation operation = carry_out(full(*this, one));
  std::vector<std::string> kinds;
  for (const LedgerEntry& entry : take(store.ledger({.after = 3}))) {
    kinds.push_back(entry.kind);
    CHECK(entry.subject == one.id.text);
  }
  CHECK(kinds == std::vector<std::string>{"approval", "application", "merge"});
  const ListedModification read = look(one);
  REQUIRE(read.application);
  CHECK(read.application->operation == operation.id);
  CHECK(read.application->approval == ApprovalId{"approval-1"});
  CHECK(read.application->approver == "SHA256:abc");
  CHECK(read.application->signer == "SHA256:def");
  CHECK(read.application->branch_before == CommitId{"beef"});
  REQUIRE(read.merge);
  CHECK(read.merge->branch == "refs/heads/main");
  CHECK(read.merge->worktree == "/work");
  const auto attestations = take(store.attestations(one.id));
  REQUIRE(attestations.size() == 1);
  CHECK(attestations[0].digest == read.application->statement);
  CHECK(attestations[0].envelope == R"({"payload":""})");
  CHECK(attestations[0].operation == operation.id);
  CHECK(take(store.use_of({"approval-1"}))->modification == one.id);
  CHECK(take(store.verify_ledger({})).empty());
}

TEST_CASE_METHOD(StoreTest, "finishing and aborting again change nothing") {
  const Modification one = propose();
  try_it(one);
  const Operation operation = carry_out(applying(one));
  const auto entries = take(store.ledger());
  take(store.finish(operation.id));
  CHECK(take(store.ledger()) == entries);
  CHECK(refused(store.abort(operation.id, "")).kind == ErrorKind::kConflict);

  const Operation other = rolling_back({one});
  take(store.prepare(other));
  take(store.abort(other.id, "refs had not moved"));
  take(store.abort(other.id, "refs had not moved"));
  CHECK(refused(store.finish(other.id)).kind == ErrorKind::kConflict);
  CHECK(take(store.ledger()) == entries);
  CHECK(look(one).status == ModificationStatus::kApplied);
  CHECK(ask("SELECT why FROM operations WHERE state = 'aborted'") == "refs had not moved");
}

TEST_CASE_METHOD(StoreTest, "a second operation waits for the first") {
  const Modification a = propose("a");
  const Modification b = propose("b");
  try_it(a);
  try_it(b);
  const Operation first = applying(a);
  take(store.prepare(first));
  const Operation second = applying(b);
  const Error error = refused(open().prepare(second));
  CHECK(error.kind == ErrorKind::kConflict);
  CHECK_THAT(error.message, ContainsSubstring(first.id.text));
  take(store.finish(first.id));
  take(store.prepare(second));
  take(store.finish(second.id));
}

TEST_CASE_METHOD(StoreTest, "what could not be recorded is not prepared") {
  const Modification one = propose();
  Operation operation = applying(one);
  ErrorKind kind = ErrorKind::kInternal;
  SECTION("an application of what was never tried") {}
  SECTION("one of the tree that was not tried") {
    try_it(one);
    operation.act.applications[0].tree.text = std::string(40, '0');
  }
  SECTION("one of what is applied") {
    try_it(one);
    apply(one);
    kind = ErrorKind::kConflict;
  }
  SECTION("a rollback of what is not applied") {
    operation = rolling_back({one});
    kind = ErrorKind::kConflict;
  }
  SECTION("an approval that is not recorded") {
    try_it(one);
    operation.act.applications[0].approval = ApprovalId{"nope"};
  }
  SECTION("an approval of another modification") {
    try_it(one);
    const Modification other = propose("other");
    operation.act.approvals = {approval_of(other)};
    operation.act.applications[0].approval = ApprovalId{"approval-1"};
    kind = ErrorKind::kRefused;
  }
  SECTION("a refusal taken for an approval") {
    try_it(one);
    operation.act.approvals = {approval_of(one)};
    operation.act.approvals[0].answer = "decline";
    operation.act.applications[0].approval = ApprovalId{"approval-1"};
    kind = ErrorKind::kRefused;
  }
  SECTION("an undo of what did not happen") {
    operation = undoing(operation, "application", {one});
    kind = ErrorKind::kConflict;
  }
  SECTION("an attestation with another digest") {
    operation.act.applications.clear();
    operation.act.attestations = {
        {.digest = "x", .modification = one.id, .commit = {"1"}, .envelope = "{}"}};
  }
  const auto entries = take(store.ledger());
  const std::string operations = ask("SELECT count(*) FROM operations");
  CHECK(refused(store.prepare(operation)).kind == kind);
  CHECK_FALSE(take(store.pending()));
  CHECK(ask("SELECT count(*) FROM operations") == operations);
  CHECK(take(store.ledger()) == entries);
}

TEST_CASE_METHOD(StoreTest, "an approval is good for one application") {
  const Modification one = propose();
  try_it(one);
  Operation first = applying(one);
  first.act.approvals = {approval_of(one)};
  first.act.applications[0].approval = ApprovalId{"approval-1"};
  carry_out(first);
  carry_out(rolling_back({one}));
  Operation again = applying(one);
  again.act.applications[0].approval = ApprovalId{"approval-1"};
  const Error error = refused(store.prepare(again));
  CHECK(error.kind == ErrorKind::kConflict);
  CHECK_THAT(error.message, ContainsSubstring("was used already"));
  again.act.applications[0].approval.reset();
  carry_out(again);
}

TEST_CASE_METHOD(StoreTest, "undoing an application takes it out of force") {
  const Modification one = propose();
  try_it(one);
  const Operation applied = carry_out(applying(one));
  CHECK(take(store.last_undoable())->id == applied.id);
  Operation undo = undoing(applied, "application", {one});
  SECTION("by the undo alone") {}
  SECTION("with a rollback") {
    Rollback rollback = rollback_of(one);
    rollback.method = "undo";
    undo.act.rollbacks = {rollback};
  }
  carry_out(undo);
  CHECK(look(one).status == ModificationStatus::kRolledBack);
  CHECK_FALSE(take(store.last_undoable()));
  CHECK(refused(store.prepare(undoing(applied, "application", {one}))).kind ==
        ErrorKind::kConflict);
  carry_out(applying(one));
  CHECK(look(one).status == ModificationStatus::kApplied);
  CHECK(take(store.verify_ledger({})).empty());
}

TEST_CASE_METHOD(StoreTest, "undoing a rollback puts every application of it in force again") {
  const Modification a = propose("a");
  const Modification b = propose("b");
  for (const Modification& one : {a, b}) {
    try_it(one);
    carry_out(applying(one));
  }
  Operation rollback = rolling_back({a, b});
  rollback.act.rollbacks[1].cascade_of = a.id;
  rollback.act.rollbacks[1].verified_tree = TreeId{"beef"};
  carry_out(rollback);
  CHECK(look(b).rollback->cascade_of == a.id);
  CHECK(look(b).rollback->verified_tree == TreeId{"beef"});
  const auto last = take(store.last_undoable());
  REQUIRE(last);
  CHECK(last->id == rollback.id);
  CHECK(last->refs == rollback.refs);
  carry_out(undoing(*last, "rollback", {a, b}));
  for (const Modification& one : {a, b}) {
    CHECK(look(one).status == ModificationStatus::kApplied);
    CHECK_FALSE(look(one).rollback);
  }
  CHECK(ask("SELECT count(*) FROM code_modifications WHERE rollback_at IS NULL") == "2");
  // And they can be rolled back once more.
  carry_out(rolling_back({a}));
  CHECK(look(a).status == ModificationStatus::kRolledBack);
  CHECK(take(store.rollbacks(a.id)).size() == 2);
  CHECK(take(store.verify_ledger({})).empty());
}

TEST_CASE_METHOD(StoreTest, "undoing a merge leaves the application in force") {
  const Modification one = propose();
  try_it(one);
  carry_out(applying(one));
  Operation merge{.id = store.new_operation_id(), .kind = "merge"};
  merge.act.merges = {
      {.modification = one.id, .branch = "refs/heads/main", .before = {"a"}, .after = {"b"}}};
  carry_out(merge);
  CHECK(look(one).merge->after == CommitId{"b"});
  carry_out(undoing(merge, "merge", {one}));
  CHECK_FALSE(look(one).merge);
  CHECK(look(one).status == ModificationStatus::kApplied);
  CHECK(take(store.undos(one.id)).size() == 1);
  CHECK(take(store.merges(one.id)).size() == 1);
}

TEST_CASE_METHOD(StoreTest, "an operation that ended stays as it is") {
  const Modification one = propose();
  try_it(one);
  carry_out(applying(one));
  CHECK_FALSE(sql("UPDATE operations SET state = 'prepared', ended_at = NULL"));
  CHECK_FALSE(sql("UPDATE operations SET refs = '{}'"));
  CHECK_FALSE(sql("DELETE FROM operations"));
  take(store.prepare(rolling_back({one})));
  CHECK_FALSE(sql("UPDATE operations SET record = '{}' WHERE state = 'prepared'"));
}

}  // namespace automod::store
