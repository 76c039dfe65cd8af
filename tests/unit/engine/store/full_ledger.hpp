#pragma once

#include "tests/unit/engine/store/fixture.hpp"

namespace automod::store {

inline constexpr const char* kEnvelope = R"({"payload":"","payloadType":"x","signatures":[]})";

/// A ledger in which everything has happened: 1 session, 2 and 3 proposals, 4 and 5 verdicts,
/// 6 approval, 7 application, 8 merge, 9 feedback, 10 watch, 11 rollback, 12 undo, 13 failure.
class FullLedger : public StoreTest {
 public:
  FullLedger() {
    store.seal_with({.identity = "key-1",
                     .sign = [](std::string_view hash) -> Result<std::string> {
                       return fmt::format("signed:{}", hash);
                     },
                     .every_entry = false});
    one = propose("one");
    const Modification two = propose("two");
    try_it(one);
    try_it(two);
    Operation apply = applying(one);
    apply.act.approvals = {approval_of(one)};
    apply.act.applications[0].approval = ApprovalId{"approval-1"};
    apply.act.applications[0].statement = sha256(kEnvelope);
    apply.act.attestations = {
        {.digest = "", .modification = one.id, .commit = {"1234"}, .envelope = kEnvelope}};
    apply.act.merges = {
        {.modification = one.id, .branch = "refs/heads/main", .before = {"a"}, .after = {"b"}}};
    carry_out(apply);
    take(store.add_feedback({one.id, true, "fine"}));
    take(store.begin_watch({.id = {},
                            .modification = one.id,
                            .command = "true",
                            .every_seconds = 1,
                            .for_seconds = 1}));
    const Operation rollback = carry_out(rolling_back({one}));
    carry_out(undoing(rollback, "rollback", {one}));
    take(store.add_failure({.doing = "applying", .message = "no room"}));
    head = take(store.ledger_head());
  }

  std::vector<LedgerProblem> problems() const { return problems_of(store); }

  std::vector<LedgerProblem> problems_of(const Store& other) const {
    const auto check = [](const LedgerEntry& entry) -> Result<void> {
      if (entry.signer == "key-1" && entry.signature == "signed:" + entry.hash) return {};
      return fail(ErrorKind::kRefused, "it is of another key");
    };
    return take(other.verify_ledger({.pins = {head, earlier}, .check_signature = check}));
  }

  /// With every guard of the schema out of the way.
  void tamper(const std::string& change) const { tamper(file(), change); }

  static void tamper(const std::filesystem::path& file, const std::string& change) {
    std::string drop;
    Database database = take(open_database(file));
    Statement triggers(database, "SELECT name FROM sqlite_schema WHERE type = 'trigger'");
    while (take(triggers.step())) drop += fmt::format("DROP TRIGGER {};", triggers.text_at(0));
    take(database.run("PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON;" + drop +
                      change));
  }

  Modification one;
  LedgerHead head;
  LedgerHead earlier;
};

}  // namespace automod::store
