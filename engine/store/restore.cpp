#include "engine/store/restore.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "base/digest.hpp"
#include "base/text.hpp"
#include "engine/types/json.hpp"

namespace automod::store {

namespace {

/// One thing to record, in the order of the entries it had.
struct Item {
  std::int64_t number = 0;   // of its old entry
  bool has_entry = true;     // what has none of its own goes first
  std::size_t position = 0;  // as it was found
  std::string what;          // "verdict of 0199…"
  std::function<Result<void>()> record;
};

class Restoring {
 public:
  Restoring(Core& core, const Bundle& found, const Sources& sources)
      : core_(core), found_(found), sources_(sources) {}

  Restored run() {
    collect_parts();
    collect_proposals();
    collect_trials();
    collect_acts();
    collect_reports();
    std::ranges::sort(items_, {}, [](const Item& item) {
      return std::tuple(item.number, item.has_entry, item.position);
    });
    record_all();
    tell_missing_entries();
    tell_unknown_refs();
    return std::move(restored_);
  }

 private:
  void add(std::int64_t number, std::string what, std::function<Result<void>()> record) {
    items_.push_back({number, true, items_.size(), std::move(what), std::move(record)});
  }
  /// What has no entry of its own.
  void add_part(std::int64_t number, std::string what, std::function<Result<void>()> record) {
    items_.push_back({number, false, items_.size(), std::move(what), std::move(record)});
  }

  void collect_parts() {
    for (const StoredOperation& one : found_.operations) {
      add_part(0, "operation " + one.id.text, [this, &one] { return operation(one); });
    }
  }

  void collect_proposals() {
    for (const auto& [number, one] : found_.sessions) {
      add(number, "session " + one.id.text,
          [this, &session = one] { return record(core_, session); });
    }
    for (const auto& [number, one] : found_.modifications) {
      add(number, "modification " + one.id.text, [this, &modification = one]() -> Result<void> {
        if (sha256(modification.patch) != modification.patch_digest) {
          return fail(ErrorKind::kRefused, "its patch was edited");
        }
        return record(core_, modification);
      });
    }
  }

  void collect_trials() {
    for (const StoredEvidence& one : found_.evidence) evidence_[one.digest] = &one.text;
    std::map<std::string, std::int64_t> first_verdict;
    for (const auto& [number, one] : found_.verdicts) {
      first_verdict.try_emplace(one.trial.text, number);
      add(number, "verdict of " + one.modification.text,
          [this, &stored = one] { return verdict(stored); });
    }
    for (const StoredTrial& one : found_.trials) {
      const auto judged = first_verdict.find(one.id.text);
      add_part(judged == first_verdict.end() ? found_.head.number : judged->second,
               "trial of " + one.modification.text, [this, &one] { return trial(one); });
    }
  }

  Result<void> trial(const StoredTrial& stored) {
    const auto text = evidence_.find(stored.evidence_digest);
    if (text == evidence_.end()) return fail(ErrorKind::kRefused, "its evidence is not there");
    if (sha256(*text->second) != stored.evidence_digest) {
      return fail(ErrorKind::kRefused, "its evidence was edited");
    }
    auto evidence = evidence_from_json(*text->second);
    if (!evidence) return fail(std::move(evidence.error()));
    const TrialRow row{stored.id, stored.modification, stored.evidence_digest, std::move(*evidence),
                       stored.finished_at};
    return record(core_, row, *text->second);
  }

  Result<void> verdict(const StoredVerdict& stored) {
    const auto said = verdict_from_json(stored.verdict);
    if (!said) return fail(said.error());
    TrialRow row;
    row.id = stored.trial;
    row.modification = stored.modification;
    row.evidence_digest = said->evidence_digest;
    row.finished_at = stored.judged_at;
    return record(core_, row, *said);
  }

  Result<void> operation(const StoredOperation& one) {
    Statement insert(core_.database, R"(
        INSERT INTO operations (id, kind, state, refs, record, at, pid, pid_start, boot_id,
                                ended_at, why)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?))");
    insert.text(one.id.text).text(one.kind).text(one.state).text(one.refs).text(one.record);
    insert.text(one.at).whole(one.by.pid).whole(one.by.start).text(one.by.boot);
    auto done = insert.text_or_null(one.ended_at).text_or_null(one.why).run();
    if (done) digests_[one.id.text] = operation_digest(one.kind, one.refs, one.record);
    return done;
  }

  /// The operation of a record, where it was restored.
  Part part_of(const OperationId& id) const {
    const auto known = digests_.find(id.text);
    return known == digests_.end() ? Part{} : Part{id, known->second};
  }

  template <class T>
  void collect_acts_of(const std::vector<Numbered<T>>& records, std::string_view kind) {
    for (const Numbered<T>& one : records) {
      add(one.number, fmt::format("{} of {}", kind, one.record.modification.text),
          [this, &record_of = one.record] {
            return record(core_, record_of, part_of(record_of.operation));
          });
    }
  }

  void collect_acts() {
    collect_acts_of(found_.applications, "application");
    collect_acts_of(found_.rollbacks, "rollback");
    collect_acts_of(found_.merges, "merge");
    collect_acts_of(found_.undos, "undo");
    const auto attest = [&](const Attestation& one) {
      add_part(found_.head.number, "attestation of " + one.commit.text,
               [this, &one] { return record(core_, one, part_of(one.operation)); });
    };
    for (const Attestation& one : found_.attestations) attest(one);
    for (const Attestation& one : sources_.attestations) attest(one);
  }

  void collect_reports() {
    for (const auto& [number, one] : found_.approvals) {
      add(number, "approval of " + one.modification.text,
          [this, &approval = one] { return record(core_, approval); });
    }
    for (const auto& [number, one] : found_.feedback) {
      add(number, "feedback on " + one.modification.text,
          [this, &feedback = one] { return record(core_, feedback); });
    }
    for (const auto& [number, one] : found_.failures) {
      add(number, "failure of " + one.failed_at,
          [this, &failure = one] { return record(core_, failure); });
    }
    for (const auto& [number, one] : found_.watches) {
      add(number, "watch of " + one.watch.modification.text, [this, &stored = one] {
        told_.insert(stored.end_number);
        return record(core_, stored.watch);
      });
    }
  }

  Result<void> try_to_record(const Item& item) {
    auto done = core_.database.run("SAVEPOINT item");
    if (done) done = item.record();
    (void)core_.database.run(done ? "RELEASE item" : "ROLLBACK TO item; RELEASE item");
    return done;
  }

  /// Some may stand on others that come later, where two ledgers were merged: as often as it
  /// gets any further.
  void record_all() {
    std::vector<Item> left = std::move(items_);
    std::map<std::string, std::string> reasons;
    for (std::size_t before = left.size() + 1; left.size() < before;) {
      before = left.size();
      std::erase_if(left, [&](const Item& item) {
        const auto done = try_to_record(item);
        if (!done) return reasons[item.what] = done.error().message, false;
        if (item.has_entry) {
          ++restored_.records;
          told_.insert(item.number);
        }
        return true;
      });
    }
    for (const Item& item : left) {
      if (item.has_entry) told_.insert(item.number);
      restored_.gone.push_back(fmt::format("{}: {}", item.what, reasons[item.what]));
    }
  }

  /// Entries that tell of records nobody has, and numbers of which not even that is known.
  void tell_missing_entries() {
    std::int64_t next = 1;
    const auto skipped = [&](std::int64_t until) {
      if (until == next) restored_.gone.push_back(fmt::format("entry {}", next));
      if (until > next) restored_.gone.push_back(fmt::format("entries {} to {}", next, until));
    };
    for (const LedgerEntry& entry : found_.ledger) {
      skipped(entry.number - 1);
      next = std::max(next, entry.number + 1);
      if (entry.kind == "recovery" || told_.contains(entry.number)) continue;
      restored_.gone.push_back(fmt::format("{} of {} (entry {})", printable_line(entry.kind),
                                           printable_line(entry.subject), entry.number));
    }
    std::int64_t last = found_.head.number;
    for (const LedgerHead& head : sources_.heads) last = std::max(last, head.number);
    skipped(last);
  }

  void tell_unknown_refs() {
    std::set<std::string> known;
    for (const auto& one : found_.modifications) known.insert(one.record.id.text);
    for (const KnownRef& ref : sources_.refs) {
      if (known.contains(ref.modification.text)) continue;
      restored_.gone.push_back(fmt::format(
          "modification {}, of which {} is left at {}", printable_line(ref.modification.text),
          printable_line(ref.ref), printable_line(ref.commit.text)));
    }
  }

  Core& core_;
  const Bundle& found_;
  const Sources& sources_;
  std::vector<Item> items_;
  std::map<std::string, const std::string*> evidence_;
  std::map<std::string, std::string> digests_;  // of restored operations
  std::set<std::int64_t> told_;                 // old entries whose record was looked at
  Restored restored_;
};

}  // namespace

Restored restore(Core& core, const Bundle& found, const Sources& sources) {
  return Restoring(core, found, sources).run();
}

}  // namespace automod::store
