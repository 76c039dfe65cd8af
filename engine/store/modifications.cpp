#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "base/digest.hpp"
#include "base/text.hpp"
#include "engine/store/core.hpp"
#include "engine/store/payloads.hpp"

namespace automod::store {

namespace {

constexpr std::size_t kShortestPrefix = 4;
constexpr std::size_t kDigits = 32;

/// Every column of a modification, then its status and its latest verdict, application and
/// rollback.
constexpr std::string_view kListed = R"(
    SELECT m.id, m.session_id, m.base_commit, m.base_tree, m.tree, m.patch, m.patch_digest,
           m.modification_type, m.summary, m.modification_reason, m.proposer, m.origin_name,
           m.prompt_digest, m.parent_id, m.place_path, m.place_line, m.place_column,
           m.place_symbol, m.created_at, o.status,
           v.trial_id, v.verdict, v.judged_at,
           a.modification_id, a.branch, a.commit_id, a.base_commit, a.tree, a.evidence_digest,
           a.applied_at, a.branch_before, a.approval_id, a.approver, a.signer, a.statement,
           a.operation_id,
           r.modification_id, r.rollback_reason, r.method, r.ref, r.commit_id, r.restored_commit,
           r.rollback_at, r.cascade_of, r.verified_tree, r.signer, r.statement, r.operation_id,
           g.modification_id, g.branch, g.before_commit, g.after_commit, g.worktree, g.signer,
           g.statement, g.merged_at, g.operation_id, m.ledger_number
    FROM modification_overview o
    JOIN modifications m ON m.id = o.id
    LEFT JOIN verdicts v ON v.ledger_number = o.verdict_number
    LEFT JOIN applications a ON a.id = o.application_id
    LEFT JOIN rollbacks r ON r.ledger_number = o.rollback_number
    LEFT JOIN merges g ON g.ledger_number = o.merge_number)";
constexpr int kStatus = 19;
constexpr int kVerdict = 20;
constexpr int kApplication = 23;
constexpr int kRollback = 36;
constexpr int kMerge = 48;
constexpr int kNumber = 57;

Result<Candidate> read_candidate(const Statement& row) {
  const auto type = stored_word<ModificationType>(row.text_at(7));
  if (!type) return fail(type.error());
  const auto proposer = stored_word<ProposerKind>(row.text_at(10));
  if (!proposer) return fail(proposer.error());
  Candidate candidate;
  candidate.type = *type;
  candidate.summary = row.text_at(8);
  candidate.reasoning = row.text_at(9);
  candidate.origin = {*proposer, row.text_at(11), row.text_at(12)};
  if (!row.null_at(13)) candidate.parent = ModificationId{row.text_at(13)};
  candidate.place = {row.text_at(14), static_cast<std::size_t>(row.whole_at(15)),
                     static_cast<std::size_t>(row.whole_at(16)), row.text_at(17)};
  return candidate;
}

Result<std::vector<FileChange>> read_files(const Database& database, const ModificationId& id) {
  Statement statement(database, R"(
      SELECT file_path, original_content, modified_content, original_executable,
             modified_executable
      FROM code_modifications WHERE modification_id = ? ORDER BY position)");
  statement.text(id.text);
  return collect<FileChange>(statement, [](Statement& row) -> Result<FileChange> {
    return FileChange{row.text_at(0), row.bytes_at(1), row.bytes_at(2), row.whole_at(3) != 0,
                      row.whole_at(4) != 0};
  });
}

Result<Modification> read_modification(const Database& database, const Statement& row) {
  auto candidate = read_candidate(row);
  if (!candidate) return fail(std::move(candidate.error()));
  Modification modification = {{row.text_at(0)}, {row.text_at(1)}, {row.text_at(2)},
                               {row.text_at(3)}, {row.text_at(4)}, row.text_at(5),
                               row.text_at(6),   row.text_at(18),  std::move(*candidate)};
  auto files = read_files(database, modification.id);
  if (!files) return fail(std::move(files.error()));
  modification.candidate.files = std::move(*files);
  return modification;
}

Result<ListedModification> read_listed(const Database& database, const Statement& row) {
  auto modification = read_modification(database, row);
  if (!modification) return fail(std::move(modification.error()));
  const auto status = stored_word<ModificationStatus>(row.text_at(kStatus));
  if (!status) return fail(status.error());
  ListedModification listed{.modification = std::move(*modification), .status = *status};
  if (!row.null_at(kVerdict)) {
    auto verdict = stored_verdict(row, kVerdict + 1);
    if (!verdict) return fail(std::move(verdict.error()));
    listed.verdict =
        VerdictRow{{row.text_at(kVerdict)}, std::move(*verdict), row.text_at(kVerdict + 2)};
  }
  if (!row.null_at(kApplication)) listed.application = read_application(row, kApplication);
  if (!row.null_at(kRollback)) listed.rollback = read_rollback(row, kRollback);
  if (!row.null_at(kMerge)) listed.merge = read_merge(row, kMerge);
  return listed;
}

/// The beginning of an id as the database spells it; empty when it cannot be one.
std::string prefix_of(std::string_view typed) {
  std::string digits;
  for (const char c : typed) {
    if (c == '-') continue;
    digits += c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  if (digits.size() < kShortestPrefix || digits.size() > kDigits ||
      digits.find_first_not_of("0123456789abcdef") != std::string::npos) {
    return {};
  }
  std::string prefix;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i == 8 || i == 12 || i == 16 || i == 20) prefix += '-';
    prefix += digits[i];
  }
  return prefix;
}

/// The one id that `typed` names.
Result<std::string> find_id(const Database& database, std::string_view typed) {
  const std::string shown = printable_line(typed.substr(0, 80));
  const std::string prefix = prefix_of(typed);
  if (prefix.empty()) {
    return fail(ErrorKind::kUsage,
                fmt::format("'{}' is no modification id, expected at least {} hexadecimal digits",
                            shown, kShortestPrefix),
                "automod list shows all ids");
  }
  Statement statement(database,
                      "SELECT id FROM modifications WHERE id >= ? AND id < ? ORDER BY id LIMIT 6");
  statement.text(prefix).text(prefix + "g");  // after every digit and '-'
  const auto found = collect<std::string>(
      statement, [](Statement& row) -> Result<std::string> { return row.text_at(0); });
  if (!found) return fail(found.error());
  if (found->size() == 1) return found->front();
  if (found->empty()) {
    return fail(ErrorKind::kUsage, fmt::format("no modification begins with '{}'", shown),
                "automod list shows all ids");
  }
  const auto last = found->begin() + std::min<std::ptrdiff_t>(std::ssize(*found), 5);
  return fail(
      ErrorKind::kUsage,
      fmt::format("'{}' names several modifications: {}{}", shown,
                  fmt::join(found->begin(), last, ", "), found->size() > 5 ? " and more" : ""),
      "give more digits");
}

/// What no record may hold, whoever proposes it.
Result<void> check(const Modification& modification) {
  const auto& files = modification.candidate.files;
  if (files.empty()) return fail(ErrorKind::kRefused, "a modification that changes no file");
  if (modification.patch_digest != sha256(modification.patch)) {
    return fail(ErrorKind::kInternal,
                fmt::format("the patch digest is {}, expected {}", modification.patch_digest,
                            sha256(modification.patch)));
  }
  std::set<std::string_view> paths;
  for (const FileChange& file : files) {
    const std::string shown = printable_line(file.path);
    if (file.path.empty() || valid_text(file.path) != file.path) {
      return fail(ErrorKind::kRefused, fmt::format("the path '{}' is not UTF-8", shown));
    }
    if (!file.original && !file.modified) {
      return fail(ErrorKind::kRefused, fmt::format("'{}' exists neither before nor after", shown));
    }
    if (!paths.insert(file.path).second) {
      return fail(ErrorKind::kRefused, fmt::format("'{}' is changed twice", shown));
    }
  }
  return {};
}

/// What was recorded cannot hold what no column can.
void make_valid(Candidate& candidate) {
  for (std::string* text : {&candidate.summary, &candidate.reasoning, &candidate.origin.name,
                            &candidate.place.path, &candidate.place.symbol}) {
    *text = valid_text(*text);
  }
}

Result<void> insert_header(const Database& database, const Modification& modification,
                           std::int64_t ledger_number) {
  const Candidate& candidate = modification.candidate;
  const Place& place = candidate.place;
  Statement insert(database, R"(
      INSERT INTO modifications
        (id, session_id, base_commit, base_tree, tree, patch, patch_digest, modification_type,
         summary, modification_reason, proposer, origin_name, prompt_digest, parent_id, place_path,
         place_line, place_column, place_symbol, created_at, ledger_number)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?))");
  insert.text(modification.id.text).text(modification.session.text);
  insert.text(modification.base_commit.text).text(modification.base_tree.text);
  insert.text(modification.tree.text).bytes(modification.patch).text(modification.patch_digest);
  insert.text(name(candidate.type)).text(candidate.summary).text(candidate.reasoning);
  insert.text(name(candidate.origin.proposer)).text(candidate.origin.name);
  insert.text_or_null(candidate.origin.prompt_digest);
  insert.text_or_null(candidate.parent ? candidate.parent->text : "");
  insert.text_or_null(place.path).whole_or_null(place.line).whole_or_null(place.column);
  insert.text_or_null(place.symbol).text(modification.created_at).whole(ledger_number);
  return insert.run();
}

Result<void> insert_files(const Core& core, const Modification& modification) {
  const Candidate& candidate = modification.candidate;
  Statement insert(core.database, R"(
      INSERT INTO code_modifications
        (id, modification_id, session_id, position, file_path, modification_type,
         original_content, modified_content, original_executable, modified_executable,
         modification_reason)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?))");
  std::int64_t position = 0;
  for (const FileChange& file : candidate.files) {
    insert.reset();
    insert.text(core.new_id()).text(modification.id.text).text(modification.session.text);
    insert.whole(position++).text(file.path).text(name(candidate.type));
    insert.bytes(file.original).bytes(file.modified);
    insert.whole(file.original_executable ? 1 : 0).whole(file.executable ? 1 : 0);
    if (auto done = insert.text(candidate.reasoning).run(); !done) return done;
  }
  return {};
}

}  // namespace

Result<void> each_modification(const Database& database, const EachModification& each) {
  Statement statement(database, fmt::format("{} ORDER BY m.ledger_number", kListed));
  for (;;) {
    auto row = statement.step();
    if (!row) return fail(std::move(row.error()));
    if (!*row) return {};
    auto done = each(statement.whole_at(kNumber), read_modification(database, statement));
    if (!done) return done;
  }
}

Result<std::optional<ModificationId>> Store::find_same(const CommitId& base,
                                                       std::string_view patch_digest) const {
  Statement statement(impl_->database, R"(
      SELECT id FROM modifications WHERE base_commit = ? AND patch_digest = ?
      ORDER BY ledger_number LIMIT 1)");
  auto row = statement.text(base.text).text(patch_digest).step();
  if (!row) return fail(std::move(row.error()));
  if (!*row) return std::optional<ModificationId>();
  return ModificationId{statement.text_at(0)};
}

Result<void> record(const Core& core, const Modification& modification) {
  if (auto good = check(modification); !good) return good;
  auto number = append(core, modification.created_at, "proposal", modification.id.text,
                       payload_of(modification));
  if (!number) return fail(std::move(number.error()));
  auto done = insert_header(core.database, modification, *number);
  if (done) done = insert_files(core, modification);
  return done;
}

Result<Modification> Store::add_modification(Modification modification) {
  if (modification.patch_digest.empty()) modification.patch_digest = sha256(modification.patch);
  make_valid(modification.candidate);
  auto done = in_transaction(*impl_, "recording a modification", [&]() -> Result<void> {
    modification.id = {impl_->new_id()};
    modification.created_at = impl_->now();
    if (const auto known = session(modification.session); !known) return fail(known.error());
    return record(*impl_, modification);
  });
  if (!done) return fail(std::move(done.error()));
  return modification;
}

Result<ListedModification> Store::modification(std::string_view id_or_prefix) const {
  const auto snapshot = Transaction::snapshot(impl_->database);
  if (!snapshot) return fail(snapshot.error());
  auto id = find_id(impl_->database, id_or_prefix);
  if (!id) return fail(std::move(id.error()));
  Statement statement(impl_->database, fmt::format("{} WHERE m.id = ?", kListed));
  auto row = statement.text(*id).step();
  if (!row) return fail(std::move(row.error()));
  return read_listed(impl_->database, statement);
}

Result<std::vector<ListedModification>> Store::list(const ListFilter& filter) const {
  const auto snapshot = Transaction::snapshot(impl_->database);
  if (!snapshot) return fail(snapshot.error());
  std::vector<std::string> conditions;
  if (filter.status) conditions.push_back(fmt::format("o.status = '{}'", name(*filter.status)));
  if (filter.session) conditions.emplace_back("o.session_id = ?");
  Statement statement(impl_->database, fmt::format("{}{}{} ORDER BY o.ledger_number DESC LIMIT ?",
                                                   kListed, conditions.empty() ? "" : " WHERE ",
                                                   fmt::join(conditions, " AND ")));
  if (filter.session) statement.text(filter.session->text);
  constexpr std::size_t kAll = 1u << 30;
  statement.whole(static_cast<std::int64_t>(std::min(filter.limit.value_or(kAll), kAll)));
  return collect<ListedModification>(
      statement, [&](Statement& row) { return read_listed(impl_->database, row); });
}

}  // namespace automod::store
