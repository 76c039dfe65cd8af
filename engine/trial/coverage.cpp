#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "analyzers/treesitter/syntax.hpp"
#include "base/text.hpp"
#include "engine/trial/line_counts.hpp"
#include "engine/trial/variant.hpp"
#include "engine/trial/variant_side.hpp"

namespace automod::trial {

namespace {

using analyzers::Language;

constexpr std::string_view kStage = "coverage";
constexpr std::int64_t kSeconds = 300;
constexpr std::int64_t kMostOutputKb = 256 * 1024;
constexpr std::size_t kMostNote = 64 * kMiB;  // that one process leaves
constexpr std::size_t kMostSource = 8 * kMiB;
constexpr std::size_t kMostLost = 50;  // files, and functions of one
constexpr std::size_t kMostUncovered = 2000;

enum class Tool { kNone, kGcov, kPython, kNode };

Tool tool_for(std::string_view path) {
  const auto language = analyzers::language_of(path);
  if (!language) return Tool::kNone;
  switch (*language) {
    case Language::kC:
    case Language::kCpp:
      return Tool::kGcov;
    case Language::kPython:
      return Tool::kPython;
    case Language::kJavaScript:
      return Tool::kNode;
    default:
      return Tool::kNone;
  }
}

/// Only these are asked.
struct Tools {
  bool gcov = false;
  bool python = false;
  bool node = false;
};

Result<std::string> output_of(const Side& side, const std::string& command) {
  auto record = run_command(side.site(), ExecutionType::kStaticAnalysis, command, kSeconds,
                            {.output_kb = kMostOutputKb});
  if (!record) return fail(record.error());
  return std::move(record->execution.out);
}

/// What runs before would be added to what runs now.
Result<void> forget(const Side& side, const Tools& tools) {
  std::string command = fmt::format("rm -rf {0} && mkdir {0}", kCoverageFolder);
  if (tools.gcov) command += " && find . -type f -name '*.gcda' -delete";
  const auto done = output_of(side, command);
  if (!done) return fail(done.error());
  return {};
}

/// What ran on a side since `forget`.
Result<Coverage> collect(const Side& side, const Tools& tools) {
  Coverage coverage;
  if (tools.gcov) {
    const auto text = output_of(side, "automod-gcov-all");
    if (!text) return fail(text.error());
    read_gcov(*text, side.site().config.build_dir, coverage);
  }
  const auto read = [&](const std::string& path) { return side.read(path, kMostSource); };
  for (const auto& path : side.changed()) {
    if (!path.starts_with(std::string(kCoverageFolder) + "/")) continue;
    const bool is_node = path.ends_with(".json");
    if (is_node ? !tools.node : !tools.python) continue;
    const auto note = side.read(path, kMostNote);
    if (note && is_node) read_node_coverage(*note, read, coverage);
    if (note && !is_node) read_python_lines(*note, coverage);
  }
  return coverage;
}

Result<Coverage> run_once(const Side& side, const Tools& tools, StageOutput* out) {
  if (auto done = forget(side, tools); !done) return fail(done.error());
  const auto run = variant_tests(side, out);
  if (!run) return fail(run.error());
  return collect(side, tools);
}

/// An interpreter leaves no trace of what did not run: it is asked what could have.
Result<void> add_python_code(const Side& side, const std::vector<std::string>& paths,
                             Coverage& into) {
  std::string command = "python3 -m automod_code_lines";
  for (const auto& path : paths) {
    if (path.find('\'') == path.npos) command += fmt::format(" '/tree/{}'", path);
  }
  const auto text = output_of(side, command);
  if (!text) return fail(text.error());
  Coverage code;
  read_python_lines(*text, code);
  for (auto& [path, counts] : code) into[path].code = std::move(counts.ran);
  return {};
}

/// Numbers of the added lines of each file of a unified diff, the files in order.
std::vector<std::vector<std::size_t>> added_lines(std::string_view diff) {
  std::vector<std::vector<std::size_t>> files;
  std::size_t next = 0;
  for (const std::string_view line : split_lines(diff)) {
    if (line.starts_with("diff --git ")) {
      files.emplace_back();
      next = 0;
    } else if (line.starts_with("@@ ")) {
      const std::size_t plus = line.find(" +");
      next = plus == line.npos ? 0 : std::strtoul(line.data() + plus + 2, nullptr, 10);
    } else if (next != 0 && !files.empty() && line.starts_with('+')) {
      files.back().push_back(next++);
    } else if (next != 0 && line.starts_with(' ')) {
      ++next;
    }
  }
  return files;
}

void add_changed(const std::string& path, const std::vector<std::size_t>& added,
                 const Coverage& seen, std::vector<FileCoverage>& into) {
  FileCoverage file{.path = path};
  const auto found = seen.find(path);
  if (found != seen.end()) {
    for (const std::size_t line : added) {
      if (!found->second.code.contains(line)) continue;
      ++file.changed_lines;
      const bool ran = found->second.ran.contains(line);
      if (!ran && file.uncovered.size() < kMostUncovered) file.uncovered.push_back(line);
    }
  }
  into.push_back(std::move(file));
}

/// What the base's run reached in files that are the same on both sides, and this one did not.
std::vector<FileCoverage> lost(const Coverage& base, const Coverage& candidate,
                               const std::set<std::string>& changed) {
  std::vector<FileCoverage> files;
  static const LineCounts kNothing;
  for (const auto& [path, before] : base) {
    if (changed.contains(path)) continue;
    const auto found = candidate.find(path);
    const LineCounts& after = found == candidate.end() ? kNothing : found->second;
    FileCoverage file{.path = path, .base_lines = before.ran.size()};
    file.lost_lines = static_cast<std::size_t>(std::ranges::count_if(
        before.ran, [&](std::size_t line) { return !after.ran.contains(line); }));
    for (const auto& [name, was_entered] : before.functions) {
      const auto now = after.functions.find(name);
      const bool is_entered = now != after.functions.end() && now->second;
      if (!was_entered || is_entered || file.lost_functions.size() == kMostLost) continue;
      file.lost_functions.push_back(name);
    }
    if (file.lost_lines > 0 || !file.lost_functions.empty()) files.push_back(std::move(file));
  }
  std::ranges::sort(files, [](const FileCoverage& a, const FileCoverage& b) {
    const auto of_a = a.lost_lines * std::max<std::size_t>(b.base_lines, 1);
    const auto of_b = b.lost_lines * std::max<std::size_t>(a.base_lines, 1);
    return of_a != of_b ? of_a > of_b : a.path < b.path;
  });
  if (files.size() > kMostLost) files.resize(kMostLost);
  return files;
}

/// Whatever one of two runs reached.
void merge(Coverage from, Coverage& into) {
  for (auto& [path, counts] : from) {
    LineCounts& known = into[path];
    known.code.merge(counts.code);
    known.ran.merge(counts.ran);
    for (const auto& [name, was_entered] : counts.functions) {
      bool& before = known.functions[name];
      before = before || was_entered;
    }
  }
}

/// One trial's coverage, step by step.
class CoverageRun {
 public:
  CoverageRun(const TrialContext& context, Evidence& into, StageOutput& out)
      : context_(context), into_(into), out_(out) {}

  Result<void> run() {
    if (!is_wanted()) return {};
    const auto base = variant_base(context_, Variant::kCoverage, kStage, out_);
    if (!base) return fail(base.error());
    if (!*base) return {};
    const auto before = of_base(**base);
    if (!before) return fail(before.error());
    if (before->empty()) {
      leave_out("the build did not use our compiler, or the tests left no traces");
      return {};
    }
    const auto side = variant_candidate(context_, **base, into_, out_);
    if (!side) return fail(side.error());
    if (!*side) {
      leave_out("the candidate does not build with coverage");
      return {};
    }
    return compare(*before, **side);
  }

 private:
  void leave_out(std::string why, bool by_choice = false) {
    out_.left_out.push_back({std::string(kStage), std::move(why), by_choice});
  }

  bool is_wanted() {
    const Config& config = context_.base.spec.config;
    if (!config.coverage) {
      leave_out("switched off in automod.toml", true);
      return false;
    }
    std::set<std::string> unknown;
    for (const auto& file : context_.spec.files) {
      const Tool tool = tool_for(file.path);
      tools_.gcov = tools_.gcov || tool == Tool::kGcov;
      tools_.python = tools_.python || tool == Tool::kPython;
      tools_.node = tools_.node || tool == Tool::kNode;
      const auto language = analyzers::language_of(file.path);
      if (tool == Tool::kNone && language) unknown.emplace(analyzers::name(*language));
    }
    for (const auto& language : unknown) leave_out("no coverage for " + language);
    const bool any = tools_.gcov || tools_.python || tools_.node;
    if (!any && unknown.empty()) leave_out("no source file is changed");
    if (any && config.test.empty()) leave_out("no test command is configured");
    return any && !config.test.empty();
  }

  /// Kept for each set of tools, since only those that are wanted were asked.
  Result<Coverage> of_base(const Base& base) {
    const std::string note =
        fmt::format("{}{}{}{}", kStage, tools_.gcov ? "-gcov" : "", tools_.python ? "-python" : "",
                    tools_.node ? "-node" : "");
    const auto text = noted(context_.world, base, note, [&]() -> Result<std::string> {
      const auto side = Side::open(context_.world, base);
      if (!side) return fail(side.error());
      const auto seen = run_once(*side, tools_, nullptr);
      if (!seen) return fail(seen.error());
      return written(*seen);
    });
    if (!text) return fail(text.error());
    auto coverage = read_coverage(*text);
    if (coverage) return std::move(*coverage);
    return fail(ErrorKind::kInternal, "what is kept of the base's coverage cannot be read",
                "empty the cache");
  }

  Result<void> compare(const Coverage& before, const Side& side) {
    auto after = run_once(side, tools_, &out_);
    if (!after) return fail(after.error());
    std::set<std::string> changed;
    for (const auto& file : context_.spec.files) changed.insert(file.path);
    auto gone = lost(before, *after, changed);
    if (!gone.empty()) {
      // What another run of the same reaches was not lost.
      auto again = run_once(side, tools_, nullptr);
      if (!again) return fail(again.error());
      merge(std::move(*again), *after);
      gone = lost(before, *after, changed);
    }
    std::vector<FileCoverage> files;
    if (auto done = add_all_changed(side, *after, files); !done) return done;
    for (auto& file : gone) files.push_back(std::move(file));
    into_.coverage = std::move(files);
    return {};
  }

  Result<void> add_all_changed(const Side& side, Coverage& seen, std::vector<FileCoverage>& into) {
    std::vector<std::string> python;
    for (const auto& file : context_.spec.files) {
      if (file.modified && tool_for(file.path) == Tool::kPython) python.push_back(file.path);
    }
    if (!python.empty()) {
      if (auto done = add_python_code(side, python, seen); !done) return done;
    }
    const auto diff = context_.world.repo.diff(context_.base.spec.tree, context_.spec.tree);
    if (!diff) return fail(diff.error());
    const auto added = added_lines(*diff);
    for (std::size_t i = 0; i < context_.spec.files.size() && i < added.size(); ++i) {
      const auto& file = context_.spec.files[i];
      if (file.modified && tool_for(file.path) != Tool::kNone) {
        add_changed(file.path, added[i], seen, into);
      }
    }
    return {};
  }

  const TrialContext& context_;
  Evidence& into_;
  StageOutput& out_;
  Tools tools_;
};

}  // namespace

Result<void> run_coverage(const TrialContext& context, Evidence& into, StageOutput& out) {
  return CoverageRun(context, into, out).run();
}

}  // namespace automod::trial
