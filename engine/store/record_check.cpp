#include "engine/store/record_check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/digest.hpp"
#include "engine/store/core.hpp"
#include "engine/store/payloads.hpp"
#include "engine/types/json.hpp"

namespace automod::store {

using nlohmann::json;

namespace {

std::string_view shown(const std::string& digest) { return std::string_view(digest).substr(0, 12); }

}  // namespace

template <class T>
void RecordCheck::recorded(std::int64_t number, const char* kind, const T& record) {
  records_.push_back({number, kind, record.modification.text, payload_of(record)});
}

void RecordCheck::add(const StoredEvidence& evidence) {
  Measured& measured = evidence_[evidence.digest];
  if (const std::string actual = sha256(evidence.text); actual != evidence.digest) {
    measured.wrong = fmt::format("its evidence was edited: its digest is {}, expected {}",
                                 shown(actual), shown(evidence.digest));
    return;
  }
  const auto read = evidence_from_json(evidence.text);
  if (!read) {
    measured.wrong = "its evidence cannot be read: " + read.error().message;
    return;
  }
  measured = {.wrong = {},
              .tree = read->tree,
              .patch_digest = read->patch_digest,
              .exact_key = exact_key(read->base_tree, read->tree, read->environment),
              .shape_key = shape_key(read->base_tree, read->shape_digest, read->environment)};
}

void RecordCheck::add(const StoredTrial& trial) { trials_[trial.id.text] = trial; }

void RecordCheck::add(const Attestation& attestation) {
  if (sha256(attestation.envelope) != attestation.digest) {
    say(0, fmt::format("attestation {} was edited", shown(attestation.digest)));
  }
  attestations_[attestation.digest] = attestation;
}

void RecordCheck::add(const StoredOperation& operation) {
  operations_[operation.id.text] =
      operation_digest(operation.kind, operation.refs, operation.record);
}

void RecordCheck::add(std::int64_t number, const Session& session) {
  records_.push_back({number, "session", session.id.text, payload_of(session)});
}

void RecordCheck::add(std::int64_t number, const Modification& modification) {
  if (sha256(modification.patch) != modification.patch_digest) say(number, "its patch was edited");
  changes_[modification.id.text] = {modification.tree, modification.patch_digest};
  records_.push_back({number, "proposal", modification.id.text, payload_of(modification)});
}

void RecordCheck::add(std::int64_t number, const StoredVerdict& verdict) {
  const auto said = verdict_from_json(verdict.verdict);
  if (!said) return say(number, "its verdict cannot be read: " + said.error().message);
  TrialRow trial;
  trial.id = verdict.trial;
  trial.evidence_digest = said->evidence_digest;
  records_.push_back(
      {number, "verdict", verdict.modification.text, payload_of(trial, *said, verdict.verdict)});
  judged_.push_back({number, verdict, said->evidence_digest});
}

void RecordCheck::check_verdict(const Judged& judged) {
  const std::int64_t number = judged.number;
  const auto trial = trials_.find(judged.verdict.trial.text);
  if (trial == trials_.end()) return say(number, "its trial was removed");
  if (trial->second.modification != judged.verdict.modification ||
      trial->second.evidence_digest != judged.evidence_digest) {
    say(number, "its trial is of something else");
  }
  const auto evidence = evidence_.find(trial->second.evidence_digest);
  if (evidence == evidence_.end()) return say(number, "its evidence was removed");
  const Measured& measured = evidence->second;
  if (!measured.wrong.empty()) return say(number, measured.wrong);
  const auto change = changes_.find(judged.verdict.modification.text);
  if (change == changes_.end()) return;  // its entry tells
  if (measured.tree != change->second.tree ||
      measured.patch_digest != change->second.patch_digest) {
    say(number, "its evidence is about another change");
  }
}

void RecordCheck::add(std::int64_t number, const Approval& approval) {
  recorded(number, "approval", approval);
}

void RecordCheck::add(std::int64_t number, const Application& application) {
  recorded(number, "application", application);
  check_statement(number, application.statement, application.modification, application.commit);
}

void RecordCheck::add(std::int64_t number, const Rollback& rollback) {
  recorded(number, "rollback", rollback);
  check_statement(number, rollback.statement, rollback.modification, rollback.commit);
}

void RecordCheck::add(std::int64_t number, const Merge& merge) {
  recorded(number, "merge", merge);
  check_statement(number, merge.statement, merge.modification, merge.after);
}

void RecordCheck::add(std::int64_t number, const Undo& undo) { recorded(number, "undo", undo); }

void RecordCheck::add(std::int64_t number, const Feedback& feedback) {
  recorded(number, "feedback", feedback);
}

void RecordCheck::add(std::int64_t number, const Failure& failure) {
  const std::string subject = failure.modification ? failure.modification->text : "";
  records_.push_back({number, "failure", subject, payload_of(failure)});
}

void RecordCheck::add(std::int64_t number, const StoredWatch& stored) {
  const std::string& subject = stored.watch.modification.text;
  records_.push_back({number, "watch", subject, begin_payload_of(stored.watch)});
  if (stored.end_number == 0) return;
  records_.push_back({stored.end_number, "watch", subject, end_payload_of(stored.watch)});
}

/// The statement about an act is there, and is about it.
void RecordCheck::check_statement(std::int64_t number, const std::string& digest,
                                  const ModificationId& id, const std::optional<CommitId>& commit) {
  if (digest.empty()) return;
  const auto found = attestations_.find(digest);
  if (found == attestations_.end()) return say(number, "its attestation was removed");
  if (found->second.modification != id || (commit && found->second.commit != *commit)) {
    say(number, "its attestation is of something else");
  }
}

/// The operations that entries speak of are as they were when the entries were written.
void RecordCheck::check_operations(const std::vector<LedgerEntry>& entries) {
  for (const LedgerEntry& entry : entries) {
    const json payload = json::parse(entry.payload, nullptr, false);
    if (!payload.is_object() || !payload.contains("operation_digest")) continue;
    const json id = payload.value("operation_id", json());
    const auto known = id.is_string() ? operations_.find(id.get<std::string>()) : operations_.end();
    if (known == operations_.end()) {
      say(entry.number, "its operation was removed from the journal");
    } else if (payload["operation_digest"] != json(known->second)) {
      say(entry.number, "its operation was edited in the journal");
    }
  }
}

std::vector<LedgerProblem> RecordCheck::finish(const std::vector<LedgerEntry>& entries,
                                               bool complete) {
  for (const Judged& judged : judged_) check_verdict(judged);
  if (complete) check_operations(entries);
  std::ranges::move(compare_records(entries, records_, complete), std::back_inserter(problems_));
  return std::move(problems_);
}

std::string RecordCheck::exact_key_of(const std::string& evidence) const {
  const auto found = evidence_.find(evidence);
  return found == evidence_.end() ? std::string() : found->second.exact_key;
}

std::string RecordCheck::shape_key_of(const std::string& evidence) const {
  const auto found = evidence_.find(evidence);
  return found == evidence_.end() ? std::string() : found->second.shape_key;
}

}  // namespace automod::store
