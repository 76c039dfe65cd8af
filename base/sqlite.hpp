#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.hpp"

struct sqlite3;
struct sqlite3_stmt;

/// SQLite, thinly: one connection, statements, transactions, and its codes as Errors.
namespace automod {

/// How long a statement waits for another process before it gives up with kConflict.
inline constexpr std::chrono::seconds kPatience{30};

struct DatabaseUse {
  bool durable = true;           // false: what was written last may be gone after a power cut
  std::string_view damage_hint;  // what to do about rubbish in the file; a literal
};

class Database {
 public:
  /// Opens or creates the file, mode 0600, in WAL mode with all safety switches on.
  static Result<Database> open(const std::filesystem::path& file, const DatabaseUse& use);

  /// Runs statements that give no rows and take no values.
  Result<void> run(std::string_view sql);
  /// The last failure on this connection.
  Error error(int code) const;

  // Of the last error() since a transaction was begun:
  bool was_full() const;     // the disk, or what the user may have of it
  bool was_damage() const;   // the file is no database, or some of its pages are rubbish
  bool was_unknown() const;  // a flush failed: what was written may be there or not

  sqlite3* handle() const { return handle_.get(); }

 private:
  friend class Transaction;
  struct Close {
    void operator()(sqlite3* handle) const;
  };
  std::filesystem::path file_;
  std::string_view damage_hint_;
  std::unique_ptr<sqlite3, Close> handle_;
  mutable int failure_ = 0;  // SQLite's extended code
  mutable int system_ = 0;   // and the errno behind it
};

/// One prepared statement. Values are bound in order; what goes wrong on the way is kept and
/// reported by step() or run(). Borrows the database.
class Statement {
 public:
  Statement(const Database& database, std::string_view sql);

  /// Text as it is. TEXT columns get it through valid_text() where it came from outside.
  Statement& text(std::string_view value);
  Statement& text_or_null(std::string_view value);  // empty: NULL
  Statement& bytes(const std::optional<std::string>& value);
  Statement& whole(std::int64_t value);
  Statement& whole_or_null(std::size_t value);  // 0: NULL
  Statement& real(double value);
  Statement& real(const std::optional<double>& value);
  Statement& null();

  /// Goes to the next row; false when there is none.
  Result<bool> step();
  /// For statements without rows.
  Result<void> run();
  /// Ready to be bound and run once more.
  void reset();

  std::string text_at(int column) const;  // NULL: empty
  std::optional<std::string> bytes_at(int column) const;
  std::int64_t whole_at(int column) const;
  std::optional<double> real_at(int column) const;
  bool null_at(int column) const;

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* handle) const;
  };
  void check(int code);

  const Database& database_;
  std::unique_ptr<sqlite3_stmt, Finalize> handle_;
  int next_ = 1;
  std::optional<Error> problem_;
};

/// Holds the right to write from begin() on; rolls back unless committed. What was committed to a
/// durable database survives a power cut.
class Transaction {
 public:
  static Result<Transaction> begin(Database& database);
  /// For reading only: all statements see one state of the database.
  static Result<Transaction> snapshot(Database& database);
  Transaction(Transaction&& other) noexcept;
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();

  Result<void> commit();

 private:
  explicit Transaction(Database& database) : database_(&database) {}
  Database* database_;
};

/// `text` for a TEXT column: valid UTF-8 without NUL, both replaced by U+FFFD.
std::string valid_text(std::string_view text);

}  // namespace automod
