#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "engine/store/core.hpp"
#include "engine/store/payloads.hpp"
#include "engine/store/reserve.hpp"

namespace automod::store {

namespace {

/// A failure may be told of by somebody who has but an id that leads nowhere.
Result<bool> is_there(const Database& database, const ModificationId& id) {
  Statement statement(database, "SELECT 1 FROM modifications WHERE id = ?");
  return statement.text(id.text).step();
}

Result<void> insert(Core& core, const Failure& failure) {
  Failure stamped = failure;
  if (stamped.failed_at.empty()) stamped.failed_at = core.now();
  for (std::string* text : {&stamped.doing, &stamped.message}) *text = valid_text(*text);
  return in_transaction(core, "recording a failure", [&] { return record(core, stamped); });
}

}  // namespace

Feedback read_feedback(const Statement& row, int from) {
  return {.modification = {row.text_at(from)},
          .good = row.text_at(from + 1) == "good",
          .note = row.text_at(from + 2),
          .given_at = row.text_at(from + 3)};
}

Failure read_failure(const Statement& row, int from) {
  Failure failure{.doing = row.text_at(from),
                  .message = row.text_at(from + 1),
                  .operation = {row.text_at(from + 3)},
                  .failed_at = row.text_at(from + 4)};
  if (!row.null_at(from + 2)) failure.modification = ModificationId{row.text_at(from + 2)};
  return failure;
}

Result<void> record(const Core& core, Failure failure) {
  if (failure.modification) {
    const auto known = is_there(core.database, *failure.modification);
    if (!known) return fail(known.error());
    if (!*known) failure.modification.reset();
  }
  const std::string subject = failure.modification ? failure.modification->text : "";
  auto number = append(core, failure.failed_at, "failure", subject, payload_of(failure));
  if (!number) return fail(std::move(number.error()));
  Statement insert(core.database, fmt::format("INSERT INTO failures (ledger_number, {}) VALUES (?, "
                                              "?, ?, ?, ?, ?)",
                                              kFailureColumns));
  insert.whole(*number).text(failure.doing).text(failure.message).text_or_null(subject);
  return insert.text_or_null(failure.operation.text).text(failure.failed_at).run();
}

Result<void> record(const Core& core, const Feedback& feedback) {
  auto number =
      append(core, feedback.given_at, "feedback", feedback.modification.text, payload_of(feedback));
  if (!number) return fail(std::move(number.error()));
  Statement insert(core.database, fmt::format("INSERT INTO feedback (ledger_number, {}) VALUES (?, "
                                              "?, ?, ?, ?)",
                                              kFeedbackColumns));
  insert.whole(*number).text(feedback.modification.text).text(feedback.good ? "good" : "bad");
  return insert.text(feedback.note).text(feedback.given_at).run();
}

Result<void> Store::add_feedback(const Feedback& feedback) {
  Feedback stamped = feedback;
  if (stamped.given_at.empty()) stamped.given_at = impl_->now();
  stamped.note = valid_text(stamped.note);
  return in_transaction(*impl_, "recording feedback", [&] { return record(*impl_, stamped); });
}

Result<std::vector<Feedback>> Store::feedback(const ModificationId& id) const {
  Statement statement(impl_->database, fmt::format("SELECT {} FROM feedback WHERE modification_id "
                                                   "= ? ORDER BY ledger_number",
                                                   kFeedbackColumns));
  statement.text(id.text);
  return collect<Feedback>(
      statement, [](Statement& row) -> Result<Feedback> { return read_feedback(row, 0); });
}

Result<void> Store::add_failure(const Failure& failure) {
  auto done = insert(*impl_, failure);
  if (done) return done;
  if (impl_->database.was_unknown()) {
    // Said once more it could stand there twice, which is better than not at all.
    if (auto again = impl_->reopen(); !again) return done;
  } else if (!impl_->database.was_full() || !spend_reserve(impl_->folder)) {
    return done;
  }
  done = insert(*impl_, failure);
  keep_reserve(impl_->folder);
  return done;
}

Result<std::vector<Failure>> Store::failures(std::size_t limit) const {
  Statement statement(
      impl_->database,
      fmt::format("SELECT {} FROM failures ORDER BY ledger_number DESC LIMIT ?", kFailureColumns));
  statement.whole(static_cast<std::int64_t>(std::min<std::size_t>(limit, 1u << 30)));
  return collect<Failure>(statement,
                          [](Statement& row) -> Result<Failure> { return read_failure(row, 0); });
}

}  // namespace automod::store
