#include "engine/verify.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <set>
#include <utility>

#include "base/digest.hpp"
#include "base/text.hpp"
#include "engine/judge/judge.hpp"
#include "engine/keep/commits.hpp"
#include "engine/keep/permission.hpp"
#include "engine/keep/statement.hpp"
#include "engine/sign/dsse.hpp"
#include "engine/sign/token.hpp"
#include "engine/types/config.hpp"
#include "engine/types/json.hpp"

namespace automod {

namespace {

/// A commit of ours, whatever it was made for.
struct Made {
  std::string kind;
  ModificationId modification;
  CommitId commit;
  std::string branch;
  std::string statement;  // digest of the envelope
  std::string reason;     // of a revert
};

std::vector<Made> all_made(const store::Bundle& bundle) {
  std::vector<Made> all;
  for (const auto& [number, one] : bundle.applications) {
    all.push_back({"application", one.modification, one.commit, one.branch, one.statement, {}});
  }
  for (const auto& [number, one] : bundle.rollbacks) {
    if (!one.commit) continue;
    all.push_back({"revert", one.modification, *one.commit, one.ref, one.statement, one.reason});
  }
  for (const auto& [number, one] : bundle.merges) {
    if (one.signer.empty()) continue;
    all.push_back({"merge", one.modification, one.after, one.branch, one.statement, {}});
  }
  return all;
}

/// The latest commit of that id, or of the modification whose id begins so.
Result<Made> find_made(const VerifyWorld& world, std::string_view subject) {
  const auto all = all_made(world.bundle);
  constexpr std::size_t kShortest = 4;
  if (subject.size() >= kShortest) {
    const auto named = std::ranges::find_if(all.rbegin(), all.rend(), [&](const Made& one) {
      return one.kind == "application" && one.modification.text.starts_with(subject);
    });
    if (named != all.rend()) return *named;
  }
  const auto commit = world.repo.resolve(subject);
  if (!commit) {
    const bool known = subject.size() >= kShortest &&
                       std::ranges::any_of(world.bundle.modifications, [&](const auto& one) {
                         return one.record.id.text.starts_with(subject);
                       });
    if (!known) return fail(commit.error());
    return fail(ErrorKind::kRefused, fmt::format("modification {} was never applied", subject),
                "automod explain says what became of it");
  }
  const auto found = std::ranges::find_if(
      all.rbegin(), all.rend(), [&](const Made& one) { return one.commit == commit->commit; });
  if (found != all.rend()) return *found;
  return fail(ErrorKind::kRefused,
              fmt::format("nothing is recorded of commit {}", commit->commit.text),
              "name a commit that automod made, or a modification that was applied");
}

/// "2026-01-31T23:59:59.123Z"; the epoch where it is none.
std::chrono::sys_seconds time_of(const std::string& text) {
  int year = 0;
  unsigned month = 0, day = 0, hour = 0, minute = 0, second = 0;
  if (std::sscanf(text.c_str(), "%4d-%2u-%2uT%2u:%2u:%2u", &year, &month, &day, &hour, &minute,
                  &second) != 6) {
    return {};
  }
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month),
                                         std::chrono::day(day)};
  return std::chrono::sys_days(date) + std::chrono::hours(hour) + std::chrono::minutes(minute) +
         std::chrono::seconds(second);
}

template <class Records, class Matches>
auto last_of(const Records& records, Matches&& matches) -> decltype(&*records.begin()) {
  const auto found = std::ranges::find_if(records.rbegin(), records.rend(), matches);
  return found == records.rend() ? nullptr : &*found;
}

class Verifying {
 public:
  Verifying(const VerifyWorld& world, Made made) : world_(world), made_(std::move(made)) {}

  Verification run() {
    done_.modification = made_.modification;
    done_.commit = made_.commit;
    done_.kind = made_.kind;
    find_records();
    statement();
    commit_signature();
    place();
    if (modification_ != nullptr) {
      evidence();
      tree();
      approval();
    }
    ledger();
    note();
    return std::move(done_);
  }

 private:
  void find_records();
  void statement();
  void expected_statement(const keep::Statement& found);
  void commit_signature();
  void place();
  void evidence();
  void verdict(const Evidence& evidence, const Verdict& stored);
  void tree();
  void approval();
  void ledger();
  void note();

  void say(std::string what, bool holds, std::string detail) {
    done_.steps.push_back({std::move(what), holds, std::move(detail)});
  }
  Result<Config> base_config() const;

  const VerifyWorld& world_;
  Made made_;
  Verification done_;
  const Modification* modification_ = nullptr;
  std::optional<Evidence> evidence_;
  std::optional<Verdict> verdict_;
  std::optional<keep::Statement> statement_;
  std::string envelope_;
};

void Verifying::find_records() {
  const auto* recorded = last_of(world_.bundle.modifications, [&](const auto& one) {
    return one.record.id == made_.modification;
  });
  if (recorded == nullptr) {
    say("record", false, "the modification itself is not recorded");
    return;
  }
  modification_ = &recorded->record;
  const bool same = sha256(modification_->patch) == modification_->patch_digest;
  say("record", same,
      same ? "the patch is what its digest says" : "the patch is another than its digest says");
}

void Verifying::statement() {
  const auto* found = last_of(world_.bundle.attestations, [&](const store::Attestation& one) {
    return one.digest == made_.statement;
  });
  if (found == nullptr || made_.statement.empty()) {
    say("statement", false, "there is no signed statement about the commit");
    return;
  }
  envelope_ = found->envelope;
  if (sha256(envelope_) != made_.statement) {
    say("statement", false, "its envelope is another than its digest says");
    return;
  }
  const auto envelope = sign::parse_envelope(envelope_);
  auto parsed = envelope ? keep::parse_statement(envelope->payload)
                         : Result<keep::Statement>(fail(envelope.error()));
  if (!parsed) {
    say("statement", false, parsed.error().message);
    return;
  }
  statement_ = std::move(*parsed);
  const auto signer =
      sign::verify_envelope(*envelope, world_.trust, time_of(statement_->at), world_.cancel);
  say("statement", signer.has_value(),
      signer ? "signed by " + signer->principal : signer.error().message);
}

void Verifying::commit_signature() {
  const auto parts = world_.repo.signed_parts(made_.commit);
  if (!parts) {
    say("commit signature", false, parts.error().message);
    return;
  }
  if (!parts->signature) {
    say("commit signature", false, "the commit is not signed");
    return;
  }
  const auto at = statement_ ? time_of(statement_->at) : std::chrono::sys_seconds();
  const auto signer = sign::verify(parts->payload, *parts->signature, sign::Purpose::kCommit,
                                   world_.trust, at, world_.cancel);
  if (signer) done_.signer = signer->principal;
  say("commit signature", signer.has_value(),
      signer ? fmt::format("by {}, {}", signer->principal, signer->key) : signer.error().message);
}

/// Somebody may have put another commit where this one was recorded.
void Verifying::place() {
  const auto shown = world_.repo.read_ref("refs/replace/" + made_.commit.text);
  if (shown && *shown) {
    say("branch", false, fmt::format("git replace shows commit {} in its place", (*shown)->text));
    return;
  }
  const auto tip = world_.repo.read_ref(made_.branch);
  if (!tip) {
    say("branch", false, tip.error().message);
    return;
  }
  if (!*tip) {
    say("branch", true, fmt::format("{} is not here", made_.branch));
    return;
  }
  const auto holds = world_.repo.is_ancestor(made_.commit, **tip);
  if (!holds) {
    say("branch", false, holds.error().message);
    return;
  }
  say("branch", *holds,
      *holds
          ? fmt::format("{} holds it", made_.branch)
          : fmt::format("{} is at commit {}, which does not hold it", made_.branch, (*tip)->text));
}

void Verifying::evidence() {
  const auto* judged = last_of(world_.bundle.verdicts, [&](const auto& one) {
    if (one.record.modification != made_.modification) return false;
    const auto read = verdict_from_json(one.record.verdict);
    // It may have been judged again since, at another level.
    return read && (!statement_ || (read->evidence_digest == statement_->evidence_digest &&
                                    name(read->level) == statement_->level));
  });
  if (judged == nullptr) {
    say("evidence", false, "no verdict with the evidence of the statement is recorded");
    return;
  }
  verdict_ = *verdict_from_json(judged->record.verdict);
  const auto* stored = last_of(world_.bundle.evidence, [&](const store::StoredEvidence& one) {
    return one.digest == verdict_->evidence_digest;
  });
  if (stored == nullptr || sha256(stored->text) != verdict_->evidence_digest) {
    say("evidence", false,
        stored == nullptr ? "it is not recorded" : "it is another than its digest says");
    return;
  }
  auto read = evidence_from_json(stored->text);
  if (!read) {
    say("evidence", false, read.error().message);
    return;
  }
  evidence_ = std::move(*read);
  const bool same = evidence_->tree == modification_->tree &&
                    evidence_->base_tree == modification_->base_tree &&
                    evidence_->patch_digest == modification_->patch_digest;
  say("evidence", same,
      same ? fmt::format("of a trial of this very tree, {}", verdict_->evidence_digest)
           : "it was measured on another tree or patch");
  verdict(*evidence_, *verdict_);
  if (statement_) expected_statement(*statement_);
}

void Verifying::verdict(const Evidence& evidence, const Verdict& stored) {
  const Verdict again = judge::judge(evidence, stored.level);
  if (again.rules_version != stored.rules_version) {
    say("verdict", true,
        fmt::format("made by version {} of the rules, which this automod does not have",
                    stored.rules_version));
    return;
  }
  say("verdict", again == stored,
      again == stored
          ? fmt::format("recomputed: {}, score {:.2f}", name(again.decision), again.safety_score)
          : fmt::format("recorded {}, recomputed {}", name(stored.decision), name(again.decision)));
}

/// What the statement says follows from the records, but where and when.
void Verifying::expected_statement(const keep::Statement& found) {
  keep::Statement expected = keep::statement_of(*modification_, *evidence_, *verdict_);
  expected.kind = made_.kind;
  expected.branch = made_.branch;
  expected.commit = made_.commit.text;
  expected.tree = found.tree;  // looked at by itself
  expected.approver = found.approver;
  expected.approval = found.approval;
  expected.reason = valid_utf8(made_.reason);
  expected.ledger_number = found.ledger_number;
  expected.ledger_hash = found.ledger_hash;
  expected.at = found.at;
  say("statement's content", found == expected,
      found == expected ? "it says what the records say" : "it says other than the records do");
}

void Verifying::tree() {
  const auto commit = world_.repo.resolve(made_.commit.text);
  if (!commit) {
    say("tree", false, commit.error().message);
    return;
  }
  if (statement_ && statement_->tree != commit->tree.text) {
    say("tree", false,
        fmt::format("the commit's is {}, attested was {}", commit->tree.text, statement_->tree));
    return;
  }
  if (made_.kind != "application") {
    say("tree", statement_.has_value(), commit->tree.text);
    return;
  }
  const auto files = world_.repo.apply(modification_->base_tree, modification_->patch);
  const auto made = files ? world_.repo.write_tree(modification_->base_tree, *files)
                          : Result<TreeId>(fail(files.error()));
  if (!made) {
    say("tree", false, made.error().message);
    return;
  }
  const auto parents = world_.repo.parents(made_.commit);
  const auto message = world_.repo.message(made_.commit);
  const bool on_base = parents && *parents == std::vector{modification_->base_commit};
  const bool same = *made == commit->tree && *made == modification_->tree && on_base;
  say("tree", same,
      same ? fmt::format("{}: the base commit's with the patch, and what was tried", made->text)
      : !on_base ? "the commit does not stand on the base commit"
                 : fmt::format("the commit's is {}, base and patch give {}", commit->tree.text,
                               made->text));
  const std::string trailer = "\nModification-Id: " + made_.modification.text + "\n";
  const bool named = message && message->find(trailer) != std::string::npos;
  say("message", named, named ? "names the modification" : "names another modification, or none");
}

Result<Config> Verifying::base_config() const {
  const auto text = world_.repo.read(modification_->base_tree, "automod.toml", 1 << 20);
  if (!text) return fail(text.error());
  if (!*text) return Config{};
  return parse_config(**text, "automod.toml");
}

void Verifying::approval() {
  const bool needed = verdict_ && verdict_->decision == Decision::kNeedsApproval;
  if (!statement_ || statement_->approval.empty()) {
    say("approval", !needed, needed ? "the verdict asks for one, and there is none" : "not needed");
    return;
  }
  const auto config = base_config();
  if (!config) {
    say("approval", false, config.error().message);
    return;
  }
  const auto approvers = keep::approvers_of(*config, true);
  if (!approvers) {
    say("approval", false, approvers.error().message);
    return;
  }
  const auto token = sign::read_token(statement_->approval, *approvers, time_of(statement_->at));
  if (!token) {
    say("approval", false, token.error().message);
    return;
  }
  if (!verdict_) {
    say("approval", false, "there is no verdict that it could be for");
    return;
  }
  if (const auto bound = keep::check_binding(*token, *modification_, *verdict_); !bound) {
    say("approval", false, bound.error().message);
    return;
  }
  const auto uses = std::ranges::count_if(world_.bundle.applications, [&](const auto& one) {
    return one.record.approval && one.record.approval->text == token->id;
  });
  say("approval", uses <= 1,
      uses > 1 ? "the token was used more than once" : "by " + statement_->approver);
}

void Verifying::ledger() {
  const auto trust = ledger_trust(world_);
  if (!trust) {
    say("ledger", false, trust.error().message);
    return;
  }
  const auto problems = store::check_bundle(world_.bundle, *trust);
  constexpr std::size_t kMostShown = 5;
  std::string detail;
  for (std::size_t i = 0; i < std::min(problems.size(), kMostShown); ++i) {
    detail +=
        fmt::format("{}entry {}: {}", i == 0 ? "" : "; ", problems[i].number, problems[i].what);
  }
  if (problems.size() > kMostShown) {
    detail += fmt::format("; and {} more", problems.size() - kMostShown);
  }
  say("ledger", problems.empty(),
      problems.empty() ? fmt::format("all {} entries hold", world_.bundle.ledger.size()) : detail);
}

void Verifying::note() {
  const auto notes = world_.repo.read_ref(keep::kNotes);
  if (!notes) {
    say("note", false, notes.error().message);
    return;
  }
  if (!*notes) {
    say("note", true, "refs/notes/automod is not here; nothing to hold against the bundle");
    return;
  }
  constexpr std::size_t kMostNote = 1 << 20;
  const auto text = world_.repo.read_note(**notes, made_.commit, kMostNote);
  if (!text) {
    say("note", false, text.error().message);
    return;
  }
  const bool holds = *text && !envelope_.empty() && (*text)->find(envelope_) != std::string::npos;
  say("note", holds,
      holds   ? "holds the same statement"
      : *text ? "holds another statement than the bundle"
              : "the commit has none, though it was made with one");
}

/// Where the ledger stood when somebody who counts signed this; nullopt where nobody did.
std::optional<store::LedgerHead> pin_of(const std::string& envelope, const VerifyWorld& world) {
  const auto parsed = sign::parse_envelope(envelope);
  if (!parsed) return std::nullopt;
  const auto said = keep::parse_statement(parsed->payload);
  if (!said || said->ledger_number.empty()) return std::nullopt;
  if (!sign::verify_envelope(*parsed, world.trust, time_of(said->at), world.cancel)) {
    return std::nullopt;
  }
  return store::LedgerHead{.number = std::atoll(said->ledger_number.c_str()),
                           .hash = said->ledger_hash};
}

}  // namespace

Result<store::LedgerTrust> ledger_trust(const VerifyWorld& world) {
  constexpr std::size_t kMostNotes = std::size_t{256} << 20;
  std::set<std::string> envelopes;  // most stand in both places
  for (const store::Attestation& one : world.bundle.attestations) envelopes.insert(one.envelope);
  const auto ref = world.repo.read_ref(keep::kNotes);
  if (!ref) return fail(ref.error());
  if (*ref) {
    const auto notes = world.repo.notes(**ref, kMostNotes);
    if (!notes) return fail(notes.error());
    for (const repo::Note& note : *notes) {
      for (const std::string_view line : split_lines(note.text)) envelopes.emplace(line);
    }
  }
  store::LedgerTrust trust;
  for (const std::string& envelope : envelopes) {
    if (auto pin = pin_of(envelope, world)) trust.pins.push_back(std::move(*pin));
  }
  trust.check_signature = [&world](const store::LedgerEntry& entry) -> Result<void> {
    const auto signer = sign::verify(entry.hash, entry.signature, sign::Purpose::kLedger,
                                     world.trust, time_of(entry.at), world.cancel);
    if (!signer) return fail(signer.error());
    return {};
  };
  return trust;
}

bool Verification::holds() const { return std::ranges::all_of(steps, &VerifyStep::holds); }

Result<Verification> verify(const VerifyWorld& world, std::string_view subject) {
  auto made = find_made(world, subject);
  if (!made) return fail(made.error());
  return Verifying(world, std::move(*made)).run();
}

}  // namespace automod
