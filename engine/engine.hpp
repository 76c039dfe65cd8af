#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analyzers/structure/hotspots.hpp"
#include "base/cancel.hpp"
#include "base/clock.hpp"
#include "base/error.hpp"
#include "engine/keep/limits.hpp"
#include "engine/model/settings.hpp"
#include "engine/propose/rule_book.hpp"
#include "engine/store/store.hpp"
#include "engine/types/config.hpp"
#include "engine/types/evidence.hpp"
#include "engine/types/words.hpp"

/// The gate: read, propose, try, judge, keep, undo. Everything the program can do to a target,
/// without a word about how it is shown.
namespace automod {

using analyzers::Hotspot;

/// Hears what is going on. Called from one thread at a time; must not call back.
class Observer {
 public:
  virtual ~Observer() = default;
  /// A new piece of work begins: "building the base at 1a2b3c4".
  virtual void begin(std::string_view what) = 0;
  /// How far it is; `total` 0 where nobody knows.
  virtual void progress(std::size_t done, std::size_t total, std::string_view item) = 0;
  /// Something the user should know and that is no failure.
  virtual void note(std::string_view text) = 0;
};

/// A base commit with the configuration that counts for it.
struct Target {
  CommitId commit;
  TreeId tree;
  Config config;
  std::string config_source;       // "base commit", "working tree", "detected"
  std::vector<std::string> notes;  // what the user should know of how it was chosen
};

struct AnalyzeRequest {
  std::string scope;  // path inside the target; empty: all of it
  std::string base = "HEAD";
  std::string since;  // a revision: only what has changed since; empty: all
  std::vector<Goal> goals;
  std::optional<SafetyLevel> level;  // default: the configuration's
  ProposerKind proposer = ProposerKind::kRules;
  std::vector<std::string> patches;  // texts, for ProposerKind::kPatch
  model::Asking asking;              // for ProposerKind::kModel
  /// Most modifications to propose, those of the findings that weigh most; 0: no limit.
  std::size_t limit = 0;
  std::filesystem::path profile;  // what it says of heat becomes weight; empty: there is none
  bool try_them = false;
};

struct Analysis {
  Session session;
  Target target;
  std::optional<CommitId> since;  // what it was compared with, where only changes count
  std::vector<Finding> findings;
  /// Texts of the files that findings are in, as far as they are no larger than is good to show.
  std::map<std::string, std::string, std::less<>> sources;
  std::vector<store::ListedModification> modifications;
  std::size_t files = 0;                  // analyzed
  std::vector<std::string> failed_files;  // could not be analyzed
  std::size_t beyond_limit = 0;           // candidates that the limit left out
  std::vector<Hotspot> hotspots;          // all files that the index knows, highest score first
};

struct ProposeRequest {
  std::string patch;
  std::string origin;  // file name, "-" for stdin
  std::string base = "HEAD";
  std::optional<ModificationType> type;  // default: refactor
  std::string reason;
};

struct Proposal {
  store::ListedModification listed;
  bool known = false;  // the same patch on the same base had been recorded before
};

struct Tried {
  store::ListedModification listed;
  store::TrialRow trial;
  bool from_evidence = false;  // answered without running anything again
  /// The modification that was asked for, where `listed` is an earlier one that differs from it in
  /// formatting and comments only and whose trial answers for both.
  std::optional<ModificationId> asked;
};

/// Several modifications on top of each other, tried as one.
struct Together {
  Tried whole;  // of a new modification that holds them all
  std::vector<ModificationId> parts;
  /// Where the whole is rejected: the fewest parts that are rejected together, found by splitting.
  std::vector<ModificationId> culprits;
  std::size_t tried = 1;  // sets that were tried to find them
};

struct ApplyRequest {
  std::vector<ModificationId> ids;  // several: as one, tried together
  std::string onto = {};            // a branch that has moved on: tried anew on its tip
  std::string token = {};           // of an approval
  bool hooks = false;               // run the repository's own, as git would
};

struct Applied {
  Tried tried;
  store::Application application;
};

struct RollbackRequest {
  std::string id;
  std::string reason;
  std::optional<std::string> onto = {};  // the branch to undo it on; absent where only one can be
  bool cascade = false;                  // along with what was built on it
};

struct MergeRequest {
  std::string id;
  std::string into = {};  // a branch; empty: the one that is checked out here
  bool only_forward = false;
  bool hooks = false;
};

struct ApproveRequest {
  std::string id;
  std::filesystem::path key;  // the approver's private key
  std::chrono::seconds lifetime = std::chrono::hours(1);
  std::string note = {};
};

/// What a gate is to judge: a range, what is staged, or a patch.
struct GateRequest {
  std::string range;            // BASE..HEAD or BASE...HEAD
  bool each = false;            // its commits one by one, instead of the range as one change
  bool staged = false;          // the index of the checkout, against HEAD
  std::filesystem::path index;  // which file that is; empty: git's usual one
  std::string patch;            // where there is neither
  std::string origin;           // the patch's file
  std::string base = "HEAD";    // that it is made against
  std::optional<ModificationType> type;  // default: feature_add, which promises no speed
  std::optional<SafetyLevel> level;
};

/// One change that a gate has looked at.
struct Gated {
  std::string name;  // the range, the patch's file, "staged changes", the subject of a commit
  std::optional<CommitId> commit;  // with GateRequest::each
  std::optional<Tried> tried;
  std::optional<Error> error;  // why it could not be judged; without either it changes nothing
};
using GateObserver = std::function<void(const Gated&)>;

struct Explanation {
  store::ListedModification listed;
  store::TrialRow trial;
  Verdict recomputed;
  bool agrees = false;       // the stored verdict is what the evidence says
  bool other_rules = false;  // it was made by rules that are not today's: the two need not agree
  std::string text;
};

struct AskRequest;  // engine/ask.hpp
struct AskReport;
struct Attempt;
struct FirstQuestion;
struct ApiRequest;  // engine/api.hpp
struct ApiReport;
struct ImpactRequest;  // engine/impact.hpp
struct ImpactReport;
struct BenchRequest;  // engine/bench.hpp
struct BenchReport;
struct WatchRequest;  // engine/watch.hpp
struct Watched;

/// A model's account of a modification, for people. It proves nothing.
struct InWords {
  std::string model;     // the user's name for it
  std::string question;  // its page in the book
  std::string text;
  bool from_book = false;
};

struct EngineWorld {
  const Clock& clock;
  const CancelToken& cancel;
  Observer& observer;
  unsigned jobs = 2;      // processes of one build
  unsigned parallel = 0;  // trials at once; 0: as many as leave each two jobs
  /// The user's name for a model that is asked for a second opinion of what is tried and would not
  /// be rejected without it; empty: nobody is.
  std::string review = {};
};

class Engine {
 public:
  /// Opens the repository that `directory` lies in and its store. `world` is borrowed.
  static Result<Engine> open(const std::filesystem::path& directory, const EngineWorld& world);
  Engine(Engine&&) noexcept;
  ~Engine();

  store::Store& store();
  std::filesystem::path work_dir() const;  // or the bare repository's folder
  std::filesystem::path book() const;      // what models were asked, and what they answered

  Result<Target> target(std::string_view revision) const;

  /// On interruption what was found so far stays recorded, and the session says so.
  Result<Analysis> analyze(const AnalyzeRequest& request);
  Result<Proposal> propose(const ProposeRequest& request);
  /// The verdict of a trial. A trial that was finished before is answered from its evidence
  /// unless `fresh`. `level` absent: the one
  /// it was last judged at, or the session's.
  Result<Tried> try_one(std::string_view id, bool fresh, std::optional<SafetyLevel> level = {});
  /// Several, some at once; benchmarks run one at a time. `done` hears of each as it ends.
  using Ended = std::function<void(const ModificationId& id, Result<Tried> tried)>;
  Result<void> try_many(const std::vector<ModificationId>& ids, bool fresh,
                        std::optional<SafetyLevel> level, const Ended& done);
  /// All of them as one change. kConflict, naming who and where, when they do not fit together.
  Result<Together> try_together(const std::vector<ModificationId>& ids, bool fresh,
                                std::optional<SafetyLevel> level = {});
  /// The trial that applying it would rest on: the one of its verdict, where neither configuration
  /// nor rules have changed since, else a new one. kUnavailable, before anything is built, where
  /// nobody can sign.
  Result<Tried> keepable(std::string_view id);
  /// Tries first where that was not done. kRefused or kNeedsApproval when the verdict, or a limit
  /// on what may pass without a person, does not allow it.
  Result<Applied> apply(const ApplyRequest& request);
  /// Newest first.
  Result<std::vector<store::Rollback>> rollback(const RollbackRequest& request);
  Result<store::Merge> merge(const MergeRequest& request);
  /// Takes back the last application, rollback or merge; what that was.
  Result<store::Operation> undo(std::string_view reason);
  Result<store::Approval> approve(const ApproveRequest& request);
  /// Looks after an application for a while, and takes it back once when it does not do well.
  Result<Watched> watch(const WatchRequest& request);
  /// How much of what may be applied without a person is used up, under the configuration of
  /// `revision`.
  Result<std::vector<keep::LimitUse>> limits(std::string_view revision) const;
  /// What is not as it was written: hashes, order, signatures of whom this user trusts, and what
  /// signed statements say of where the ledger once stood.
  Result<std::vector<store::LedgerProblem>> verify_ledger() const;
  /// Records that a person said no.
  Result<store::Approval> decline(std::string_view id, std::string_view who, std::string_view note);
  /// Never empty, in order; `done` hears of each as it is there. What cannot be judged is an
  /// error, but of one commit among several, where it is that commit's. Each commit is held
  /// against its first parent, under the configuration of the range's base.
  Result<std::vector<Gated>> gate(const GateRequest& request, const GateObserver& done = {});
  /// Figures of benchmarks, without a verdict. Nothing is recorded.
  Result<BenchReport> bench(const BenchRequest& request);
  /// What a revision offers to others, and what has become of it. Nothing is recorded.
  Result<ApiReport> api(const ApiRequest& request);
  /// What depends on a file, a symbol or a modification. kUsage, with what comes nearest, where it
  /// is none, and with all it may mean where it is several. Nothing is recorded.
  Result<ImpactReport> impact(const ImpactRequest& request);
  Result<Explanation> explain(std::string_view id) const;
  /// Has a model say in plain words what was explained.
  Result<InWords> in_words(const Explanation& explanation, const model::Asking& asking);
  /// Asks a model for a change, tries what it answers, shows it what went wrong, up to so many
  /// attempts. All of it is recorded as it goes; given again, it goes on where it was interrupted,
  /// as the book answers what was asked before and evidence what was tried.
  Result<AskReport> ask(const AskRequest& request,
                        const std::function<void(const Attempt&)>& done = {});
  /// The same request as the interrupted session had; kUsage when there is none. `session`: a
  /// prefix of its id; empty: the latest.
  Result<AskRequest> interrupted_ask(std::string_view session) const;
  /// What ask() would ask first. Nothing is asked.
  Result<FirstQuestion> first_question(const AskRequest& request);

  struct Impl;  // engine/impl.hpp, for the engine's own files

 private:
  class Impacting;  // engine/impact.cpp
  class Watching;   // engine/watch.cpp
  Result<Tried> find_keepable(std::string_view id);
  Result<Applied> apply_one(const ApplyRequest& request);
  Result<Applied> apply_together(const ApplyRequest& request);
  explicit Engine(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// What automod.toml would say for the tree in `directory` as it is on disk.
Result<Target> detect_in(const std::filesystem::path& directory);
/// What is looked for in the tree in `directory`, by the automod.toml in it as it is on disk.
Result<propose::RuleBook> rules_in(const std::filesystem::path& directory);

}  // namespace automod
