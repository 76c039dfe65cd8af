#include <fmt/format.h>

#include "engine/trial/file_facts.hpp"
#include "engine/trial/inventory.hpp"
#include "engine/trial/side.hpp"
#include "engine/trial/stage.hpp"
#include "engine/trial/stages.hpp"

namespace automod::trial {

namespace {

/// The stages of one trial. Each returns whether to go on.
class Run {
 public:
  Run(const World& world, const Base& base, const TrialSpec& spec, Side& candidate)
      : world_(world),
        base_(base),
        config_(base.spec.config),
        spec_(spec),
        candidate_(candidate) {}

  Result<void> all(TrialResult& into) {
    result_ = &into;
    auto on = configure();
    if (on && *on) on = build();
    if (on && *on) on = test();
    if (on && *on) on = benchmark();
    if (!on) return fail(on.error());
    return {};
  }

 private:
  Result<bool> step(ExecutionType type, const std::string& command, std::int64_t seconds,
                    std::string_view what) {
    if (command.empty()) return true;
    tell(world_, what);
    auto record = run_command(candidate_.site(), type, command, seconds);
    if (!record) return fail(record.error());
    result_->evidence.stages.push_back(evidence_of(*record));
    result_->executions.push_back(std::move(*record));
    return result_->evidence.stages.back().ok();
  }

  Result<bool> configure() {
    if (base_.configured && !wants_configure(result_->evidence.files)) return true;
    return step(ExecutionType::kConfigure, config_.configure, config_.configure_seconds,
                "configuring the candidate");
  }

  Result<bool> build() {
    return step(ExecutionType::kBuild, config_.build, config_.build_seconds,
                "building the candidate");
  }

  Result<bool> test() {
    if (config_.test.empty()) return true;
    tell(world_, "testing the candidate");
    auto run = run_tests(candidate_.site());
    if (!run) return fail(run.error());
    auto& evidence = result_->evidence;
    evidence.tests = std::move(run->inventory);
    evidence.stages.push_back(std::move(run->stage));
    for (auto& record : run->executions) result_->executions.push_back(std::move(record));
    return evidence.stages.back().outcome == "exited" &&
           tests_held(evidence.base_tests, evidence.tests);
  }

  /// Only what is right is worth timing.
  Result<bool> benchmark() {
    const TrialContext context{world_, base_, spec_, candidate_};
    StageOutput out;
    if (auto done = run_benchmarks(context, result_->evidence, out); !done) {
      return fail(done.error());
    }
    if (auto done = run_held_out(context, result_->evidence, out); !done) {
      return fail(done.error());
    }
    auto& evidence = result_->evidence;
    for (auto& stage : out.stages) evidence.stages.push_back(std::move(stage));
    for (auto& record : out.executions) result_->executions.push_back(std::move(record));
    for (auto& left : out.left_out) evidence.left_out.push_back(std::move(left));
    return true;
  }

  const World& world_;
  const Base& base_;
  const Config& config_;
  const TrialSpec& spec_;
  Side& candidate_;
  TrialResult* result_ = nullptr;
};

Evidence known_before(const Base& base, const TrialSpec& spec, std::string_view diff) {
  const Config& config = base.spec.config;
  Evidence evidence;
  evidence.base_tree = base.spec.tree;
  evidence.tree = spec.tree;
  evidence.patch_digest = spec.patch_digest;
  evidence.type = spec.type;
  evidence.environment = base.environment;
  evidence.files = file_facts(config, spec.files, diff);
  evidence.has_build = !config.build.empty();
  evidence.has_tests = !config.test.empty();
  evidence.base_tests = base.tests;
  evidence.levels = {.floor = static_cast<double>(config.floor_percent),
                     .wanted = static_cast<double>(config.wanted_percent),
                     .memory = static_cast<double>(config.memory_percent)};
  return evidence;
}

}  // namespace

Result<TrialResult> run_trial(const World& world, const Base& base, const TrialSpec& spec) {
  if (auto on = go_on(world); !on) return fail(on.error());
  const auto diff = world.repo.diff(base.spec.tree, spec.tree);
  if (!diff) return fail(diff.error());
  TrialResult result;
  result.evidence = known_before(base, spec, *diff);
  if (has_new_syntax_error(result.evidence.files)) return result;
  auto candidate = Side::open(world, base);
  if (!candidate) return fail(candidate.error());
  if (auto done = candidate->write(spec.files); !done) return fail(done.error());
  auto verified = candidate->verify(spec.tree, spec.files);
  if (!verified) return fail(verified.error());
  if (auto done = Run(world, base, spec, *candidate).all(result); !done) return fail(done.error());
  return result;
}

}  // namespace automod::trial
