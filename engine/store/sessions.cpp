#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "engine/store/core.hpp"
#include "engine/store/payloads.hpp"
#include "engine/types/json.hpp"

namespace automod::store {

using nlohmann::json;

namespace {

constexpr std::string_view kColumns =
    "id, codebase_path, modification_goals, safety_level, status, started_at, completed_at, "
    "success_rate";

json goals_json(const std::vector<Goal>& goals) {
  json all = json::array();
  for (const Goal goal : goals) all.push_back(name(goal));
  return all;
}

Result<std::vector<Goal>> read_goals(const std::string& text) {
  std::vector<Goal> goals;
  const json all = json::parse(text, nullptr, false);
  if (!all.is_array()) return fail(ErrorKind::kInternal, "a session's goals are no list");
  for (const json& item : all) {
    auto goal = stored_word<Goal>(item.is_string() ? item.get<std::string>() : item.dump());
    if (!goal) return fail(std::move(goal.error()));
    goals.push_back(*goal);
  }
  return goals;
}

Result<Session> read_session(const Statement& row) {
  auto session = read_session_terms(row, 1);
  if (!session) return session;
  const auto status = stored_word<SessionStatus>(row.text_at(4));
  if (!status) return fail(status.error());
  session->id = {row.text_at(0)};
  session->status = *status;
  session->started_at = row.text_at(5);
  session->completed_at = row.bytes_at(6);
  session->success_rate = row.real_at(7);
  return session;
}

Result<Finding> read_finding(const Statement& row) {
  const auto type = stored_word<ModificationType>(row.text_at(7));
  if (!type) return fail(type.error());
  const auto severity = stored_word<Severity>(row.text_at(8));
  if (!severity) return fail(severity.error());
  const Place place{row.text_at(1), static_cast<std::size_t>(row.whole_at(2)),
                    static_cast<std::size_t>(row.whole_at(3)), row.text_at(4)};
  const auto confidence = stored_word<Confidence>(row.text_at(9));
  if (!confidence) return fail(confidence.error());
  const Weight weight{.loops = static_cast<std::size_t>(row.whole_at(10)),
                      .reach = static_cast<std::size_t>(row.whole_at(11)),
                      .heat = row.real_at(12)};
  return Finding{row.text_at(0), place,     row.text_at(5), row.text_at(6),
                 *type,          *severity, *confidence,    weight};
}

/// Percent of the tried modifications of a session whose latest verdict is an approval.
Result<std::optional<double>> success_rate(const Database& database, const SessionId& id) {
  Statement statement(database, R"(
      SELECT 100.0 * avg(v.decision = 'approved')
      FROM modification_overview o JOIN verdicts v ON v.ledger_number = o.verdict_number
      WHERE o.session_id = ?)");
  auto row = statement.text(id.text).step();
  if (!row) return fail(std::move(row.error()));
  return statement.real_at(0);
}

}  // namespace

Result<Session> read_session_terms(const Statement& row, int from) {
  Session session;
  session.codebase_path = row.text_at(from);
  auto goals = read_goals(row.text_at(from + 1));
  if (!goals) return fail(std::move(goals.error()));
  session.goals = std::move(*goals);
  const auto level = stored_word<SafetyLevel>(row.text_at(from + 2));
  if (!level) return fail(level.error());
  session.safety_level = *level;
  return session;
}

Result<void> record(const Core& core, const Session& session) {
  auto number = append(core, session.started_at, "session", session.id.text, payload_of(session));
  if (!number) return fail(std::move(number.error()));
  Statement insert(core.database, R"(
      INSERT INTO modification_sessions
        (id, codebase_path, modification_goals, safety_level, status, started_at, completed_at,
         success_rate, ledger_number)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?))");
  insert.text(session.id.text).text(session.codebase_path);
  insert.text(canonical(goals_json(session.goals))).text(name(session.safety_level));
  insert.text(name(session.status)).text(session.started_at);
  insert.text_or_null(session.completed_at.value_or("")).real(session.success_rate);
  return insert.whole(*number).run();
}

Result<SessionId> Store::begin_session(std::string_view codebase_path,
                                       const std::vector<Goal>& goals, SafetyLevel level) {
  Session session;
  session.id = {impl_->new_id()};
  session.codebase_path = valid_text(codebase_path);
  session.goals = goals;
  session.safety_level = level;
  session.started_at = impl_->now();
  auto done =
      in_transaction(*impl_, "recording a session", [&] { return record(*impl_, session); });
  if (!done) return fail(std::move(done.error()));
  return session.id;
}

Result<void> Store::end_session(const SessionId& id, SessionStatus status) {
  if (status == SessionStatus::kAnalyzing) {
    return fail(ErrorKind::kInternal, "a session cannot end as analyzing");
  }
  auto transaction = Transaction::begin(impl_->database);
  if (!transaction) return fail(std::move(transaction.error()));
  auto open = session(id);
  if (!open) return fail(std::move(open.error()));
  if (open->status != SessionStatus::kAnalyzing) {
    return fail(ErrorKind::kConflict,
                fmt::format("session {} has ended already as {}", id.text, name(open->status)));
  }
  const auto rate = success_rate(impl_->database, id);
  if (!rate) return fail(rate.error());
  Statement update(impl_->database, R"(
      UPDATE modification_sessions SET status = ?, completed_at = ?, success_rate = ?
      WHERE id = ?)");
  update.text(name(status)).text(impl_->now()).real(*rate).text(id.text);
  auto done = update.run();
  if (done) done = transaction->commit();
  if (!done) return fail(std::move(done.error()).within("ending a session"));
  return {};
}

Result<void> Store::add_findings(const SessionId& id, const std::vector<Finding>& findings) {
  auto transaction = Transaction::begin(impl_->database);
  if (!transaction) return fail(std::move(transaction.error()));
  Statement insert(impl_->database, R"(
      INSERT INTO findings (session_id, rule, file_path, line, column_number, symbol, message, why,
                            modification_type, severity, confidence, loops, reach, heat)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?))");
  for (const Finding& finding : findings) {
    const Place& place = finding.place;
    insert.reset();
    insert.text(id.text).text(valid_text(finding.rule)).text(valid_text(place.path));
    insert.whole_or_null(place.line).whole_or_null(place.column);
    insert.text_or_null(valid_text(place.symbol)).text(valid_text(finding.message));
    insert.text(valid_text(finding.why)).text(name(finding.type)).text(name(finding.severity));
    insert.text(name(finding.confidence));
    insert.whole(static_cast<std::int64_t>(finding.weight.loops));
    insert.whole(static_cast<std::int64_t>(finding.weight.reach)).real(finding.weight.heat);
    if (auto done = insert.run(); !done) {
      return fail(std::move(done.error()).within("recording findings"));
    }
  }
  return transaction->commit();
}

Result<std::vector<Finding>> Store::findings(const SessionId& id) const {
  Statement statement(impl_->database, R"(
      SELECT rule, file_path, line, column_number, symbol, message, why, modification_type, severity,
             confidence, loops, reach, heat
      FROM findings WHERE session_id = ? ORDER BY id)");
  statement.text(id.text);
  return collect<Finding>(statement, read_finding);
}

Result<Session> Store::session(const SessionId& id) const {
  Statement statement(impl_->database,
                      fmt::format("SELECT {} FROM modification_sessions WHERE id = ?", kColumns));
  auto row = statement.text(id.text).step();
  if (!row) return fail(std::move(row.error()));
  if (!*row) {
    return fail(ErrorKind::kUsage, fmt::format("no session '{}'", printable_line(id.text)));
  }
  return read_session(statement);
}

Result<std::vector<Session>> Store::sessions(std::size_t limit) const {
  Statement statement(impl_->database, fmt::format("SELECT {} FROM modification_sessions "
                                                   "ORDER BY ledger_number DESC LIMIT ?",
                                                   kColumns));
  statement.whole(static_cast<std::int64_t>(std::min<std::size_t>(limit, 1u << 30)));
  return collect<Session>(statement, read_session);
}

}  // namespace automod::store
