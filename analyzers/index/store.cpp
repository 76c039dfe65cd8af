#include "analyzers/index/store.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>

#include <array>
#include <cerrno>
#include <chrono>

#include "base/fd.hpp"

namespace automod::analyzers {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kDamageHint = "run: automod cache prune --all";

constexpr std::string_view kSchema =
    "CREATE TABLE about (version TEXT NOT NULL);"
    "CREATE TABLE facts ("
    "  id INTEGER PRIMARY KEY,"
    "  blob BLOB NOT NULL,"
    "  language INTEGER NOT NULL,"
    "  left_out INTEGER NOT NULL,"
    "  used INTEGER NOT NULL,"  // day since the epoch
    "  bytes BLOB NOT NULL"
    ");"
    "CREATE UNIQUE INDEX facts_by_blob ON facts (blob, language);"
    "CREATE TABLE trees (tree TEXT PRIMARY KEY, used INTEGER NOT NULL, summary TEXT NOT NULL)"
    "  WITHOUT ROWID;";

std::int64_t today() {
  const auto now = std::chrono::system_clock::now();
  return std::chrono::floor<std::chrono::days>(now).time_since_epoch().count();
}

/// Half as long as the hexadecimal digits; what is no such digit counts as it is.
std::string packed(std::string_view hex) {
  const auto digit = [](char c) {
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= '0' && c <= '9' ? c - '0' : -1;
  };
  std::string out;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    const int high = digit(hex[i]), low = digit(hex[i + 1]);
    if (high < 0 || low < 0) return std::string(hex);
    out += static_cast<char>(high << 4 | low);
  }
  return hex.size() % 2 == 0 ? out : std::string(hex);
}

Statement& bind(Statement& statement, const BlobKey& key) {
  return statement.bytes(packed(key.blob)).whole(static_cast<std::int64_t>(key.language));
}

/// The version that wrote it; empty for a new file.
Result<std::string> version_of(const Database& database) {
  Statement tables(database, "SELECT count(*) FROM sqlite_schema");
  if (auto row = tables.step(); !row) return fail(std::move(row.error()));
  if (tables.whole_at(0) == 0) return std::string();
  Statement about(database, "SELECT version FROM about");
  if (auto row = about.step(); !row) return fail(std::move(row.error()));
  return about.text_at(0);
}

Result<void> create_tables(Database& database) {
  auto transaction = Transaction::begin(database);
  if (!transaction) return fail(std::move(transaction.error()));
  if (auto made = database.run(kSchema); !made) return made;
  Statement about(database, "INSERT INTO about (version) VALUES (?)");
  if (auto made = about.text(facts_version()).run(); !made) return made;
  return transaction->commit();
}

/// Who opens it makes it, or makes it anew, while nobody else does.
Result<Fd> lock_beside(const fs::path& file) {
  const fs::path lock = file.string() + ".lock";
  Fd fd(::open(lock.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!fd) return fail_errno(fmt::format("opening {}", lock.string()), errno);
  while (::flock(fd.get(), LOCK_EX) != 0) {
    if (errno != EINTR) return fail_errno(fmt::format("locking {}", lock.string()), errno);
  }
  return fd;
}

Result<void> remove_database(const fs::path& file) {
  for (const std::string_view ending : {"-wal", "-shm", ""}) {
    std::error_code code;
    const fs::path path = file.string() + std::string(ending);
    fs::remove(path, code);
    if (code) return fail_errno(fmt::format("removing {}", path.string()), code.value());
  }
  return {};
}

/// Of today's version or new; nullopt where the file has to go.
Result<std::optional<Database>> open_if_ours(const fs::path& file) {
  auto database = Database::open(file, {.durable = false, .damage_hint = kDamageHint});
  if (!database) {
    // Rubbish where a database should be. All else, such as missing permissions, is for people.
    if (database.error().kind == ErrorKind::kInternal) return std::nullopt;
    return fail(std::move(database.error()));
  }
  const auto version = version_of(*database);
  if (!version || (!version->empty() && *version != facts_version())) return std::nullopt;
  if (version->empty()) {
    if (auto made = create_tables(*database); !made) return fail(std::move(made.error()));
  }
  return std::optional(std::move(*database));
}

Result<std::int64_t> number(const Database& database, std::string_view sql) {
  Statement statement(database, sql);
  if (auto row = statement.step(); !row) return fail(std::move(row.error()));
  return statement.whole_at(0);
}

}  // namespace

Result<FactsTable> FactsTable::open(const fs::path& file) {
  std::error_code code;
  fs::create_directories(file.parent_path(), code);
  const auto lock = lock_beside(file);
  if (!lock) return fail(lock.error());
  auto database = open_if_ours(file);
  if (database && !*database) {
    if (auto removed = remove_database(file); !removed) return fail(std::move(removed.error()));
    database = open_if_ours(file);
  }
  if (!database) return fail(std::move(database.error()).within("opening the index"));
  if (!*database) return fail(ErrorKind::kInternal, "the index cannot be made anew");
  return FactsTable(std::move(**database));
}

Result<void> FactsTable::remove(const fs::path& file) {
  const auto lock = lock_beside(file);
  if (!lock) return fail(lock.error());
  return remove_database(file);
}

Result<std::vector<std::optional<KnownBlob>>> FactsTable::find(const std::vector<BlobKey>& keys) {
  const auto snapshot = Transaction::snapshot(database_);
  if (!snapshot) return fail(snapshot.error());
  const std::int64_t day = today();
  std::vector<std::optional<KnownBlob>> all(keys.size());
  Statement statement(database_,
                      "SELECT id, left_out, used FROM facts WHERE blob = ? AND language = ?");
  for (std::size_t i = 0; i < keys.size(); ++i) {
    auto row = bind(statement, keys[i]).step();
    if (!row) return fail(std::move(row.error()));
    if (*row) {
      all[i] = {.row = statement.whole_at(0),
                .left_out = static_cast<LeftOut>(statement.whole_at(1)),
                .is_fresh = statement.whole_at(2) == day};
    }
    statement.reset();
  }
  return all;
}

Result<std::vector<std::optional<std::string>>> FactsTable::bytes(
    const std::vector<BlobKey>& keys) {
  const auto snapshot = Transaction::snapshot(database_);
  if (!snapshot) return fail(snapshot.error());
  std::vector<std::optional<std::string>> all(keys.size());
  Statement statement(database_, "SELECT bytes FROM facts WHERE blob = ? AND language = ?");
  for (std::size_t i = 0; i < keys.size(); ++i) {
    auto row = bind(statement, keys[i]).step();
    if (!row) return fail(std::move(row.error()));
    if (*row) all[i] = statement.bytes_at(0);
    statement.reset();
  }
  return all;
}

Result<void> FactsTable::add(const std::vector<NewFacts>& all) {
  auto transaction = Transaction::begin(database_);
  if (!transaction) return fail(std::move(transaction.error()));
  const std::int64_t day = today();
  Statement statement(database_,
                      "INSERT OR IGNORE INTO facts (blob, language, left_out, used, bytes) "
                      "VALUES (?, ?, ?, ?, ?)");
  for (const NewFacts& one : all) {
    bind(statement, one.key).whole(static_cast<std::int64_t>(one.left_out)).whole(day);
    if (auto added = statement.bytes(one.bytes).run(); !added) return added;
    statement.reset();
  }
  return transaction->commit();
}

Result<void> FactsTable::touch(const std::vector<std::int64_t>& rows) {
  if (rows.empty()) return {};
  auto transaction = Transaction::begin(database_);
  if (!transaction) return fail(std::move(transaction.error()));
  const std::int64_t day = today();
  Statement statement(database_, "UPDATE facts SET used = ? WHERE id = ?");
  for (const std::int64_t row : rows) {
    if (auto done = statement.whole(day).whole(row).run(); !done) return done;
    statement.reset();
  }
  return transaction->commit();
}

Result<std::optional<std::string>> FactsTable::tree(std::string_view tree) const {
  Statement statement(database_, "SELECT summary FROM trees WHERE tree = ? AND used = ?");
  auto row = statement.text(tree).whole(today()).step();
  if (!row) return fail(std::move(row.error()));
  if (!*row) return std::nullopt;
  return statement.text_at(0);
}

Result<void> FactsTable::add_tree(std::string_view tree, std::string_view summary) {
  Statement statement(database_,
                      "INSERT OR REPLACE INTO trees (tree, used, summary) VALUES (?, ?, ?)");
  return statement.text(tree).whole(today()).text(summary).run();
}

Result<std::size_t> FactsTable::size() const {
  const auto pages = number(database_, "PRAGMA page_count");
  const auto bytes = number(database_, "PRAGMA page_size");
  if (!pages) return fail(pages.error());
  if (!bytes) return fail(bytes.error());
  return static_cast<std::size_t>(*pages * *bytes);
}

Result<void> FactsTable::shrink(std::size_t bytes) {
  const auto now = size();
  if (!now) return fail(now.error());
  if (*now <= bytes) return {};
  const auto held = number(database_, "SELECT coalesce(sum(length(bytes)), 0) FROM facts");
  if (!held) return fail(held.error());
  // What is around the facts shrinks with them.
  const double share = static_cast<double>(bytes) / static_cast<double>(*now);
  const auto allowed = static_cast<std::int64_t>(share * static_cast<double>(*held));
  {
    auto transaction = Transaction::begin(database_);
    if (!transaction) return fail(std::move(transaction.error()));
    // A tree is known as a whole or not at all.
    if (auto gone = database_.run("DELETE FROM trees"); !gone) return gone;
    Statement statement(database_,
                        "DELETE FROM facts WHERE id IN (SELECT id FROM (SELECT id, "
                        "sum(length(bytes)) OVER (ORDER BY used DESC, id DESC) AS total "
                        "FROM facts) WHERE total > ?)");
    if (auto gone = statement.whole(allowed).run(); !gone) return gone;
    if (auto done = transaction->commit(); !done) return done;
  }
  return database_.run("VACUUM");
}

}  // namespace automod::analyzers
