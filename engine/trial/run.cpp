#include <fmt/format.h>

#include <array>
#include <functional>
#include <optional>

#include "engine/judge/judge.hpp"
#include "engine/trial/file_facts.hpp"
#include "engine/trial/inventory.hpp"
#include "engine/trial/quiet.hpp"
#include "engine/trial/review/review.hpp"
#include "engine/trial/side.hpp"
#include "engine/trial/stage.hpp"
#include "engine/trial/stages.hpp"
#include "engine/trial/tests.hpp"

namespace automod::trial {

namespace {

constexpr std::size_t kMostRead = 4 * kMiB;  // of a file that the review looks into

/// One trial as it goes through its stages, cheapest first. What blocks ends it: the judge is
/// asked after each.
class Run {
 public:
  Run(const World& world, const Base& base, const TrialSpec& spec, TrialResult& result)
      : world_(world),
        base_(base),
        config_(base.spec.config),
        spec_(spec),
        result_(result),
        evidence_(result.evidence) {}

  Result<void> all() {
    tell(world_, "reading the change");
    if (auto done = read_change(world_, base_.spec, spec_, evidence_); !done) return done;
    if (is_over(Reach::kReview)) return {};
    auto side = Side::open(world_, base_);
    if (!side) return fail(side.error());
    candidate_ = &*side;
    const auto ended = build_and_test();
    if (!ended) return fail(ended.error());
    return *ended ? Result<void>() : measure();
  }

 private:
  using Stage = Result<void> (*)(const TrialContext&, Evidence&, StageOutput&);

  /// What has been reached so far blocks: nothing more is worth running.
  bool is_over(Reach reach) {
    evidence_.reach = reach;
    const auto blocker = judge::first_blocker(evidence_);
    if (blocker) evidence_.stopped_by = *blocker;
    return blocker.has_value();
  }

  /// Whether the trial has ended.
  Result<bool> build_and_test() {
    const auto busy = Busy::take(world_.cache, world_.cancel);
    if (!busy) return fail(busy.error());
    if (auto done = candidate_->write(spec_.files); !done) return fail(done.error());
    if (auto done = candidate_->verify(spec_.tree, spec_.files); !done) return fail(done.error());
    if (auto done = build(); !done) return fail(done.error());
    if (is_over(Reach::kBuild)) return true;
    if (auto done = stage("imports", true, run_imports); !done) return fail(done.error());
    if (auto done = stage("tests", true, run_candidate_tests); !done) return fail(done.error());
    if (is_over(Reach::kTests)) return true;
    const std::array<std::pair<Reach, std::function<Result<void>()>>, 4> stages = {{
        {Reach::kChangedTests, [&] { return stage("changed_tests", true, run_changed_tests); }},
        {Reach::kDiagnostics,
         [&] { return stage("diagnostics", config_.diagnostics, run_diagnostics); }},
        {Reach::kSanitizers,
         [&] { return stage("sanitizers", config_.sanitizers, run_sanitizers); }},
        {Reach::kCoverage, [&] { return stage("coverage", config_.coverage, run_coverage); }},
    }};
    for (const auto& [reach, run] : stages) {
      if (auto done = run(); !done) return fail(done.error());
      if (is_over(reach)) return true;
    }
    return false;
  }

  Result<void> measure() {
    if (config_.benchmarks.empty() && config_.held_out.empty()) return end();
    tell(world_, "waiting until nothing else runs");
    const auto quiet = Quiet::take(world_.cache, world_.cancel);
    if (!quiet) return fail(quiet.error());
    if (auto done = stage("benchmarks", true, run_benchmarks); !done) return done;
    if (is_over(Reach::kBenchmarks)) return {};
    if (auto done = stage("held_out", true, run_held_out); !done) return done;
    return end();
  }

  Result<void> end() {
    is_over(Reach::kEnd);
    return {};
  }

  Result<void> build() {
    const bool wanted = !base_.configured || wants_configure(evidence_.files);
    if (wanted) {
      auto on = step(ExecutionType::kConfigure, config_.configure, config_.configure_seconds,
                     "configuring the candidate");
      if (!on) return fail(on.error());
      if (!*on) return {};
    }
    auto on =
        step(ExecutionType::kBuild, config_.build, config_.build_seconds, "building the candidate");
    if (!on) return fail(on.error());
    return {};
  }

  Result<bool> step(ExecutionType type, const std::string& command, std::int64_t seconds,
                    std::string_view what) {
    if (command.empty()) return true;
    tell(world_, what);
    auto record = run_command(candidate_->site(), type, command, seconds);
    if (!record) return fail(record.error());
    evidence_.stages.push_back(evidence_of(*record));
    result_.executions.push_back(std::move(*record));
    return evidence_.stages.back().ok();
  }

  Result<void> stage(std::string_view name, bool wanted, Stage run) {
    if (auto on = go_on(world_); !on) return on;
    if (!wanted) {
      evidence_.left_out.push_back(
          {.stage = std::string(name), .why = "switched off in automod.toml", .by_choice = true});
      return {};
    }
    StageOutput out;
    const TrialContext context{.world = world_,
                               .base = base_,
                               .spec = spec_,
                               .candidate = *candidate_,
                               .executions = &result_.executions};
    if (auto done = run(context, evidence_, out); !done) return done;
    for (auto& one : out.stages) evidence_.stages.push_back(std::move(one));
    for (auto& one : out.left_out) evidence_.left_out.push_back(std::move(one));
    for (auto& one : out.executions) result_.executions.push_back(std::move(one));
    return {};
  }

  const World& world_;
  const Base& base_;
  const Config& config_;
  const TrialSpec& spec_;
  TrialResult& result_;
  Evidence& evidence_;
  Side* candidate_ = nullptr;
};

Evidence known_before(const Base& base, const TrialSpec& spec) {
  const Config& config = base.spec.config;
  Evidence evidence;
  evidence.base_tree = base.spec.tree;
  evidence.tree = spec.tree;
  evidence.patch_digest = spec.patch_digest;
  evidence.type = spec.type;
  evidence.environment = base.environment;
  evidence.has_build = !config.build.empty();
  evidence.has_tests = !config.test.empty();
  evidence.base_tests = base.tests;
  evidence.levels = {.floor = static_cast<double>(config.floor_percent),
                     .wanted = static_cast<double>(config.wanted_percent),
                     .memory = static_cast<double>(config.memory_percent)};
  evidence.compared = spec.compared;
  return evidence;
}

}  // namespace

Result<void> read_change(const World& world, const BaseSpec& base, const TrialSpec& spec,
                         Evidence& into) {
  const auto diff = world.repo.diff(base.tree, spec.tree);
  if (!diff) return fail(diff.error());
  into.files = file_facts(base.config, spec.files, *diff);
  const auto entries = world.repo.list(base.tree);
  if (!entries) return fail(entries.error());
  ReviewInput input{.config = base.config,
                    .type = spec.type,
                    .goal = spec.goal,
                    .files = spec.files,
                    .base_paths = {},
                    .read_base = {}};
  for (const auto& entry : *entries) input.base_paths.push_back(entry.path);
  input.read_base = [&](std::string_view path) -> std::optional<std::string> {
    auto text = world.repo.read(base.tree, path, kMostRead);
    if (!text) return std::nullopt;
    return std::move(*text);
  };
  Review found = review(input);
  into.facts = std::move(found.facts);
  into.shape_digest = std::move(found.shape_digest);
  for (auto& left : found.left_out) into.left_out.push_back(std::move(left));
  return {};
}

Result<TrialResult> run_trial(const World& world, const Base& base, const TrialSpec& spec) {
  if (auto on = go_on(world); !on) return fail(on.error());
  TrialResult result;
  result.evidence = known_before(base, spec);
  if (auto done = Run(world, base, spec, result).all(); !done) return fail(done.error());
  return result;
}

}  // namespace automod::trial
