#include "engine/store/schema.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <regex>

#include "embedded/migration_001.hpp"
#include "embedded/migration_002.hpp"
#include "embedded/migration_003.hpp"
#include "embedded/migration_004.hpp"
#include "embedded/migration_005.hpp"
#include "embedded/migration_006.hpp"
#include "tests/unit/engine/store/fixture.hpp"

namespace automod::store {

using testing::ContainsSubstring;

namespace {

unsigned mode_of(const std::filesystem::path& path) {
  struct stat info{};
  REQUIRE(stat(path.c_str(), &info) == 0);
  return info.st_mode & 0777;
}

/// Every `CHECK (column IN (...))` of the schema: "table.column" to the words it may hold.
std::map<std::string, std::vector<std::string>> word_checks(const std::filesystem::path& file) {
  const std::regex check(R"((\w+)\s+IN\s*\(([^)]*)\))");
  const std::regex word("'(\\w+)'");
  const Database database = take(open_database(file));
  Statement tables(database, "SELECT name, sql FROM sqlite_schema WHERE type = 'table'");
  std::map<std::string, std::vector<std::string>> all;
  while (take(tables.step())) {
    const std::string sql = tables.text_at(1);
    for (std::sregex_iterator it(sql.begin(), sql.end(), check), end; it != end; ++it) {
      const std::string list = (*it)[2];
      std::vector<std::string> words;
      for (std::sregex_iterator w(list.begin(), list.end(), word); w != end; ++w) {
        words.push_back((*w)[1]);
      }
      if (!words.empty()) all[tables.text_at(0) + "." + std::string((*it)[1])] = words;
    }
  }
  return all;
}

/// A database as an automod of this schema version would have left it: everything that it could
/// record is there.
void write_old(const std::filesystem::path& file, int version) {
  std::filesystem::create_directories(file.parent_path());
  Database database = take(open_database(file));
  take(database.run(embedded::migration_001));
  if (version >= 2) take(database.run(embedded::migration_002));
  if (version >= 3) take(database.run(embedded::migration_003));
  take(database.run(fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {}",
                                kApplicationId, version)));
  const char* const kinds[] = {"session", "proposal", "verdict", "application", "rollback"};
  const char* const payloads[] = {
      R"({"codebase_path":"/code","goals":["fix_bugs"],"safety_level":"moderate"})",
      R"({"base_commit":"c","patch_digest":"PATCH","proposer":"rules","session_id":"s",)"
      R"("tree":"t","type":"bug_fix"})",
      R"({"decision":"approved","evidence_digest":"EVIDENCE","safety_level":"conservative",)"
      R"("trial_id":"r","verdict_digest":"VERDICT"})",
      R"({"base_commit":"c","branch":"refs/heads/b","commit":"k","evidence_digest":"EVIDENCE",)"
      R"("tree":"t"})",
      R"({"commit":null,"method":"restored","reason":"slow","ref":"refs/heads/b",)"
      R"("restored":"c"})"};
  Evidence evidence;
  evidence.tree.text = "t";
  evidence.patch_digest = sha256("patch");
  const std::string evidence_text = canonical(to_json(evidence));
  Verdict verdict;
  verdict.decision = Decision::kApproved;
  verdict.evidence_digest = sha256(evidence_text);
  const std::string verdict_text = canonical(to_json(verdict));
  std::string previous;
  for (int i = 0; i < 5; ++i) {
    std::string payload = payloads[i];
    const auto put = [&](std::string_view mark, const std::string& value) {
      if (const auto at = payload.find(mark); at != std::string::npos) {
        payload.replace(at, mark.size(), value);
      }
    };
    put("PATCH", evidence.patch_digest);
    put("EVIDENCE", verdict.evidence_digest);
    put("VERDICT", sha256(verdict_text));
    const std::string subject = i == 0 ? "s" : "m";
    const std::string hash = sha256(canonical({{"at", "2026"},
                                               {"kind", kinds[i]},
                                               {"number", i + 1},
                                               {"payload", payload},
                                               {"previous", previous},
                                               {"subject", subject}}));
    Statement insert(database, "INSERT INTO ledger VALUES (?, '2026', ?, ?, ?, ?, ?)");
    insert.whole(i + 1).text(kinds[i]).text(subject).text(payload).text(previous).text(hash);
    take(insert.run());
    previous = hash;
  }
  take(database.run(
      "INSERT INTO modification_sessions VALUES ('s', '/code', '[\"fix_bugs\"]', 'moderate', "
      "'analyzing', '2026', NULL, NULL, 1);"
      "INSERT INTO findings VALUES (1, 's', 'rule', 'f', NULL, NULL, NULL, 'm', 'w', 'bug_fix', "
      "'note')"));
  Statement modification(database, R"(
      INSERT INTO modifications VALUES ('m', 's', 'c', 'b', 't', x'7061746368', ?, 'bug_fix', 'sum',
      'why', 'rules', 'x', NULL, NULL, NULL, NULL, NULL, NULL, '2026', 2))");
  take(modification.text(evidence.patch_digest).run());
  take(database.run(
      "INSERT INTO code_modifications VALUES ('f', 'm', 's', 0, 'f', 'bug_fix', NULL, x'61', 0, 0, "
      "'why', NULL, NULL, '2026', '2026')"));
  Statement content(database, "INSERT INTO evidence VALUES (?, ?)");
  take(content.text(verdict.evidence_digest).text(evidence_text).run());
  Statement trial(database, "INSERT INTO trials VALUES ('r', 'm', ?, '2026')");
  take(trial.text(verdict.evidence_digest).run());
  Statement judged(database, R"(
      INSERT INTO verdicts VALUES (3, 'r', 'm', 'approved', 'conservative', 0, NULL, ?, 1, ?,
      '2026'))");
  take(judged.text(verdict.evidence_digest).text(verdict_text).run());
  Statement application(database, R"(
      INSERT INTO applications VALUES ('a', 'm', 'refs/heads/b', 'k', 'c', 't', ?, '2026', 4))");
  take(application.text(verdict.evidence_digest).run());
  take(database.run(
      "INSERT INTO rollbacks VALUES ('a', 'm', 'slow', 'restored', 'refs/heads/b', NULL, 'c', "
      "'2026', 5);"
      "INSERT INTO sandbox_executions (id, modification_id, trial_id, execution_type, command, "
      "outcome, stdout, stderr, exit_code, execution_time_ms, cpu_time_ms, memory_usage_mb, "
      "executed_at) VALUES ('e', 'm', 'r', 'build', 'make', 'exited', '', '', 0, 1, 1, 1, "
      "'2026')"));
}

}  // namespace

TEST_CASE_METHOD(StoreTest, "the words that the schema admits are those of the enumerations") {
  const std::vector<std::string> types = names<ModificationType>();
  const std::map<std::string, std::vector<std::string>> wanted = {
      {"ledger.kind", ledger_kinds()},
      {"modification_sessions.safety_level", names<SafetyLevel>()},
      {"modification_sessions.status", names<SessionStatus>()},
      {"findings.modification_type", types},
      {"findings.severity", names<Severity>()},
      {"findings.confidence", names<Confidence>()},
      {"modifications.modification_type", types},
      {"modifications.proposer", names<ProposerKind>()},
      {"code_modifications.modification_type", types},
      {"verdicts.decision", names<Decision>()},
      {"verdicts.safety_level", names<SafetyLevel>()},
      {"sandbox_executions.execution_type", names<ExecutionType>()},
      {"operations.state", {"prepared", "committed", "aborted"}},
      {"approvals.answer", {"approve", "decline"}},
      {"rollbacks.method", {"restored", "revert", "undo"}},
      {"undos.what", {"application", "rollback", "merge"}},
      {"feedback.opinion", {"good", "bad"}},
      {"watches.state", {"running", "healthy", "regressed", "stopped"}},
      {"watch_checks.outcome", {"healthy", "unhealthy", "unknown"}},
  };
  CHECK(word_checks(file()) == wanted);
}

TEST_CASE("the first migration is frozen") {
  CHECK(sha256(embedded::migration_001) ==
        "f8f2dd1dbfede780e348783d68c25a23a46ceb8da1b642a8ede5b4e2f2c057d0");
}

TEST_CASE("the second migration is frozen") {
  CHECK(sha256(embedded::migration_002) ==
        "752cdf455b708843e22de3979ae847954cb8b3184842cdcd0ff708842aa49020");
}

TEST_CASE("the third migration is frozen") {
  CHECK(sha256(embedded::migration_003) ==
        "ec758e2bc3b5e6c8d72624411724f3e6eca24304cf394f65c7bb8c46581f8a16");
}

TEST_CASE("the fourth migration is frozen") {
  CHECK(sha256(embedded::migration_004) ==
        "88e4424bc32f4b82e17305f264732077468a3a37155521e647c448d0ba71ad57");
}

TEST_CASE("the fifth migration is frozen") {
  CHECK(sha256(embedded::migration_005) ==
        "07fa94881d5f08b51ad7df11fd61a785004e83c743bff4acc77cd84614216ec4");
}

TEST_CASE("the sixth migration is frozen") {
  CHECK(sha256(embedded::migration_006) ==
        "e829c3a039da31588bb48828e8563bda356b5f1b574f1f6a066031991a8aed85");
}

TEST_CASE_METHOD(StoreTest, "the schema has the tables and columns that were asked for") {
  const std::map<std::string, std::string> wanted = {
      {"modification_sessions",
       "codebase_path,completed_at,id,ledger_number,modification_goals,safety_level,started_at,"
       "status,success_rate"},
      {"code_modifications",
       "applied_at,file_path,id,modification_id,modification_reason,modification_type,"
       "modified_content,modified_executable,original_content,original_executable,"
       "performance_impact,position,rollback_at,safety_score,session_id"},
      {"modification_metrics",
       "baseline_value,id,improvement_percentage,measured_at,metric_name,modification_id,"
       "modified_value,trial_id"},
      {"sandbox_executions",
       "command,cpu_time_ms,executed_at,execution_time_ms,execution_type,exit_code,id,"
       "memory_usage_mb,modification_id,outcome,peak_memory_bytes,run_us,session_id,setup_us,"
       "stderr,stdout,teardown_us,trial_id,written_bytes"},
  };
  for (const auto& [table, columns] : wanted) {
    CHECK(ask(fmt::format("SELECT group_concat(name) FROM (SELECT name FROM "
                          "pragma_table_info('{}') ORDER BY name)",
                          table)) == columns);
  }
  CHECK(ask("SELECT count(*) FROM pragma_table_list WHERE schema = 'main' AND type = 'table' "
            "AND NOT strict AND name NOT LIKE 'sqlite%'") == "0");
  CHECK(ask("PRAGMA user_version") == "6");
  CHECK(ask("PRAGMA journal_mode") == "wal");
  CHECK(ask("PRAGMA foreign_key_check") == "no row");
  CHECK(ask("PRAGMA integrity_check") == "ok");
}

TEST_CASE_METHOD(StoreTest, "every foreign key has an index") {
  // Deleting or updating a parent would otherwise read whole tables; so would our own joins.
  CHECK(ask(R"(
      SELECT 'without: ' || coalesce(group_concat(t.name || '.' || k."from"), '')
      FROM pragma_table_list t, pragma_foreign_key_list(t.name) k
      WHERE t.schema = 'main' AND k."from" NOT IN ('evidence_digest') AND NOT EXISTS (
        SELECT 1 FROM pragma_index_list(t.name) i, pragma_index_info(i.name) c
        WHERE c.seqno = 0 AND c.name = k."from")
      AND NOT EXISTS (
        SELECT 1 FROM pragma_table_info(t.name) c WHERE c.name = k."from" AND c.pk = 1))") ==
        "without: ");
}

TEST_CASE_METHOD(StoreTest, "folder and files are private") {
  propose();
  CHECK(mode_of(folder()) == 0700);
  CHECK(mode_of(file()) == 0600);
  CHECK(mode_of(file().string() + "-wal") == 0600);
  REQUIRE(chmod(folder().c_str(), 0755) == 0);
  open();
  CHECK(mode_of(folder()) == 0700);
}

TEST_CASE_METHOD(StoreTest, "a database of a newer automod is left alone") {
  take(sql("PRAGMA user_version = 7"));
  const Error error = refused(Store::open(folder(), clock));
  CHECK(error.kind == ErrorKind::kUnavailable);
  CHECK_THAT(error.message, ContainsSubstring("schema 7, expected 6 or older"));
  CHECK(ask("PRAGMA user_version") == "7");
}

TEST_CASE_METHOD(StoreTest, "a database of somebody else is left alone") {
  const auto other = folder().parent_path() / "other";
  std::filesystem::create_directories(other);
  {
    Database database = take(open_database(other / "automod.db"));
    take(database.run("CREATE TABLE t (x)"));
  }
  const Error error = refused(Store::open(other, clock));
  CHECK(error.kind == ErrorKind::kInternal);
  CHECK_THAT(error.message, ContainsSubstring("is no automod database"));
}

TEST_CASE_METHOD(StoreTest, "an upgrade that was cut off begins again") {
  const auto other = folder().parent_path() / "other";
  std::filesystem::create_directories(other);
  {
    Database database = take(open_database(other / "automod.db"));
    auto transaction = take(Transaction::begin(database));
    take(database.run(embedded::migration_001));
    // Not committed: as if the process had died here.
  }
  Store opened = take(Store::open(other, clock));
  CHECK(take(opened.sessions(1)).empty());
}

TEST_CASE_METHOD(StoreTest, "a database of every older schema is brought up to date") {
  const auto other = folder().parent_path() / "other";
  for (int version = 1; version <= 3; ++version) {
    CAPTURE(version);
    std::filesystem::remove_all(other);
    write_old(other / "automod.db", version);
    Store upgraded = take(Store::open(other, clock));
    CHECK(take(upgraded.verify_ledger({})).empty());
    const auto listed = take(upgraded.list({}));
    REQUIRE(listed.size() == 1);
    CHECK(listed[0].status == ModificationStatus::kRolledBack);
    REQUIRE(listed[0].rollback);
    CHECK(listed[0].rollback->reason == "slow");
    CHECK_FALSE(listed[0].rollback->cascade_of);
    REQUIRE(listed[0].application);
    CHECK(listed[0].application->signer.empty());
    const auto rows = take(upgraded.executions({"m"}));
    REQUIRE(rows.size() == 1);
    CHECK_FALSE(rows[0].costs);
    const auto entries = take(upgraded.ledger());
    REQUIRE(entries.size() == 5);
    CHECK(entries[4].signature.empty());
    // It lives on: what was rolled back is applied again, and the chain goes on.
    Application again = *listed[0].application;
    take(add_application(upgraded, again));
    CHECK(take(upgraded.verify_ledger({})).empty());
    CHECK(take(upgraded.ledger_head()).number == 6);
    Database database = take(open_database(other / "automod.db"));
    for (const char* sql : {"UPDATE ledger SET at = ''", "DELETE FROM rollbacks",
                            "UPDATE rollbacks SET ref = ''", "DELETE FROM ledger"}) {
      CHECK_FALSE(database.run(sql));
    }
    Statement keys(database, "PRAGMA foreign_key_check");
    CHECK_FALSE(take(keys.step()));
  }
}

TEST_CASE_METHOD(StoreTest, "an upgraded schema is that of a new database") {
  const auto other = folder().parent_path() / "other";
  write_old(other / "automod.db", 1);
  take(Store::open(other, clock));
  const std::string_view sql =
      "SELECT group_concat(sql, char(10)) FROM (SELECT sql FROM sqlite_schema ORDER BY type, name)";
  const Database database = take(open_database(other / "automod.db"));
  Statement statement(database, sql);
  REQUIRE(take(statement.step()));
  CHECK(statement.text_at(0) == ask(sql));
}

TEST_CASE_METHOD(StoreTest, "an old database that refers to what is not there is not upgraded") {
  const auto other = folder().parent_path() / "other";
  write_old(other / "automod.db", 3);
  {
    Database database = take(open_database(other / "automod.db"));
    take(
        database.run("PRAGMA foreign_keys = OFF; INSERT INTO trials VALUES ('x', 'no', 'no', '')"));
  }
  const Error error = refused(Store::open(other, clock));
  CHECK(error.kind == ErrorKind::kInternal);
  CHECK_THAT(error.message, ContainsSubstring("that is not there"));
  Database database = take(open_database(other / "automod.db"));
  Statement version(database, "PRAGMA user_version");
  REQUIRE(take(version.step()));
  CHECK(version.whole_at(0) == 3);
}

TEST_CASE_METHOD(StoreTest, "a damaged file says what to do") {
  for (int i = 0; i < 20; ++i) propose(fmt::format("{}", i));
  take(sql("PRAGMA wal_checkpoint(TRUNCATE)"));
  const auto other = folder().parent_path() / "other";
  std::filesystem::create_directories(other);
  const auto copy = other / "automod.db";
  std::filesystem::copy_file(file(), copy);
  SECTION("no database at all") { std::ofstream(copy) << std::string(8192, 'x'); }
  SECTION("cut off") { std::filesystem::resize_file(copy, 8192); }
  SECTION("a page of rubbish") {
    std::fstream stream(copy, std::ios::in | std::ios::out | std::ios::binary);
    stream.seekp(100);
    stream << std::string(3996, 'x');
  }
  const Error error = refused(Store::open(other, clock));
  CHECK(error.kind == ErrorKind::kInternal);
  CHECK_THAT(error.hint, ContainsSubstring("automod recover"));
}

TEST_CASE_METHOD(StoreTest, "a database that is gone is not begun anew") {
  store = take(Store::open(folder().parent_path() / "elsewhere", clock));  // closes ours
  SECTION("removed") { std::filesystem::remove(file()); }
  SECTION("emptied") { std::filesystem::resize_file(file(), 0); }
  const Error error = refused(Store::open(folder(), clock));
  CHECK(error.kind == ErrorKind::kInternal);
  CHECK_THAT(error.message, ContainsSubstring("the database is gone"));
  CHECK_THAT(error.hint, ContainsSubstring("automod recover"));
}

TEST_CASE_METHOD(StoreTest, "who knows that there was a database is asked where there is none") {
  const auto other = folder().parent_path() / "other";
  CHECK_THAT(refused(Store::open(other, clock, [] { return true; })).message,
             ContainsSubstring("the database is gone"));
  take(Store::open(other, clock, [] { return false; }));
  take(Store::open(other, clock, [] { return true; }));
}

TEST_CASE_METHOD(StoreTest, "a file where the folder should be is an error") {
  const auto other = folder().parent_path() / "file";
  take(write_file(other, "x"));
  CHECK_THAT(refused(Store::open(other, clock)).message, ContainsSubstring("is no folder"));
}

TEST_CASE_METHOD(StoreTest, "a store that cannot be written says so") {
  if (geteuid() == 0) return;  // root may write everywhere
  REQUIRE(chmod(file().c_str(), 0400) == 0);
  CHECK(refused(Store::open(folder(), clock)).kind == ErrorKind::kUnavailable);
}

}  // namespace automod::store
