#include "engine/store/schema.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <map>
#include <regex>
#include <set>

#include "embedded/migration_001.hpp"
#include "embedded/migration_002.hpp"
#include "embedded/migration_003.hpp"
#include "tests/unit/engine/store/fixture.hpp"

namespace automod::store {

using testing::ContainsSubstring;

namespace {

unsigned mode_of(const std::filesystem::path& path) {
  struct stat info{};
  REQUIRE(stat(path.c_str(), &info) == 0);
  return info.st_mode & 0777;
}

/// Every `CHECK (column IN (...))` of the schema: column to the sets of words it may hold.
std::multimap<std::string, std::vector<std::string>> word_checks() {
  std::string sql(embedded::migration_001);
  // Its table of executions was replaced later.
  const std::size_t old = sql.find("CREATE TABLE sandbox_executions");
  sql.erase(old, sql.find("STRICT;", old) - old);
  sql += embedded::migration_003;
  const std::regex check(R"((\w+)\s+IN\s*\(([^)]*)\))");
  const std::regex word("'(\\w+)'");
  std::multimap<std::string, std::vector<std::string>> all;
  for (std::sregex_iterator it(sql.begin(), sql.end(), check), end; it != end; ++it) {
    const std::string list = (*it)[2];
    std::vector<std::string> words;
    for (std::sregex_iterator w(list.begin(), list.end(), word); w != end; ++w) {
      words.push_back((*w)[1]);
    }
    if (!words.empty()) all.emplace((*it)[1], words);
  }
  return all;
}

}  // namespace

TEST_CASE("the words that the schema admits are those of the enumerations") {
  const std::map<std::string, std::vector<std::string>> wanted = {
      {"safety_level", names<SafetyLevel>()},
      {"status", names<SessionStatus>()},
      {"modification_type", names<ModificationType>()},
      {"severity", names<Severity>()},
      {"proposer", names<ProposerKind>()},
      {"decision", names<Decision>()},
      {"execution_type", names<ExecutionType>()},
      {"kind", {"session", "proposal", "verdict", "application", "rollback"}},
      {"method", {"restored", "revert"}},
  };
  std::set<std::string> seen;
  for (const auto& [column, words] : word_checks()) {
    CAPTURE(column);
    REQUIRE(wanted.contains(column));
    CHECK(words == wanted.at(column));
    seen.insert(column);
  }
  CHECK(seen.size() == wanted.size());
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
  CHECK(ask("PRAGMA user_version") == "3");
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
        SELECT 1 FROM pragma_table_info(t.name) c WHERE c.name = k."from" AND c.pk = 1)
      AND t.name <> 'rollbacks')") == "without: ");
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
  CHECK_THAT(error.message, ContainsSubstring("schema 7, expected 3 or older"));
  CHECK(ask("PRAGMA user_version") == "7");
}

TEST_CASE_METHOD(StoreTest, "a database of somebody else is left alone") {
  const auto other = folder().parent_path() / "other";
  std::filesystem::create_directories(other);
  {
    Database database = take(Database::open(other / "automod.db"));
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
    Database database = take(Database::open(other / "automod.db"));
    auto transaction = take(Transaction::begin(database));
    take(database.run(embedded::migration_001));
    // Not committed: as if the process had died here.
  }
  Store opened = take(Store::open(other, clock));
  CHECK(take(opened.sessions(1)).empty());
}

TEST_CASE_METHOD(StoreTest, "rows of an older schema are kept, and say nothing of costs") {
  const Modification one = propose();
  const Evidence evidence = evidence_of(one);
  take(store.add_trial(one.id, evidence, verdict_of(evidence, Decision::kApproved),
                       {ExecutionRow{.costs = ExecutionCosts{.setup_us = 5}}}, {}));
  // Back to what the first automod would have written.
  for (const char* column :
       {"setup_us", "run_us", "teardown_us", "peak_memory_bytes", "written_bytes"}) {
    take(sql(fmt::format("ALTER TABLE sandbox_executions DROP COLUMN {}", column)));
  }
  take(sql("DROP TABLE trial_keys"));
  take(sql("PRAGMA user_version = 1"));
  const auto rows = take(open().executions(one.id));
  REQUIRE(rows.size() == 1);
  CHECK_FALSE(rows[0].costs);
  CHECK(ask("PRAGMA user_version") == "3");
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
  CHECK_THAT(error.hint, ContainsSubstring(".recover"));
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
