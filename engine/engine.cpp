#include "engine/engine.hpp"

#include <fmt/format.h>

#include <utility>

#include "base/files.hpp"
#include "engine/desk.hpp"
#include "engine/impl.hpp"
#include "engine/recovery.hpp"
#include "engine/reviewing.hpp"
#include "engine/trial/quiet.hpp"

namespace automod {

namespace fs = std::filesystem;

Engine::Engine(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Engine::Engine(Engine&&) noexcept = default;
Engine::~Engine() = default;

Result<Engine> Engine::open(const fs::path& directory, const EngineWorld& world) {
  auto repo = repo::Repository::open(directory);
  if (!repo) return fail(repo.error());
  fs::path state = repo->common_dir() / "automod";
  auto store = store::Store::open(state, world.clock, [&repo] { return shows_traces(*repo); });
  if (!store) return fail(store.error());
  Engine engine(std::make_unique<Impl>(Impl{.world = world,
                                            .repo = std::move(*repo),
                                            .store = std::move(*store),
                                            .state = std::move(state),
                                            .runners = {},
                                            .signer = nullptr,
                                            .reviewer = nullptr}));
  if (auto sealed = engine.impl_->seal_from_the_start(); !sealed) return fail(sealed.error());
  return engine;
}

store::Store& Engine::store() { return impl_->store; }

fs::path Engine::work_dir() const {
  return impl_->repo.work_dir().value_or(impl_->repo.common_dir());
}

fs::path Engine::book() const { return book_of(impl_->state); }

Result<Target> Engine::target(std::string_view revision) const {
  return choose_target(impl_->repo, revision, Fallback::kWorkTree);
}

Result<sandbox::Runner*> Engine::Impl::sandbox(const Config& config) {
  const sandbox::Selection selection = sandbox::selection_of(config.sandbox);
  auto& runner = runners[{selection.backend, selection.runtime, selection.image}];
  if (!runner) {
    auto opened = sandbox::open_runner(selection);
    if (!opened) return fail(opened.error());
    runner = std::move(*opened);
  }
  return runner.get();
}

Result<Reviewer*> Engine::Impl::second_eyes(const SessionId& session) {
  if (world.review.empty()) return nullptr;
  if (!reviewer || reviewer->model() != world.review) {
    auto opened = Reviewer::open({.model = world.review, .book = book_of(state)}, world.clock,
                                 world.cancel, world.observer);
    if (!opened) return fail(opened.error());
    reviewer = std::make_unique<Reviewer>(std::move(*opened));
  }
  if (auto ready = reviewer->be_ready(session); !ready) return fail(ready.error());
  return reviewer.get();
}

Result<trial::World> Engine::Impl::trial_world(const Config& config) {
  const auto opened = sandbox(config);
  if (!opened) return fail(opened.error());
  auto cache = cache_dir();
  if (!cache) return fail(cache.error());
  return trial::World{
      .repo = repo,
      .runner = **opened,
      .cancel = world.cancel,
      .cache = std::move(*cache),
      .jobs = world.jobs,
      .progress = [this](std::string_view what) { world.observer.begin(what); },
  };
}

Result<trial::Base> Engine::Impl::prepare(const Target& target, ExecutionType until,
                                          const std::optional<SessionId>& session) {
  const auto stands_on = trial_world(target.config);
  if (!stands_on) return fail(stands_on.error());
  const auto busy = trial::Busy::take(stands_on->cache, world.cancel);
  if (!busy) return fail(busy.error());
  auto base = trial::prepare_base(
      *stands_on,
      {.tree = target.tree, .config = target.config, .config_source = target.config_source}, until);
  if (!base) return base;
  std::vector<store::ExecutionRow> rows;
  for (const auto& record : base->executions) rows.push_back(execution_row(record));
  if (!session) return base;
  if (auto added = store.add_base_executions(*session, rows); !added) return fail(added.error());
  return base;
}

store::ExecutionRow execution_row(const trial::ExecutionRecord& record) {
  const sandbox::Execution& execution = record.execution;
  return {.type = record.type,
          .command = record.command,
          .outcome = std::string(sandbox::name(execution.outcome)),
          .out = execution.out,
          .err = execution.err,
          .exit_code = execution.status,
          .wall_ms = execution.wall.count(),
          .cpu_ms = execution.cpu.count(),
          .memory_mb = static_cast<std::int64_t>(execution.peak_memory_bytes / kMiB),
          .costs = store::ExecutionCosts{
              .setup_us = execution.setup.count(),
              .run_us = execution.run.count(),
              .teardown_us = execution.teardown.count(),
              .peak_memory_bytes = static_cast<std::int64_t>(execution.peak_memory_bytes),
              .written_bytes = static_cast<std::int64_t>(execution.written_bytes)}};
}

}  // namespace automod
