#include "engine/store/tables.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "engine/store/chain.hpp"
#include "engine/store/core.hpp"

namespace automod::store {

namespace {

std::vector<std::string> split_names(std::string_view columns) {
  std::vector<std::string> names;
  while (!columns.empty()) {
    const std::size_t end = std::min(columns.find(", "), columns.size());
    names.emplace_back(columns.substr(0, end));
    columns.remove_prefix(std::min(end + 2, columns.size()));
  }
  return names;
}

std::set<std::string> columns_of(const Database& database, std::string_view table) {
  std::set<std::string> known;
  Statement statement(database, "SELECT name FROM pragma_table_info(?)");
  statement.text(table);
  while (statement.step().value_or(false)) known.insert(statement.text_at(0));
  return known;
}

/// Reads in one direction until the end or the first thing that cannot be read, but not beyond
/// `stop`. The last row that was read; `sound` says whether it came to the end.
std::int64_t walk(const Database& database, const std::string& select, bool backwards,
                  std::optional<std::int64_t> stop,
                  const std::function<void(const Statement& row)>& read, bool& sound) {
  Statement statement(database, select + (backwards ? " ORDER BY rowid DESC" : " ORDER BY rowid"));
  std::int64_t last = 0;
  for (;;) {
    const auto row = statement.step();
    sound = row.has_value();
    if (!row || !*row) return last;
    const std::int64_t id = statement.whole_at(0);
    if (stop && id <= *stop) return last;
    last = id;
    read(statement);
  }
}

}  // namespace

void scan(const Database& database, std::string_view table, std::string_view columns,
          const std::function<void(const Statement& row)>& read, Losses& losses) {
  const std::set<std::string> known = columns_of(database, table);
  if (known.empty()) return;
  std::vector<std::string> selected = {"rowid"};
  for (std::string& name : split_names(columns)) {
    selected.push_back(known.contains(name) ? std::move(name) : std::string("NULL"));
  }
  // Through no index, which may be damaged as well.
  const std::string select =
      fmt::format("SELECT {} FROM {} NOT INDEXED", fmt::join(selected, ", "), table);
  bool sound = false;
  const std::int64_t last = walk(database, select, false, std::nullopt, read, sound);
  if (sound) return;
  const std::int64_t first = walk(database, select, true, last, read, sound);
  losses.push_back(first == 0
                       ? fmt::format("{}: everything behind row {}", table, last)
                       : fmt::format("{}: what lay between rows {} and {}", table, last, first));
}

namespace {

/// Reads the tables of one database into one bundle. Column 0 of every row is its rowid.
class Gathering {
 public:
  Gathering(const Database& database, Losses& losses) : database_(database), losses_(losses) {}

  Bundle run() {
    ledgers();
    sessions();
    modifications();
    trials();
    acts();
    reports();
    watches();
    return std::move(bundle_);
  }

 private:
  void each(std::string_view table, std::string_view columns,
            const std::function<void(const Statement& row)>& read) {
    scan(database_, table, columns, read, losses_);
  }

  /// Rows whose first column is the number of their entry.
  template <class T>
  void numbered(std::string_view table, std::string_view columns, std::vector<Numbered<T>>& to,
                T (*read)(const Statement&, int)) {
    each(table, fmt::format("ledger_number, {}", columns),
         [&](const Statement& row) { to.push_back({row.whole_at(1), read(row, 2)}); });
    std::ranges::sort(to, {}, &Numbered<T>::number);
  }

  void ledgers() {
    const auto entry = [](const Statement& row, int from) {
      return LedgerEntry{.number = row.whole_at(from),
                         .at = row.text_at(from + 1),
                         .kind = row.text_at(from + 2),
                         .subject = row.text_at(from + 3),
                         .payload = row.text_at(from + 4),
                         .previous = row.text_at(from + 5),
                         .hash = row.text_at(from + 6),
                         .signature = row.text_at(from + 7),
                         .signer = row.text_at(from + 8)};
    };
    each("ledger", kEntryColumns,
         [&](const Statement& row) { bundle_.ledger.push_back(entry(row, 1)); });
    each("former_ledger", kEntryColumns,
         [&](const Statement& row) { bundle_.former.push_back(entry(row, 1)); });
    std::ranges::sort(bundle_.ledger, {}, &LedgerEntry::number);
    if (!bundle_.ledger.empty()) {
      bundle_.head = {bundle_.ledger.back().number, bundle_.ledger.back().hash};
    }
  }

  void sessions() {
    each("modification_sessions",
         "ledger_number, id, codebase_path, modification_goals, "
         "safety_level, status, started_at, completed_at, success_rate",
         [&](const Statement& row) {
           Session session;
           session.id = {row.text_at(2)};
           session.codebase_path = row.text_at(3);
           const auto goals = nlohmann::json::parse(row.text_at(4), nullptr, false);
           for (const auto& goal : goals) {
             const auto known = parse<Goal>(goal.is_string() ? goal.get<std::string>() : "");
             if (known) session.goals.push_back(*known);
           }
           session.safety_level = parse<SafetyLevel>(row.text_at(5)).value_or(session.safety_level);
           session.status = parse<SessionStatus>(row.text_at(6)).value_or(session.status);
           session.started_at = row.text_at(7);
           session.completed_at = row.bytes_at(8);
           session.success_rate = row.real_at(9);
           bundle_.sessions.push_back({row.whole_at(1), std::move(session)});
         });
    std::ranges::sort(bundle_.sessions, {}, &Numbered<Session>::number);
  }

  void modifications() {
    std::map<std::string, std::map<std::int64_t, FileChange>> files;
    each("code_modifications",
         "modification_id, position, file_path, original_content, "
         "modified_content, original_executable, modified_executable",
         [&](const Statement& row) {
           files[row.text_at(1)][row.whole_at(2)] = {row.text_at(3), row.bytes_at(4),
                                                     row.bytes_at(5), row.whole_at(6) != 0,
                                                     row.whole_at(7) != 0};
         });
    each("modifications",
         "ledger_number, id, session_id, base_commit, base_tree, tree, patch, "
         "patch_digest, created_at, modification_type, summary, "
         "modification_reason, proposer, origin_name, prompt_digest, parent_id, "
         "place_path, place_line, place_column, place_symbol",
         [&](const Statement& row) {
           Modification one = modification(row);
           for (auto& [position, file] : files[one.id.text]) {
             one.candidate.files.push_back(std::move(file));
           }
           bundle_.modifications.push_back({row.whole_at(1), std::move(one)});
         });
    std::ranges::sort(bundle_.modifications, {}, &Numbered<Modification>::number);
  }

  static Modification modification(const Statement& row) {
    Modification one;
    one.id = {row.text_at(2)};
    one.session = {row.text_at(3)};
    one.base_commit = {row.text_at(4)};
    one.base_tree = {row.text_at(5)};
    one.tree = {row.text_at(6)};
    one.patch = row.text_at(7);
    one.patch_digest = row.text_at(8);
    one.created_at = row.text_at(9);
    Candidate& candidate = one.candidate;
    candidate.type = parse<ModificationType>(row.text_at(10)).value_or(candidate.type);
    candidate.summary = row.text_at(11);
    candidate.reasoning = row.text_at(12);
    candidate.origin.proposer =
        parse<ProposerKind>(row.text_at(13)).value_or(candidate.origin.proposer);
    candidate.origin.name = row.text_at(14);
    candidate.origin.prompt_digest = row.text_at(15);
    if (!row.null_at(16)) candidate.parent = ModificationId{row.text_at(16)};
    candidate.place = {row.text_at(17), static_cast<std::size_t>(row.whole_at(18)),
                       static_cast<std::size_t>(row.whole_at(19)), row.text_at(20)};
    return one;
  }

  void trials() {
    each("evidence", "digest, evidence", [&](const Statement& row) {
      bundle_.evidence.push_back({row.text_at(1), row.text_at(2)});
    });
    each("trials", "id, modification_id, evidence_digest, finished_at", [&](const Statement& row) {
      bundle_.trials.push_back(
          {{row.text_at(1)}, {row.text_at(2)}, row.text_at(3), row.text_at(4)});
    });
    each("verdicts", "ledger_number, trial_id, modification_id, verdict, judged_at",
         [&](const Statement& row) {
           bundle_.verdicts.push_back(
               {row.whole_at(1),
                {{row.text_at(2)}, {row.text_at(3)}, row.text_at(4), row.text_at(5)}});
         });
  }

  void acts() {
    each("operations", "id, kind, state, refs, record, at, ended_at, why, pid, pid_start, boot_id",
         [&](const Statement& row) {
           bundle_.operations.push_back(
               {.id = {row.text_at(1)},
                .kind = row.text_at(2),
                .state = row.text_at(3),
                .refs = row.text_at(4),
                .record = row.text_at(5),
                .at = row.text_at(6),
                .ended_at = row.text_at(7),
                .why = row.text_at(8),
                .by = {row.whole_at(9), row.whole_at(10), row.text_at(11)}});
         });
    numbered("applications", kApplicationColumns, bundle_.applications, read_application);
    numbered("rollbacks", kRollbackColumns, bundle_.rollbacks, read_rollback);
    numbered("merges", kMergeColumns, bundle_.merges, read_merge);
    numbered("undos", kUndoColumns, bundle_.undos, read_undo);
    each("attestations", kAttestationColumns,
         [&](const Statement& row) { bundle_.attestations.push_back(read_attestation(row, 1)); });
  }

  void reports() {
    numbered("approvals", kApprovalColumns, bundle_.approvals, read_approval);
    numbered("feedback", kFeedbackColumns, bundle_.feedback, read_feedback);
    numbered("failures", kFailureColumns, bundle_.failures, read_failure);
  }

  void watches() {
    std::map<std::string, std::map<std::int64_t, WatchCheck>> checks;
    each("watch_checks", "watch_id, position, outcome, wall_ms, value, detail, checked_at",
         [&](const Statement& row) {
           checks[row.text_at(1)][row.whole_at(2)] = {.outcome = row.text_at(3),
                                                      .wall_ms = row.whole_at(4),
                                                      .value = row.real_at(5),
                                                      .detail = row.text_at(6),
                                                      .checked_at = row.text_at(7)};
         });
    each("watches", fmt::format("ledger_number, end_number, {}", kWatchColumns),
         [&](const Statement& row) {
           StoredWatch stored{.end_number = row.whole_at(2), .watch = read_watch_row(row, 3)};
           for (auto& [position, check] : checks[stored.watch.id.text]) {
             stored.watch.checks.push_back(std::move(check));
           }
           bundle_.watches.push_back({row.whole_at(1), std::move(stored)});
         });
  }

  const Database& database_;
  Losses& losses_;
  Bundle bundle_;
};

}  // namespace

Bundle gather(const Database& database, Losses& losses) {
  return Gathering(database, losses).run();
}

}  // namespace automod::store
