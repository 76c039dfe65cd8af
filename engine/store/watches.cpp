#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "base/text.hpp"
#include "engine/store/core.hpp"
#include "engine/store/payloads.hpp"

namespace automod::store {

namespace {

Result<std::vector<WatchCheck>> read_checks(const Database& database, const WatchId& id) {
  Statement statement(database, R"(
      SELECT outcome, wall_ms, value, detail, checked_at FROM watch_checks
      WHERE watch_id = ? ORDER BY position)");
  statement.text(id.text);
  return collect<WatchCheck>(statement, [](Statement& row) -> Result<WatchCheck> {
    return WatchCheck{.outcome = row.text_at(0),
                      .wall_ms = row.whole_at(1),
                      .value = row.real_at(2),
                      .detail = row.text_at(3),
                      .checked_at = row.text_at(4)};
  });
}

/// One that still runs.
Result<Watch> running(const Database& database, const WatchId& id) {
  Statement statement(database, fmt::format("SELECT {} FROM watches WHERE id = ?", kWatchColumns));
  auto row = statement.text(id.text).step();
  if (!row) return fail(std::move(row.error()));
  if (!*row) return fail(ErrorKind::kUsage, fmt::format("no watch '{}'", printable_line(id.text)));
  auto watch = read_watch(database, statement, 0);
  if (watch && watch->state != "running") {
    return fail(ErrorKind::kConflict,
                fmt::format("watch {} has ended already as {}", id.text, watch->state));
  }
  return watch;
}

}  // namespace

Watch read_watch_row(const Statement& row, int from) {
  return {.id = {row.text_at(from)},
          .modification = {row.text_at(from + 1)},
          .command = row.text_at(from + 2),
          .every_seconds = row.whole_at(from + 3),
          .for_seconds = row.whole_at(from + 4),
          .state = row.text_at(from + 5),
          .why = row.text_at(from + 6),
          .started_at = row.text_at(from + 7),
          .ended_at = row.text_at(from + 8)};
}

Result<Watch> read_watch(const Database& database, const Statement& row, int from) {
  Watch watch = read_watch_row(row, from);
  auto checks = read_checks(database, watch.id);
  if (!checks) return fail(std::move(checks.error()));
  watch.checks = std::move(*checks);
  return watch;
}

namespace {

Result<void> insert_check(const Core& core, const WatchId& id, std::int64_t position,
                          const WatchCheck& check) {
  Statement insert(core.database, R"(
      INSERT INTO watch_checks (watch_id, position, outcome, wall_ms, value, detail, checked_at)
      VALUES (?, ?, ?, ?, ?, ?, ?))");
  insert.text(id.text).whole(position).text(check.outcome).whole(check.wall_ms);
  insert.real(check.value).text(valid_text(check.detail));
  return insert.text(check.checked_at).run();
}

Result<void> end(const Core& core, const Watch& watch) {
  auto number =
      append(core, watch.ended_at, "watch", watch.modification.text, end_payload_of(watch));
  if (!number) return fail(std::move(number.error()));
  Statement update(core.database, R"(
      UPDATE watches SET state = ?, why = ?, ended_at = ?, end_number = ? WHERE id = ?)");
  update.text(watch.state).text(watch.why).text(watch.ended_at).whole(*number);
  return update.text(watch.id.text).run();
}

}  // namespace

Result<void> record(const Core& core, const Watch& watch) {
  auto number =
      append(core, watch.started_at, "watch", watch.modification.text, begin_payload_of(watch));
  if (!number) return fail(std::move(number.error()));
  Statement insert(core.database, R"(
      INSERT INTO watches (id, modification_id, command, every_seconds, for_seconds, state, why,
                           started_at, ledger_number)
      VALUES (?, ?, ?, ?, ?, 'running', '', ?, ?))");
  insert.text(watch.id.text).text(watch.modification.text).text(watch.command);
  insert.whole(watch.every_seconds).whole(watch.for_seconds).text(watch.started_at);
  auto done = insert.whole(*number).run();
  for (std::size_t i = 0; i < watch.checks.size() && done; ++i) {
    done = insert_check(core, watch.id, static_cast<std::int64_t>(i), watch.checks[i]);
  }
  if (done && watch.state != "running") done = end(core, watch);
  return done;
}

Result<WatchId> Store::begin_watch(const Watch& watch) {
  Watch begun = watch;
  begun.id = {impl_->new_id()};
  begun.command = valid_text(begun.command);
  begun.state = "running";
  if (begun.started_at.empty()) begun.started_at = impl_->now();
  begun.checks.clear();
  auto done = in_transaction(*impl_, "recording a watch", [&] { return record(*impl_, begun); });
  if (!done) return fail(std::move(done.error()));
  return begun.id;
}

Result<void> Store::add_watch_check(const WatchId& id, const WatchCheck& check) {
  return in_transaction(*impl_, "recording a check", [&]() -> Result<void> {
    const auto watch = running(impl_->database, id);
    if (!watch) return fail(watch.error());
    WatchCheck stamped = check;
    if (stamped.checked_at.empty()) stamped.checked_at = impl_->now();
    return insert_check(*impl_, id, std::ssize(watch->checks), stamped);
  });
}

Result<void> Store::end_watch(const WatchId& id, std::string_view state, std::string_view why) {
  return in_transaction(*impl_, "ending a watch", [&]() -> Result<void> {
    auto watch = running(impl_->database, id);
    if (!watch) return fail(std::move(watch.error()));
    watch->state = state;
    watch->why = valid_text(why);
    watch->ended_at = impl_->now();
    return end(*impl_, *watch);
  });
}

Result<std::vector<Watch>> Store::watches(const std::optional<ModificationId>& id) const {
  Statement statement(impl_->database,
                      fmt::format("SELECT {} FROM watches WHERE ?1 IS NULL OR modification_id = ?1 "
                                  "ORDER BY ledger_number DESC",
                                  kWatchColumns));
  statement.text_or_null(id ? id->text : "");
  return collect<Watch>(statement,
                        [&](Statement& row) { return read_watch(impl_->database, row, 0); });
}

}  // namespace automod::store
