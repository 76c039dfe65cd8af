#include "analyzers/clang/clang_tidy.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <set>
#include <thread>
#include <tuple>
#include <utility>

#include "analyzers/clang/compile_db.hpp"
#include "base/files.hpp"
#include "base/text.hpp"

namespace automod::analyzers {

namespace {

constexpr std::size_t kMostResultBytes = 16 * kMiB;
constexpr std::size_t kMostDatabaseBytes = 64 * kMiB;
constexpr std::size_t kLogBytes = 16 * 1024;
constexpr std::size_t kLogBytesOfFile = 2 * 1024;
constexpr int kOldestMajor = 19;

/// Prints "name version text" of every clang-tidy there is, the preferred first.
constexpr const char* kFindScript = R"sh(
for tool in clang-tidy-19 clang-tidy clang-tidy-20 clang-tidy-21 clang-tidy-22; do
  command -v "$tool" >/dev/null 2>&1 && printf '%s %s\n' "$tool" "$("$tool" --version | tr '\n' ' ')"
done
exit 0
)sh";

/// Brings the fixes out through stdout. A file in the work folder would have to be read from among
/// files that the target wrote.
constexpr const char* kTidyScript = R"sh(
fixes=$(mktemp /tmp/automod-fixes.XXXXXX) || exit 120
tool=$1
shift
"$tool" --export-fixes="$fixes" "$@" >/dev/null
status=$?
cat "$fixes"
rm -f "$fixes"
exit "$status"
)sh";

/// What became of one file.
struct Unit {
  std::vector<Diagnostic> diagnostics;
  std::string failure;  // empty: analyzed
};

sandbox::Command shell(std::string_view script, std::vector<std::string> arguments,
                       std::string directory = "/tree") {
  sandbox::Command command{{"/bin/sh", "-c", std::string(script), "sh"}, std::move(directory)};
  std::ranges::move(arguments, std::back_inserter(command.argv));
  return command;
}

std::unexpected<Error> interrupted() {
  return fail(ErrorKind::kInterrupted, "clang-tidy was interrupted");
}

/// "… LLVM version 19.1.7 …" -> "19.1.7"
std::string version_in(std::string_view text) {
  constexpr std::string_view kBefore = "LLVM version ";
  const std::size_t found = text.find(kBefore);
  if (found == std::string_view::npos) return {};
  text.remove_prefix(found + kBefore.size());
  return std::string(text.substr(0, text.find_first_not_of("0123456789.")));
}

int major_of(const std::string& version) {
  int major = 0;
  for (const char c : version) {
    if (c < '0' || c > '9' || major > 1000) break;
    major = major * 10 + (c - '0');
  }
  return major;
}

/// The compiler's own errors, which the YAML repeats for every file that could not be read.
std::string compiler_errors(const std::vector<Diagnostic>& diagnostics) {
  std::string text;
  for (const Diagnostic& diagnostic : diagnostics) {
    if (diagnostic.level != "Error" || text.size() > kLogBytesOfFile) continue;
    text += fmt::format("{}: {}\n", diagnostic.path, diagnostic.message);
  }
  return text;
}

std::string describe(const sandbox::Execution& execution) {
  return execution.outcome == sandbox::Outcome::kExited
             ? fmt::format("clang-tidy exited with {}", execution.status)
             : fmt::format("clang-tidy ended: {}", name(execution.outcome));
}

bool is_compilers_own(const Diagnostic& diagnostic) {
  return diagnostic.check.starts_with("clang-diagnostic-");
}

Unit read_unit(const sandbox::Execution& execution, const PathResolver& resolve) {
  Unit unit;
  std::string errors;
  if (execution.out_cut) {
    unit.failure = fmt::format("more than {} bytes of fixes", kMostResultBytes);
  } else if (auto fixes = read_fixes(execution.out, resolve)) {
    errors = compiler_errors(*fixes);
    unit.diagnostics = std::move(*fixes);
    std::erase_if(unit.diagnostics, is_compilers_own);
  } else {
    unit.failure = fixes.error().message;
  }
  if (execution.ok()) return unit;
  unit.failure =
      fmt::format("{}\n{}{}", describe(execution), errors, tail(execution.err, kLogBytesOfFile));
  return unit;
}

/// One run over all files of a job. The threads share nothing but what is guarded here.
class Run {
 public:
  Run(sandbox::Runner& runner, const TidyJob& job, const PathResolver& resolve,
      const CancelToken& cancel, std::string program,
      std::map<std::string, CompileCommand> commands)
      : runner_(runner),
        job_(job),
        resolve_(resolve),
        cancel_(cancel),
        program_(std::move(program)),
        commands_(std::move(commands)),
        units_(job.files.size()),
        policy_(job.policy) {
    policy_.limits.wall = std::min(policy_.limits.wall, job.file_limit);
    policy_.limits.output_bytes = kMostResultBytes;
  }

  using Progress = std::function<void(std::size_t, std::size_t, std::string_view)>;

  Result<std::vector<Unit>> all(const Progress& progress) {
    const std::size_t workers =
        std::clamp<std::size_t>(job_.jobs, 1, std::max<std::size_t>(job_.files.size(), 1));
    {
      std::vector<std::jthread> threads;
      threads.reserve(workers);
      for (std::size_t i = 0; i < workers; ++i) threads.emplace_back([&] { work(progress); });
    }
    if (error_) return fail(std::move(*error_));
    if (cancel_.requested()) return interrupted();
    return std::move(units_);
  }

 private:
  void work(const Progress& progress) {
    for (;;) {
      const std::size_t index = next_.fetch_add(1);
      if (index >= job_.files.size() || stop_ || cancel_.requested()) return;
      auto unit = analyze(job_.files[index]);
      const std::lock_guard lock(mutex_);
      if (!unit) {
        if (!error_) error_ = std::move(unit.error());
        stop_ = true;
        return;
      }
      units_[index] = std::move(*unit);
      if (progress) progress(++done_, job_.files.size(), job_.files[index]);
    }
  }

  Result<Unit> analyze(const std::string& file) {
    const auto command = commands_.find(file);
    const bool known = command != commands_.end();
    std::vector<std::string> arguments = {
        program_,        "--quiet", "--config={}", "--checks=" + job_.checks, "--header-filter=.*",
        "/tree/" + file, "--"};
    const auto& flags = known ? command->second.flags : job_.fallback_flags;
    arguments.insert(arguments.end(), flags.begin(), flags.end());
    // Whether other compilers' code warns here is not our question, only whether it is read.
    arguments.emplace_back("-Wno-everything");
    auto execution = runner_.run(
        policy_,
        shell(kTidyScript, std::move(arguments), known ? command->second.directory : "/tree"),
        cancel_);
    if (!execution) return fail(std::move(execution.error()).within("running clang-tidy"));
    if (execution->outcome == sandbox::Outcome::kInterrupted) return interrupted();
    const std::lock_guard lock(resolve_mutex_);
    return read_unit(*execution, resolve_);
  }

  sandbox::Runner& runner_;
  const TidyJob& job_;
  const PathResolver& resolve_;
  const CancelToken& cancel_;
  const std::string program_;
  const std::map<std::string, CompileCommand> commands_;
  std::vector<Unit> units_;  // by index into job_.files
  sandbox::Policy policy_;
  std::atomic<std::size_t> next_{0};
  std::atomic<bool> stop_{false};
  std::mutex resolve_mutex_;  // a resolver need not be safe to call from two threads
  std::mutex mutex_;          // guards all below, units_, and calls of progress
  std::size_t done_ = 0;
  std::optional<Error> error_;
};

auto identity(const Diagnostic& diagnostic) {
  return std::tie(diagnostic.path, diagnostic.offset, diagnostic.check, diagnostic.message);
}

/// Adds what was only seen in files that could not be read as a whole. The compiler guessed there,
/// so nothing is to be changed on its word.
void add_doubtful(std::vector<Diagnostic>& sound, std::vector<Diagnostic> doubtful) {
  const auto before = [](const Diagnostic& a, const Diagnostic& b) {
    return identity(a) < identity(b);
  };
  for (Diagnostic& diagnostic : doubtful) diagnostic.fix.clear();
  std::ranges::sort(sound, before);
  std::erase_if(doubtful, [&](const Diagnostic& diagnostic) {
    return std::ranges::binary_search(sound, diagnostic, before);
  });
  doubtful = merge_diagnostics(std::move(doubtful));
  std::ranges::move(doubtful, std::back_inserter(sound));
  std::ranges::sort(sound, before);
}

TidyReport collect(const TidyJob& job, std::vector<Unit> units) {
  TidyReport report;
  std::vector<Diagnostic> sound;
  std::vector<Diagnostic> doubtful;
  for (std::size_t i = 0; i < units.size(); ++i) {
    auto& place = units[i].failure.empty() ? sound : doubtful;
    std::ranges::move(units[i].diagnostics, std::back_inserter(place));
    if (units[i].failure.empty()) continue;
    report.failed_files.push_back(job.files[i]);
    report.log_tail += fmt::format("{}: {}\n", job.files[i], units[i].failure);
  }
  report.diagnostics = merge_diagnostics(std::move(sound));
  add_doubtful(report.diagnostics, std::move(doubtful));
  std::ranges::sort(report.failed_files);
  report.log_tail = std::string(tail(report.log_tail, kLogBytes));
  return report;
}

}  // namespace

Result<TidyTool> find_clang_tidy(sandbox::Runner& runner, const sandbox::Policy& policy,
                                 const CancelToken& cancel) {
  auto execution = runner.run(policy, shell(kFindScript, {}), cancel);
  if (!execution) return fail(std::move(execution.error()).within("looking for clang-tidy"));
  if (execution->outcome == sandbox::Outcome::kInterrupted) return interrupted();
  std::string found;
  for (const std::string_view line : split_lines(execution->out)) {
    TidyTool tool{std::string(line.substr(0, line.find(' '))), version_in(line)};
    if (major_of(tool.version) >= kOldestMajor) return tool;
    found += fmt::format("{}{} {}", found.empty() ? "" : ", ", tool.program, tool.version);
  }
  return fail(ErrorKind::kUnavailable,
              fmt::format("found {}, wanted clang-tidy of version {} or later",
                          found.empty() ? "no clang-tidy" : printable_line(found), kOldestMajor),
              "install it, on Debian: apt-get install clang-tidy-19");
}

Result<std::optional<std::string>> load_compile_commands(sandbox::Runner& runner,
                                                         const sandbox::Policy& policy,
                                                         std::string_view folder,
                                                         const CancelToken& cancel) {
  sandbox::Policy wide = policy;
  wide.limits.output_bytes = kMostDatabaseBytes;
  const std::string path = fmt::format("/tree/{}/compile_commands.json", folder);
  auto execution = runner.run(wide, shell("test -f \"$1\" || exit 3; cat \"$1\"", {path}), cancel);
  if (!execution) return fail(std::move(execution.error()).within("reading " + path));
  if (execution->outcome == sandbox::Outcome::kInterrupted) return interrupted();
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

Result<TidyReport> run_clang_tidy(
    sandbox::Runner& runner, const TidyJob& job, const PathResolver& resolve,
    const std::function<void(std::size_t, std::size_t, std::string_view)>& progress,
    const CancelToken& cancel) {
  if (job.files.empty() || job.checks.empty()) return TidyReport{};
  auto tool = find_clang_tidy(runner, job.policy, cancel);
  if (!tool) return fail(std::move(tool.error()));
  std::map<std::string, CompileCommand> commands;
  if (!job.compile_commands.empty()) {
    auto json = load_compile_commands(runner, job.policy, job.compile_commands, cancel);
    if (!json) return fail(std::move(json.error()));
    if (*json) {
      auto read = read_compile_commands(**json, resolve);
      if (!read) return fail(std::move(read.error()));
      commands = std::move(*read);
    }
  }
  Run run(runner, job, resolve, cancel, tool->program, std::move(commands));
  auto units = run.all(progress);
  if (!units) return fail(std::move(units.error()));
  return collect(job, std::move(*units));
}

}  // namespace automod::analyzers
