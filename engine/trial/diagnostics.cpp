#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "analyzers/clang/clang_tidy.hpp"
#include "analyzers/treesitter/syntax.hpp"
#include "base/digest.hpp"
#include "base/text.hpp"
#include "embedded/tool_python_warnings.hpp"
#include "engine/trial/diagnostic_text.hpp"
#include "engine/trial/variant_side.hpp"
#include "engine/types/json.hpp"

namespace automod::trial {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kStage = "diagnostics";
constexpr std::int64_t kSeconds = 120;
constexpr std::size_t kMostFiles = 40;  // that clang-tidy reads
constexpr std::size_t kMostSource = 8 * kMiB;
constexpr std::size_t kMostKept = 200;
constexpr std::uint64_t kTidyMemory = 3ull << 30;

/// What goes wrong when the code runs, and what wastes its time. Matters of taste, those that are
/// as often intended as not, and what every assertion macro sets off are left out.
constexpr std::string_view kChecks =
    "-*,bugprone-*,cert-*,performance-*,clang-analyzer-core.*,clang-analyzer-cplusplus.*,"
    "clang-analyzer-security.*,clang-analyzer-unix.Malloc,clang-analyzer-unix.MallocSizeof,"
    "-bugprone-chained-comparison,-bugprone-easily-swappable-parameters,"
    "-bugprone-narrowing-conversions,"
    "-bugprone-implicit-widening-of-multiplication-result,-bugprone-exception-escape,"
    "-bugprone-branch-clone,-bugprone-reserved-identifier,-bugprone-macro-parentheses,"
    "-bugprone-assignment-in-if-condition,-bugprone-unchecked-optional-access,"
    "-bugprone-empty-catch,-cert-err58-cpp,-cert-dcl16-c,-cert-dcl37-c,-cert-dcl51-cpp,"
    "-cert-err33-c,-cert-msc30-c,-cert-msc32-c,-cert-msc50-cpp,-cert-msc51-cpp,-cert-int09-c,"
    "-performance-avoid-endl,-performance-enum-size,-performance-no-int-to-ptr,"
    "-clang-analyzer-security.insecureAPI.DeprecatedOrUnsafeBufferHandling,"
    "-clang-analyzer-security.insecureAPI.rand";

bool is_python(std::string_view path) {
  return analyzers::language_of(path) == analyzers::Language::kPython;
}

std::size_t line_at(std::string_view content, std::size_t offset) {
  const auto end = content.begin() + static_cast<std::ptrdiff_t>(std::min(offset, content.size()));
  return 1 + static_cast<std::size_t>(std::count(content.begin(), end, '\n'));
}

std::optional<std::string> within_tree(std::string_view path) {
  std::string plain = fs::path(path).lexically_normal().generic_string();
  if (plain.empty() || plain.starts_with("..") || plain.starts_with('/')) return std::nullopt;
  return plain;
}

std::string kept(const std::vector<Diagnostic>& diagnostics) {
  Evidence carrier;
  carrier.new_diagnostics = diagnostics;
  return canonical(to_json(carrier));
}

Result<std::vector<Diagnostic>> read_kept(const std::string& text) {
  auto carrier = evidence_from_json(text);
  if (carrier) return std::move(carrier->new_diagnostics);
  return fail(ErrorKind::kInternal, "what is kept of the base's diagnostics cannot be read",
              "empty the cache");
}

class DiagnosticsRun {
 public:
  DiagnosticsRun(const TrialContext& context, Evidence& into, StageOutput& out)
      : context_(context), into_(into), out_(out) {}

  Result<void> run() {
    if (!context_.base.spec.config.diagnostics) {
      leave_out("switched off in automod.toml", true);
      return {};
    }
    const auto c_family =
        changed([](std::string_view path) { return analyzers::is_c_family(path); });
    const auto python = changed(is_python);
    if (c_family.empty() && python.empty()) {
      leave_out("no file is changed of which a compiler here would say anything");
      return {};
    }
    if (!c_family.empty()) {
      hear_compiler();
      if (auto done = tidy(c_family); !done) return done;
    }
    return python.empty() ? Result<void>() : hear_python(python);
  }

 private:
  void leave_out(std::string why, bool by_choice = false) {
    out_.left_out.push_back({std::string(kStage), std::move(why), by_choice});
  }

  /// Changed files that are there on the candidate's side.
  std::vector<std::string> changed(bool (*is_meant)(std::string_view)) const {
    std::vector<std::string> paths;
    for (const auto& file : context_.spec.files) {
      if (file.modified && is_meant(file.path)) paths.push_back(file.path);
    }
    return paths;
  }

  bool is_on_base(const std::string& path) const {
    return std::ranges::any_of(context_.spec.files, [&](const FileChange& file) {
      return file.path == path && file.original;
    });
  }

  void add(std::string tool, const std::vector<Diagnostic>& before, std::vector<Diagnostic> after) {
    for (auto& diagnostic : added_diagnostics(before, std::move(after))) {
      if (into_.new_diagnostics.size() == kMostKept) break;
      into_.new_diagnostics.push_back(std::move(diagnostic));
    }
    into_.diagnostic_tools.push_back(std::move(tool));
  }

  /// The base's build said all there is to say of it; the candidate's what it says of the files
  /// that were compiled again.
  void hear_compiler() {
    if (context_.base.spec.config.build.empty() || context_.executions == nullptr) return;
    if (!context_.base.warnings) {
      return leave_out("the base's build printed more than is kept");
    }
    std::vector<Diagnostic> after;
    // The first is the candidate's own; other stages have built something else since.
    const auto own =
        std::ranges::find(*context_.executions, ExecutionType::kBuild, &ExecutionRecord::type);
    if (own != context_.executions->end()) {
      const auto& build = own->execution;
      after =
          read_compiler_output(build.out + "\n" + build.err, context_.base.spec.config.build_dir);
    }
    add("compiler", *context_.base.warnings, std::move(after));
  }

  Result<void> tidy(const std::vector<std::string>& files) {
    const World& world = context_.world;
    auto policy = policy_at(context_.candidate.site());
    if (!policy) return fail(policy.error());
    const auto tool = analyzers::find_clang_tidy(world.runner, *policy, world.cancel);
    if (!tool && tool.error().kind == ErrorKind::kUnavailable) {
      leave_out("there is no clang-tidy here");
      return {};
    }
    if (!tool) return fail(tool.error());
    if (files.size() > kMostFiles) {
      leave_out(fmt::format("clang-tidy reads at most {} changed files", kMostFiles));
      return {};
    }
    tell(world, "reading the changed files with clang-tidy");
    auto after = tidied(context_.candidate, files);
    if (!after) return fail(after.error());
    // Nothing is no more than what the base has, whatever that is.
    Result<std::vector<Diagnostic>> before;
    if (!after->empty()) before = tidied_base(files);
    if (!before) return fail(before.error());
    add("clang-tidy", *before, std::move(*after));
    return {};
  }

  Result<std::vector<Diagnostic>> tidied_base(const std::vector<std::string>& files) {
    std::vector<std::string> there;
    std::string names = std::string(kChecks) + "\n";
    for (const auto& path : files) {
      if (!is_on_base(path)) continue;
      there.push_back(path);
      names += path + "\n";
    }
    if (there.empty()) return std::vector<Diagnostic>();
    const auto note = noted(context_.world, context_.base, "tidy-" + sha256(names).substr(0, 16),
                            [&]() -> Result<std::string> {
                              const auto side = Side::open(context_.world, context_.base);
                              if (!side) return fail(side.error());
                              auto found = tidied(*side, there);
                              if (!found) return fail(found.error());
                              return kept(*found);
                            });
    if (!note) return fail(note.error());
    return read_kept(*note);
  }

  Result<std::vector<Diagnostic>> tidied(const Side& side, const std::vector<std::string>& files) {
    auto job = tidy_job(side, files);
    if (!job) return fail(job.error());
    const auto report = analyzers::run_clang_tidy(
        context_.world.runner, *job, within_tree, [](std::size_t, std::size_t, std::string_view) {},
        context_.world.cancel);
    if (!report) return fail(report.error());
    std::vector<Diagnostic> found;
    for (const auto& one : report->diagnostics) {
      if (std::ranges::find(files, one.path) == files.end()) continue;
      const auto content = side.read(one.path, kMostSource);
      found.push_back({.tool = "clang-tidy",
                       .path = one.path,
                       .line = content ? line_at(*content, one.offset) : 0,
                       .rule = valid_utf8(one.check),
                       .message = valid_utf8(one.message)});
    }
    return found;
  }

  Result<analyzers::TidyJob> tidy_job(const Side& side, const std::vector<std::string>& files) {
    auto policy = policy_at(side.site());
    if (!policy) return fail(policy.error());
    policy->limits.memory_bytes = std::max(policy->limits.memory_bytes, kTidyMemory);
    analyzers::TidyJob job{.policy = std::move(*policy),
                           .files = files,
                           .checks = std::string(kChecks),
                           .jobs = 1};  // what they write goes to one place
    for (const auto& folder : {side.site().config.build_dir, std::string(".")}) {
      if (!side.read(folder + "/compile_commands.json", 64 * kMiB)) continue;
      job.compile_commands = folder;
      return job;
    }
    const auto entries = context_.world.repo.list(context_.spec.tree);
    if (!entries) return fail(entries.error());
    std::vector<std::string> paths;
    for (const auto& entry : *entries) paths.push_back(entry.path);
    job.fallback_flags = analyzers::guessed_flags(paths);
    return job;
  }

  Result<void> hear_python(const std::vector<std::string>& files) {
    std::vector<std::string> before;
    std::ranges::copy_if(files, std::back_inserter(before),
                         [&](const std::string& path) { return is_on_base(path); });
    const auto base = Side::open(context_.world, context_.base);
    if (!base) return fail(base.error());
    auto first = python_warnings(*base, before);
    if (!first) return fail(first.error());
    auto second = python_warnings(context_.candidate, files);
    if (!second) return fail(second.error());
    if (*first && *second) add("python", **first, std::move(**second));
    if (!*second) leave_out("there is no python3 here");
    return {};
  }

  Result<std::optional<std::vector<Diagnostic>>> python_warnings(
      const Side& side, const std::vector<std::string>& files) {
    std::string command = "command -v python3 >/dev/null || exit 99\npython3 -";
    for (const auto& path : files) {
      if (path.find('\'') == path.npos) command += fmt::format(" '{}'", path);
    }
    command += fmt::format(" <<'automod-end'\n{}automod-end\n", embedded::tool_python_warnings);
    auto record = run_command(side.site(), ExecutionType::kStaticAnalysis, command, kSeconds);
    if (!record) return fail(record.error());
    if (!record->execution.ok()) return std::optional<std::vector<Diagnostic>>();
    auto found = read_compiler_output(record->execution.out, "");
    for (auto& diagnostic : found) diagnostic.tool = "python";
    return std::optional(std::move(found));
  }

  const TrialContext& context_;
  Evidence& into_;
  StageOutput& out_;
};

}  // namespace

Result<void> run_diagnostics(const TrialContext& context, Evidence& into, StageOutput& out) {
  return DiagnosticsRun(context, into, out).run();
}

}  // namespace automod::trial
