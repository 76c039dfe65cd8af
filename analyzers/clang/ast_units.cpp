#include "analyzers/clang/ast_units.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "base/files.hpp"
#include "base/text.hpp"
#include "sandbox/launch.hpp"

namespace automod::analyzers {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kTool = "automod-clang";
constexpr std::size_t kMostResultBytes = 64 * kMiB;
constexpr std::size_t kLogBytes = 2 * 1024;
constexpr std::size_t kMostTogether = 2000;  // a command line has an end

/// Adds up units so that each fact is moved a few times only, however many units there are.
class Collector {
 public:
  void add(Ast more) {
    append(pending_.symbols, std::move(more.symbols));
    append(pending_.calls, std::move(more.calls));
    append(pending_.throws, std::move(more.throws));
    append(pending_.overrides, std::move(more.overrides));
    append(pending_.includes, std::move(more.includes));
    append(pending_.smells, std::move(more.smells));
    if (size(pending_) > size(merged_)) merged_.merge(std::exchange(pending_, {}));
  }

  Ast take() {
    merged_.merge(std::exchange(pending_, {}));
    return std::move(merged_);
  }

 private:
  static std::size_t size(const Ast& ast) {
    return ast.symbols.size() + ast.calls.size() + ast.includes.size();
  }

  template <class Fact>
  static void append(std::vector<Fact>& into, std::vector<Fact> more) {
    std::ranges::move(more, std::back_inserter(into));
  }

  Ast merged_;
  Ast pending_;
};

struct Reading {
  std::vector<std::string> files;  // read by one process
  CompileCommand command;
};

class AstRun {
 public:
  AstRun(sandbox::Runner& runner, const AstJob& job, const PathResolver& resolve,
         const UnitProgress& progress, const CancelToken& cancel, fs::path program)
      : runner_(runner),
        job_(job),
        resolve_(resolve),
        progress_(progress),
        cancel_(cancel),
        program_(std::move(program)) {}

  /// The outcome of each; in their order.
  Result<std::vector<Result<AstUnit>>> all(const std::vector<Reading>& readings, bool surface) {
    std::vector<Result<AstUnit>> units(readings.size());
    UnitRun run{.policy = job_.policy, .tool = std::string(kTool), .jobs = job_.jobs};
    for (const Reading& one : readings) run.names.push_back(one.files.front());
    run.policy.limits.wall = std::min(run.policy.limits.wall, job_.file_limit);
    run.policy.limits.output_bytes = kMostResultBytes;
    run.policy.read_only.push_back(program_);
    run.command = [&](std::size_t index) { return command_for(readings[index], surface); };
    run.ended = [&](std::size_t index, const sandbox::Execution& execution) {
      units[index] = read(execution, readings[index].command.directory);
    };
    if (auto done = run_units(runner_, run, progress_, cancel_); !done) return fail(done.error());
    return units;
  }

 private:
  sandbox::Command command_for(const Reading& reading, bool surface) const {
    sandbox::Command command{{program_.string(), "--root", "/tree"}, reading.command.directory};
    if (surface) command.argv.emplace_back("--surface");
    if (!surface && job_.smells) command.argv.emplace_back("--smells");
    for (const std::string& file : reading.files) command.argv.push_back("/tree/" + file);
    command.argv.emplace_back("--");
    std::ranges::copy(reading.command.flags, std::back_inserter(command.argv));
    return command;
  }

  Result<AstUnit> read(const sandbox::Execution& execution, const std::string& directory) const {
    if (execution.out_cut) {
      return fail(ErrorKind::kRefused,
                  fmt::format("more than {} bytes of facts", kMostResultBytes));
    }
    if (!execution.ok()) {
      return fail(ErrorKind::kRefused, fmt::format("{}\n{}", describe_end(kTool, execution),
                                                   tail(execution.err, kLogBytes)));
    }
    return read_ast(execution.out, directory, resolve_);
  }

  sandbox::Runner& runner_;
  const AstJob& job_;
  const PathResolver& resolve_;
  const UnitProgress& progress_;
  const CancelToken& cancel_;
  const fs::path program_;
};

AstReport collect(const std::vector<Reading>& readings, std::vector<Result<AstUnit>> units) {
  AstReport report;
  Collector collector;
  for (std::size_t i = 0; i < units.size(); ++i) {
    const std::string& path = readings[i].files.front();
    if (!units[i]) {
      report.gaps.push_back({path, units[i].error().message, true});
      continue;
    }
    if (units[i]->errors > 0) {
      report.gaps.push_back({path, std::string(tail(units[i]->problems, kLogBytes)), false});
    }
    collector.add(std::move(units[i]->facts));
  }
  report.facts = collector.take();
  std::ranges::sort(report.gaps);
  return report;
}

std::string stem_of(std::string_view path) { return fs::path(path).stem().string(); }

/// Search paths of a command, with what they are relative to.
std::vector<std::string> searched(const CompileCommand& command) {
  std::vector<std::string> found;
  const auto absolute = [&](std::string_view path) {
    return path.starts_with('/') ? std::string(path)
                                 : fmt::format("{}/{}", command.directory, path);
  };
  for (std::size_t i = 0; i < command.flags.size(); ++i) {
    const std::string_view flag = command.flags[i];
    for (const std::string_view option : {"-I", "-isystem", "-iquote"}) {
      if (!flag.starts_with(option)) continue;
      const bool joined = flag.size() > option.size();
      if (!joined && i + 1 == command.flags.size()) break;
      const std::string path =
          absolute(joined ? flag.substr(option.size()) : std::string_view(command.flags[++i]));
      found.push_back(fmt::format("{}{}", option, path));
      break;
    }
  }
  return found;
}

bool says_language(const std::vector<std::string>& flags) {
  return std::ranges::find(flags, "-x") != flags.end();
}

}  // namespace

Result<fs::path> find_ast_program() { return sandbox::find_helper(std::string(kTool)); }

CompileCommand command_for_headers(const std::vector<std::string>& headers,
                                   const CompileCommands& commands,
                                   const std::vector<std::string>& fallback_flags) {
  CompileCommand made{.directory = "/tree", .flags = fallback_flags};
  if (commands.empty()) {
    if (!says_language(made.flags)) made.flags.insert(made.flags.begin(), {"-x", "c++"});
    return made;
  }
  std::set<std::string> stems;
  for (const std::string& header : headers) stems.insert(stem_of(header));
  auto like = std::ranges::find_if(
      commands, [&](const auto& one) { return stems.contains(stem_of(one.first)); });
  if (like == commands.end()) like = commands.begin();
  made = like->second;
  if (!says_language(made.flags)) {
    made.flags.insert(made.flags.begin(), {"-x", like->first.ends_with(".c") ? "c" : "c++"});
  }
  std::set<std::string> known;
  for (const auto& [path, command] : commands) {
    for (std::string& flag : searched(command)) {
      if (known.insert(flag).second) made.flags.push_back(std::move(flag));
    }
  }
  for (const std::string& flag : fallback_flags) {
    if (flag.starts_with("-I") && known.insert(flag).second) made.flags.push_back(flag);
  }
  return made;
}

Result<AstReport> read_units(sandbox::Runner& runner, const AstJob& job,
                             const PathResolver& resolve, const UnitProgress& progress,
                             const CancelToken& cancel) {
  if (job.files.empty()) return AstReport{};
  const auto program = find_ast_program();
  if (!program) return fail(program.error());
  const auto commands = commands_in(runner, job.policy, job.compile_commands, resolve, cancel);
  if (!commands) return fail(commands.error());
  std::vector<Reading> readings;
  for (const std::string& file : job.files) {
    const auto command = commands->find(file);
    readings.push_back({{file},
                        command != commands->end()
                            ? command->second
                            : CompileCommand{.directory = "/tree", .flags = job.fallback_flags}});
  }
  auto units = AstRun(runner, job, resolve, progress, cancel, *program).all(readings, false);
  if (!units) return fail(units.error());
  return collect(readings, std::move(*units));
}

Result<AstReport> read_headers(sandbox::Runner& runner, const AstJob& job,
                               const PathResolver& resolve, const UnitProgress& progress,
                               const CancelToken& cancel) {
  AstReport report;
  const auto is_nameable = [](const std::string& file) {
    return file.find_first_of("\"\\\n") == std::string::npos;
  };
  std::vector<std::string> files;
  for (const std::string& file : job.files) {
    if (is_nameable(file)) {
      files.push_back(file);
    } else {
      report.gaps.push_back({file, "no #include can name it", true});
    }
  }
  if (files.empty()) return report;
  const auto program = find_ast_program();
  if (!program) return fail(program.error());
  const auto commands = commands_in(runner, job.policy, job.compile_commands, resolve, cancel);
  if (!commands) return fail(commands.error());
  const CompileCommand command = command_for_headers(files, *commands, job.fallback_flags);
  AstRun run(runner, job, resolve, progress, cancel, *program);
  std::vector<Reading> readings = {{files, command}};
  if (files.size() <= kMostTogether) {
    auto together = run.all(readings, true);
    if (!together) return fail(together.error());
    const Result<AstUnit>& whole = together->front();
    if (files.size() == 1 || (whole && whole->errors == 0)) {
      auto read = collect(readings, std::move(*together));
      std::ranges::move(report.gaps, std::back_inserter(read.gaps));
      return read;
    }
  }
  readings.clear();
  for (const std::string& file : files) readings.push_back({{file}, command});
  auto alone = run.all(readings, true);
  if (!alone) return fail(alone.error());
  auto read = collect(readings, std::move(*alone));
  std::ranges::move(report.gaps, std::back_inserter(read.gaps));
  return read;
}

}  // namespace automod::analyzers
