#include "engine/trial/variant_side.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "analyzers/clang/clang_tidy.hpp"
#include "base/digest.hpp"
#include "engine/trial/file_facts.hpp"
#include "engine/trial/workspace.hpp"

namespace automod::trial {

namespace {

constexpr std::size_t kMostNote = 256 * kMiB;

std::string_view with(Variant variant) {
  return variant == Variant::kCoverage ? "with coverage" : "with sanitizers";
}

Result<bool> step(const Side& side, ExecutionType type, const std::string& command,
                  std::int64_t seconds, StageOutput& out) {
  if (command.empty()) return true;
  auto record = run_command(side.site(), type, command, seconds);
  if (!record) return fail(record.error());
  out.stages.push_back(evidence_of(*record));
  out.stages.back().variant = side.site().variant;
  out.executions.push_back(std::move(*record));
  return out.stages.back().ok();
}

}  // namespace

bool changes_c_family(const TrialSpec& spec) {
  return std::ranges::any_of(
      spec.files, [](const FileChange& file) { return analyzers::is_c_family(file.path); });
}

Result<std::optional<Base>> variant_base(const TrialContext& context, Variant variant,
                                         std::string_view stage, StageOutput& out) {
  const auto leave_out = [&](std::string why) {
    out.left_out.push_back({std::string(stage), std::move(why), false});
    return std::optional<Base>();
  };
  if (!context.base.spec.config.sandbox.image.empty()) {
    return leave_out("the tools of a container image cannot be replaced by ours");
  }
  tell(context.world, fmt::format("preparing the base {}", with(variant)));
  BaseSpec spec = context.base.spec;
  spec.variant = variant;
  auto base = prepare_base(context.world, spec, ExecutionType::kBuild);
  if (!base) return fail(std::move(base.error()).within("preparing another build of the base"));
  if (!base->configured || !base->built) {
    return leave_out(fmt::format("the base does not build {}", with(variant)));
  }
  return std::optional<Base>(std::move(*base));
}

Result<std::optional<Side>> variant_candidate(const TrialContext& context, const Base& base,
                                              const Evidence& evidence, StageOutput& out) {
  auto side = Side::open(context.world, base);
  if (!side) return fail(side.error());
  if (auto done = side->write(context.spec.files); !done) return fail(done.error());
  if (auto done = side->verify(context.spec.tree, context.spec.files); !done) {
    return fail(done.error());
  }
  const Config& config = base.spec.config;
  tell(context.world, fmt::format("building the candidate {}", with(base.spec.variant)));
  Result<bool> on = true;
  if (wants_configure(evidence.files)) {
    on = step(*side, ExecutionType::kConfigure, config.configure, config.configure_seconds, out);
  }
  if (on && *on) {
    on = step(*side, ExecutionType::kBuild, config.build, config.build_seconds, out);
  }
  if (!on) return fail(on.error());
  if (!*on) return std::optional<Side>();
  return std::optional<Side>(std::move(*side));
}

Result<TestRun> variant_tests(const Side& side, StageOutput* out) {
  const Site& site = side.site();
  tell(site.world, fmt::format("testing {}", with(site.variant)));
  auto run = run_tests(site);
  if (!run) return fail(run.error());
  run->stage.variant = site.variant;
  if (out == nullptr) return run;
  out->stages.push_back(run->stage);
  for (const auto& record : run->executions) out->executions.push_back(record);
  return run;
}

Result<std::string> noted(const World& world, const Base& base, std::string_view stage,
                          const std::function<Result<std::string>()>& measure) {
  const auto place = base.folder.parent_path() / fmt::format("{}.json", stage);
  if (auto known = read_file(place, kMostNote)) return known;
  const auto lock =
      lock_file(world.cache / "locks" / sha256(place.string()).substr(0, 32), world.cancel);
  if (!lock) return fail(lock.error());
  if (auto known = read_file(place, kMostNote)) return known;
  auto text = measure();
  if (!text) return text;
  if (auto kept = write_file(place, *text); !kept) return fail(kept.error());
  return text;
}

}  // namespace automod::trial
