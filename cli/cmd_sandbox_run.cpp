#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "base/files.hpp"
#include "base/text.hpp"
#include "cli/context.hpp"
#include "cli/documents.hpp"
#include "cli/handlers.hpp"
#include "cli/sandbox_options.hpp"
#include "sandbox/policy_file.hpp"

namespace automod::cli {

namespace fs = std::filesystem;

namespace {

constexpr int kTimedOut = 124;  // as timeout(1) has it
constexpr int kKilled = 137;    // 128 and SIGKILL
constexpr int kStoppedByUser = 130;

std::unexpected<Error> usage(std::string message) {
  return fail(ErrorKind::kUsage, std::move(message), "see 'automod help sandbox run'");
}

Result<sandbox::PolicyFile> read_policy_file(const Context& context, const Arguments& arguments) {
  const auto given = arguments.value("--policy");
  if (!given) return sandbox::PolicyFile();
  const fs::path file = context.path(*given);
  auto text = read_file(file, kMiB);
  if (!text) {
    text.error().kind = ErrorKind::kUsage;  // the user named it
    return fail(std::move(text.error()).within("reading the policy"));
  }
  auto policy = sandbox::read_policy(*text, printable_line(*given));
  if (!policy) return policy;
  // What a file names is meant from where the file stands.
  for (fs::path* path : {&policy->policy.work, &policy->policy.changes}) {
    if (!path->empty()) *path = fs::absolute(file).parent_path() / *path;
  }
  return policy;
}

Result<void> add_variables(const Arguments& arguments, sandbox::Settings& settings) {
  for (const std::string& given : arguments.values("--env")) {
    const std::size_t equals = given.find('=');
    const std::string name = given.substr(0, equals);
    if (const auto bad = sandbox::variable_name_rule(name)) return usage("option '--env': " + *bad);
    if (equals != std::string::npos) {
      settings.environment[name] = given.substr(equals + 1);
      continue;
    }
    const char* value = std::getenv(name.c_str());
    if (value == nullptr) return usage(fmt::format("option '--env': you have no {}", name));
    settings.environment[name] = value;
  }
  return {};
}

Result<void> add_limits(const Arguments& arguments, sandbox::Settings& settings) {
  for (const sandbox::LimitKey& limit : sandbox::limit_keys()) {
    const std::string option = option_of(limit);
    if (!arguments.has(option)) continue;
    const std::size_t value = arguments.number(option, 0);
    if (std::cmp_less(value, limit.least) || std::cmp_greater(value, limit.most)) {
      return usage(fmt::format("option '{}' is {}, expected {} to {}", option, value, limit.least,
                               limit.most));
    }
    settings.*limit.member = static_cast<std::int64_t>(value);
  }
  return {};
}

Result<void> add_selection(const Arguments& arguments, sandbox::Settings& settings) {
  settings.backend = arguments.value("--backend").value_or(settings.backend);
  settings.runtime = arguments.value("--runtime").value_or(settings.runtime);
  settings.image = arguments.value("--image").value_or(settings.image);
  if (arguments.has("--runtime")) {
    if (const auto bad = sandbox::runtime_rule(settings.runtime)) {
      return usage("option '--runtime': " + *bad);
    }
  }
  if (arguments.has("--image")) {
    if (const auto bad = sandbox::image_rule(settings.image)) {
      return usage("option '--image': " + *bad);
    }
  }
  if (const auto bad = problem_of(selection_of(settings))) return usage(*bad);
  return {};
}

/// Everything that the tables of a policy can say, too.
Result<void> add_settings(const Context& context, const Arguments& arguments,
                          sandbox::Settings& settings) {
  if (auto ok = add_selection(arguments, settings); !ok) return ok;
  if (auto ok = add_limits(arguments, settings); !ok) return ok;
  if (auto ok = add_variables(arguments, settings); !ok) return ok;
  for (const std::string& path : arguments.values("--read-only")) {
    settings.read_only.push_back(fs::absolute(context.path(path)).lexically_normal().string());
  }
  if (const auto network = arguments.value("--network")) {
    settings.network = sandbox::network_of(*network);
  }
  if (const auto calls = arguments.value("--system-calls")) {
    settings.calls = sandbox::calls_of(*calls);
  }
  std::vector<std::string> required = names(settings.required);
  std::ranges::copy(arguments.values("--require"), std::back_inserter(required));
  settings.required = sandbox::requirements_of(required);
  return {};
}

/// The work folder and how it is shown.
Result<void> add_places(const Context& context, const Arguments& arguments,
                        const sandbox::PolicyFile& file, sandbox::Policy& policy) {
  policy.mount = file.says_mount ? file.policy.mount : sandbox::Mount::kOverlay;
  if (const auto mount = arguments.value("--mount")) policy.mount = sandbox::mount_of(*mount);
  policy.work = file.policy.work;
  policy.changes = file.policy.changes;
  if (const auto work = arguments.value("--work")) policy.work = fs::absolute(context.path(*work));
  if (const auto changes = arguments.value("--changes")) {
    policy.changes = fs::absolute(context.path(*changes));
  }
  if (policy.mount == sandbox::Mount::kTmpfs) {
    if (arguments.has("--work")) return usage("--mount tmpfs shows no work folder");
    policy.work.clear();
  } else if (policy.work.empty()) {
    policy.work = fs::absolute(context.directory());
  }
  if (!policy.changes.empty() && policy.mount != sandbox::Mount::kOverlay) {
    return usage("only --mount overlay keeps changes");
  }
  return {};
}

Result<void> check_collect(const Arguments& arguments) {
  const auto names = arguments.values("--collect");
  if (!names.empty() && !arguments.has("--out")) return usage("--collect needs --out DIR");
  if (names.empty() && arguments.has("--out")) return usage("--out needs --collect NAME");
  for (const std::string& name : names) {
    const fs::path path(name);
    const bool leaves = std::ranges::any_of(
        path, [](const fs::path& part) { return part == ".." || part == "." || part.empty(); });
    if (path.is_absolute() || leaves) {
      return usage(
          fmt::format("option '--collect': '{}' is no path below /tree", printable_line(name)));
    }
  }
  return {};
}

struct Saved {
  std::vector<std::string> files;  // one for each artifact; empty: not brought back
  bool whole = true;
};

/// Writes what was collected; says what was not.
Result<Saved> save(Context& context, const sandbox::Execution& execution, const fs::path& out) {
  Saved saved;
  for (const sandbox::Artifact& artifact : execution.artifacts) {
    if (!artifact.refused.empty()) {
      saved.whole = false;
      saved.files.emplace_back();
      context.warn(fmt::format("{} was not brought back: {}", printable_line(artifact.name),
                               printable_line(artifact.refused)));
      continue;
    }
    const fs::path place = out / artifact.name;
    if (auto ok = write_file(place, artifact.content); !ok) return fail(ok.error());
    saved.files.push_back(place.string());
  }
  return saved;
}

/// Makes the folder for changes where it is missing, and leaves none when nothing was run.
Result<sandbox::Execution> run_in(sandbox::Runner& runner, const SandboxRequest& request,
                                  const CancelToken& cancel) {
  std::error_code code;
  const bool made =
      !request.policy.changes.empty() && fs::create_directory(request.policy.changes, code);
  auto execution = runner.run(request.policy, request.command, cancel);
  if (!execution && made) fs::remove(request.policy.changes, code);
  return execution;
}

}  // namespace

Result<SandboxRequest> read_sandbox_request(Context& context, const Arguments& arguments) {
  auto file = read_policy_file(context, arguments);
  if (!file) return fail(std::move(file.error()));
  if (auto ok = add_settings(context, arguments, file->settings); !ok) return fail(ok.error());
  if (auto ok = check_collect(arguments); !ok) return fail(ok.error());
  SandboxRequest request;
  request.policy = policy_of(file->settings);
  request.policy.user = file->policy.user;
  request.policy.limits.wall = file->policy.limits.wall;
  if (arguments.has("--seconds")) {
    constexpr std::size_t kMostSeconds = 86400;
    request.policy.limits.wall =
        std::chrono::seconds(std::min(arguments.number("--seconds", 0), kMostSeconds));
  }
  if (auto ok = add_places(context, arguments, *file, request.policy); !ok) {
    return fail(ok.error());
  }
  request.selection = selection_of(file->settings);
  request.command.argv = arguments.operands();
  request.command.collect = arguments.values("--collect");
  if (const auto out = arguments.value("--out")) request.out = context.path(*out);
  return request;
}

int exit_code(const sandbox::Execution& execution) {
  switch (execution.outcome) {
    case sandbox::Outcome::kExited:
      return execution.status;
    case sandbox::Outcome::kSignalled:
      return 128 + execution.status;
    case sandbox::Outcome::kTimedOut:
      return kTimedOut;
    case sandbox::Outcome::kInterrupted:
      return kStoppedByUser;
    case sandbox::Outcome::kMemoryLimit:
    case sandbox::Outcome::kCpuLimit:
    case sandbox::Outcome::kDiskLimit:
    case sandbox::Outcome::kOutputLimit:
      return kKilled;
  }
  return kInternal;
}

std::string limit_text(const sandbox::Execution& execution, const sandbox::Limits& limits) {
  const auto seconds = [](std::chrono::milliseconds time) {
    return std::chrono::duration_cast<std::chrono::seconds>(time).count();
  };
  const auto stopped = [](std::string_view limit, std::string_view option) {
    return fmt::format("the command was stopped at its limit of {} ({})", limit, option);
  };
  switch (execution.outcome) {
    case sandbox::Outcome::kTimedOut:
      return stopped(fmt::format("{} s", seconds(limits.wall)), "--seconds");
    case sandbox::Outcome::kMemoryLimit:
      return stopped(fmt::format("{} MB of memory", limits.memory_bytes >> 20), "--memory-mb");
    case sandbox::Outcome::kCpuLimit:
      return stopped(fmt::format("{} s of processor time", seconds(limits.cpu)), "--cpu-seconds");
    case sandbox::Outcome::kDiskLimit:
      return stopped(fmt::format("{} MB or {} files", limits.disk_bytes >> 20, limits.disk_files),
                     "--disk-mb, --disk-files");
    case sandbox::Outcome::kOutputLimit:
      return stopped("what it may print", "--output-kb");
    case sandbox::Outcome::kExited:
    case sandbox::Outcome::kSignalled:
    case sandbox::Outcome::kInterrupted:
      return {};
  }
  return {};
}

Result<int> run_sandbox_run(Context& context, const Arguments& arguments) {
  auto request = read_sandbox_request(context, arguments);
  if (!request) return fail(request.error());
  if (!context.json()) {
    request->command.on_output = [&context](bool is_err, std::string_view bytes) {
      context.pass_on(is_err, bytes);
    };
  }
  auto runner = sandbox::open_runner(request->selection);
  if (!runner) return fail(std::move(runner.error()));
  const auto execution = run_in(**runner, *request, context.cancel());
  if (!execution) return fail(execution.error());
  for (const bool is_err : {false, true}) context.pass_on(is_err, "", true);
  const auto saved = save(context, *execution, request->out);
  if (!saved) return fail(saved.error());
  int code = exit_code(*execution);
  if (code == kDone && !saved->whole) code = kRejected;
  if (const std::string limit = limit_text(*execution, request->policy.limits); !limit.empty()) {
    context.warn(limit);
  }
  if (context.json()) {
    context.print(sandbox_run_document({.execution = *execution,
                                        .facts = (*runner)->facts(),
                                        .policy_digest = digest(request->policy),
                                        .files = saved->files,
                                        .exit_code = code}));
  }
  return code;
}

}  // namespace automod::cli
