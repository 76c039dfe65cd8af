#include "analyzers/clang/units.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>
#include <utility>

#include "analyzers/clang/compile_db.hpp"
#include "base/files.hpp"

namespace automod::analyzers {

namespace {

constexpr std::size_t kMostDatabaseBytes = 64 * kMiB;

/// One run over all units. The threads share nothing but what is guarded here.
class Running {
 public:
  Running(sandbox::Runner& runner, const UnitRun& run, const UnitProgress& progress,
          const CancelToken& cancel)
      : runner_(runner), run_(run), progress_(progress), cancel_(cancel) {}

  Result<void> all() {
    const std::size_t count = run_.names.size();
    const std::size_t workers =
        std::clamp<std::size_t>(run_.jobs, 1, std::max<std::size_t>(count, 1));
    {
      std::vector<std::jthread> threads;
      threads.reserve(workers);
      for (std::size_t i = 0; i < workers; ++i) threads.emplace_back([this] { work(); });
    }
    if (error_) return fail(std::move(*error_));
    if (cancel_.requested()) return interrupted(run_.tool);
    return {};
  }

 private:
  void work() {
    for (;;) {
      const std::size_t index = next_.fetch_add(1);
      if (index >= run_.names.size() || stop_ || cancel_.requested()) return;
      auto execution = one(index);
      const std::lock_guard lock(mutex_);
      if (!execution) {
        if (!error_) error_ = std::move(execution.error());
        stop_ = true;
        return;
      }
      run_.ended(index, std::move(*execution));
      if (progress_) progress_(++done_, run_.names.size(), run_.names[index]);
    }
  }

  Result<sandbox::Execution> one(std::size_t index) {
    auto execution = runner_.run(run_.policy, run_.command(index), cancel_);
    if (!execution) return fail(std::move(execution.error()).within("running " + run_.tool));
    if (execution->outcome == sandbox::Outcome::kInterrupted) return interrupted(run_.tool);
    return execution;
  }

  sandbox::Runner& runner_;
  const UnitRun& run_;
  const UnitProgress& progress_;
  const CancelToken& cancel_;
  std::atomic<std::size_t> next_{0};
  std::atomic<bool> stop_{false};
  std::mutex mutex_;  // guards all below, and calls of `ended` and progress
  std::size_t done_ = 0;
  std::optional<Error> error_;
};

}  // namespace

sandbox::Command shell_command(std::string_view script, std::vector<std::string> arguments,
                               std::string directory) {
  sandbox::Command command{{"/bin/sh", "-c", std::string(script), "sh"}, std::move(directory)};
  std::ranges::move(arguments, std::back_inserter(command.argv));
  return command;
}

std::unexpected<Error> interrupted(std::string_view tool) {
  return fail(ErrorKind::kInterrupted, fmt::format("{} was interrupted", tool));
}

std::string describe_end(std::string_view tool, const sandbox::Execution& execution) {
  switch (execution.outcome) {
    case sandbox::Outcome::kExited:
      return fmt::format("{} exited with {}", tool, execution.status);
    case sandbox::Outcome::kSignalled:
      return fmt::format("{} was ended by signal {}", tool, execution.status);
    default:
      return fmt::format("{} ended: {}", tool, name(execution.outcome));
  }
}

Result<std::optional<std::string>> load_compile_commands(sandbox::Runner& runner,
                                                         const sandbox::Policy& policy,
                                                         std::string_view folder,
                                                         const CancelToken& cancel) {
  sandbox::Policy wide = policy;
  wide.limits.output_bytes = kMostDatabaseBytes;
  const std::string path = fmt::format("/tree/{}/compile_commands.json", folder);
  auto execution =
      runner.run(wide, shell_command("test -f \"$1\" || exit 3; cat \"$1\"", {path}), cancel);
  if (!execution) return fail(std::move(execution.error()).within("reading " + path));
  if (execution->outcome == sandbox::Outcome::kInterrupted) return interrupted("reading " + path);
  if (execution->outcome == sandbox::Outcome::kExited && execution->status == 3) {
    return std::optional<std::string>();
  }
  if (!execution->ok() || execution->out_cut) {
    return fail(ErrorKind::kRefused,
                fmt::format("{} could not be read: {}", path,
                            execution->out_cut ? "it is too large" : name(execution->outcome)));
  }
  return std::optional(std::move(execution->out));
}

Result<CompileCommands> commands_in(sandbox::Runner& runner, const sandbox::Policy& policy,
                                    std::string_view folder, const PathResolver& resolve,
                                    const CancelToken& cancel) {
  if (folder.empty()) return CompileCommands{};
  const auto json = load_compile_commands(runner, policy, folder, cancel);
  if (!json) return fail(json.error());
  if (!*json) return CompileCommands{};
  return read_compile_commands(**json, resolve);
}

Result<void> run_units(sandbox::Runner& runner, const UnitRun& run, const UnitProgress& progress,
                       const CancelToken& cancel) {
  return Running(runner, run, progress, cancel).all();
}

}  // namespace automod::analyzers
