#include "engine/bench.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/text.hpp"
#include "engine/impl.hpp"
#include "engine/trial/measure.hpp"
#include "engine/trial/quiet.hpp"

namespace automod {

namespace {

struct Found {
  BenchSide side;
  std::optional<std::string> base;  // of a modification
};

/// A revision; else a modification, whose tree is made from its patch.
Result<Found> find_side(repo::Repository& repo, const store::Store& store,
                        const std::string& named) {
  const auto info = repo.resolve(named);
  if (info) {
    return Found{.side = {.name = named, .commit = info->commit, .tree = info->tree},
                 .base = std::nullopt};
  }
  const auto listed = store.modification(named);
  if (!listed) {
    return fail(ErrorKind::kUsage,
                fmt::format("'{}' is neither a revision nor a modification", printable_line(named)),
                "automod list shows the modifications");
  }
  const Modification& modification = listed->modification;
  const auto tree = repo.write_tree(modification.base_tree, modification.candidate.files);
  if (!tree) return fail(tree.error());
  return Found{.side = {.name = named, .commit = modification.base_commit, .tree = *tree},
               .base = modification.base_commit.text};
}

Result<std::vector<Benchmark>> chosen(const Config& config, const std::vector<std::string>& only) {
  if (config.benchmarks.empty()) {
    return fail(ErrorKind::kUsage, "no benchmark is configured",
                "add a [[benchmark]] with name and command to automod.toml");
  }
  if (only.empty()) return config.benchmarks;
  std::vector<Benchmark> found;
  std::vector<std::string> names;
  for (const auto& benchmark : config.benchmarks) names.push_back(benchmark.name);
  for (const auto& name : only) {
    const auto one = std::ranges::find(config.benchmarks, name, &Benchmark::name);
    if (one == config.benchmarks.end()) {
      return fail(ErrorKind::kUsage, fmt::format("unknown benchmark '{}'{}", printable_line(name),
                                                 suggestion(name, names)));
    }
    found.push_back(*one);
  }
  return found;
}

Result<trial::Base> built(const trial::World& world, const Target& target, const BenchSide& side) {
  world.progress(fmt::format("building {}", printable_line(side.name)));
  auto base = trial::prepare_base(
      world, {.tree = side.tree, .config = target.config, .config_source = target.config_source},
      ExecutionType::kBuild);
  if (!base) return base;
  if (!base->built && !target.config.build.empty()) {
    const std::string why =
        base->stages.empty() ? "" : ": " + printable(tail(base->stages.back().output_tail, 400));
    return fail(ErrorKind::kRefused,
                fmt::format("{} does not build{}", printable_line(side.name), why));
  }
  return base;
}

std::vector<BenchFigure> figures_of(const BenchmarkEvidence& evidence, const Levels& levels,
                                    std::size_t benchmarks) {
  std::vector<BenchFigure> figures;
  const auto decisive = judge::decisive(evidence);
  for (const Series& series : evidence.series) {
    const auto fresh = std::ranges::find(evidence.confirm, series.metric, &Series::metric);
    const bool confirmed = fresh != evidence.confirm.end();
    const bool is_decisive = std::ranges::find(decisive, &series) != decisive.end();
    const auto question =
        judge::loss_question(levels, benchmarks, is_decisive ? decisive.size() : 1);
    figures.push_back({.series = confirmed ? *fresh : series,
                       .compared = judge::compare(confirmed ? *fresh : series, question),
                       .decisive = is_decisive,
                       .confirmed = confirmed});
  }
  return figures;
}

/// Measures one benchmark after the other on sides of two bases, or of one.
Result<void> measure_all(const trial::World& world, const trial::Base& base,
                         const trial::Base& subject, const std::vector<Benchmark>& benchmarks,
                         const trial::MeasurePlan& plan, BenchReport& into) {
  const auto first = trial::Side::open(world, base);
  if (!first) return fail(first.error());
  const auto again = trial::Side::open(world, base);
  if (!again) return fail(again.error());
  const auto candidate = trial::Side::open(world, subject);
  if (!candidate) return fail(candidate.error());
  for (const auto& benchmark : benchmarks) {
    const auto began = std::chrono::steady_clock::now();
    auto found = trial::measure_benchmark({*first, *again, *candidate}, benchmark, plan);
    if (!found) return fail(found.error());
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
    auto figures = figures_of(found->evidence, plan.levels, plan.benchmarks);
    into.results.push_back({.evidence = std::move(found->evidence),
                            .figures = std::move(figures),
                            .seconds = took.count()});
    std::ranges::move(found->left_out, std::back_inserter(into.left_out));
  }
  return {};
}

}  // namespace

bool BenchReport::ok() const {
  return std::ranges::none_of(results, [](const BenchResult& result) {
    return result.evidence.base_failures + result.evidence.candidate_failures > 0;
  });
}

Result<BenchReport> Engine::bench(const BenchRequest& request) {
  const auto subject = find_side(impl_->repo, impl_->store, request.subject);
  if (!subject) return fail(subject.error());
  BenchReport report;
  report.subject = subject->side;
  std::string decides = request.subject;  // whose automod.toml counts
  const auto against = request.against ? request.against : subject->base;
  if (against) {
    const auto base = find_side(impl_->repo, impl_->store, *against);
    if (!base) return fail(base.error());
    report.against = base->side;
    decides = base->side.commit.text;
  }
  const auto aimed = target(decides);
  if (!aimed) return fail(aimed.error());
  report.target = *aimed;
  for (const std::string& note : aimed->notes) impl_->world.observer.note(note);
  const auto benchmarks = chosen(aimed->config, request.only);
  if (!benchmarks) return fail(benchmarks.error());
  const auto world = impl_->trial_world(aimed->config);
  if (!world) return fail(world.error());
  const auto base = built(*world, *aimed, report.against.value_or(report.subject));
  if (!base) return fail(base.error());
  const auto other = built(*world, *aimed, report.subject);
  if (!other) return fail(other.error());
  const Config& config = aimed->config;
  const trial::MeasurePlan plan = {.levels = {.floor = static_cast<double>(config.floor_percent),
                                              .wanted = static_cast<double>(config.wanted_percent),
                                              .memory = static_cast<double>(config.memory_percent)},
                                   .benchmarks = benchmarks->size(),
                                   .compared = 1,
                                   .seconds = request.seconds.value_or(config.measure_seconds),
                                   .rounds = request.rounds};
  world->progress("waiting until nothing else runs");
  const auto quiet = trial::Quiet::take(world->cache, impl_->world.cancel);
  if (!quiet) return fail(quiet.error());
  auto done = measure_all(*world, *base, *other, *benchmarks, plan, report);
  if (!done) return fail(done.error());
  return report;
}

}  // namespace automod
