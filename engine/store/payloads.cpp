#include "engine/store/payloads.hpp"

#include <nlohmann/json.hpp>
#include <optional>

#include "base/digest.hpp"
#include "engine/types/json.hpp"

namespace automod::store {

using nlohmann::json;

namespace {

void add(json& payload, const char* key, const std::string& text) {
  if (!text.empty()) payload[key] = text;
}

template <class Tag>
void add(json& payload, const char* key, const std::optional<Id<Tag>>& id) {
  if (id) payload[key] = id->text;
}

json content_digest(const std::optional<std::string>& content) {
  return content ? json(sha256(*content)) : json(nullptr);
}

/// What was measured, as one digest.
std::string digest_of(const std::vector<WatchCheck>& checks) {
  json all = json::array();
  for (const WatchCheck& check : checks) {
    all.push_back({check.outcome, check.wall_ms, check.value ? json(*check.value) : json(nullptr),
                   check.detail, check.checked_at});
  }
  return sha256(canonical(all));
}

}  // namespace

json payload_of(const Session& session) {
  json goals = json::array();
  for (const Goal goal : session.goals) goals.push_back(name(goal));
  return {{"codebase_path", session.codebase_path},
          {"goals", std::move(goals)},
          {"safety_level", name(session.safety_level)}};
}

// Frozen: what was recorded is compared with this. Its fields never change.
std::string record_digest(const Modification& modification) {
  const Candidate& candidate = modification.candidate;
  json files = json::array();
  for (const FileChange& file : candidate.files) {
    files.push_back({file.path, content_digest(file.original), content_digest(file.modified),
                     file.original_executable, file.executable});
  }
  return sha256(canonical({{"id", modification.id.text},
                           {"base_tree", modification.base_tree.text},
                           {"summary", candidate.summary},
                           {"reasoning", candidate.reasoning},
                           {"origin_name", candidate.origin.name},
                           {"prompt_digest", candidate.origin.prompt_digest},
                           {"parent", candidate.parent ? candidate.parent->text : ""},
                           {"place",
                            {candidate.place.path, candidate.place.line, candidate.place.column,
                             candidate.place.symbol}},
                           {"created_at", modification.created_at},
                           {"files", std::move(files)}}));
}

json payload_of(const Modification& modification) {
  return {{"session_id", modification.session.text},
          {"base_commit", modification.base_commit.text},
          {"tree", modification.tree.text},
          {"patch_digest", modification.patch_digest},
          {"type", name(modification.candidate.type)},
          {"proposer", name(modification.candidate.origin.proposer)},
          {"record_digest", record_digest(modification)}};
}

json payload_of(const TrialRow& trial, const Verdict& verdict, std::string_view verdict_text) {
  return {{"trial_id", trial.id.text},
          {"decision", name(verdict.decision)},
          {"safety_level", name(verdict.level)},
          {"evidence_digest", trial.evidence_digest},
          {"verdict_digest", sha256(verdict_text)}};
}

json payload_of(const Approval& approval) {
  json payload = {{"approval_id", approval.id.text},
                  {"answer", approval.answer},
                  {"approver", approval.approver},
                  {"note", approval.note}};
  add(payload, "expires_at", approval.expires_at);
  if (!approval.token.empty()) payload["token_digest"] = sha256(approval.token);
  return payload;
}

json payload_of(const Application& application) {
  json payload = {{"branch", application.branch},
                  {"commit", application.commit.text},
                  {"base_commit", application.base_commit.text},
                  {"tree", application.tree.text},
                  {"evidence_digest", application.evidence_digest}};
  add(payload, "branch_before", application.branch_before);
  add(payload, "approval_id", application.approval);
  add(payload, "approver", application.approver);
  add(payload, "signer", application.signer);
  add(payload, "statement", application.statement);
  add(payload, "operation_id", application.operation.text);
  return payload;
}

json payload_of(const Rollback& rollback) {
  json payload = {{"reason", rollback.reason},
                  {"method", rollback.method},
                  {"ref", rollback.ref},
                  {"commit", rollback.commit ? json(rollback.commit->text) : json(nullptr)},
                  {"restored", rollback.restored.text}};
  add(payload, "cascade_of", rollback.cascade_of);
  add(payload, "verified_tree", rollback.verified_tree);
  add(payload, "signer", rollback.signer);
  add(payload, "statement", rollback.statement);
  add(payload, "operation_id", rollback.operation.text);
  return payload;
}

json payload_of(const Merge& merge) {
  json payload = {
      {"branch", merge.branch}, {"before", merge.before.text}, {"after", merge.after.text}};
  add(payload, "worktree", merge.worktree);
  add(payload, "signer", merge.signer);
  add(payload, "statement", merge.statement);
  add(payload, "operation_id", merge.operation.text);
  return payload;
}

json payload_of(const Undo& undo) {
  json payload = {
      {"undone_operation", undo.undone.text}, {"what", undo.what}, {"reason", undo.reason}};
  add(payload, "operation_id", undo.operation.text);
  return payload;
}

json payload_of(const Feedback& feedback) {
  return {{"opinion", feedback.good ? "good" : "bad"}, {"note", feedback.note}};
}

json payload_of(const Failure& failure) {
  json payload = {{"doing", failure.doing}, {"message", failure.message}};
  add(payload, "operation_id", failure.operation.text);
  return payload;
}

json begin_payload_of(const Watch& watch) {
  return {{"watch_id", watch.id.text},
          {"event", "begun"},
          {"command", watch.command},
          {"every_seconds", watch.every_seconds},
          {"for_seconds", watch.for_seconds}};
}

json end_payload_of(const Watch& watch) {
  return {{"watch_id", watch.id.text},
          {"event", watch.state},
          {"why", watch.why},
          {"checks", watch.checks.size()},
          {"checks_digest", digest_of(watch.checks)}};
}

}  // namespace automod::store
