#include <nlohmann/json.hpp>

#include "tests/unit/engine/store/fixture.hpp"

namespace automod::store {

namespace {

/// Everything the ledger knows: one of each kind.
void live(StoreTest& test) {
  const Modification one = test.propose();
  test.try_it(one);
  test.apply(one);
  take(test.store.add_rollback(StoreTest::rollback_of(one)));
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
  CHECK(take(store.ledger(3)).size() == 2);
  CHECK(take(store.ledger(3))[0].number == 4);
  CHECK(take(store.ledger(5)).empty());
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
  CHECK(take(store.check_ledger()) == std::nullopt);
}

TEST_CASE_METHOD(StoreTest, "an empty ledger holds") {
  const TempDir other = scratch_folder();
  const Store empty = take(Store::open(other.path() / "s", clock));
  CHECK(take(empty.check_ledger()) == std::nullopt);
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
  CHECK(take(store.check_ledger()) == first);
}

TEST_CASE_METHOD(StoreTest, "an entry cannot be slipped in, changed or removed") {
  live(*this);
  CHECK_FALSE(sql("UPDATE ledger SET payload = ''"));
  CHECK_FALSE(sql("DELETE FROM ledger"));
  CHECK_FALSE(sql("INSERT OR REPLACE INTO ledger VALUES (5, '', 'verdict', '', '', '', 'h')"));
  CHECK_FALSE(sql("INSERT INTO ledger VALUES (7, '', 'verdict', '', '', '', 'h')"));
  CHECK_FALSE(sql("INSERT INTO ledger VALUES (6, '', 'verdict', '', '', 'wrong', 'h')"));
  CHECK(take(store.check_ledger()) == std::nullopt);
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
