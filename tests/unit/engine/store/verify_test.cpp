#include <nlohmann/json.hpp>

#include "engine/store/chain.hpp"
#include "tests/unit/engine/store/full_ledger.hpp"

/// Somebody with a database shell and time. Whatever is changed is found and named.
namespace automod::store {

using testing::ContainsSubstring;

namespace {

struct Tampering {
  const char* what;
  const char* sql;
  std::int64_t number;
  const char* said;
};

const Tampering kTamperings[] = {
    // the chain
    {"a payload",
     "UPDATE ledger SET payload = replace(payload, 'approved', 'rejected') WHERE number = 4", 4,
     "was edited"},
    {"a time", "UPDATE ledger SET at = '2020' WHERE number = 7", 7, "was edited"},
    {"a subject", "UPDATE ledger SET subject = 'x' WHERE number = 7", 7, "was edited"},
    {"a hash", "UPDATE ledger SET hash = 'x' WHERE number = 2", 2, "was edited"},
    {"an entry gone", "DELETE FROM ledger WHERE number = 9", 9, "is missing"},
    {"several gone", "DELETE FROM ledger WHERE number IN (8, 9)", 8, "so are all before 10"},
    {"an entry and its record gone", "DELETE FROM ledger WHERE number = 9; DELETE FROM feedback", 9,
     "is missing"},
    {"the end cut off", "DELETE FROM failures; DELETE FROM ledger WHERE number = 13", 13,
     "was cut off"},
    {"two swapped",
     "UPDATE ledger SET number = 99 WHERE number = 2; UPDATE ledger SET number = 2 WHERE number = "
     "3;"
     "UPDATE ledger SET number = 3 WHERE number = 99",
     2, "was written as entry 3"},
    {"a signature gone", "UPDATE ledger SET signature = NULL, signer = NULL WHERE number = 7", 7,
     "its signature was removed"},
    {"a signature of something else", "UPDATE ledger SET signature = 'signed:x' WHERE number = 7",
     7, "does not hold"},
    {"a signature of somebody else", "UPDATE ledger SET signer = 'key-2' WHERE number = 7", 7,
     "is signed by 'key-2', and says 'key-1'"},
    // the records
    {"a verdict's decision", "UPDATE verdicts SET decision = 'rejected' WHERE ledger_number = 4", 4,
     "a column of its record differs"},
    {"a verdict's score", "UPDATE verdicts SET safety_score = 1 WHERE ledger_number = 4", 4,
     "a column of its record differs"},
    {"a verdict's text", "UPDATE verdicts SET verdict = replace(verdict, '0.75', '0.95')", 4,
     "verdict_digest"},
    {"a verdict gone", "DELETE FROM verdicts WHERE ledger_number = 5", 5, "has no record"},
    {"a session's path", "UPDATE modification_sessions SET codebase_path = '/x'", 1,
     "differs from its record: codebase_path"},
    {"a patch", "UPDATE modifications SET patch = x'00'", 2, "its patch was edited"},
    {"a patch and its digest",
     "UPDATE modifications SET patch = x'', patch_digest = "
     "'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855' WHERE ledger_number = 2",
     2, "differs from its record: patch_digest"},
    {"a summary", "UPDATE modifications SET summary = 'harmless' WHERE ledger_number = 3", 3,
     "record_digest"},
    {"a base tree", "UPDATE modifications SET base_tree = 'x' WHERE ledger_number = 3", 3,
     "record_digest"},
    {"a file's content", "UPDATE code_modifications SET modified_content = x'00'", 2,
     "record_digest"},
    {"a file gone", "DELETE FROM code_modifications", 2, "record_digest"},
    {"a file's type", "UPDATE code_modifications SET modification_type = 'refactor'", 2,
     "a file of it says something else"},
    {"a modification gone", "DELETE FROM modifications WHERE ledger_number = 3", 3,
     "has no record"},
    {"a word that there is not",
     "UPDATE modifications SET proposer = 'nobody' WHERE ledger_number = 2", 2, "cannot be read"},
    {"evidence", "UPDATE evidence SET evidence = evidence || ' '", 4, "its evidence was edited"},
    {"evidence gone", "DELETE FROM evidence", 4, "its evidence was removed"},
    {"a trial gone", "DELETE FROM trials", 4, "its trial was removed"},
    {"a trial's modification",
     "UPDATE trials SET modification_id = (SELECT id FROM modifications WHERE ledger_number = 3)",
     4, "its trial is of something else"},
    {"a key of a trial", "UPDATE trial_keys SET exact_key = 'x'", 4, "a key of its trial"},
    {"an approval's approver", "UPDATE approvals SET approver = 'me'", 6, "approver"},
    {"an approval's token", "UPDATE approvals SET token = 'x'", 6, "its token was edited"},
    {"an approval's answer", "UPDATE approvals SET answer = 'decline'", 6, "answer"},
    {"an approval gone", "DELETE FROM approvals", 6, "has no record"},
    {"an application's commit", "UPDATE applications SET commit_id = 'x'", 7,
     "differs from its record: commit"},
    {"an application's approval", "UPDATE applications SET approval_id = NULL", 7, "approval_id"},
    {"an application gone", "DELETE FROM applications", 7, "has no record"},
    {"an attestation", "UPDATE attestations SET envelope = '{}'", 0, "was edited"},
    {"an attestation gone", "DELETE FROM attestations", 7, "its attestation was removed"},
    {"an attestation of something else", "UPDATE attestations SET commit_id = 'x'", 7,
     "its attestation is of something else"},
    {"a merge's branch", "UPDATE merges SET branch = 'refs/heads/x'", 8, "branch"},
    {"an operation's refs", "UPDATE operations SET refs = '{\"refs\":[]}' WHERE kind = 'apply'", 7,
     "its operation was edited"},
    {"an operation gone", "DELETE FROM operations WHERE kind = 'rollback'", 11,
     "its operation was removed"},
    {"feedback", "UPDATE feedback SET opinion = 'bad'", 9, "opinion"},
    {"a watch's command", "UPDATE watches SET command = 'false'", 10, "command"},
    {"a rollback's reason", "UPDATE rollbacks SET rollback_reason = 'x'", 11, "reason"},
    {"an undo", "UPDATE undos SET what = 'merge'", 12, "what"},
    {"a failure", "UPDATE failures SET message = 'all is well'", 13, "message"},
    {"a record turned to another entry", "UPDATE failures SET ledger_number = 9", 9,
     "speaks of another failure"},
};

}  // namespace

TEST_CASE_METHOD(FullLedger, "a ledger in which everything has happened verifies") {
  CHECK(problems() == std::vector<LedgerProblem>{});
  CHECK(head.number == 13);
}

TEST_CASE_METHOD(FullLedger, "every way of editing the store is found and named") {
  take(sql("PRAGMA wal_checkpoint(TRUNCATE)"));
  for (const Tampering& way : kTamperings) {
    INFO(way.what);
    const TempDir copy = scratch_folder();
    const auto edited = copy.path() / "s" / "automod.db";
    std::filesystem::create_directory(edited.parent_path());
    std::filesystem::copy_file(file(), edited);
    tamper(edited, way.sql);
    const auto problems = problems_of(take(Store::open(edited.parent_path(), clock)));
    std::string all;
    bool found = false;
    for (const LedgerProblem& problem : problems) {
      all += fmt::format("{}: {}\n", problem.number, problem.what);
      found |= problem.number == way.number && problem.what.find(way.said) != std::string::npos;
    }
    INFO(all);
    CHECK(found);
  }
}

TEST_CASE_METHOD(FullLedger,
                 "a ledger that was written anew from some entry on does not match a pin") {
  // Entry 13 is edited, and its hash with it: only who has seen the head can tell.
  auto entry = take(store.ledger({.after = 12}))[0];
  tamper("UPDATE failures SET message = 'all is well'");
  entry.payload = R"({"doing":"applying","message":"all is well"})";
  entry.hash = hash_of(entry);
  tamper(fmt::format("UPDATE ledger SET payload = '{}', hash = '{}' WHERE number = 13",
                     entry.payload, entry.hash));
  const auto found = problems();
  REQUIRE(found.size() == 1);
  CHECK(found[0].number == 13);
  CHECK_THAT(found[0].what, ContainsSubstring("is not the one that somebody has seen"));
  head = {};
  CHECK(problems().empty());
}

TEST_CASE_METHOD(FullLedger, "everything that is wrong is told, not only the first") {
  tamper(
      "UPDATE feedback SET opinion = 'bad'; UPDATE ledger SET at = '' WHERE number = 2;"
      "UPDATE evidence SET evidence = '{}'");
  std::vector<std::int64_t> numbers;
  for (const LedgerProblem& problem : problems()) numbers.push_back(problem.number);
  CHECK(numbers == std::vector<std::int64_t>{2, 4, 5, 9});
}

TEST_CASE("a chain can be checked without its database") {
  CHECK(check_chain({}, {}).empty());
  LedgerEntry entry{.number = 1,
                    .at = "t",
                    .kind = "session",
                    .subject = "s",
                    .payload = "{}",
                    .previous = "",
                    .hash = ""};
  entry.hash = hash_of(entry);
  CHECK(check_chain({entry}, {}).empty());
  CHECK(check_chain({entry, entry}, {}).front().what == "stands twice");
  CHECK(check_chain({}, {.pins = {{1, entry.hash}}}).front().number == 1);
  CHECK(check_chain({}, {.pins = {{1, entry.hash}}}, {entry}).empty());
  entry.previous = "x";
  entry.hash = hash_of(entry);
  CHECK(check_chain({entry}, {}).front().what == "is not the first: it follows another");
}

}  // namespace automod::store
