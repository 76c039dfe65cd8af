#include <chrono>

#include "sandbox/attacks/case.hpp"

namespace automod::sandbox::attacks {

using namespace std::chrono_literals;

namespace {

constexpr const char* kGroup = "limits";
constexpr const char* kMemory = "memory of all together is limited";
constexpr const char* kProcesses = "the number of processes is limited";
constexpr const char* kDisk = "disk space is limited";
constexpr const char* kScratch = "scratch space is limited";
constexpr const char* kCpu = "cpu time is limited";
constexpr const char* kIgnored = "a limit that cannot be held is refused (bazel issue 26062)";
constexpr const char* kEach = "each process is limited";

void little_memory(Scene& scene) { scene.policy.limits.memory_bytes = 64 * kMiB; }
void few_processes(Scene& scene) { scene.policy.limits.processes = 32; }
void little_disk(Scene& scene) { scene.policy.limits.disk_bytes = 16 * kMiB; }
void few_files(Scene& scene) { scene.policy.limits.disk_files = 500; }

/// The program is in its tools folder where there is no work folder.
void in_memory(Scene& scene) {
  little_disk(scene);
  scene.policy.mount = Mount::kTmpfs;
  scene.policy.read_only = {scene.program.parent_path()};
  scene.command.argv[0] = scene.program.string();
  if (!scene.control) scene.policy.work.clear();
}

void over_folder(Scene& scene) {
  little_disk(scene);
  scene.policy.mount = Mount::kOverlay;
}

Case limited(const std::string& name, const std::string& about, const char* tests,
             std::vector<std::string> arguments, std::function<void(Scene&)> arrange = {},
             std::vector<std::string> soft = {}) {
  return {{name, kGroup, about, tests}, std::move(arguments), Ground::kThrowaway, std::move(soft),
          std::move(arrange),           killed_or_denied};
}

/// Stopped for what it wrote, or could not write it.
Finding stopped_for_disk(Scene& scene, const Execution& execution) {
  if (execution.outcome == Outcome::kDiskLimit) return contained("disk_limit");
  return killed_or_denied(scene, execution);
}

Case disk(const std::string& name, const std::string& about, std::vector<std::string> arguments,
          std::function<void(Scene&)> arrange) {
  Case one = limited(name, about, kDisk, std::move(arguments), std::move(arrange));
  one.judge = stopped_for_disk;
  return one;
}

/// More cpu time than the limit, and something for the time it takes to notice.
Finding little_cpu_used(Scene& scene, const Execution& execution) {
  constexpr auto kNotice = 500ms;
  const auto limit = scene.policy.limits.cpu;
  if (scene.control) return exposed("nothing stopped it");
  if (execution.outcome == Outcome::kExited) return exposed("it came to its end");
  if (execution.cpu > limit + kNotice) {
    return exposed("it used " + std::to_string(execution.cpu.count()) + " ms");
  }
  return contained(std::string(name(execution.outcome)) + " after " +
                   std::to_string(execution.cpu.count()) + " ms");
}

/// A share of one core, kept by control groups where there are any; otherwise the policy must
/// not be accepted.
Finding small_share(Scene& scene, Runner& runner, const CancelToken& cancel) {
  scene.policy.limits.cpu_percent = 20;
  const auto execution = run_once(scene, runner, cancel, {"spin", "800", "2"});
  if (runner.facts().cpu_limit == "none" && !scene.control) {
    return execution ? exposed("it ran as if there was no such limit")
                     : contained("refused: " + execution.error().message);
  }
  if (!execution) return skipped(execution.error().message);
  // The first moments of a period are free, and looking takes time too.
  constexpr auto kMost = 500ms;
  if (scene.control) return exposed("nothing stopped it");
  const std::string used = std::to_string(execution->cpu.count()) + " ms";
  return execution->cpu > kMost ? exposed("it used " + used) : contained("it used " + used);
}

/// Hard limits are demanded: they are there, or the policy is refused.
Finding demanded(Scene& scene, Runner& runner, const CancelToken& cancel) {
  scene.policy.limits.memory_bytes = 64 * kMiB;
  scene.policy.required = {.memory = true, .processes = true};
  const Facts facts = runner.facts();
  const bool hard = facts.memory_limit == "cgroup" && facts.process_limit == "cgroup";
  const auto execution = run_once(scene, runner, cancel, {"use-memory", "200"});
  if (!hard) {
    return execution ? exposed("it ran without")
                     : contained("refused: " + execution.error().message);
  }
  return execution ? killed_or_denied(scene, *execution) : skipped(execution.error().message);
}

Finding demanded_disk(Scene& scene, Runner& runner, const CancelToken& cancel) {
  scene.policy.required.disk = true;  // never so for a folder
  const auto execution = run_once(scene, runner, cancel, {"echo"});
  return execution ? exposed("it ran without") : contained("refused: " + execution.error().message);
}

/// The bomb itself must be stopped, and the host still able to start programs.
Finding bomb_is_over(Scene& scene, const Execution& execution) {
  if (!processes_with(scene.marker).empty()) return exposed("it goes on");
  const bool stopped = execution.outcome == Outcome::kTimedOut;
  return stopped ? contained("over at the deadline")
                 : exposed(std::string(name(execution.outcome)));
}

Finding kept_short(Scene& scene, const Execution& execution) {
  const std::size_t most = scene.policy.limits.output_bytes;
  if (execution.out.size() > most || execution.err.size() > most) {
    return exposed(std::to_string(execution.out.size() + execution.err.size()) + " bytes came");
  }
  if (execution.outcome != Outcome::kOutputLimit) return exposed("it was not stopped");
  return contained("stopped");
}

/// Far less than makes a flood, and yet more than is kept.
Finding middle_lost(Scene& scene, const Execution& execution) {
  if (execution.out.size() > scene.policy.limits.output_bytes) {
    return exposed(std::to_string(execution.out.size()) + " bytes came");
  }
  return execution.out_cut ? contained("cut, and said to be") : exposed("cut in silence");
}

}  // namespace

std::vector<Case> limit_cases() {
  return {
      limited("fork-many", "200 processes where 32 are allowed", kProcesses, {"fork-many", "200"},
              few_processes),
      {{"fork-bomb", kGroup, "a fork bomb. No control: outside nothing would stop it", kProcesses},
       {"fork-bomb", "{marker}-left"},
       Ground::kNone,
       {},
       [](Scene& scene) {
         few_processes(scene);
         scene.policy.limits.wall = 700ms;
       },
       bomb_is_over},
      limited("use-memory", "200 MiB where 64 are allowed", kMemory, {"use-memory", "200"},
              little_memory),
      limited("use-memory-together", "six times 30 MiB where 64 are allowed", kMemory,
              {"use-memory-together", "6", "30"}, little_memory),
      limited("use-nameless-memory", "200 MiB in a file that is memory", kMemory,
              {"use-nameless-memory", "200"}, little_memory),
      limited("use-segment", "200 MiB of shared memory", kMemory, {"use-segment", "200"},
              little_memory),
      limited("fill-tmp", "60 MiB in /tmp where 8 are allowed", kScratch,
              {"fill", "/tmp/fill", "60"}, {}, {"/tmp"}),
      limited("fill-shared-memory", "60 MiB in /dev/shm", kScratch, {"fill", "/dev/shm/fill", "60"},
              {}, {"/dev/shm"}),
      limited("many-files-in-tmp", "10,000 files in /tmp", kScratch,
              {"many-files", "/tmp", "10000"}, {}, {"/tmp"}),
      limited("many-files-in-shared-memory", "20,000 files in /dev/shm", kScratch,
              {"many-files", "/dev/shm", "20000"}, {}, {"/dev/shm"}),
      disk("fill-work-folder", "80 MiB in files of the work folder where 16 are allowed",
           {"fill-with-files", ".", "80"}, little_disk),
      disk("fill-without-name", "60 MiB in a file that has no name any more",
           {"fill-without-name", "60"}, little_disk),
      disk("many-files", "5,000 files where 500 are allowed", {"many-files", ".", "5000"},
           few_files),
      disk("many-small-files", "6,000 files of a byte, which fill 24 MiB of blocks",
           {"many-small-files", ".", "6000"}, little_disk),
      limited("fill-memory-folder", "80 MiB in a work folder in memory of 16", kDisk,
              {"fill-with-files", ".", "80"}, in_memory),
      limited("many-files-in-memory-folder", "5,000 files in a work folder in memory for 500",
              kDisk, {"many-files", ".", "5000"},
              [](Scene& scene) {
                in_memory(scene);
                few_files(scene);
              }),
      disk("fill-overlay", "80 MiB over a folder where 16 are allowed",
           {"fill-with-files", ".", "80"}, over_folder),
      limited("one-large-file", "a file of 60 MiB where 1 is allowed", kEach,
              {"fill", "large", "60"},
              [](Scene& scene) { scene.policy.limits.file_bytes = 1 * kMiB; }),
      limited("sparse-file", "a file of 1 TiB without content", kEach,
              {"grow-sparse", "sparse", "1024"}),
      limited("open-many", "6,000 descriptors", kEach, {"open-many", "6000"}),
      limited("lock-memory", "6 MiB of memory that cannot be swapped", kEach, {"lock-memory", "6"}),
      limited("core-file", "a crash that leaves the process's memory", kEach, {"dump-core"}),
      {{"use-cpu", kGroup, "3 seconds of two processes where 300 ms are allowed", kCpu},
       {"spin", "1500", "2"},
       Ground::kThrowaway,
       {},
       [](Scene& scene) { scene.policy.limits.cpu = 300ms; },
       little_cpu_used},
      {{"use-share", kGroup, "two processes that spin where a fifth of a core is allowed", kCpu},
       {},
       Ground::kThrowaway,
       {},
       {},
       nullptr,
       small_share},
      {{"demanded-limits", kGroup, "hard limits are demanded. No control: it is about refusing",
        kIgnored},
       {},
       Ground::kNone,
       {},
       {},
       nullptr,
       demanded},
      {{"demanded-disk", kGroup,
        "a hard disk limit is demanded for a folder, which has none. No control: likewise",
        kIgnored},
       {},
       Ground::kNone,
       {},
       {},
       nullptr,
       demanded_disk},
      {{"flood-output", kGroup, "60 MiB of output where 64 KiB are kept",
        "output is cut, and a flood stopped"},
       {"flood-output", "60"},
       Ground::kThrowaway,
       {},
       {},
       kept_short},
      {{"flood-errors", kGroup, "the same on stderr", "output is cut, and a flood stopped"},
       {"flood-errors", "60"},
       Ground::kThrowaway,
       {},
       {},
       kept_short},
      {{"long-line", kGroup, "a line of 1 MiB where 64 KiB are kept",
        "output is cut, and a flood stopped"},
       {"print-long-lines", "1024"},
       Ground::kThrowaway,
       {},
       {},
       middle_lost},
  };
}

}  // namespace automod::sandbox::attacks
