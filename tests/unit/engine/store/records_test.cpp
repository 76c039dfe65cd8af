#include "base/digest.hpp"
#include "tests/unit/engine/store/fixture.hpp"

/// Approvals, feedback, failures and watches.
namespace automod::store {

using testing::ContainsSubstring;

TEST_CASE_METHOD(StoreTest, "an approval reads back, and is recorded once") {
  const Modification one = propose();
  const Approval approval = approval_of(one);
  take(store.add_approval(approval));
  take(store.add_approval(approval));
  const auto all = take(store.approvals(one.id));
  REQUIRE(all.size() == 1);
  CHECK(all[0].id == approval.id);
  CHECK(all[0].answer == "approve");
  CHECK(all[0].approver == approval.approver);
  CHECK(all[0].expires_at == approval.expires_at);
  CHECK(all[0].note == approval.note);
  CHECK(all[0].token == approval.token);
  CHECK_FALSE(all[0].decided_at.empty());
  CHECK_FALSE(take(store.use_of(approval.id)));
  CHECK(ask("SELECT token_digest FROM approvals") == sha256(approval.token));
  Approval other = approval;
  other.token = "another";
  CHECK(refused(store.add_approval(other)).kind == ErrorKind::kConflict);
  CHECK(take(store.verify_ledger({})).empty());
}

TEST_CASE_METHOD(StoreTest, "a refusal without a token is recorded, too") {
  const Modification one = propose();
  Approval refusal = approval_of(one);
  refusal.answer = "decline";
  refusal.token.clear();
  refusal.expires_at.clear();
  take(store.add_approval(refusal));
  CHECK(take(store.approvals(one.id))[0].token.empty());
  CHECK(take(store.verify_ledger({})).empty());
  refusal.id.text = "approval-2";
  refusal.answer = "perhaps";
  CHECK_FALSE(store.add_approval(refusal));
}

TEST_CASE_METHOD(StoreTest, "feedback reads back, oldest first") {
  const Modification one = propose();
  take(store.add_feedback({one.id, true, "quick"}));
  take(store.add_feedback({one.id, false, "broke \xff"}));
  const auto all = take(store.feedback(one.id));
  REQUIRE(all.size() == 2);
  CHECK(all[0].good);
  CHECK(all[0].note == "quick");
  CHECK_FALSE(all[1].good);
  CHECK(all[1].note == "broke \xef\xbf\xbd");
  CHECK_FALSE(store.add_feedback({{"nobody"}, true, ""}));
  CHECK(take(store.ledger({.kinds = {"feedback"}})).size() == 2);
  CHECK(take(store.verify_ledger({})).empty());
}

TEST_CASE_METHOD(StoreTest, "failures are recorded with what they were about") {
  const Modification one = propose();
  take(store.add_failure(
      {.doing = "applying", .message = "no room", .modification = one.id, .operation = {"op"}}));
  take(
      store.add_failure({.doing = "reading", .message = "x", .modification = ModificationId{"?"}}));
  const auto all = take(store.failures(10));
  REQUIRE(all.size() == 2);
  CHECK(all[0].doing == "reading");
  CHECK_FALSE(all[0].modification);
  CHECK(all[1].modification == one.id);
  CHECK(all[1].operation.text == "op");
  CHECK(take(store.ledger({.kinds = {"failure"}, .subject = one.id.text})).size() == 1);
  CHECK(take(store.verify_ledger({})).empty());
}

TEST_CASE_METHOD(StoreTest, "a watch begins, is checked and ends") {
  const Modification one = propose();
  const WatchId id = take(store.begin_watch({.id = {},
                                             .modification = one.id,
                                             .command = "make check",
                                             .every_seconds = 5,
                                             .for_seconds = 60}));
  take(store.add_watch_check(id, {.outcome = "healthy", .wall_ms = 12, .value = 1.5}));
  take(store.add_watch_check(id, {.outcome = "unhealthy", .wall_ms = 13, .detail = "exit 1"}));
  take(store.end_watch(id, "regressed", "exit 1 twice"));
  const auto all = take(store.watches(one.id));
  REQUIRE(all.size() == 1);
  CHECK(all[0].id == id);
  CHECK(all[0].state == "regressed");
  CHECK(all[0].why == "exit 1 twice");
  REQUIRE(all[0].checks.size() == 2);
  CHECK(all[0].checks[0].value == 1.5);
  CHECK(all[0].checks[1].detail == "exit 1");
  CHECK(take(store.watches({})).size() == 1);
  CHECK(refused(store.end_watch(id, "stopped", "")).kind == ErrorKind::kConflict);
  CHECK(refused(store.add_watch_check(id, {.outcome = "healthy"})).kind == ErrorKind::kConflict);
  CHECK(refused(store.end_watch({"x"}, "stopped", "")).kind == ErrorKind::kUsage);
  CHECK(take(store.ledger({.kinds = {"watch"}})).size() == 2);
  CHECK(take(store.verify_ledger({})).empty());
}

TEST_CASE_METHOD(StoreTest, "a running watch verifies") {
  const Modification one = propose();
  take(store.begin_watch(
      {.id = {}, .modification = one.id, .command = "true", .every_seconds = 1, .for_seconds = 1}));
  CHECK(take(store.verify_ledger({})).empty());
}

TEST_CASE_METHOD(StoreTest, "what is recorded beside stays as it is") {
  const Modification one = propose();
  take(store.add_approval(approval_of(one)));
  take(store.add_feedback({one.id, true, ""}));
  take(store.add_failure({.doing = "a", .message = "b"}));
  const WatchId id = take(store.begin_watch(
      {.id = {}, .modification = one.id, .command = "true", .every_seconds = 1, .for_seconds = 1}));
  take(store.add_watch_check(id, {.outcome = "healthy"}));
  take(store.end_watch(id, "healthy", ""));
  for (const char* table : {"approvals", "feedback", "failures", "watches", "watch_checks"}) {
    CAPTURE(table);
    CHECK_FALSE(sql(fmt::format("PRAGMA foreign_keys = OFF; DELETE FROM {}", table)));
  }
  CHECK_FALSE(sql("UPDATE approvals SET answer = 'decline'"));
  CHECK_FALSE(sql("UPDATE feedback SET opinion = 'bad'"));
  CHECK_FALSE(sql("UPDATE failures SET message = ''"));
  CHECK_FALSE(sql("UPDATE watches SET state = 'running', ended_at = NULL, end_number = NULL"));
  CHECK_FALSE(sql("UPDATE watch_checks SET outcome = 'unknown'"));
}

}  // namespace automod::store
