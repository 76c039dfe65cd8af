#include <sys/stat.h>

#include <algorithm>
#include <chrono>

#include "base/text.hpp"
#include "sandbox/attacks/case.hpp"

namespace automod::sandbox::attacks {

using namespace std::chrono_literals;

namespace {

constexpr const char* kGroup = "output";
constexpr const char* kEscaped = "what is printed steers no terminal";
constexpr const char* kCollects = "brings back plain files of the work folder only";
constexpr const char* kFollowed =
    "brings back plain files of the work folder only (CVE-2026-39860)";
constexpr const char* kCleaned = "whatever was left can be removed (CVE-2026-44028)";
constexpr const char* kLiteral = "arguments are taken literally";

/// As it would be shown: outside the sandbox nobody would have escaped it.
Finding steers_nothing(Scene& scene, const Execution& execution) {
  const std::string shown = scene.control ? execution.out : printable(execution.out);
  const bool steers = std::any_of(shown.begin(), shown.end(), [](char sign) {
    const auto byte = static_cast<unsigned char>(sign);
    return (byte < 0x20 && byte != '\n' && byte != '\t') || byte == 0x7f;
  });
  const bool bidirectional = shown.find("\xe2\x80\xae") != std::string::npos;
  const bool eight_bit = valid_utf8(shown) != shown;
  if (steers || bidirectional || eight_bit) return exposed("it would reach the terminal");
  return contained("escaped");
}

/// Whatever is named must have been refused.
Finding is_refused(Scene&, const Execution& execution) {
  for (const Artifact& artifact : execution.artifacts) {
    if (artifact.refused.empty()) return exposed(artifact.name + " was taken");
  }
  return execution.artifacts.empty() ? skipped("nothing was asked for")
                                     : contained(execution.artifacts.front().refused);
}

void collect_artifact(Scene& scene) { scene.command.collect = {"artifact"}; }

Case artifact(const std::string& name, const std::string& about, std::vector<std::string> arguments,
              std::function<void(Scene&)> arrange = collect_artifact,
              const char* tests = kCollects) {
  return {{name, kGroup, about, tests}, std::move(arguments),
          Ground::kThrowaway,           {},
          std::move(arrange),           is_refused};
}

Case named(const std::string& name, const std::string& about, const std::string& path) {
  return artifact(name, about, {"echo"},
                  [path](Scene& scene) { scene.command.collect = {scene.filled(path)}; });
}

/// In several runs, for it is a matter of luck.
Finding race_for_artifact(Scene& scene, Runner& runner, const CancelToken& cancel) {
  constexpr int kRuns = 8;
  scene.command.collect = {"artifact"};
  for (int i = 0; i < kRuns; ++i) {
    const auto execution = run_once(scene, runner, cancel, {"leave-exchanger", "{canary}"});
    if (!execution) return skipped(execution.error().message);
    for (const Artifact& one : execution->artifacts) {
      if (one.content.find(scene.secret) != std::string::npos) return exposed("it was followed");
    }
  }
  return contained("never in " + std::to_string(kRuns) + " runs");
}

/// Twenty thousand folders are made and removed there: no disk should be waited for.
void work_in_memory(Scene& scene) {
  scene.policy.limits.wall = 20s;
  scene.policy.limits.disk_bytes = 1024 * kMiB;
  auto place = TempDir::create("/dev/shm", "automod-attack-");
  if (!place) return;
  std::error_code code;
  std::filesystem::copy_file(scene.program, place->path() / "attack", code);
  if (code) return;
  scene.work = place->path();
  scene.policy.work = scene.work;
  scene.further.push_back(std::move(*place));
}

/// Removes what was left, as whoever made the work folder has to.
Finding can_be_removed(Scene& scene, const Execution& execution) {
  const auto began = std::chrono::steady_clock::now();
  const auto removed = remove_tree(scene.work);
  if (!removed) return exposed(removed.error().message);
  if (std::chrono::steady_clock::now() - began > 10s) return exposed("it took too long");
  return contained("removed; the command " + std::string(name(execution.outcome)));
}

Finding said_exactly(Scene& scene, const Execution& execution) {
  if (execution.out.find("[-rf][--][a\nb][$(touch pwned)][;touch pwned][*][ ]") ==
      std::string::npos) {
    return exposed("the arguments are others: " + execution.out);
  }
  struct stat info{};
  const bool run = lstat((scene.work / "pwned").c_str(), &info) == 0;
  return run ? exposed("an argument was run") : contained("said as given");
}

}  // namespace

std::vector<Case> output_cases() {
  return {
      {{"terminal-escapes", kGroup, "output that would clear and rename a terminal", kEscaped},
       {"print-escapes"},
       Ground::kThrowaway,
       {},
       {},
       steers_nothing},
      {{"zero-bytes", kGroup, "output with NULs", kEscaped},
       {"print-nuls"},
       Ground::kThrowaway,
       {},
       {},
       steers_nothing},
      artifact("artifact-link", "a link to a file of the host", {"leave-link", "{canary}"},
               collect_artifact, kFollowed),
      artifact("artifact-inner-link", "a link to a file beside it", {"leave-link", "attack"}),
      artifact("artifact-magic-link", "a link through /proc",
               {"leave-link", "/proc/self/root{canary}"}, collect_artifact, kFollowed),
      artifact(
          "artifact-below-link", "a plain file below a folder that is a link",
          {"leave-linked-folder", "{outside}"},
          [](Scene& scene) { scene.command.collect = {"folder/canary"}; }, kFollowed),
      named("artifact-above", "a name that leads out of the folder", "../outside/canary"),
      named("artifact-absolute", "a name from the root", "{canary}"),
      named("artifact-folder", "the folder itself", "."),
      artifact("artifact-pipe", "a pipe, at which a reader would wait", {"leave-pipe"}),
      {{"artifact-socket", kGroup, "a socket. No control: nobody can read one", kCollects},
       {"leave-socket"},
       Ground::kNone,
       {},
       collect_artifact,
       is_refused},
      artifact("artifact-two-names", "a file that has another name", {"leave-two-names"}),
      artifact("artifact-holes", "256 MiB of holes", {"leave-sparse", "256"},
               [](Scene& scene) {
                 collect_artifact(scene);
                 scene.command.collect_bytes = 2048 * kMiB;
                 scene.policy.limits.file_bytes = 4096 * kMiB;
               }),
      artifact("artifact-terabyte", "1 TiB of holes", {"leave-sparse", "1048576"},
               [](Scene& scene) {
                 collect_artifact(scene);
                 scene.policy.limits.file_bytes = 2048ull * 1024 * kMiB;
               }),
      artifact("artifact-large", "more than was allowed", {"leave-large", "2048"},
               [](Scene& scene) {
                 collect_artifact(scene);
                 scene.command.collect_bytes = 1 * kMiB;
               }),
      {{"artifact-race", kGroup, "a daemon exchanges the file for a link while it is collected",
        kFollowed},
       {},
       Ground::kThrowaway,
       {},
       {},
       nullptr,
       race_for_artifact},
      {{"deep-folders", kGroup,
        "20,000 folders in one another. No control: what is tested is the removal", kCleaned},
       {"leave-deep-folders", "20000"},
       Ground::kNone,
       {},
       work_in_memory,
       can_be_removed},
      {{"locked-folders", kGroup, "folders that nobody may enter. No control: likewise", kCleaned},
       {"leave-locked-folders"},
       Ground::kNone,
       {},
       {},
       can_be_removed},
      {{"hostile-names", kGroup, "names that are switches, newlines, escapes. No control: likewise",
        kCleaned},
       {"leave-names"},
       Ground::kNone,
       {},
       {},
       can_be_removed},
      {{"hostile-arguments", kGroup,
        "arguments that are switches, newlines, commands. No control: it is compared", kLiteral},
       {"echo", "-rf", "--", "a\nb", "$(touch pwned)", ";touch pwned", "*", " "},
       Ground::kNone,
       {},
       {},
       said_exactly},
  };
}

}  // namespace automod::sandbox::attacks
