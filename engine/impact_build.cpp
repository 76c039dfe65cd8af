#include "engine/impact_build.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/files.hpp"
#include "base/text.hpp"
#include "engine/trial/inventory_reports.hpp"

namespace automod {

namespace {

using analyzers::BuildGraph;

constexpr std::size_t kMostBytes = 64 * kMiB;
constexpr std::size_t kMostArguments = 64 * 1024;
constexpr int kNotThere = 3;

/// The base itself has no replies: it is asked where what is written is forgotten.
constexpr std::string_view kAskCmake =
    "cd \"$1\" 2>/dev/null && test -f CMakeCache.txt || exit 3\n"
    "mkdir -p .cmake/api/v1/query && : > .cmake/api/v1/query/codemodel-v2 || exit 4\n"
    "cmake . >&2 || exit 4\n"
    "cd .cmake/api/v1/reply && tail -v -n +1 -- index-*.json codemodel-v2-*.json || exit 4\n"
    "echo; ls target-*.json >/dev/null 2>&1 || exit 0\n"
    "tail -v -n +1 -- target-*.json\n";
/// CTest is silent on what a test runs where that is not built: something has to be in its place.
constexpr std::string_view kAskCtest =
    "cd \"$1\" 2>/dev/null && test -f CTestTestfile.cmake || exit 3\n"
    "shift\n"
    "for program do\n"
    "  test -e \"$program\" && continue\n"
    "  mkdir -p \"$(dirname \"$program\")\" && : >\"$program\" && chmod +x \"$program\"\n"
    "done\n"
    "ctest --show-only=json-v1\n";
constexpr std::string_view kAskNinja =
    "cd \"$1\" 2>/dev/null && test -f build.ninja && test -f .ninja_deps || exit 3\n"
    "ninja -t deps\n";
constexpr std::string_view kAskMake =
    "cd \"$1\" 2>/dev/null || exit 3\n"
    "find . -name .git -prune -o -type f -name '*.d' -size -256k -print0 | xargs -0 -r cat --\n";

/// Puts together what the parts of a build say.
class BuildReader {
 public:
  BuildReader(const ClangSite& site, const Config& config, const CancelToken& cancel)
      : site_(site), cancel_(cancel), folder_("/tree/" + config.build_dir) {}

  Result<BuildSeen> read() {
    if (auto done = read_targets(); !done) return fail(done.error());
    if (auto done = read_tests(); !done) return fail(done.error());
    if (auto done = read_outputs(); !done) return fail(done.error());
    return std::move(seen_);
  }

 private:
  /// What a script prints in a folder; nullopt where there is nothing, or nothing of use.
  Result<std::optional<std::string>> ask(std::string_view script, const std::string& folder,
                                         std::string_view tool,
                                         const std::vector<std::string>& arguments = {}) {
    sandbox::Policy wide = site_.policy();
    wide.limits.output_bytes = kMostBytes;
    std::vector<std::string> all = {folder};
    all.insert(all.end(), arguments.begin(), arguments.end());
    auto execution =
        site_.runner().run(wide, analyzers::shell_command(script, std::move(all)), cancel_);
    if (!execution)
      return fail(std::move(execution.error()).within(fmt::format("asking {}", tool)));
    if (execution->outcome == sandbox::Outcome::kInterrupted) return analyzers::interrupted(tool);
    if (execution->outcome == sandbox::Outcome::kExited && execution->status == kNotThere) {
      return std::optional<std::string>();
    }
    if (!execution->ok() || execution->out_cut) {
      seen_.notes.push_back(fmt::format(
          "{} could not say what it builds: {}", tool,
          execution->out_cut ? "it says too much" : analyzers::describe_end(tool, *execution)));
      return std::optional<std::string>();
    }
    return std::optional(std::move(execution->out));
  }

  Result<void> read_targets() {
    const auto replies = ask(kAskCmake, folder_, "cmake");
    if (!replies) return fail(replies.error());
    if (!*replies) return {};
    auto graph = analyzers::read_codemodel(**replies, site_.resolve());
    if (graph) {
      seen_.graph = std::move(*graph);
    } else {
      seen_.notes.push_back(graph.error().message);
    }
    return {};
  }

  /// Tests that run a program which a target makes.
  Result<void> read_tests() {
    if (!seen_.graph) return {};
    const auto text = ask(kAskCtest, folder_, "ctest", programs());
    if (!text) return fail(text.error());
    if (!*text) return {};
    const auto entries = trial::read_ctest_entries(**text);
    if (!entries) {
      seen_.notes.emplace_back("ctest does not say which tests there are");
      return {};
    }
    std::map<std::string, std::uint32_t, std::less<>> made_by;
    for (std::uint32_t i = 0; i < seen_.graph->targets.size(); ++i) {
      for (const std::string& artifact : seen_.graph->targets[i].artifacts) {
        made_by.emplace(fmt::format("{}/{}", folder_, artifact), i);
      }
    }
    for (const trial::CtestEntry& entry : *entries) {
      for (const std::string& word : entry.command) {
        const auto found = made_by.find(word);
        if (found != made_by.end()) seen_.graph->tests.push_back({entry.name, found->second});
      }
    }
    return {};
  }

  /// What executables are to be called, as many as a command line holds.
  std::vector<std::string> programs() const {
    std::vector<std::string> all;
    std::size_t bytes = 0;
    for (const auto& target : seen_.graph->targets) {
      if (target.kind != "EXECUTABLE") continue;
      for (const std::string& artifact : target.artifacts) {
        bytes += artifact.size();
        if (bytes > kMostArguments) return all;
        all.push_back(fmt::format("{}/{}", folder_, artifact));
      }
    }
    return all;
  }

  Result<void> read_outputs() {
    const auto deps = ask(kAskNinja, folder_, "ninja");
    if (!deps) return fail(deps.error());
    const bool has_cmake = seen_.graph.has_value();
    std::vector<analyzers::BuildOutput> outputs;
    if (*deps) {
      outputs = analyzers::read_ninja_deps(**deps, folder_, site_.resolve());
    } else {
      const std::string folder = has_cmake ? folder_ : "/tree";
      const auto rules = ask(kAskMake, folder, "make");
      if (!rules) return fail(rules.error());
      if (*rules) outputs = analyzers::read_depfiles(**rules, folder, site_.resolve());
    }
    if (outputs.empty()) {
      seen_.notes.emplace_back(
          has_cmake ? "the base has not been built, or its build notes nothing: targets are known "
                      "by their sources and includes"
                    : "neither CMake nor notes of a build: targets are not known");
      return {};
    }
    if (!has_cmake) seen_.graph.emplace();
    seen_.graph->outputs = std::move(outputs);
    return {};
  }

  const ClangSite& site_;
  const CancelToken& cancel_;
  const std::string folder_;
  BuildSeen seen_;
};

}  // namespace

Result<BuildSeen> see_build(const ClangSite& site, const Config& config,
                            const CancelToken& cancel) {
  return BuildReader(site, config, cancel).read();
}

}  // namespace automod
