#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/digest.hpp"
#include "base/text.hpp"
#include "engine/store/core.hpp"
#include "engine/store/payloads.hpp"

namespace automod::store {

namespace {

/// Is the same approval recorded? kConflict when another one has its id.
Result<bool> is_known(const Database& database, const Approval& approval) {
  Statement statement(database,
                      fmt::format("SELECT {} FROM approvals WHERE id = ?", kApprovalColumns));
  auto row = statement.text(approval.id.text).step();
  if (!row) return fail(std::move(row.error()));
  if (!*row) return false;
  Approval known = read_approval(statement, 0);
  known.decided_at = approval.decided_at;  // when we heard of it is not part of what it says
  if (known.modification == approval.modification && payload_of(known) == payload_of(approval)) {
    return true;
  }
  return fail(ErrorKind::kConflict,
              fmt::format("another approval has the id {}", printable_line(approval.id.text)));
}

}  // namespace

Approval read_approval(const Statement& row, int from) {
  return {.id = {row.text_at(from)},
          .modification = {row.text_at(from + 1)},
          .answer = row.text_at(from + 2),
          .approver = row.text_at(from + 3),
          .expires_at = row.text_at(from + 4),
          .note = row.text_at(from + 5),
          .token = row.text_at(from + 6),
          .decided_at = row.text_at(from + 7)};
}

Result<void> record(const Core& core, const Approval& given) {
  Approval approval = given;
  for (std::string* text : {&approval.note, &approval.approver}) *text = valid_text(*text);
  const auto known = is_known(core.database, approval);
  if (!known) return fail(known.error());
  if (*known) return {};
  auto number = append(core, approval.decided_at, "approval", approval.modification.text,
                       payload_of(approval));
  if (!number) return fail(std::move(number.error()));
  Statement insert(core.database, fmt::format(R"(
      INSERT INTO approvals ({}, token_digest, ledger_number)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?))",
                                              kApprovalColumns));
  insert.text(approval.id.text).text(approval.modification.text).text(approval.answer);
  insert.text(approval.approver).text_or_null(approval.expires_at).text(approval.note);
  insert.text_or_null(approval.token).text(approval.decided_at);
  insert.text_or_null(approval.token.empty() ? "" : sha256(approval.token));
  return insert.whole(*number).run();
}

Result<void> Store::add_approval(const Approval& approval) {
  Approval stamped = approval;
  if (stamped.decided_at.empty()) stamped.decided_at = impl_->now();
  return in_transaction(*impl_, "recording an approval", [&] { return record(*impl_, stamped); });
}

Result<std::vector<Approval>> Store::approvals(const ModificationId& id) const {
  Statement statement(impl_->database,
                      fmt::format("SELECT {} FROM approvals WHERE modification_id = ? ORDER BY "
                                  "ledger_number",
                                  kApprovalColumns));
  statement.text(id.text);
  return collect<Approval>(
      statement, [](Statement& row) -> Result<Approval> { return read_approval(row, 0); });
}

Result<std::optional<Application>> Store::use_of(const ApprovalId& id) const {
  Statement statement(
      impl_->database,
      fmt::format("SELECT {} FROM applications WHERE approval_id = ?", kApplicationColumns));
  auto row = statement.text(id.text).step();
  if (!row) return fail(std::move(row.error()));
  if (!*row) return std::optional<Application>();
  return read_application(statement, 0);
}

}  // namespace automod::store
