#pragma once

#include "engine/store/journal.hpp"
#include "engine/types/json_archive.hpp"

/// The JSON of records, in both directions: in the journal and in bundles. Fields are never
/// renamed. Not in an unnamed namespace: the archives find these by the namespace of their
/// arguments.
namespace automod::store {

template <class Io>
void describe(Io& io, RefMove& move) {
  io("ref", move.ref);
  io("before", move.before);
  io("after", move.after);
}

template <class Io>
void describe(Io& io, WorktreeMove& move) {
  io("path", move.path);
  io("from", move.from);
  io("to", move.to);
}

template <class Io>
void describe(Io& io, Approval& approval) {
  io("id", approval.id);
  io("modification", approval.modification);
  io("answer", approval.answer);
  io("approver", approval.approver);
  io("expires_at", approval.expires_at);
  io("note", approval.note);
  io("token", approval.token);
  io("decided_at", approval.decided_at);
}

template <class Io>
void describe(Io& io, Application& application) {
  io("modification", application.modification);
  io("branch", application.branch);
  io("commit", application.commit);
  io("base_commit", application.base_commit);
  io("tree", application.tree);
  io("evidence_digest", application.evidence_digest);
  io("applied_at", application.applied_at);
  io("branch_before", application.branch_before);
  io("approval", application.approval);
  io("approver", application.approver);
  io("signer", application.signer);
  io("statement", application.statement);
  io("operation", application.operation);
}

template <class Io>
void describe(Io& io, Rollback& rollback) {
  io("modification", rollback.modification);
  io("reason", rollback.reason);
  io("method", rollback.method);
  io("ref", rollback.ref);
  io("commit", rollback.commit);
  io("restored", rollback.restored);
  io("rolled_back_at", rollback.rolled_back_at);
  io("cascade_of", rollback.cascade_of);
  io("verified_tree", rollback.verified_tree);
  io("signer", rollback.signer);
  io("statement", rollback.statement);
  io("operation", rollback.operation);
}

template <class Io>
void describe(Io& io, Merge& merge) {
  io("modification", merge.modification);
  io("branch", merge.branch);
  io("before", merge.before);
  io("after", merge.after);
  io("worktree", merge.worktree);
  io("signer", merge.signer);
  io("statement", merge.statement);
  io("merged_at", merge.merged_at);
  io("operation", merge.operation);
}

template <class Io>
void describe(Io& io, Undo& undo) {
  io("modification", undo.modification);
  io("undone", undo.undone);
  io("what", undo.what);
  io("reason", undo.reason);
  io("undone_at", undo.undone_at);
  io("operation", undo.operation);
}

template <class Io>
void describe(Io& io, Attestation& attestation) {
  io("digest", attestation.digest);
  io("modification", attestation.modification);
  io("commit", attestation.commit);
  io("envelope", attestation.envelope);
  io("attested_at", attestation.attested_at);
  io("operation", attestation.operation);
}

template <class Io>
void describe(Io& io, Act& act) {
  io("approvals", act.approvals);
  io("applications", act.applications);
  io("rollbacks", act.rollbacks);
  io("merges", act.merges);
  io("undos", act.undos);
  io("attestations", act.attestations);
  io("worktree", act.worktree);
}

}  // namespace automod::store
