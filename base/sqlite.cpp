#include "base/sqlite.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sqlite3.h>

#include <cerrno>
#include <thread>
#include <utility>

#include "base/fd.hpp"
#include "base/text.hpp"

namespace automod {

namespace {

/// Creates the file before SQLite does: its log and index files take over our permissions.
Result<void> create_private(const std::filesystem::path& file) {
  const Fd fd(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (fd) return {};
  if (errno == EACCES || errno == EROFS) {
    return fail(ErrorKind::kUnavailable, fmt::format("{} cannot be written", file.string()),
                "check the permissions of its folder");
  }
  return fail_errno(fmt::format("creating {}", file.string()), errno);
}

Result<std::string> journal_mode(Database& database, std::string_view sql) {
  Statement statement(database, sql);
  auto row = statement.step();
  if (!row) return fail(std::move(row.error()));
  return statement.text_at(0);
}

/// SQLite does not wait for others when it changes the journal mode, so we do.
Result<void> use_wal(Database& database) {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  for (;;) {
    auto mode = journal_mode(database, "PRAGMA journal_mode");
    if (mode && *mode != "wal") mode = journal_mode(database, "PRAGMA journal_mode = WAL");
    if (mode && *mode == "wal") return {};
    if (mode) {
      return fail(ErrorKind::kUnavailable,
                  fmt::format("SQLite keeps journal mode '{}', expected 'wal'", *mode),
                  "keep the repository on a local file system");
    }
    if (mode.error().kind != ErrorKind::kConflict || std::chrono::steady_clock::now() > deadline) {
      return fail(std::move(mode.error()));
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

ErrorKind kind_of(int code) {
  switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return ErrorKind::kConflict;
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_CANTOPEN:
      return ErrorKind::kUnavailable;
    default:
      return ErrorKind::kInternal;
  }
}

std::string hint_for(int code, const std::string& file, std::string_view damage_hint) {
  switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return "another automod is writing; try again";
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_CANTOPEN:
      return fmt::format("check the permissions of {} and its folder", file);
    case SQLITE_FULL:
    case SQLITE_IOERR:
      return "make room on the disk; what was recorded before is safe";
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return std::string(damage_hint);
    default:
      return {};
  }
}

}  // namespace

void Database::Close::operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }

Result<Database> Database::open(const std::filesystem::path& file, const DatabaseUse& use) {
  if (auto created = create_private(file); !created) return fail(std::move(created.error()));
  Database database;
  database.file_ = file;
  database.damage_hint_ = use.damage_hint;
  sqlite3* handle = nullptr;
  const int code =
      sqlite3_open_v2(file.c_str(), &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
  database.handle_.reset(handle);
  if (code != SQLITE_OK) return fail(database.error(code));
  sqlite3_extended_result_codes(handle, 1);
  sqlite3_busy_timeout(handle, static_cast<int>(std::chrono::milliseconds(kPatience).count()));
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  auto ready = database.run(
      "PRAGMA trusted_schema = OFF;"
      "PRAGMA cell_size_check = ON;"
      "PRAGMA foreign_keys = ON;"
      "PRAGMA recursive_triggers = ON;"
      // What is recorded is for its user alone, and nobody knows who reads /var/tmp.
      "PRAGMA temp_store = MEMORY;");
  if (ready) ready = use_wal(database);
  if (ready) {
    ready = database.run(use.durable ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL");
  }
  if (!ready) return fail(std::move(ready.error()));
  return database;
}  // namespace automod

Result<void> Database::run(std::string_view sql) {
  const int code = sqlite3_exec(handle(), std::string(sql).c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return fail(error(code));
  return {};
}

Error Database::error(int code) const {
  const std::string file = file_.string();
  std::string reason = handle_ ? sqlite3_errmsg(handle()) : sqlite3_errstr(code);
  system_ = handle_ ? sqlite3_system_errno(handle()) : 0;
  failure_ = handle_ ? sqlite3_extended_errcode(handle()) : code;
  if ((failure_ & 0xff) != (code & 0xff)) failure_ = code;
  if (system_ != 0 && (code & 0xff) == SQLITE_IOERR) {
    reason += fmt::format(", {}", std::generic_category().message(system_));
  }
  return {kind_of(code), fmt::format("{}: {}", file, reason), hint_for(code, file, damage_hint_)};
}

bool Database::was_full() const {
  const int base = failure_ & 0xff;
  return base == SQLITE_FULL || ((base == SQLITE_IOERR || base == SQLITE_CANTOPEN) &&
                                 (system_ == ENOSPC || system_ == EDQUOT));
}

bool Database::was_damage() const {
  const int base = failure_ & 0xff;
  return base == SQLITE_CORRUPT || base == SQLITE_NOTADB;
}

bool Database::was_unknown() const {
  return failure_ == SQLITE_IOERR_FSYNC || failure_ == SQLITE_IOERR_DIR_FSYNC;
}

void Statement::Finalize::operator()(sqlite3_stmt* handle) const { sqlite3_finalize(handle); }

Statement::Statement(const Database& database, std::string_view sql) : database_(database) {
  sqlite3_stmt* handle = nullptr;
  check(sqlite3_prepare_v2(database.handle(), sql.data(), static_cast<int>(sql.size()), &handle,
                           nullptr));
  handle_.reset(handle);
}

void Statement::check(int code) {
  if (code != SQLITE_OK && !problem_) problem_ = database_.error(code);
}

Statement& Statement::text(std::string_view value) {
  const char* data = value.empty() ? "" : value.data();
  check(sqlite3_bind_text64(handle_.get(), next_++, data, value.size(), SQLITE_TRANSIENT,
                            SQLITE_UTF8));
  return *this;
}

Statement& Statement::text_or_null(std::string_view value) {
  return value.empty() ? null() : text(value);
}

Statement& Statement::bytes(const std::optional<std::string>& value) {
  if (!value) return null();
  const char* data = value->empty() ? "" : value->data();
  check(sqlite3_bind_blob64(handle_.get(), next_++, data, value->size(), SQLITE_TRANSIENT));
  return *this;
}

Statement& Statement::whole(std::int64_t value) {
  check(sqlite3_bind_int64(handle_.get(), next_++, value));
  return *this;
}

Statement& Statement::whole_or_null(std::size_t value) {
  return value == 0 ? null() : whole(static_cast<std::int64_t>(value));
}

Statement& Statement::real(double value) {
  check(sqlite3_bind_double(handle_.get(), next_++, value));
  return *this;
}

Statement& Statement::real(const std::optional<double>& value) {
  return value ? real(*value) : null();
}

Statement& Statement::null() {
  check(sqlite3_bind_null(handle_.get(), next_++));
  return *this;
}

Result<bool> Statement::step() {
  if (problem_) return fail(*problem_);
  const int code = sqlite3_step(handle_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return fail(database_.error(code));
}

Result<void> Statement::run() {
  auto row = step();
  if (!row) return fail(std::move(row.error()));
  return {};
}

void Statement::reset() {
  sqlite3_reset(handle_.get());
  sqlite3_clear_bindings(handle_.get());
  next_ = 1;
}

std::string Statement::text_at(int column) const { return bytes_at(column).value_or(""); }

std::optional<std::string> Statement::bytes_at(int column) const {
  if (null_at(column)) return std::nullopt;
  const void* data = sqlite3_column_blob(handle_.get(), column);
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(handle_.get(), column));
  return size == 0 ? std::string() : std::string(static_cast<const char*>(data), size);
}

std::int64_t Statement::whole_at(int column) const {
  return sqlite3_column_int64(handle_.get(), column);
}

std::optional<double> Statement::real_at(int column) const {
  if (null_at(column)) return std::nullopt;
  return sqlite3_column_double(handle_.get(), column);
}

bool Statement::null_at(int column) const {
  return sqlite3_column_type(handle_.get(), column) == SQLITE_NULL;
}

Result<Transaction> Transaction::begin(Database& database) {
  database.failure_ = 0;
  // At once for writing: a transaction that reads first could find that somebody else wrote.
  if (auto begun = database.run("BEGIN IMMEDIATE"); !begun) return fail(std::move(begun.error()));
  return Transaction(database);
}

Result<Transaction> Transaction::snapshot(Database& database) {
  if (auto begun = database.run("BEGIN"); !begun) return fail(std::move(begun.error()));
  return Transaction(database);
}

Transaction::Transaction(Transaction&& other) noexcept
    : database_(std::exchange(other.database_, nullptr)) {}

Transaction::~Transaction() {
  // Some errors, such as a full disk, have already rolled back; then there is nothing to do.
  if (database_ != nullptr && sqlite3_get_autocommit(database_->handle()) == 0) {
    // Not through run(): what failed before is what callers ask about.
    sqlite3_exec(database_->handle(), "ROLLBACK", nullptr, nullptr, nullptr);
  }
}

Result<void> Transaction::commit() {
  auto done = database_->run("COMMIT");
  if (done) database_ = nullptr;
  return done;
}

std::string valid_text(std::string_view text) {
  std::string out = valid_utf8(text);
  for (std::size_t at = out.find('\0'); at != std::string::npos; at = out.find('\0', at)) {
    out.replace(at, 1, "\xef\xbf\xbd");
  }
  return out;
}

}  // namespace automod
