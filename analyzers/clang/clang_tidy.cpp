#include "analyzers/clang/clang_tidy.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <utility>

#include "base/files.hpp"
#include "base/text.hpp"

namespace automod::analyzers {

namespace {

constexpr std::size_t kMostResultBytes = 16 * kMiB;
constexpr std::size_t kLogBytes = 16 * 1024;
constexpr std::size_t kLogBytesOfFile = 2 * 1024;
constexpr int kOldestMajor = 19;
constexpr std::string_view kTool = "clang-tidy";

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
  unit.failure = fmt::format("{}\n{}{}", describe_end(kTool, execution), errors,
                             tail(execution.err, kLogBytesOfFile));
  return unit;
}

std::vector<std::string> arguments_for(const TidyJob& job, const std::string& program,
                                       const std::string& file,
                                       const std::vector<std::string>& flags) {
  std::vector<std::string> arguments = {
      program,         "--quiet", "--config={}", "--checks=" + job.checks, "--header-filter=.*",
      "/tree/" + file, "--"};
  arguments.insert(arguments.end(), flags.begin(), flags.end());
  // Whether other compilers' code warns here is not our question, only whether it is read.
  arguments.emplace_back("-Wno-everything");
  return arguments;
}

Result<std::vector<Unit>> run_all(sandbox::Runner& runner, const TidyJob& job,
                                  const PathResolver& resolve, const std::string& program,
                                  const CompileCommands& commands, const UnitProgress& progress,
                                  const CancelToken& cancel) {
  std::vector<Unit> units(job.files.size());
  UnitRun run{
      .policy = job.policy, .names = job.files, .tool = std::string(kTool), .jobs = job.jobs};
  run.policy.limits.wall = std::min(run.policy.limits.wall, job.file_limit);
  run.policy.limits.output_bytes = kMostResultBytes;
  run.command = [&](std::size_t index) {
    const std::string& file = job.files[index];
    const auto command = commands.find(file);
    const bool known = command != commands.end();
    return shell_command(
        kTidyScript,
        arguments_for(job, program, file, known ? command->second.flags : job.fallback_flags),
        known ? command->second.directory : "/tree");
  };
  run.ended = [&](std::size_t index, const sandbox::Execution& execution) {
    units[index] = read_unit(execution, resolve);
  };
  if (auto done = run_units(runner, run, progress, cancel); !done) return fail(done.error());
  return units;
}

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
  auto execution = runner.run(policy, shell_command(kFindScript, {}), cancel);
  if (!execution) return fail(std::move(execution.error()).within("looking for clang-tidy"));
  if (execution->outcome == sandbox::Outcome::kInterrupted) return interrupted(kTool);
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

Result<TidyReport> run_clang_tidy(sandbox::Runner& runner, const TidyJob& job,
                                  const PathResolver& resolve, const UnitProgress& progress,
                                  const CancelToken& cancel) {
  if (job.files.empty() || job.checks.empty()) return TidyReport{};
  const auto tool = find_clang_tidy(runner, job.policy, cancel);
  if (!tool) return fail(tool.error());
  const auto commands = commands_in(runner, job.policy, job.compile_commands, resolve, cancel);
  if (!commands) return fail(commands.error());
  auto units = run_all(runner, job, resolve, tool->program, *commands, progress, cancel);
  if (!units) return fail(std::move(units.error()));
  return collect(job, std::move(*units));
}

}  // namespace automod::analyzers
