#include <nlohmann/json.hpp>

#include "tests/unit/engine/store/fixture.hpp"

namespace automod::store {

namespace {

/// Everything the ledger knows: one of each kind.
void live(StoreTest& test) {
  const Modification one = test.propose();
  test.try_it(one);
  test.apply(one);
  take(add_rollback(test.store, StoreTest::rollback_of(one)));
}

std::string without_triggers(const std::string& sql) {
  return "DROP TRIGGER ledger_no_update; DROP TRIGGER ledger_no_delete;"
         "DROP TRIGGER ledger_appends; PRAGMA foreign_keys = OFF;" +
         sql;
}

}  // namespace

TEST_CASE_METHOD(StoreTest, "everything that happens is in the ledger, in order") {
  live(*this);
  std::vector<std::string> kinds;
  for (const LedgerEntry& entry : take(store.ledger())) kinds.push_back(entry.kind);
  CHECK(kinds ==
        std::vector<std::string>{"session", "proposal", "verdict", "application", "rollback"});
  CHECK(take(store.ledger({.after = 3})).size() == 2);
  CHECK(take(store.ledger({.after = 3}))[0].number == 4);
  CHECK(take(store.ledger({.after = 5})).empty());
}

TEST_CASE_METHOD(StoreTest, "each entry carries the hash of the one before") {
  live(*this);
  std::string previous;
  for (const LedgerEntry& entry : take(store.ledger())) {
    CHECK(entry.previous == previous);
    const std::string text = canonical({{"at", entry.at},
                                        {"kind", entry.kind},
                                        {"number", entry.number},
                                        {"payload", entry.payload},
                                        {"previous", entry.previous},
                                        {"subject", entry.subject}});
    CHECK(entry.hash == sha256(text));
    CHECK(canonical(nlohmann::json::parse(entry.payload)) == entry.payload);
    previous = entry.hash;
  }
  CHECK(first_problem(store) == std::nullopt);
}

TEST_CASE_METHOD(StoreTest, "an empty ledger holds") {
  const TempDir other = scratch_folder();
  const Store empty = take(Store::open(other.path() / "s", clock));
  CHECK(first_problem(empty) == std::nullopt);
  CHECK(take(empty.ledger()).empty());
}

TEST_CASE_METHOD(StoreTest, "an entry that was tampered with is found") {
  live(*this);
  std::string change;
  std::int64_t first = 0;
  SECTION("its payload") {
    change =
        "UPDATE ledger SET payload = replace(payload, 'approved', 'rejected') WHERE number = 3";
    first = 3;
  }
  SECTION("its time") {
    change = "UPDATE ledger SET at = '2020' WHERE number = 1";
    first = 1;
  }
  SECTION("its kind") {
    change = "UPDATE ledger SET kind = 'proposal' WHERE number = 4";
    first = 4;
  }
  SECTION("its hash") {
    change = "UPDATE ledger SET hash = 'x' WHERE number = 2";
    first = 2;
  }
  SECTION("removed from the middle") {
    change = "DELETE FROM ledger WHERE number = 2";
    first = 2;
  }
  SECTION("removed from the end") {
    change = "DELETE FROM ledger WHERE number >= 4";
    first = 4;
  }
  SECTION("removed altogether") {
    change = "DELETE FROM ledger";
    first = 1;
  }
  SECTION("the record turned to another entry") {
    change = "DROP TRIGGER rollbacks_no_update; UPDATE rollbacks SET ledger_number = 3";
    first = 3;
  }
  take(sql(without_triggers(change)));
  CHECK(first_problem(store) == first);
}

TEST_CASE_METHOD(StoreTest, "the ledger can be narrowed") {
  live(*this);
  const Modification other = propose("other");
  const auto numbers = [&](const LedgerFilter& filter) {
    std::vector<std::int64_t> all;
    for (const LedgerEntry& entry : take(store.ledger(filter))) all.push_back(entry.number);
    return all;
  };
  using Numbers = std::vector<std::int64_t>;
  CHECK(numbers({.kinds = {"proposal"}}) == Numbers{2, 6});
  CHECK(numbers({.kinds = {"verdict", "rollback"}}) == Numbers{3, 5});
  CHECK(numbers({.subject = other.id.text}) == Numbers{6});
  CHECK(numbers({.subject = session.text.substr(0, 13)}) == Numbers{1});
  CHECK(numbers({.limit = 2}) == Numbers{1, 2});
  CHECK(numbers({.limit = 2, .newest_first = true}) == Numbers{6, 5});
  CHECK(numbers({.after = 4}) == Numbers{5, 6});
  CHECK(numbers({.kinds = {"undo"}}).empty());
  CHECK(numbers({.subject = "' OR 1=1 --"}).empty());
  const std::string first = take(store.ledger())[0].at;
  CHECK(numbers({.since = first}).size() == 6);
  CHECK(numbers({.until = first}).empty());
  CHECK(numbers({.since = "2999"}).empty());
  CHECK(take(store.ledger_head()).number == 6);
  CHECK(take(store.ledger_head()).hash == take(store.ledger({.after = 5}))[0].hash);
}

namespace {

/// Signs with a word that anybody could guess, and counts.
Seal seal_of(int& calls, bool every_entry) {
  return {.identity = "key-1",
          .sign = [&calls](std::string_view hash) -> Result<std::string> {
            ++calls;
            return fmt::format("signed:{}", hash);
          },
          .every_entry = every_entry};
}

const auto kTrusting = [](const LedgerEntry& entry) -> Result<void> {
  if (entry.signer == "key-1" && entry.signature == "signed:" + entry.hash) return {};
  return fail(ErrorKind::kRefused, "foreign");
};

}  // namespace

TEST_CASE_METHOD(StoreTest, "a seal of our own key signs every entry") {
  int calls = 0;
  store.seal_with(seal_of(calls, true));
  live(*this);
  for (const LedgerEntry& entry : take(store.ledger({.after = 1}))) {
    CHECK(entry.signer == "key-1");
    CHECK(entry.signature == "signed:" + entry.hash);
    CHECK(nlohmann::json::parse(entry.payload)["sealed_by"] == "key-1");
  }
  CHECK(take(store.ledger())[0].signature.empty());
  CHECK(calls == 4);
  CHECK(take(store.verify_ledger({.check_signature = kTrusting})).empty());
}

TEST_CASE_METHOD(StoreTest, "a seal that may ask a person signs what matters") {
  int calls = 0;
  store.seal_with(seal_of(calls, false));
  const Modification one = propose();
  try_it(one);
  Operation operation = applying(one);
  operation.act.approvals = {approval_of(one)};
  carry_out(operation);
  carry_out(rolling_back({one}));
  take(store.add_failure({.doing = "a", .message = "b"}));
  std::vector<std::string> sealed;
  for (const LedgerEntry& entry : take(store.ledger())) {
    if (!entry.signature.empty()) sealed.push_back(entry.kind);
  }
  CHECK(sealed == std::vector<std::string>{"approval", "application", "rollback"});
  CHECK(calls == 3);  // nothing was signed for the rehearsal
  CHECK(take(store.verify_ledger({.check_signature = kTrusting})).empty());
}

TEST_CASE_METHOD(StoreTest, "what cannot be signed is not recorded") {
  const Modification one = propose();
  try_it(one);
  store.seal_with({.identity = "key-1",
                   .sign = [](std::string_view) -> Result<std::string> {
                     return fail(ErrorKind::kUnavailable, "the agent does not answer");
                   },
                   .every_entry = false});
  const Operation operation = applying(one);
  take(store.prepare(operation));
  const Error error = refused(store.finish(operation.id));
  CHECK(error.kind == ErrorKind::kUnavailable);
  CHECK(error.message == "recording an operation: signing the ledger: the agent does not answer");
  CHECK(take(store.pending())->id == operation.id);
  CHECK(look(one).status == ModificationStatus::kApproved);
  int calls = 0;
  store.seal_with(seal_of(calls, false));
  take(store.finish(operation.id));
  CHECK(look(one).status == ModificationStatus::kApplied);
}

TEST_CASE_METHOD(StoreTest, "an entry cannot be slipped in, changed or removed") {
  live(*this);
  CHECK_FALSE(sql("UPDATE ledger SET payload = ''"));
  CHECK_FALSE(sql("DELETE FROM ledger"));
  CHECK_FALSE(
      sql("INSERT OR REPLACE INTO ledger VALUES (5, '', 'verdict', '', '', '', 'h', NULL, NULL)"));
  CHECK_FALSE(sql("INSERT INTO ledger VALUES (7, '', 'verdict', '', '', '', 'h', NULL, NULL)"));
  CHECK_FALSE(
      sql("INSERT INTO ledger VALUES (6, '', 'verdict', '', '', 'wrong', 'h', NULL, NULL)"));
  CHECK(first_problem(store) == std::nullopt);
}

TEST_CASE_METHOD(StoreTest, "what is recorded cannot be changed or deleted") {
  live(*this);
  for (const char* table : {"modifications", "code_modifications", "evidence", "trials", "verdicts",
                            "applications", "rollbacks"}) {
    CAPTURE(table);
    CHECK_FALSE(sql(fmt::format("PRAGMA foreign_keys = OFF; DELETE FROM {}", table)));
  }
  CHECK_FALSE(sql("UPDATE modifications SET patch = x''"));
  CHECK_FALSE(sql("UPDATE code_modifications SET modified_content = x''"));
  CHECK_FALSE(sql("UPDATE evidence SET evidence = ''"));
  CHECK_FALSE(sql("UPDATE trials SET finished_at = ''"));
  CHECK_FALSE(sql("UPDATE verdicts SET decision = 'approved'"));
  CHECK_FALSE(sql("UPDATE applications SET branch = ''"));
  CHECK_FALSE(sql("UPDATE rollbacks SET rollback_reason = ''"));
  CHECK_FALSE(sql("INSERT OR REPLACE INTO evidence SELECT digest, 'x' FROM evidence"));
}

}  // namespace automod::store
