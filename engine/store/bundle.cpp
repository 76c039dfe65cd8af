#include "engine/store/bundle.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "engine/store/bytes_json.hpp"
#include "engine/store/record_json.hpp"
#include "engine/types/json.hpp"

namespace automod {

// Beside their types, where the archives look for them.

template <class Io>
void describe(Io& io, Place& place) {
  io("path", place.path);
  io("line", place.line);
  io("column", place.column);
  io("symbol", place.symbol);
}

template <class Io>
void describe(Io& io, Origin& origin) {
  io("proposer", origin.proposer);
  io("name", origin.name);
  io("prompt_digest", origin.prompt_digest);
}

template <class Io>
void describe(Io& io, FileChange& file) {
  io("path", file.path);
  store::describe_bytes(io, "original", file.original);
  store::describe_bytes(io, "modified", file.modified);
  io("original_executable", file.original_executable);
  io("executable", file.executable);
}

template <class Io>
void describe(Io& io, Session& session) {
  io("id", session.id);
  io("codebase_path", session.codebase_path);
  io("goals", session.goals);
  io("safety_level", session.safety_level);
  io("status", session.status);
  io("started_at", session.started_at);
  io("completed_at", session.completed_at);
  io("success_rate", session.success_rate);
}

template <class Io>
void describe(Io& io, Modification& one) {
  io("id", one.id);
  io("session", one.session);
  io("base_commit", one.base_commit);
  io("base_tree", one.base_tree);
  io("tree", one.tree);
  store::describe_bytes(io, "patch", one.patch);
  io("patch_digest", one.patch_digest);
  io("created_at", one.created_at);
  io("type", one.candidate.type);
  io("summary", one.candidate.summary);
  io("reasoning", one.candidate.reasoning);
  io("origin", one.candidate.origin);
  io("place", one.candidate.place);
  io("parent", one.candidate.parent);
  io("files", one.candidate.files);
}

}  // namespace automod

namespace automod::store {

namespace {

constexpr int kFormat = 1;
constexpr std::string_view kSchema = "automod.bundle/1";

}  // namespace

template <class Io>
void describe(Io& io, LedgerHead& head) {
  io("number", head.number);
  io("hash", head.hash);
}

template <class Io>
void describe(Io& io, LedgerEntry& entry) {
  io("number", entry.number);
  io("at", entry.at);
  io("kind", entry.kind);
  io("subject", entry.subject);
  io("payload", entry.payload);
  io("previous", entry.previous);
  io("hash", entry.hash);
  io("signature", entry.signature);
  io("signer", entry.signer);
}

template <class Io>
void describe(Io& io, StoredEvidence& evidence) {
  io("digest", evidence.digest);
  io("text", evidence.text);
}

template <class Io>
void describe(Io& io, StoredTrial& trial) {
  io("id", trial.id);
  io("modification", trial.modification);
  io("evidence_digest", trial.evidence_digest);
  io("finished_at", trial.finished_at);
}

template <class Io>
void describe(Io& io, StoredVerdict& verdict) {
  io("trial", verdict.trial);
  io("modification", verdict.modification);
  io("verdict", verdict.verdict);
  io("judged_at", verdict.judged_at);
}

template <class Io>
void describe(Io& io, ProcessMark& mark) {
  io("pid", mark.pid);
  io("start", mark.start);
  io("boot", mark.boot);
}

template <class Io>
void describe(Io& io, StoredOperation& operation) {
  io("id", operation.id);
  io("kind", operation.kind);
  io("state", operation.state);
  io("refs", operation.refs);
  io("record", operation.record);
  io("at", operation.at);
  io("ended_at", operation.ended_at);
  io("why", operation.why);
  io("by", operation.by);
}

template <class Io>
void describe(Io& io, Feedback& feedback) {
  io("modification", feedback.modification);
  io("good", feedback.good);
  io("note", feedback.note);
  io("given_at", feedback.given_at);
}

template <class Io>
void describe(Io& io, Failure& failure) {
  io("doing", failure.doing);
  io("message", failure.message);
  io("modification", failure.modification);
  io("operation", failure.operation);
  io("failed_at", failure.failed_at);
}

template <class Io>
void describe(Io& io, WatchCheck& check) {
  io("outcome", check.outcome);
  io("wall_ms", check.wall_ms);
  io("value", check.value);
  io("detail", check.detail);
  io("checked_at", check.checked_at);
}

template <class Io>
void describe(Io& io, StoredWatch& stored) {
  Watch& watch = stored.watch;
  io("end_number", stored.end_number);
  io("id", watch.id);
  io("modification", watch.modification);
  io("command", watch.command);
  io("every_seconds", watch.every_seconds);
  io("for_seconds", watch.for_seconds);
  io("state", watch.state);
  io("why", watch.why);
  io("started_at", watch.started_at);
  io("ended_at", watch.ended_at);
  io("checks", watch.checks);
}

/// The number of the entry stands among the fields of its record.
template <class Io, class T>
void describe(Io& io, Numbered<T>& numbered) {
  io("entry", numbered.number);
  describe(io, numbered.record);
}

template <class Io>
void describe(Io& io, Bundle& bundle) {
  std::string schema(kSchema);
  io("schema", schema);
  if (schema != kSchema) io.say(fmt::format("schema is not {}", kSchema));
  io("made_at", bundle.made_at);
  io("head", bundle.head);
  io("ledger", bundle.ledger);
  io("former", bundle.former);
  io("sessions", bundle.sessions);
  io("modifications", bundle.modifications);
  io("evidence", bundle.evidence);
  io("trials", bundle.trials);
  io("verdicts", bundle.verdicts);
  io("approvals", bundle.approvals);
  io("operations", bundle.operations);
  io("applications", bundle.applications);
  io("rollbacks", bundle.rollbacks);
  io("merges", bundle.merges);
  io("undos", bundle.undos);
  io("attestations", bundle.attestations);
  io("feedback", bundle.feedback);
  io("failures", bundle.failures);
  io("watches", bundle.watches);
}

std::string bundle_text(const Bundle& bundle) {
  Bundle copy = bundle;  // describing serves both directions, and so wants to be able to write
  JsonOut out(kFormat);
  describe(out, copy);
  return canonical(out.take());
}

Result<Bundle> read_bundle(std::string_view text) {
  if (text.size() > kLargestBundle) {
    return fail(ErrorKind::kUsage, fmt::format("reading a bundle: it has {} bytes, at most {} are "
                                               "read",
                                               text.size(), kLargestBundle));
  }
  return read_document<Bundle>(text, "a bundle", kFormat,
                               [](JsonIn& in, Bundle& bundle) { describe(in, bundle); });
}

}  // namespace automod::store
