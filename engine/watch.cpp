#include "engine/watch.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/process.hpp"
#include "base/text.hpp"
#include "engine/bench.hpp"
#include "engine/impl.hpp"
#include "engine/trial/side.hpp"
#include "engine/trial/stage.hpp"

namespace automod {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::string_view kHealthy = "healthy";
constexpr std::string_view kUnhealthy = "unhealthy";
constexpr std::string_view kUnknown = "unknown";
constexpr std::size_t kMostDetail = 400;

/// What holds the application at present.
struct InForce {
  CommitId commit;
  TreeId tree;
  CommitId before;  // the same without it
};

/// What looking found; when it was and how long it took is filled in by who asked.
store::WatchCheck found(std::string_view outcome, std::string_view detail) {
  return {.outcome = std::string(outcome), .detail = printable_line(tail(detail, kMostDetail))};
}

/// What a command left behind: how it ended, and the last it said.
std::string words_of(std::string ended, std::string_view err, std::string_view out) {
  const std::string_view said = err.empty() ? out : err;
  return said.empty() ? ended : fmt::format("{}: {}", ended, said);
}

}  // namespace

Result<WatchEnd> watch_over(const WatchPlan& plan, const Clock& clock, const CancelToken& cancel,
                            const std::function<Result<std::optional<store::WatchCheck>>()>& look) {
  const Clock::Time end = clock.now() + plan.period;
  std::int64_t unhealthy = 0;
  std::int64_t unknown = 0;
  std::size_t looks = 0;
  for (;;) {
    const Clock::Time next = clock.now() + plan.every;
    const auto seen = look();
    if (!seen && seen.error().kind != ErrorKind::kInterrupted) return fail(seen.error());
    if (!seen || cancel.requested()) return WatchEnd{"stopped", "interrupted"};
    if (!*seen) return WatchEnd{"stopped", "no branch holds it any more"};
    ++looks;
    const std::string& outcome = (*seen)->outcome;
    unhealthy = outcome == kUnhealthy ? unhealthy + 1 : 0;
    unknown = outcome == kUnknown ? unknown + 1 : 0;
    if (unhealthy >= plan.failures) {
      return WatchEnd{"regressed",
                      fmt::format("unhealthy {} times in a row: {}", unhealthy, (*seen)->detail)};
    }
    if (unknown >= plan.failures) {
      return WatchEnd{"stopped",
                      fmt::format("no answer {} times in a row: {}", unknown, (*seen)->detail)};
    }
    // A look that would begin after the end is not waited for, unless the last one was unhealthy:
    // it has to be told from a passing trouble.
    if (next > end && unhealthy == 0) return WatchEnd{"healthy", fmt::format("{} looks", looks)};
    clock.wait_until(next, cancel);
    if (cancel.requested()) return WatchEnd{"stopped", "interrupted"};
  }
}

/// One watch of one modification.
class Engine::Watching {
 public:
  Watching(Engine& engine, const WatchRequest& request) : engine_(engine), request_(request) {}

  Result<Watched> run();

 private:
  Result<void> prepare();
  Result<void> check_before();
  Result<void> end_earlier();
  Result<std::optional<InForce>> in_force();
  Result<std::optional<store::WatchCheck>> look(const store::WatchId& id);
  Result<store::WatchCheck> look_at(const InForce& at);
  Result<store::WatchCheck> run_here();
  Result<store::WatchCheck> run_in_sandbox(const TreeId& tree);
  Result<store::WatchCheck> measure(const InForce& at);
  Watched take_back(store::Watch watch, const WatchEnd& end);

  Impl& impl() { return *engine_.impl_; }

  Engine& engine_;
  const WatchRequest& request_;
  ModificationId id_;
  CommitId commit_;  // the application's
  Target target_;
  std::string command_;
  WatchPlan plan_{};
};

Result<void> Engine::Watching::prepare() {
  const auto listed = impl().store.modification(request_.id);
  if (!listed) return fail(listed.error());
  id_ = listed->modification.id;
  if (!listed->application || listed->rollback) {
    return fail(ErrorKind::kUsage, fmt::format("modification {} is not applied", id_.text),
                "run: automod apply " + id_.text);
  }
  commit_ = listed->application->commit;
  auto aimed = engine_.target(listed->modification.base_commit.text);
  if (!aimed) return fail(aimed.error());
  target_ = std::move(*aimed);
  const Monitor& monitor = target_.config.monitor;
  plan_ = {.every = request_.every.value_or(seconds(monitor.every_seconds)),
           .period = request_.period.value_or(seconds(monitor.for_seconds)),
           .failures = request_.failures.value_or(monitor.failures)};
  if (request_.bench) {
    command_ = "benchmarks";
    if (!target_.config.benchmarks.empty()) return {};
    return fail(ErrorKind::kUsage, "no benchmark is configured",
                "add a [[benchmark]] with name and command to automod.toml");
  }
  command_ = request_.command.empty() ? monitor.command : request_.command;
  if (!command_.empty()) return {};
  return fail(ErrorKind::kUsage, "there is nothing to watch by",
              "name a command behind --, or in automod.toml: [monitor] command = \"...\"");
}

/// Taking back helps only where it was better before.
Result<void> Engine::Watching::check_before() {
  if (request_.bench || !request_.outside.empty()) return {};
  const auto at = in_force();
  if (!at) return fail(at.error());
  if (!*at) return {};
  const auto before = impl().repo.resolve((*at)->before.text);
  if (!before) return fail(before.error());
  const auto seen = run_in_sandbox(before->tree);
  if (!seen) return fail(seen.error());
  if (seen->outcome == kHealthy) return {};
  return fail(ErrorKind::kRefused,
              fmt::format("the command fails without the modification, too: {}", seen->detail),
              "taking it back would not help; a command that needs more than the sandbox gives "
              "runs with --outside");
}

/// A watch that was killed runs on in the records only. One that lives hears of it at its next
/// look.
Result<void> Engine::Watching::end_earlier() {
  const auto all = impl().store.watches(id_);
  if (!all) return fail(all.error());
  for (const store::Watch& one : *all) {
    if (one.state != "running") continue;
    const auto ended = impl().store.end_watch(one.id, "stopped", "another watch took its place");
    if (!ended && ended.error().kind != ErrorKind::kConflict) return fail(ended.error());
  }
  return {};
}

Result<std::optional<InForce>> Engine::Watching::in_force() {
  const auto listed = impl().store.modification(id_.text);
  if (!listed) return fail(listed.error());
  if (!listed->application || listed->rollback) return std::nullopt;
  struct Holder {
    std::string ref;
    CommitId before;
  };
  std::vector<Holder> places;
  const auto merges = impl().store.merges(id_);
  if (!merges) return fail(merges.error());
  for (auto one = merges->rbegin(); one != merges->rend(); ++one) {
    places.push_back({one->branch, one->before});
  }
  places.push_back({listed->application->branch, listed->modification.base_commit});
  for (const Holder& place : places) {
    const auto tip = impl().repo.read_ref(place.ref);
    if (!tip) return fail(tip.error());
    if (!*tip) continue;
    const auto holds = impl().repo.is_ancestor(commit_, **tip);
    if (!holds) return fail(holds.error());
    if (!*holds) continue;
    const auto info = impl().repo.resolve((*tip)->text);
    if (!info) return fail(info.error());
    return InForce{.commit = **tip, .tree = info->tree, .before = place.before};
  }
  return std::nullopt;
}

Result<store::WatchCheck> Engine::Watching::run_here() {
  const auto done = run_program({.argv = {"/bin/sh", "-c", command_},
                                 .input = {},
                                 .directory = request_.outside,
                                 .timeout = std::max<milliseconds>(plan_.every, seconds(10))},
                                impl().world.cancel);
  if (!done && done.error().kind == ErrorKind::kInternal) {
    return found(kUnhealthy, done.error().message);
  }
  if (!done) return fail(done.error());
  if (done->exit_code == 0) return found(kHealthy, "exit code 0");
  return found(kUnhealthy,
               words_of(fmt::format("exit code {}", done->exit_code), done->err, done->out));
}

Result<store::WatchCheck> Engine::Watching::run_in_sandbox(const TreeId& tree) {
  const auto world = impl().trial_world(target_.config);
  if (!world) return fail(world.error());
  const auto base = trial::prepare_base(
      *world, {.tree = tree, .config = target_.config, .config_source = target_.config_source},
      ExecutionType::kBuild);
  if (!base) return fail(base.error());
  if (!base->built && !target_.config.build.empty()) return found(kUnhealthy, "it does not build");
  const auto side = trial::Side::open(*world, *base);
  if (!side) return fail(side.error());
  const auto longest = std::max<seconds>(plan_.every, seconds(10));
  const auto ran =
      trial::run_command(side->site(), ExecutionType::kBenchmark, command_, longest.count());
  if (!ran) return fail(ran.error());
  const sandbox::Execution& execution = ran->execution;
  if (execution.ok()) return found(kHealthy, "exit code 0");
  const std::string ended = execution.outcome == sandbox::Outcome::kExited
                                ? fmt::format("exit code {}", execution.status)
                                : std::string(sandbox::name(execution.outcome));
  return found(kUnhealthy, words_of(ended, execution.err, execution.out));
}

/// The worst of the figures that the benchmarks are about.
Result<store::WatchCheck> Engine::Watching::measure(const InForce& at) {
  const auto report = engine_.bench({.subject = at.commit.text,
                                     .against = at.before.text,
                                     .only = {},
                                     .rounds = {},
                                     .seconds = {}});
  if (!report) return fail(report.error());
  if (!report->ok()) return found(kUnhealthy, "a benchmark failed");
  store::WatchCheck check = found(kHealthy, "no figure is worse");
  for (const BenchResult& result : report->results) {
    for (const BenchFigure& figure : result.figures) {
      const double cost = figure.compared.cost.percent;
      if (!figure.decisive || (check.value && cost <= *check.value)) continue;
      check.value = cost;
      if (figure.compared.answer != judge::Answer::kWorse) continue;
      check.outcome = kUnhealthy;
      check.detail = fmt::format("{} of benchmark {} is {:.1f} % worse", figure.compared.metric,
                                 printable_line(result.evidence.name), cost);
    }
  }
  return check;
}

Result<store::WatchCheck> Engine::Watching::look_at(const InForce& at) {
  if (request_.bench) return measure(at);
  return request_.outside.empty() ? run_in_sandbox(at.tree) : run_here();
}

Result<std::optional<store::WatchCheck>> Engine::Watching::look(const store::WatchId& id) {
  const auto at = in_force();
  if (!at) return fail(at.error());
  if (!*at) return std::nullopt;
  const Clock::Time began = impl().world.clock.now();
  auto check = look_at(**at);
  if (!check && check.error().kind == ErrorKind::kInterrupted) return fail(check.error());
  if (!check) check = found(kUnknown, check.error().message);
  const Clock::Time now = impl().world.clock.now();
  check->wall_ms = (now - began).count();
  check->checked_at = iso_time(now);
  if (auto added = impl().store.add_watch_check(id, *check); !added) return fail(added.error());
  if (request_.looked) request_.looked(*check);
  return std::optional(std::move(*check));
}

Watched Engine::Watching::take_back(store::Watch watch, const WatchEnd& end) {
  Watched watched{.watch = std::move(watch), .rollbacks = {}, .problem = std::nullopt};
  auto rollbacks =
      engine_.rollback({.id = id_.text,
                        .reason = fmt::format("watch {}: {}", watched.watch.id.text, end.why),
                        .onto = {},
                        .cascade = request_.cascade});
  if (rollbacks) {
    watched.rollbacks = std::move(*rollbacks);
  } else {
    watched.problem = std::move(rollbacks.error());
  }
  return watched;
}

Result<Watched> Engine::Watching::run() {
  if (auto prepared = prepare(); !prepared) return fail(prepared.error());
  if (auto better = check_before(); !better) return fail(better.error());
  if (auto ended = end_earlier(); !ended) return fail(ended.error());
  auto id = impl().store.begin_watch({.id = {},
                                      .modification = id_,
                                      .command = command_,
                                      .every_seconds = plan_.every.count(),
                                      .for_seconds = plan_.period.count()});
  if (!id) return fail(id.error());
  auto end = watch_over(plan_, impl().world.clock, impl().world.cancel, [&] { return look(*id); });
  Watched watched{.watch = {.id = *id}, .rollbacks = {}, .problem = std::nullopt};
  // It is taken back before the watch is over: killed in between, it is not left in force.
  if (end && end->state == "regressed") watched = take_back(std::move(watched.watch), *end);
  const auto ended = impl().store.end_watch(*id, end ? end->state : "stopped",
                                            end ? end->why : end.error().message);
  if (!end) return fail(end.error());
  if (!ended) return fail(ended.error());
  const auto all = impl().store.watches(id_);
  if (!all) return fail(all.error());
  const auto own = std::ranges::find(*all, *id, &store::Watch::id);
  if (own != all->end()) watched.watch = *own;
  return watched;
}

Result<Watched> Engine::watch(const WatchRequest& request) {
  return Watching(*this, request).run();
}

}  // namespace automod
