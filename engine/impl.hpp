#pragma once

#include <array>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "engine/engine.hpp"
#include "engine/keep/keep.hpp"
#include "engine/propose/answer.hpp"
#include "engine/repo/repo.hpp"
#include "engine/store/store.hpp"
#include "engine/trial/trial.hpp"
#include "sandbox/sandbox.hpp"

namespace automod {

/// Where a configuration may be taken from besides the base commit.
enum class Fallback {
  kWorkTree,  // the user's own checkout, which he has not committed yet
  kNone,      // in a gate the checkout is the candidate's
};

Result<Target> choose_target(const repo::Repository& repo, std::string_view revision,
                             Fallback fallback);

/// How modifications are to be tried.
struct TryHow {
  bool fresh = false;     // whatever was found before
  bool by_shape = false;  // one that differs in formatting only may answer for another
  std::optional<SafetyLevel> level;
};

struct Keeping;  // engine/keeping.cpp
struct Matter;
class Reviewer;  // engine/reviewing.hpp

/// What the parts of the engine share. Not part of its interface.
struct Engine::Impl {
  EngineWorld world;
  repo::Repository repo;
  store::Store store;
  std::filesystem::path state;  // <git common dir>/automod
  /// Opened at first use, by backend, runtime and image.
  std::map<std::array<std::string, 3>, std::unique_ptr<sandbox::Runner>> runners;

  std::unique_ptr<sign::Signer> signer;  // opened at first use; null: none yet
  std::unique_ptr<Reviewer> reviewer;    // likewise; the one that world.review names

  /// The sandbox that a target asks for.
  Result<sandbox::Runner*> sandbox(const Config& config);
  /// What a trial of a target stands on.
  Result<trial::World> trial_world(const Config& config);
  /// Its executions are recorded with the session, where there is one.
  Result<trial::Base> prepare(const Target& target, ExecutionType until,
                              const std::optional<SessionId>& session);

  /// Who is asked for a second opinion of changes of this session; null where nobody is.
  Result<Reviewer*> second_eyes(const SessionId& session);

  /// Records a candidate, or finds it where it was recorded before.
  Result<Proposal> record(const Candidate& candidate, const Target& target,
                          const SessionId& session);
  /// One, on evidence of its very tree alone.
  Result<Tried> try_on(const store::ListedModification& listed, const Target& target, bool fresh,
                       SafetyLevel level);
  /// Several on one target. Each ends once, with a result or an error.
  void try_all(const std::vector<store::ListedModification>& all, const Target& target,
               const TryHow& how, const Ended& done);
  Result<Keeping> begin_keeping();
  Result<Matter> begin_with(std::string_view id);
  keep::World keep_world();
  Result<void> open_signer();
  Result<void> seal_from_the_start();
  Result<store::ListedModification> rebase(const store::ListedModification& listed,
                                           const Target& onto);
  Result<std::optional<Tried>> tried_already(const store::ListedModification& listed);
  Result<Applied> apply_tried(Tried tried, const ApplyRequest& request);
  Result<std::string> branch_to_move(std::string_view named) const;

  /// The level at which a modification is judged when nobody says.
  Result<SafetyLevel> level_for(const store::ListedModification& listed) const;
};

/// What is said of a patch besides its changes.
struct PatchOrigin {
  std::string origin;  // file name or range
  ModificationType type = ModificationType::kRefactor;
  std::string reason;  // empty: what the patch or commit says itself
};

/// A candidate from a patch file, or from what a commit changes; checked strictly.
Result<Candidate> candidate_of_patch(const repo::Repository& repo, const Target& target,
                                     std::string_view patch, const PatchOrigin& said);
/// From what is different in another tree.
Result<Candidate> candidate_of_tree(const repo::Repository& repo, const Target& target,
                                    const TreeId& tree, const PatchOrigin& said);
Result<Candidate> candidate_of_commit(const repo::Repository& repo, const Target& target,
                                      const repo::CommitInfo& commit, const PatchOrigin& said);

/// What is known of a model's answer besides what it says.
struct ModelOrigin {
  std::string model;
  std::string prompt_digest = {};
  ModificationType type = ModificationType::kRefactor;
  std::string summary = {};  // one line
  Place place = {};          // without a path: the first file that is changed
  std::optional<ModificationId> parent = {};
};

/// What an answer makes of the target; checked strictly. kRefused when its edits cannot be made or
/// do what no patch may; the first line of the message stands for itself, more may follow.
Result<Candidate> candidate_of_answer(const repo::Repository& repo, const Target& target,
                                      const propose::ReadAnswer& answer, const ModelOrigin& origin);

/// The strict rules for patches, for a candidate that did not come as one.
Result<void> check_candidate(const repo::Repository& repo, const Target& target,
                             const Candidate& candidate);

store::ExecutionRow execution_row(const trial::ExecutionRecord& record);

}  // namespace automod
