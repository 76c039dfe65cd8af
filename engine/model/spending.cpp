#include "engine/model/spending.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <mutex>
#include <utility>

#include "base/sqlite.hpp"

namespace automod::model {

namespace {

using std::chrono::days;
using std::chrono::milliseconds;

constexpr std::int64_t kSchema = 1;
constexpr std::int64_t kMostTokens = 1'000'000'000'000;  // of one answer: more is no count
constexpr double kMostDollars = 1e6;
constexpr double kMillion = 1e6;
constexpr double kNothing = 1e-9;  // dollars: sums are not exact
constexpr std::string_view kDamageHint =
    "move the file away to begin a new one; what was spent today is not counted then";

constexpr std::string_view kCreate =
    "CREATE TABLE attempts("
    "  id INTEGER PRIMARY KEY AUTOINCREMENT,"
    "  at INTEGER NOT NULL,"  // milliseconds since 1970, when it was set aside
    "  session TEXT NOT NULL,"
    "  model TEXT NOT NULL,"       // the user's name for it
    "  settled INTEGER NOT NULL,"  // 0: the amounts are the most that it can come to
    "  input INTEGER NOT NULL,"
    "  cached INTEGER NOT NULL,"
    "  written INTEGER NOT NULL,"
    "  output INTEGER NOT NULL,"
    "  dollars REAL NOT NULL"
    ") STRICT;"
    "CREATE INDEX attempts_at ON attempts(at);"
    "CREATE INDEX attempts_session ON attempts(session);"
    "PRAGMA user_version = 1;";

/// A provider may say what it likes; sums must stay sums.
std::int64_t sane(std::int64_t tokens) { return std::clamp(tokens, std::int64_t{0}, kMostTokens); }
double sane(double dollars) {
  return std::isfinite(dollars) ? std::clamp(dollars, 0.0, kMostDollars) : kMostDollars;
}

std::int64_t stamp(Clock::Time time) { return time.time_since_epoch().count(); }

/// A budget that nobody can count is no budget.
Error uncountable(Error error) {
  if (error.hint == kDamageHint) error.kind = ErrorKind::kUnavailable;
  return std::move(error).within("counting what models cost");
}

void bind(Statement& statement, const Usage& usage, double dollars) {
  for (const std::int64_t tokens : {usage.input, usage.cached, usage.written, usage.output}) {
    statement.whole(sane(tokens));
  }
  statement.real(sane(dollars));
}

struct Sum {
  double dollars = 0;
  std::int64_t tokens = 0;
};

/// Which limit a further `most` would break.
std::optional<std::string> exceeded(std::string_view whose, const Sum& gone, const Sum& most,
                                    const Budget& budget) {
  if (budget.dollars > 0 && gone.dollars + most.dollars > budget.dollars + kNothing) {
    return fmt::format(
        "{}_dollars is {:.2f}: {:.4f} are spent or set aside, and the question can cost {:.4f}",
        whose, budget.dollars, gone.dollars, most.dollars);
  }
  if (budget.tokens > 0 && gone.tokens + most.tokens > budget.tokens) {
    return fmt::format("{}_tokens is {}: {} are spent or set aside, and the question can take {}",
                       whose, budget.tokens, gone.tokens, most.tokens);
  }
  return std::nullopt;
}

}  // namespace

double cost_of(const Usage& usage, const std::optional<Price>& price) {
  if (!price) return 0;
  const auto cached = static_cast<double>(sane(usage.cached));
  const auto written = static_cast<double>(sane(usage.written));
  const double plain = std::max(0.0, static_cast<double>(sane(usage.input)) - cached - written);
  return (plain * price->input + cached * price->cached + written * price->written +
          static_cast<double>(sane(usage.output)) * price->output) /
         kMillion;
}

struct Spending::Impl {
  Database database;
  const Clock& clock;
  mutable std::mutex mutex;  // the connection is one thread's at a time

  Result<std::int64_t> number(std::string_view sql) const {
    Statement statement(database, sql);
    const auto row = statement.step();
    if (!row) return fail(row.error());
    return statement.whole_at(0);
  }

  /// Creates the tables of a new file; refuses those of others.
  Result<void> prepare() {
    auto transaction = Transaction::begin(database);
    if (!transaction) return fail(transaction.error());
    const auto version = number("PRAGMA user_version");
    const auto tables = number("SELECT count(*) FROM sqlite_schema");
    if (!version || !tables) return fail(!version ? version.error() : tables.error());
    if (*version == kSchema) return {};
    if (*version > kSchema) {
      return fail(ErrorKind::kUnavailable,
                  fmt::format("spending.db has schema {}, expected {}", *version, kSchema),
                  "a newer automod has written it; install that one or a later");
    }
    if (*version != 0 || *tables != 0) {
      return fail(ErrorKind::kInternal, "spending.db is no file of automod's",
                  std::string(kDamageHint));
    }
    if (auto made = database.run(kCreate); !made) return made;
    return transaction->commit();
  }

  static Result<Sum> sum(Statement& statement) {
    const auto row = statement.step();
    if (!row) return fail(row.error());
    return Sum{.dollars = statement.real_at(0).value_or(0), .tokens = statement.whole_at(1)};
  }

  /// Spent, or set aside within a day.
  Result<Sum> gone_of_session(std::string_view session) const {
    Statement statement(database,
                        "SELECT total(dollars), ifnull(sum(input + output), 0) FROM attempts "
                        "WHERE session = ? AND (settled = 1 OR at >= ?)");
    statement.text(session).whole(a_day_ago());
    return sum(statement);
  }
  Result<Sum> gone_today() const {
    Statement statement(database,
                        "SELECT total(dollars), ifnull(sum(input + output), 0) FROM attempts "
                        "WHERE settled = 1 AND at >= ? OR settled = 0 AND at >= ?");
    statement.whole(midnight()).whole(a_day_ago());
    return sum(statement);
  }
  std::int64_t a_day_ago() const { return stamp(clock.now() - days(1)); }
  std::int64_t midnight() const { return stamp(std::chrono::floor<days>(clock.now())); }

  static Result<Spent> read(Statement& statement) {
    const auto row = statement.step();
    if (!row) return fail(uncountable(row.error()));
    return Spent{.questions = statement.whole_at(0),
                 .usage = {.input = statement.whole_at(1),
                           .cached = statement.whole_at(2),
                           .written = statement.whole_at(3),
                           .output = statement.whole_at(4)},
                 .dollars = statement.real_at(5).value_or(0)};
  }

  Result<Aside> set_aside(std::string_view session, std::string_view model, const Usage& most,
                          double dollars, const std::array<Budget, 2>& budgets) {
    auto transaction = Transaction::begin(database);
    if (!transaction) return fail(transaction.error());
    const auto session_gone = gone_of_session(session);
    const auto day_gone = gone_today();
    if (!session_gone || !day_gone) {
      return fail(!session_gone ? session_gone.error() : day_gone.error());
    }
    const Sum wanted{.dollars = sane(dollars), .tokens = sane(most.input) + sane(most.output)};
    auto problem = exceeded("session", *session_gone, wanted, budgets[0]);
    if (!problem) problem = exceeded("day", *day_gone, wanted, budgets[1]);
    if (problem) return Aside{.id = 0, .exceeded = std::move(problem)};
    Statement insert(database,
                     "INSERT INTO attempts(at, session, model, settled, input, cached, written, "
                     "output, dollars) VALUES(?, ?, ?, 0, ?, ?, ?, ?, ?) RETURNING id");
    insert.whole(stamp(clock.now())).text(session).text(model);
    bind(insert, most, dollars);
    const auto row = insert.step();
    if (!row) return fail(row.error());
    const std::int64_t id = insert.whole_at(0);
    insert.reset();
    if (auto done = transaction->commit(); !done) return fail(done.error());
    return Aside{.id = id, .exceeded = std::nullopt};
  }

  Result<void> settle(std::int64_t id, const Usage& usage, double dollars) {
    auto transaction = Transaction::begin(database);
    if (!transaction) return fail(transaction.error());
    Statement update(database,
                     "UPDATE attempts SET settled = 1, input = ?, cached = ?, written = ?, "
                     "output = ?, dollars = ? WHERE id = ? AND settled = 0 RETURNING id");
    bind(update, usage, dollars);
    update.whole(id);
    const auto row = update.step();
    if (!row) return fail(row.error());
    if (!*row) {
      return fail(ErrorKind::kInternal, fmt::format("nothing is set aside as number {}", id));
    }
    update.reset();
    return transaction->commit();
  }
};

Spending::Spending(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Spending::Spending(Spending&&) noexcept = default;
Spending::~Spending() = default;

Result<Spending> Spending::open(const std::filesystem::path& folder, const Clock& clock) {
  std::error_code code;
  std::filesystem::create_directories(folder, code);
  if (code) return fail_errno(fmt::format("creating {}", folder.string()), code.value());
  auto database =
      Database::open(folder / "spending.db", {.durable = true, .damage_hint = kDamageHint});
  if (!database) return fail(uncountable(std::move(database.error())));
  auto impl = std::make_unique<Impl>(std::move(*database), clock);
  if (auto ready = impl->prepare(); !ready) return fail(uncountable(std::move(ready.error())));
  return Spending(std::move(impl));
}

Result<Spending::Aside> Spending::set_aside(std::string_view session, std::string_view model,
                                            const Usage& most, double dollars,
                                            const Budget& of_session, const Budget& of_day) {
  const std::scoped_lock lock(impl_->mutex);
  auto aside = impl_->set_aside(session, model, most, dollars, {of_session, of_day});
  if (!aside) return fail(uncountable(std::move(aside.error())));
  return aside;
}

Result<void> Spending::settle(std::int64_t id, const Usage& usage, double dollars) {
  const std::scoped_lock lock(impl_->mutex);
  auto done = impl_->settle(id, usage, dollars);
  if (!done) return fail(uncountable(std::move(done.error())));
  return done;
}

Result<Spent> Spending::of_session(std::string_view session, std::string_view model) const {
  const std::scoped_lock lock(impl_->mutex);
  Statement statement(
      impl_->database,
      "SELECT count(*), ifnull(sum(input), 0), ifnull(sum(cached), 0), "
      "ifnull(sum(written), 0), ifnull(sum(output), 0), total(dollars) "
      "FROM attempts WHERE settled = 1 AND session = ?1 AND (?2 = '' OR model = ?2)");
  statement.text(session).text(model);
  return Impl::read(statement);
}

Result<Spent> Spending::today() const {
  const std::scoped_lock lock(impl_->mutex);
  Statement statement(impl_->database,
                      "SELECT count(*), ifnull(sum(input), 0), ifnull(sum(cached), 0), "
                      "ifnull(sum(written), 0), ifnull(sum(output), 0), total(dollars) "
                      "FROM attempts WHERE settled = 1 AND at >= ?");
  statement.whole(impl_->midnight());
  return Impl::read(statement);
}

}  // namespace automod::model
