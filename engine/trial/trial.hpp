#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/cancel.hpp"
#include "base/clock.hpp"
#include "base/files.hpp"
#include "engine/repo/repo.hpp"
#include "engine/types/config.hpp"
#include "engine/types/evidence.hpp"
#include "sandbox/sandbox.hpp"

/// Proves one change: on a private copy of a warm base, in the sandbox, measured.
namespace automod::trial {

/// What a trial stands on. All borrowed; must outlive the calls.
struct World {
  const repo::Repository& repo;
  sandbox::Runner& runner;
  const CancelToken& cancel;
  std::filesystem::path cache;  // snapshots live below it
  unsigned jobs = 2;
  /// Told what is going on, as "building the base", "test 3 of 9"; may be empty.
  std::function<void(std::string_view)> progress;
};

/// One sandboxed execution, whole, for the store.
struct ExecutionRecord {
  ExecutionType type = ExecutionType::kBuild;
  std::string command;
  sandbox::Execution execution;
};

struct BaseSpec {
  TreeId tree;
  Config config;
  std::string config_source;
  Variant variant = Variant::kPlain;
};

/// A target at one commit, configured, built and tested once. Kept warm on disk below the cache,
/// shared by all trials; two processes may ask for the same one at once.
struct Base {
  BaseSpec spec;
  std::filesystem::path folder;  // the checkout with its build
  Environment environment;
  std::vector<StageEvidence> stages;  // of the base itself
  Inventory tests;
  bool configured = false;
  bool built = false;
  bool from_cache = false;
  std::vector<ExecutionRecord> executions;  // empty when it came from the cache
  std::shared_ptr<const void> hold;         // shared by all copies: `folder` stays while one lives
  std::optional<std::vector<Diagnostic>> warnings;  // of its whole build; nullopt: not all is known
};

/// Prepares (or finds) the base. A base that does not build or whose tests fail is a result:
/// its stages say so. `until` names the last stage wanted (analysis needs no tests).
Result<Base> prepare_base(const World& world, const BaseSpec& spec, ExecutionType until);

struct TrialSpec {
  TreeId tree;
  std::string patch_digest;
  ModificationType type = ModificationType::kRefactor;
  std::vector<FileChange> files;
  std::string goal;          // what the modification says of itself
  std::size_t compared = 1;  // candidates among which it is to be the best
  /// Files that need a changed one, by what is known of the code: says which tests run first.
  std::vector<std::string> dependents;
};

struct TrialResult {
  Evidence evidence;
  std::vector<ExecutionRecord> executions;
};

/// Reads the change, builds it, tests it, and asks the further stages (stages.hpp); the first
/// finding that blocks ends the trial. Nothing it started is alive on return and its folder is
/// gone. Safe from several threads at once, each with a World of its own; measurements wait until
/// nothing else runs.
Result<TrialResult> run_trial(const World& world, const Base& base, const TrialSpec& spec);

/// What a trial on this base would run in, without preparing it.
Result<Environment> environment_of(const World& world, const BaseSpec& spec);

/// Fills `files`, `facts`, `shape_digest` and what of it was left out.
Result<void> read_change(const World& world, const BaseSpec& base, const TrialSpec& spec,
                         Evidence& into);

/// The policy under which all commands of a target run, for a checkout in `folder`.
sandbox::Policy policy_for(const Config& config, const std::filesystem::path& folder);

/// `{build}` and `{jobs}` filled in.
std::string expand(std::string_view command, const Config& config, unsigned jobs);

}  // namespace automod::trial
