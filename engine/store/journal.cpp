#include "engine/store/journal.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <charconv>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/digest.hpp"
#include "base/files.hpp"
#include "base/text.hpp"
#include "engine/store/core.hpp"
#include "engine/store/record_json.hpp"

namespace automod::store {

namespace {

constexpr std::string_view kPrepared = "prepared";
constexpr std::string_view kCommitted = "committed";
constexpr std::string_view kAborted = "aborted";
constexpr int kFormat = 1;

/// The 22nd field of /proc/self/stat, which stands behind a name that may hold anything.
std::int64_t start_of_this_process() {
  const auto stat = read_file("/proc/self/stat", 4096);
  if (!stat) return 0;
  std::size_t at = stat->rfind(')');
  for (int field = 2; field < 22 && at != std::string::npos; ++field) {
    at = stat->find(' ', at + 1);
  }
  std::int64_t start = 0;
  if (at != std::string::npos) {
    std::from_chars(stat->data() + at + 1, stat->data() + stat->size(), start);
  }
  return start;
}

std::string refs_text(const Operation& operation) {
  std::vector<RefMove> refs = operation.refs;
  nlohmann::json all = nlohmann::json::array();
  for (RefMove& move : refs) {
    JsonOut out(kFormat);
    describe(out, move);
    all.push_back(out.take());
  }
  return canonical({{"refs", std::move(all)}});
}

std::string record_text(const Operation& operation) {
  Act act = operation.act;  // describing serves both directions, and so wants to be able to write
  JsonOut out(kFormat);
  describe(out, act);
  return canonical(out.take());
}

/// What a record does not say of itself, its operation does.
void stamp(Act& act, const Operation& operation) {
  const auto each = [&](auto& records, auto time) {
    for (auto& one : records) {
      if ((one.*time).empty()) one.*time = operation.at;
      if constexpr (requires { one.operation; }) one.operation = operation.id;
    }
  };
  each(act.approvals, &Approval::decided_at);
  each(act.applications, &Application::applied_at);
  each(act.rollbacks, &Rollback::rolled_back_at);
  each(act.merges, &Merge::merged_at);
  each(act.undos, &Undo::undone_at);
  each(act.attestations, &Attestation::attested_at);
  for (Attestation& one : act.attestations) {
    if (one.digest.empty()) one.digest = sha256(one.envelope);
  }
}

struct Row {
  Operation operation;
  std::string state;
  std::string digest;
};

constexpr std::string_view kColumns = "id, kind, state, refs, record, at, pid, pid_start, boot_id";

struct Refs {
  std::vector<RefMove> refs;
};

Result<Row> read_row(const Statement& row) {
  const std::string refs = row.text_at(3);
  const std::string record = row.text_at(4);
  auto moves = read_document<Refs>(refs, "an operation's refs", kFormat,
                                   [](JsonIn& in, Refs& all) { in("refs", all.refs); });
  if (!moves) return fail(ErrorKind::kInternal, moves.error().message);
  auto act = read_document<Act>(record, "an operation", kFormat,
                                [](JsonIn& in, Act& one) { describe(in, one); });
  if (!act) return fail(ErrorKind::kInternal, act.error().message);
  return Row{.operation = {.id = {row.text_at(0)},
                           .kind = row.text_at(1),
                           .refs = std::move(moves->refs),
                           .act = std::move(*act),
                           .at = row.text_at(5),
                           .by = {row.whole_at(6), row.whole_at(7), row.text_at(8)}},
             .state = row.text_at(2),
             .digest = operation_digest(row.text_at(1), refs, record)};
}

/// The one row that `condition` with `value` finds.
Result<std::optional<Row>> find(const Database& database, std::string_view condition,
                                std::string_view value) {
  Statement statement(database,
                      fmt::format("SELECT {} FROM operations WHERE {}", kColumns, condition));
  auto row = statement.text(value).step();
  if (!row) return fail(std::move(row.error()));
  if (!*row) return std::optional<Row>();
  auto read = read_row(statement);
  if (!read) return fail(std::move(read.error()));
  return std::move(*read);
}

Result<Row> known(const Database& database, const OperationId& id) {
  auto row = find(database, "id = ?", id.text);
  if (!row) return fail(std::move(row.error()));
  if (*row) return std::move(**row);
  return fail(ErrorKind::kInternal, fmt::format("no operation '{}'", printable_line(id.text)));
}

Result<void> record_act(const Core& core, const Act& act, const Part& part) {
  Result<void> done;
  const auto each = [&](const auto& records) {
    for (const auto& one : records) {
      if (done) done = record(core, one, part);
    }
  };
  for (const Approval& approval : act.approvals) {
    if (done) done = record(core, approval);
  }
  each(act.applications);
  each(act.rollbacks);
  each(act.merges);
  each(act.undos);
  each(act.attestations);
  return done;
}

/// Could the act be recorded? Does it and takes it back, so that what was prepared can always be
/// finished. Nothing is signed for that.
Result<void> rehearse(Core& core, const Act& act, const Part& part) {
  const auto seal = std::exchange(core.seal, std::nullopt);
  auto done = core.database.run("SAVEPOINT rehearsal");
  if (done) done = record_act(core, act, part);
  // Some failures have rolled back everything already; then there is no savepoint to go back to.
  if (auto back = core.database.run("ROLLBACK TO rehearsal; RELEASE rehearsal"); done) done = back;
  core.seal = seal;
  return done;
}

Result<void> check_free(const Database& database) {
  const auto other = find(database, "state = ?", kPrepared);
  if (!other) return fail(other.error());
  if (!*other) return {};
  const Operation& pending = (*other)->operation;
  return fail(ErrorKind::kConflict, fmt::format("operation {} ({}, begun {}) is not finished",
                                                pending.id.text, pending.kind, pending.at));
}

Result<void> insert_operation(Core& core, const Operation& operation) {
  if (auto free = check_free(core.database); !free) return free;
  Operation stamped = operation;
  if (stamped.at.empty()) stamped.at = core.now();
  stamp(stamped.act, stamped);
  const std::string refs = refs_text(stamped);
  const std::string record = record_text(stamped);
  const Part part{stamped.id, operation_digest(stamped.kind, refs, record)};
  const ProcessMark by = this_process();
  Statement insert(core.database, fmt::format("INSERT INTO operations ({}) VALUES (?, ?, ?, ?, ?, "
                                              "?, ?, ?, ?)",
                                              kColumns));
  insert.text(stamped.id.text).text(stamped.kind).text(kPrepared).text(refs).text(record);
  insert.text(stamped.at).whole(by.pid).whole(by.start).text(by.boot);
  if (auto done = insert.run(); !done) return done;
  return rehearse(core, stamped.act, part);
}

Result<void> end_operation(const Core& core, const OperationId& id, std::string_view state,
                           std::string_view why) {
  Statement update(core.database,
                   "UPDATE operations SET state = ?, ended_at = ?, why = ? WHERE id = ?");
  update.text(state).text(core.now()).text_or_null(valid_text(why));
  return update.text(id.text).run();
}

Result<void> finish_operation(const Core& core, const OperationId& id) {
  const auto row = known(core.database, id);
  if (!row) return fail(row.error());
  if (row->state == kCommitted) return {};
  if (row->state == kAborted) {
    return fail(ErrorKind::kConflict, fmt::format("operation {} was called off", id.text));
  }
  auto done = record_act(core, row->operation.act, {id, row->digest});
  if (done) done = end_operation(core, id, kCommitted, "");
  return done;
}

Result<void> abort_operation(const Core& core, const OperationId& id, std::string_view why) {
  const auto row = known(core.database, id);
  if (!row) return fail(row.error());
  if (row->state == kAborted) return {};
  if (row->state == kCommitted) {
    return fail(ErrorKind::kConflict, fmt::format("operation {} has happened", id.text));
  }
  return end_operation(core, id, kAborted, why);
}

}  // namespace

ProcessMark this_process() {
  ProcessMark mark{.pid = getpid(), .start = start_of_this_process(), .boot = {}};
  if (auto boot = read_file("/proc/sys/kernel/random/boot_id", 64)) {
    mark.boot = boot->substr(0, boot->find('\n'));
  }
  return mark;
}

std::string operation_digest(std::string_view kind, std::string_view refs,
                             std::string_view record) {
  return sha256(canonical({{"kind", kind}, {"refs", refs}, {"record", record}}));
}

OperationId Store::new_operation_id() const { return {impl_->new_id()}; }

Result<void> Store::prepare(const Operation& operation) {
  auto done = in_transaction(*impl_, "preparing an operation",
                             [&] { return insert_operation(*impl_, operation); });
  if (done || !impl_->database.was_unknown()) return done;
  // A failed flush does not say what reached the disk. It is not tried again, for it might succeed
  // without having written: a new connection reads what is there, and calls it off.
  if (auto again = impl_->reopen()) {
    if (const auto row = known(impl_->database, operation.id)) {
      (void)abort(operation.id, "the disk refused to say whether it was written down");
    }
  }
  return done;
}

Result<std::optional<Operation>> Store::pending() const {
  auto row = find(impl_->database, "state = ?", kPrepared);
  if (!row) return fail(std::move(row.error()));
  if (!*row) return std::optional<Operation>();
  return std::move((*row)->operation);
}

Result<void> Store::finish(const OperationId& id) {
  auto done = in_transaction(*impl_, "recording an operation",
                             [&] { return finish_operation(*impl_, id); });
  // Whether it was recorded is for the next start to find out; this connection must not guess.
  if (!done && impl_->database.was_unknown()) (void)impl_->reopen();
  return done;
}

Result<void> Store::abort(const OperationId& id, std::string_view why) {
  auto done = in_transaction(*impl_, "calling off an operation",
                             [&] { return abort_operation(*impl_, id, why); });
  if (!done && impl_->database.was_unknown()) (void)impl_->reopen();
  return done;
}

Result<std::optional<Operation>> Store::operation(const OperationId& id) const {
  auto row = find(impl_->database, "id = ?", id.text);
  if (!row) return fail(std::move(row.error()));
  if (!*row) return std::optional<Operation>();
  return std::move((*row)->operation);
}

Result<std::optional<Operation>> Store::last_undoable() const {
  auto row = find(impl_->database, R"(state = ? AND kind <> 'undo'
      AND NOT EXISTS (SELECT 1 FROM undos WHERE undone_operation = operations.id)
      ORDER BY ended_at DESC, rowid DESC LIMIT 1)",
                  kCommitted);
  if (!row) return fail(std::move(row.error()));
  if (!*row) return std::optional<Operation>();
  return std::move((*row)->operation);
}

}  // namespace automod::store
