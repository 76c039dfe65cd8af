#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>

#include "base/digest.hpp"
#include "base/folder_copy.hpp"
#include "engine/trial/checkout.hpp"
#include "engine/trial/diagnostic_text.hpp"
#include "engine/trial/environment.hpp"
#include "engine/trial/inventory.hpp"
#include "engine/trial/snapshots.hpp"
#include "engine/trial/stage.hpp"
#include "engine/trial/variant.hpp"

namespace automod::trial {

namespace {

namespace fs = std::filesystem;

/// All exported files get this time: older than anything a build makes.
constexpr long long kSourceTime = 1'000'000'000;

std::string key_of(const BaseSpec& spec, const Environment& environment) {
  return sha256(fmt::format("base 2\n{}\n{}\n{}\n{}\n{}\n{}\n", spec.tree.text,
                            environment.config_digest, environment.policy_digest,
                            environment.backend, sha256(environment.toolchain),
                            fingerprint(spec.variant)));
}

/// Takes a checkout from one level to another.
class Builder {
 public:
  Builder(const World& world, const BaseSpec& spec, SnapshotMeta meta, const fs::path& checkout)
      : spec_(spec),
        site_{.world = world, .config = spec.config, .folder = checkout, .variant = spec.variant},
        meta_(std::move(meta)) {}

  Result<void> raise(Level to) {
    if (!meta_.configured) {
      auto ok = step(ExecutionType::kConfigure, spec_.config.configure,
                     spec_.config.configure_seconds, "configuring the base");
      if (!ok) return fail(ok.error());
      meta_.configured = *ok;
    }
    if (to >= Level::kBuilt && meta_.configured && !meta_.built) {
      auto ok = step(ExecutionType::kBuild, spec_.config.build, spec_.config.build_seconds,
                     "building the base");
      if (!ok) return fail(ok.error());
      meta_.built = *ok;
      if (meta_.built && !spec_.config.build.empty()) hear_warnings(executions_.back().execution);
    }
    if (to >= Level::kTested && meta_.built && !spec_.config.test.empty()) return test();
    return {};
  }

  SnapshotMeta& meta() { return meta_; }
  std::vector<ExecutionRecord>& executions() { return executions_; }

 private:
  void hear_warnings(const sandbox::Execution& build) {
    if (build.out_cut || build.err_cut) return;
    meta_.warnings = read_compiler_output(build.out + "\n" + build.err, spec_.config.build_dir);
  }

  Result<bool> step(ExecutionType type, const std::string& command, std::int64_t seconds,
                    std::string_view what) {
    if (command.empty()) return true;
    tell(site_.world, what);
    auto record = run_command(site_, type, command, seconds);
    if (!record) return fail(record.error());
    meta_.stages.push_back(evidence_of(*record));
    meta_.stages.back().variant = site_.variant;
    executions_.push_back(std::move(*record));
    return meta_.stages.back().ok();
  }

  Result<void> test() {
    tell(site_.world, "testing the base");
    const bool is_plain = site_.variant == Variant::kPlain;
    auto run = run_tests_often(site_, is_plain ? spec_.config.base_runs : 1);
    if (!run) return fail(run.error());
    meta_.tests = std::move(run->inventory);
    meta_.stages.push_back(std::move(run->stage));
    meta_.stages.back().variant = site_.variant;
    for (auto& record : run->executions) executions_.push_back(std::move(record));
    return {};
  }

  const BaseSpec& spec_;
  Site site_;
  SnapshotMeta meta_;
  std::vector<ExecutionRecord> executions_;
};

/// Fills `checkout` with the tree, or with a lower level that is there already.
Result<SnapshotMeta> start(const World& world, const BaseSpec& spec, const Environment& environment,
                           const std::optional<Snapshot>& lower, const fs::path& checkout) {
  if (lower) {
    if (mkdir(checkout.c_str(), 0755) != 0) return fail_errno("creating a checkout", errno);
    auto copied = copy_folder(lower->checkout, checkout, world.cancel);
    if (!copied) return fail(std::move(copied.error()).within("copying the base"));
    return lower->meta;
  }
  tell(world, "checking out the base");
  auto exported = world.repo.export_tree(spec.tree, checkout, kSourceTime);
  if (!exported) return fail(std::move(exported.error()).within("checking out the base"));
  SnapshotMeta meta;
  meta.tree = spec.tree;
  meta.variant = spec.variant;
  meta.environment = environment;
  return meta;
}

Base to_base(const BaseSpec& spec, Snapshot snapshot) {
  Base base;
  base.spec = spec;
  base.folder = std::move(snapshot.checkout);
  base.environment = std::move(snapshot.meta.environment);
  base.environment.config_source = spec.config_source;
  base.stages = std::move(snapshot.meta.stages);
  base.tests = std::move(snapshot.meta.tests);
  base.configured = snapshot.meta.configured;
  base.built = snapshot.meta.built;
  base.hold = std::move(snapshot.hold);
  base.warnings = std::move(snapshot.meta.warnings);
  return base;
}

Result<std::vector<ExecutionRecord>> make_snapshot(const World& world, const BaseSpec& spec,
                                                   const Environment& environment,
                                                   Workspace& workspace, const Snapshots& snapshots,
                                                   const std::string& key, Level level) {
  auto folder = workspace.folder("base-");
  if (!folder) return fail(folder.error());
  const fs::path checkout = folder->path() / "checkout";
  auto lower = snapshots.find_below(key, level);
  auto meta = start(world, spec, environment, lower, checkout);
  lower.reset();  // copied: it may go now
  if (!meta) return fail(meta.error());
  Builder builder(world, spec, std::move(*meta), checkout);
  if (auto raised = builder.raise(level); !raised) return fail(raised.error());
  auto restored = restore_tracked(world.repo, spec.tree, checkout, world.cancel);
  if (!restored) return fail(std::move(restored.error()).within("checking the base's files"));
  auto added = snapshots.add(key, level, builder.meta(), std::move(*folder));
  if (!added) return fail(added.error());
  return std::move(builder.executions());
}

}  // namespace

Result<Environment> environment_of(const World& world, const BaseSpec& spec) {
  auto workspace = Workspace::open(world.cache);
  if (!workspace) return fail(workspace.error());
  return describe_environment(world, spec, *workspace);
}

Result<Base> prepare_base(const World& world, const BaseSpec& spec, ExecutionType until) {
  if (auto on = go_on(world); !on) return fail(on.error());
  auto workspace = Workspace::open(world.cache);
  if (!workspace) return fail(workspace.error());
  const auto environment = describe_environment(world, spec, *workspace);
  if (!environment) return fail(environment.error());
  const Snapshots snapshots(world.cache);
  const std::string key = key_of(spec, *environment);
  const Level level = level_of(until);
  const auto found_one = [&]() -> std::optional<Base> {
    auto found = snapshots.find(key, level);
    if (!found) return std::nullopt;
    Base base = to_base(spec, std::move(*found));
    base.from_cache = true;
    return base;
  };
  if (auto base = found_one()) return std::move(*base);
  const auto lock = snapshots.lock(key, world.cancel);
  if (!lock) return fail(lock.error());
  if (auto base = found_one()) return std::move(*base);
  auto executions = make_snapshot(world, spec, *environment, *workspace, snapshots, key, level);
  if (!executions) return fail(executions.error());
  auto base = found_one();
  if (!base) {
    return fail(ErrorKind::kInternal,
                "the base that was just built is gone from " + world.cache.string(),
                "is somebody emptying the cache? Try again");
  }
  base->from_cache = false;
  base->executions = std::move(*executions);
  snapshots.evict({});
  return std::move(*base);
}

}  // namespace automod::trial
