#include "engine/store/recover.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/unit/engine/store/full_ledger.hpp"

/// A database that was damaged or lost: noticed, kept aside, and made anew as far as it goes.
namespace automod::store {

namespace fs = std::filesystem;
using testing::ContainsSubstring;

namespace {

/// Everything has happened, and the database is closed.
class LostTest {
 public:
  LostTest() : bundle(take(ledger.store.bundle({}))) {
    take(ledger.sql("PRAGMA wal_checkpoint(TRUNCATE)"));
    elsewhere = take(TempDir::create(ledger.folder().parent_path(), "elsewhere"));
    ledger.store = take(Store::open(elsewhere->path() / "s", ledger.clock));
  }

  fs::path folder() const { return ledger.folder(); }
  fs::path file() const { return ledger.file(); }
  Health health() const { return take(diagnose(folder())).health; }
  Rebuilt recover(const Sources& sources = {}) const {
    return take(rebuild(folder(), ledger.clock, sources));
  }

  /// Writes rubbish over part of the file.
  void scribble(std::streamoff at, std::size_t size) const {
    std::fstream stream(file(), std::ios::in | std::ios::out | std::ios::binary);
    stream.seekp(at);
    stream << std::string(size, 'x');
  }

  /// The new store, which verifies and begins with a recovery.
  Store reopened() const {
    Store store = take(Store::open(folder(), ledger.clock));
    const auto problems = take(store.verify_ledger({.pins = {ledger.head}}));
    CHECK(problems == std::vector<LedgerProblem>{});
    const auto entries = take(store.ledger());
    REQUIRE_FALSE(entries.empty());
    CHECK(entries[0].kind == "recovery");
    CHECK(take(diagnose(folder())).health == Health::kSound);
    return store;
  }

  /// All of it is there again.
  void check_whole(const Store& store) const {
    const auto listed = take(store.modification(ledger.one.id.text));
    CHECK(listed.status == ModificationStatus::kApplied);
    CHECK(listed.modification.patch == ledger.one.patch);
    CHECK(listed.modification.candidate.files[0].modified == "one\n");
    CHECK(listed.verdict);
    REQUIRE(listed.application);
    CHECK(listed.application->approval == ApprovalId{"approval-1"});
    CHECK(listed.merge);
    CHECK(take(store.list({})).size() == 2);
    CHECK(take(store.approvals(ledger.one.id)).size() == 1);
    CHECK(take(store.feedback(ledger.one.id)).size() == 1);
    CHECK(take(store.watches({})).size() == 1);
    CHECK(take(store.undos(ledger.one.id)).size() == 1);
    CHECK(take(store.failures(10)).size() == 1);
    CHECK(take(store.attestations(ledger.one.id)).size() == 1);
    CHECK(take(store.latest_trial(ledger.one.id)));
    CHECK(take(store.last_undoable()));
  }

  FullLedger ledger;
  Bundle bundle;
  std::optional<TempDir> elsewhere;
};

}  // namespace

TEST_CASE_METHOD(LostTest, "the state of a database is told") {
  CHECK(health() == Health::kSound);
  Health wanted = Health::kDamaged;
  SECTION("no database at all") { std::ofstream(file()) << std::string(8192, 'x'); }
  SECTION("cut off") { fs::resize_file(file(), 8192); }
  SECTION("a header of rubbish") { scribble(0, 100); }
  SECTION("a page of rubbish") { scribble(5 * 4096, 4096); }
  SECTION("emptied") {
    fs::resize_file(file(), 0);
    wanted = Health::kGone;
  }
  SECTION("removed") {
    fs::remove(file());
    wanted = Health::kGone;
  }
  SECTION("somebody else's") {
    take(ledger.sql("PRAGMA application_id = 7"));
    wanted = Health::kForeign;
  }
  SECTION("a newer one") {
    take(ledger.sql("PRAGMA user_version = 99"));
    wanted = Health::kNewer;
  }
  CHECK(health() == wanted);
}

TEST_CASE_METHOD(LostTest, "where there never was a database there is none to recover") {
  const fs::path other = folder().parent_path() / "never";
  fs::create_directories(other);
  CHECK(take(diagnose(other)).health == Health::kNone);
  CHECK(refused(rebuild(other, ledger.clock, {})).kind == ErrorKind::kConflict);
  CHECK(refused(rebuild(folder(), ledger.clock, {})).kind == ErrorKind::kConflict);
  CHECK(take(diagnose(other, [] { return true; })).health == Health::kGone);
}

TEST_CASE_METHOD(LostTest, "a database of somebody newer is not recovered") {
  take(ledger.sql("PRAGMA user_version = 99"));
  CHECK(refused(rebuild(folder(), ledger.clock, {})).kind == ErrorKind::kUnavailable);
}

TEST_CASE_METHOD(LostTest, "a database that is gone is made anew of a bundle") {
  fs::remove(file());
  const Rebuilt rebuilt = recover({.bundles = {bundle}});
  CHECK(rebuilt.kept_aside.empty());
  CHECK(rebuilt.gone == std::vector<std::string>{});
  CHECK(rebuilt.old_head == ledger.head);
  const Store store = reopened();
  check_whole(store);
  const auto payload = nlohmann::json::parse(take(store.ledger())[0].payload);
  CHECK(payload["old_head"]["hash"] == ledger.head.hash);
}

TEST_CASE_METHOD(LostTest, "a damaged page costs what it held, and nothing else") {
  // A page that a token lies on: of the journal or the approvals.
  const std::string content = take(read_file(file(), 64 * kMiB));
  const std::size_t place = content.find("token-approval-1");
  REQUIRE(place != std::string::npos);
  scribble(static_cast<std::streamoff>(place / 4096 * 4096), 4096);
  REQUIRE(health() == Health::kDamaged);
  Rebuilt rebuilt;
  SECTION("without a bundle") {
    rebuilt = recover();
    CHECK_FALSE(rebuilt.gone.empty());
    CHECK_FALSE(rebuilt.unread.empty());
    const Store store = reopened();
    CHECK(take(store.list({})).size() == 2);
  }
  SECTION("with one") {
    rebuilt = recover({.bundles = {bundle}});
    CHECK(rebuilt.gone == std::vector<std::string>{});
    check_whole(reopened());
  }
  CHECK(fs::file_size(rebuilt.kept_aside) == content.size());
  CHECK_THAT(rebuilt.kept_aside.filename().string(), testing::StartsWith("automod.db.damaged-20"));
}

TEST_CASE_METHOD(LostTest,
                 "rubbish instead of a database is kept aside, and what is gone is said") {
  std::ofstream(file()) << std::string(8192, 'x');
  const Rebuilt rebuilt =
      recover({.refs = {{"refs/heads/self-mod/abc", {"1234"}, {"abc"}}}, .heads = {ledger.head}});
  REQUIRE(rebuilt.unread.size() == 1);
  CHECK_THAT(rebuilt.unread[0], ContainsSubstring("everything"));
  CHECK(rebuilt.gone == std::vector<std::string>{
                            "entries 1 to 13",
                            "modification abc, of which refs/heads/self-mod/abc is left at 1234"});
  CHECK(take(read_file(rebuilt.kept_aside, kMiB)) == std::string(8192, 'x'));
  // The pin of an entry that nobody has any more is still a problem.
  Store store = take(Store::open(folder(), ledger.clock));
  CHECK(take(store.verify_ledger({.pins = {ledger.head}})).size() == 1);
}

TEST_CASE_METHOD(LostTest, "an older bundle brings back what it holds, and the rest is named") {
  Bundle older = bundle;
  older.ledger.resize(6);
  older.head = {6, older.ledger.back().hash};
  older.applications.clear();
  older.rollbacks.clear();
  older.merges.clear();
  older.undos.clear();
  older.operations.clear();
  older.attestations.clear();
  older.feedback.clear();
  older.failures.clear();
  older.watches.clear();
  fs::remove(file());
  const Rebuilt rebuilt = recover({.bundles = {older}, .heads = {ledger.head}});
  CHECK(rebuilt.gone == std::vector<std::string>{"entries 7 to 13"});
  CHECK(rebuilt.records == 6);
  Store store = take(Store::open(folder(), ledger.clock));
  CHECK(take(store.modification(ledger.one.id.text)).status == ModificationStatus::kApproved);
}

TEST_CASE_METHOD(LostTest, "a bundle that lies is not believed") {
  fs::remove(file());
  bundle.modifications[0].record.patch = "another";
  bundle.evidence[1].text = "{}";
  const Rebuilt rebuilt = recover({.bundles = {bundle}});
  std::string all;
  for (const std::string& line : rebuilt.gone) all += line + "\n";
  CHECK_THAT(all, ContainsSubstring("its patch was edited"));
  Store store = take(Store::open(folder(), ledger.clock));
  CHECK(take(store.list({})).size() == 1);
}

TEST_CASE_METHOD(LostTest, "a recovery can itself be recovered from") {
  fs::remove(file());
  recover({.bundles = {bundle}});
  const Bundle second = take(take(Store::open(folder(), ledger.clock)).bundle({}));
  fs::remove(file());
  const Rebuilt rebuilt = recover({.bundles = {second}});
  CHECK(rebuilt.gone == std::vector<std::string>{});
  check_whole(reopened());
}

TEST_CASE_METHOD(LostTest, "a new database is sealed from its first entry on") {
  fs::remove(file());
  const Seal seal{.identity = "key-1",
                  .sign = [](std::string_view hash) -> Result<std::string> {
                    return fmt::format("signed:{}", hash);
                  },
                  .every_entry = true};
  take(rebuild(folder(), ledger.clock, {.bundles = {bundle}}, seal));
  for (const LedgerEntry& entry : take(reopened().ledger())) CHECK(entry.signer == "key-1");
}

TEST_CASE_METHOD(LostTest, "killed while recovering and called again, it comes to the same end") {
  std::ofstream(file(), std::ios::app) << "x";  // not a whole page
  scribble(0, 100);
  // After so many microseconds; the last attempts come to the end.
  for (useconds_t patience = 500; patience < 200'000; patience = patience * 3 / 2) {
    const pid_t child = fork();
    if (child == 0) {
      const auto done = rebuild(folder(), ledger.clock, {.bundles = {bundle}});
      _exit(done ? 0 : done.error().kind == ErrorKind::kConflict ? 1 : 2);
    }
    usleep(patience);
    kill(child, SIGKILL);
    int status = 0;
    REQUIRE(waitpid(child, &status, 0) == child);
    if (WIFEXITED(status)) CHECK(WEXITSTATUS(status) != 2);
  }
  if (health() != Health::kSound) recover({.bundles = {bundle}});
  check_whole(reopened());
}

}  // namespace automod::store
