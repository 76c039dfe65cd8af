#include "engine/clang_site.hpp"

#include <algorithm>
#include <utility>

#include "base/text.hpp"
#include "engine/propose/rules.hpp"
#include "engine/trial/side.hpp"

namespace automod {

namespace {

constexpr std::uint64_t kMemory = 3ull << 30;  // what clang may need for one unit

}  // namespace

struct ClangSite::Impl {
  trial::World world;
  trial::Base base;
  std::optional<trial::Side> side = {};
  sandbox::Policy policy = {};
  analyzers::PathResolver resolve = {};
  std::vector<std::string> paths = {};
  std::string database = {};
  std::vector<std::string> units = {};

  Result<void> lay_out();
  Result<void> find_units();
};

ClangSite::ClangSite(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ClangSite::ClangSite(ClangSite&&) noexcept = default;
ClangSite::~ClangSite() = default;

Result<void> ClangSite::Impl::lay_out() {
  auto opened = trial::Side::open(world, base);
  if (!opened) return fail(opened.error());
  side.emplace(std::move(*opened));
  auto found = trial::policy_at(side->site());
  if (!found) return fail(found.error());
  policy = std::move(*found);
  policy.changes.clear();  // several run at once: each forgets its own
  policy.limits.memory_bytes = std::max(policy.limits.memory_bytes, kMemory);
  return {};
}

Result<void> ClangSite::Impl::find_units() {
  for (const std::string& folder : {base.spec.config.build_dir, std::string(".")}) {
    const auto text = analyzers::load_compile_commands(world.runner, policy, folder, world.cancel);
    if (!text) return fail(text.error());
    if (!*text) continue;
    auto found = analyzers::translation_units(**text, resolve);
    if (!found) return fail(std::move(found.error()).within("reading the compile database"));
    database = folder;
    units = std::move(*found);
    return {};
  }
  std::ranges::copy_if(paths, std::back_inserter(units), [](const std::string& path) {
    return analyzers::is_c_family(path) && !analyzers::is_header(path);
  });
  return {};
}

Result<ClangSite> ClangSite::open(Engine::Impl& engine, const Target& target, ExecutionType until,
                                  const std::optional<SessionId>& session) {
  auto world = engine.trial_world(target.config);
  if (!world) return fail(std::move(world.error()));
  auto base = engine.prepare(target, until, session);
  if (!base) return fail(std::move(base.error()));
  if (!base->configured) {
    engine.world.observer.note(
        "the base does not configure; reading it without its compile "
        "database");
  }
  auto impl = std::make_unique<Impl>(Impl{std::move(*world), std::move(*base)});
  auto resolve = propose::tree_paths(engine.repo, target.tree);
  if (!resolve) return fail(std::move(resolve.error()));
  impl->resolve = std::move(*resolve);
  const auto entries = engine.repo.list(target.tree);
  if (!entries) return fail(entries.error());
  for (const repo::Entry& entry : *entries) impl->paths.push_back(entry.path);
  auto done = impl->lay_out();
  if (done) done = impl->find_units();
  if (!done) return fail(std::move(done.error()));
  return ClangSite(std::move(impl));
}

sandbox::Runner& ClangSite::runner() const { return impl_->world.runner; }
const sandbox::Policy& ClangSite::policy() const { return impl_->policy; }
const analyzers::PathResolver& ClangSite::resolve() const { return impl_->resolve; }
const std::vector<std::string>& ClangSite::paths() const { return impl_->paths; }
const std::string& ClangSite::database() const { return impl_->database; }
const std::vector<std::string>& ClangSite::units() const { return impl_->units; }
const Inventory& ClangSite::base_tests() const { return impl_->base.tests; }

}  // namespace automod
