#include "cli/documents_keep.hpp"

#include <nlohmann/json.hpp>

#include "cli/documents.hpp"
#include "engine/verify.hpp"

namespace automod::cli {

using nlohmann::json;

namespace {

json or_null(const std::string& text) { return text.empty() ? json(nullptr) : json(text); }

template <class Id>
json id_or_null(const std::optional<Id>& id) {
  return id ? json(id->text) : json(nullptr);
}

template <class T, class F>
json list(const std::vector<T>& values, F&& one) {
  json all = json::array();
  for (const T& value : values) all.push_back(one(value));
  return all;
}

json move_json(const store::RefMove& move) {
  return {
      {"ref", move.ref}, {"before", id_or_null(move.before)}, {"after", id_or_null(move.after)}};
}

}  // namespace

json application_json(const store::Application& application) {
  return {{"modification_id", application.modification.text},
          {"branch", application.branch},
          {"commit", application.commit.text},
          {"base_commit", application.base_commit.text},
          {"tree", application.tree.text},
          {"evidence_digest", application.evidence_digest},
          {"applied_at", application.applied_at},
          {"approval_id", id_or_null(application.approval)},
          {"approver", or_null(application.approver)},
          {"signer", or_null(application.signer)},
          {"statement", or_null(application.statement)}};
}

json rollback_json(const store::Rollback& rollback) {
  return {{"modification_id", rollback.modification.text},
          {"reason", rollback.reason},
          {"method", rollback.method},
          {"ref", rollback.ref},
          {"commit", id_or_null(rollback.commit)},
          {"restored", rollback.restored.text},
          {"rolled_back_at", rollback.rolled_back_at},
          {"cascade_of", id_or_null(rollback.cascade_of)},
          {"verified_tree", id_or_null(rollback.verified_tree)},
          {"signer", or_null(rollback.signer)},
          {"statement", or_null(rollback.statement)}};
}

json merge_json(const store::Merge& merge) {
  return {{"modification_id", merge.modification.text},
          {"branch", merge.branch},
          {"before", merge.before.text},
          {"after", merge.after.text},
          {"worktree", or_null(merge.worktree)},
          {"signer", or_null(merge.signer)},
          {"statement", or_null(merge.statement)},
          {"merged_at", merge.merged_at}};
}

json approval_json(const store::Approval& approval) {
  return {{"id", approval.id.text},
          {"modification_id", approval.modification.text},
          {"answer", approval.answer},
          {"approver", approval.approver},
          {"expires_at", or_null(approval.expires_at)},
          {"note", approval.note},
          {"token", or_null(approval.token)},
          {"decided_at", approval.decided_at}};
}

json rollback_document(const std::vector<store::Rollback>& rollbacks) {
  return {{"schema", "automod.rollback/2"}, {"rollbacks", list(rollbacks, rollback_json)}};
}

json merge_document(const store::Merge& merge) {
  return {{"schema", "automod.merge/1"}, {"merge", merge_json(merge)}};
}

json undo_document(const store::Operation& undone) {
  return {{"schema", "automod.undo/1"},
          {"undone",
           {{"id", undone.id.text},
            {"kind", undone.kind},
            {"at", undone.at},
            {"refs", list(undone.refs, move_json)},
            {"applications", list(undone.act.applications, application_json)},
            {"rollbacks", list(undone.act.rollbacks, rollback_json)},
            {"merges", list(undone.act.merges, merge_json)}}}};
}

json approve_document(const store::Approval& approval) {
  return {{"schema", "automod.approve/1"}, {"approval", approval_json(approval)}};
}

json feedback_document(const store::Feedback& feedback) {
  return {{"schema", "automod.feedback/1"},
          {"feedback",
           {{"modification_id", feedback.modification.text},
            {"opinion", feedback.good ? "good" : "bad"},
            {"note", feedback.note},
            {"given_at", feedback.given_at}}}};
}

json verify_document(const Verification& verified, int exit_code) {
  return {{"schema", "automod.verify/1"},
          {"kind", verified.kind},
          {"modification_id", verified.modification.text},
          {"commit", verified.commit.text},
          {"signer", or_null(verified.signer)},
          {"holds", verified.holds()},
          {"steps", list(verified.steps,
                         [](const VerifyStep& step) {
                           return json{
                               {"what", step.what}, {"holds", step.holds}, {"detail", step.detail}};
                         })},
          {"exit_code", exit_code}};
}

json watch_document(const Watched& watched, int exit_code) {
  const store::Watch& watch = watched.watch;
  const auto check_json = [](const store::WatchCheck& check) {
    return json{{"outcome", check.outcome},
                {"wall_ms", check.wall_ms},
                {"value", check.value ? json(*check.value) : json(nullptr)},
                {"detail", check.detail},
                {"checked_at", check.checked_at}};
  };
  return {{"schema", "automod.watch/1"},
          {"watch",
           {{"id", watch.id.text},
            {"modification_id", watch.modification.text},
            {"command", watch.command},
            {"every_seconds", watch.every_seconds},
            {"for_seconds", watch.for_seconds},
            {"state", watch.state},
            {"why", watch.why},
            {"started_at", watch.started_at},
            {"ended_at", or_null(watch.ended_at)},
            {"checks", list(watch.checks, check_json)}}},
          {"rollbacks", list(watched.rollbacks, rollback_json)},
          {"problem", watched.problem ? json(watched.problem->message) : json(nullptr)},
          {"exit_code", exit_code}};
}

json recover_document(const Recovery& recovery, int exit_code) {
  json rebuilt = nullptr;
  if (recovery.rebuilt) {
    const store::Rebuilt& made = *recovery.rebuilt;
    rebuilt = {{"kept_aside", or_null(made.kept_aside.string())},
               {"old_head", made.old_head.number == 0 ? json(nullptr)
                                                      : json{{"number", made.old_head.number},
                                                             {"hash", made.old_head.hash}}},
               {"records", made.records},
               {"unread", made.unread},
               {"gone", made.gone}};
  }
  return {{"schema", "automod.recover/1"},
          {"health", store::name(recovery.diagnosis.health)},
          {"what", or_null(recovery.diagnosis.what)},
          {"rebuilt", std::move(rebuilt)},
          {"exit_code", exit_code}};
}

json review_document(const std::vector<Reviewed>& all) {
  return {{"schema", "automod.review/1"},
          {"reviewed", list(all, [](const Reviewed& one) {
             return json{{"modification_id", one.listed.modification.id.text},
                         {"approval", one.approval ? approval_json(*one.approval) : json(nullptr)},
                         {"application",
                          one.application ? application_json(*one.application) : json(nullptr)},
                         {"error", one.error ? json(one.error->message) : json(nullptr)}};
           })}};
}

}  // namespace automod::cli
