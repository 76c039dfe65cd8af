#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <future>
#include <thread>

#include "sandbox/attacks/case.hpp"

namespace automod::sandbox::attacks {

using namespace std::chrono_literals;

namespace {

constexpr const char* kGroup = "processes";
constexpr const char* kSeesNone = "sees no process of the host";
constexpr const char* kFirst = "the first process tells nothing (bubblewrap issue 720)";
constexpr const char* kNobody = "leaves nobody alive";
constexpr const char* kApart = "two runs cannot meet (CVE-2024-27297)";

void put_sentinel(Scene& scene) {
  scene.sentinel = std::make_unique<Sentinel>(scene.program, scene.marker);
}

Case at_sentinel(const std::string& name, const std::string& about,
                 std::vector<std::string> arguments) {
  return {{name, kGroup, about, kSeesNone}, std::move(arguments), Ground::kPlain, {}, put_sentinel};
}

/// Nothing is alive of what the run has left, and it did not have to be waited for.
Finding nobody_left(Scene& scene, const Execution& execution) {
  if (!processes_with(scene.marker).empty()) return exposed("its daemon is alive");
  if (execution.outcome != Outcome::kExited) {
    return exposed("its end was held up: " + std::string(name(execution.outcome)));
  }
  if (execution.wall + 1s > scene.policy.limits.wall) return exposed("its end was held up");
  return contained("nobody is alive");
}

/// Dead by the deadline, whatever it ignores.
Finding dead_in_time(Scene& scene, const Execution& execution) {
  if (!processes_with(scene.marker).empty()) return exposed("it is alive");
  if (execution.outcome != Outcome::kTimedOut) {
    return exposed("it " + std::string(name(execution.outcome)));
  }
  if (execution.wall > scene.policy.limits.wall + 4s) return exposed("it was dead too late");
  return contained("dead after " + std::to_string(execution.wall.count()) + " ms");
}

/// The run has to come to its own end.
Finding first_lives(Scene& scene, const Execution& execution) {
  if (!execution.ok()) return exposed("the run " + std::string(name(execution.outcome)));
  return contained(what_it_says(scene, execution).detail);
}

void short_deadline(Scene& scene) { scene.policy.limits.wall = 500ms; }

/// Until something of the scene runs; false when nothing does for three seconds.
bool appears(const std::string& marker) {
  for (int attempt = 0; attempt < 100; ++attempt) {
    if (!processes_with(marker).empty()) return true;
    std::this_thread::sleep_for(30ms);
  }
  return false;
}

/// kill -9 of the program that runs the sandbox.
Finding supervisor_killed(Scene& scene, Runner& runner, const CancelToken& cancel) {
  scene.policy.limits.wall = 20s;
  const pid_t supervisor = fork();
  if (supervisor < 0) return skipped("no process can be made");
  if (supervisor == 0) {
    if (scene.control) {
      // What becomes of a child that nobody looks after.
      std::string stay = "stay";
      std::array<char*, 4> arguments{stay.data(), stay.data(), scene.marker.data(), nullptr};
      pid_t child = 0;
      posix_spawn(&child, scene.program.c_str(), nullptr, nullptr, arguments.data(), environ);
      pause();
    }
    (void)run_once(scene, runner, cancel, {"stay", "{marker}"});
    _exit(0);
  }
  const bool ran = appears(scene.marker);
  kill(supervisor, SIGKILL);
  waitpid(supervisor, nullptr, 0);
  if (!ran) return skipped("the command did not start");
  if (!scene.control && all_gone(scene.marker)) return contained("nobody is alive");
  bool any = false;
  for (const pid_t pid : processes_with(scene.marker)) any = kill(pid, SIGKILL) == 0 || any;
  return any ? exposed("the command is alive") : contained("nobody is alive");
}

/// The ancestor of the attack that is a child of `supervisor`: the launcher.
pid_t launcher_of(const std::string& marker, pid_t supervisor) {
  for (pid_t pid : processes_with(marker)) {
    while (pid > 1) {
      const pid_t parent = parent_of(pid);
      if (parent == supervisor) return pid;
      pid = parent;
    }
  }
  return 0;
}

/// kill -9 of the launcher, which stands between the two.
Finding launcher_killed(Scene& scene, Runner& runner, const CancelToken& cancel) {
  scene.policy.limits.wall = 20s;
  auto ended = std::async(std::launch::async,
                          [&] { return run_once(scene, runner, cancel, {"stay", "{marker}"}); });
  const bool ran = appears(scene.marker);
  const pid_t launcher = launcher_of(scene.marker, getpid());
  if (launcher > 0) kill(launcher, SIGKILL);
  const bool gone = ran && launcher > 0 && all_gone(scene.marker);
  for (const pid_t pid : processes_with(scene.marker)) kill(pid, SIGKILL);
  const auto execution = ended.get();
  if (!ran || launcher <= 0) return skipped("no launcher was found");
  if (!gone) return exposed("the command is alive");
  return execution && execution->ok() ? exposed("it passes for a success")
                                      : contained("all is gone");
}

/// kill -9 of the launcher while the first process inside is stopped and cannot notice.
Finding launcher_of_stopped_killed(Scene& scene, Runner& runner, const CancelToken& cancel) {
  scene.policy.limits.wall = 20s;
  auto ended = std::async(std::launch::async,
                          [&] { return run_once(scene, runner, cancel, {"stay", "{marker}"}); });
  const bool ran = appears(scene.marker);
  const pid_t launcher = launcher_of(scene.marker, getpid());
  const std::vector<pid_t> commands = processes_with(scene.marker);
  const pid_t first = commands.empty() ? 0 : parent_of(commands.front());
  const bool found = ran && launcher > 0 && first > 0 && first != launcher;
  if (found) kill(first, SIGSTOP);
  if (launcher > 0) kill(launcher, SIGKILL);
  const bool gone = found && all_gone(scene.marker);
  if (found && !gone) kill(first, SIGKILL);  // and the kernel all the rest
  ended.wait();
  if (!found) return skipped("no first process was found");
  return gone ? contained("nobody is alive") : exposed("the command is alive");
}

/// Two runs, one after the other; the second says what it found.
Finding in_two_runs(Scene& scene, Runner& runner, const CancelToken& cancel,
                    const std::string& kind) {
  const std::string key = std::to_string(0x61000000 + getpid());
  const auto first = run_once(scene, runner, cancel, {"leave-" + kind, key, "{secret}"});
  if (!first) return skipped(first.error().message);
  const auto second = run_once(scene, runner, cancel, {"find-" + kind, key});
  return second ? what_it_says(scene, *second) : skipped(second.error().message);
}

/// Two runs at the same time, of which one waits for the other.
Finding meeting(Scene& scene, Runner& runner, const CancelToken& cancel) {
  auto host = std::async(std::launch::async, [&] {
    return run_once(scene, runner, cancel, {"wait-for-visitor", "{marker}"});
  });
  const auto guest = run_once(scene, runner, cancel, {"visit", "{marker}"});
  const auto waited = host.get();
  if (!guest || !waited) return skipped(guest ? waited.error().message : guest.error().message);
  const Finding said = what_it_says(scene, *guest);
  return said.verdict == Verdict::kExposed ? said : what_it_says(scene, *waited);
}

}  // namespace

std::vector<Case> process_cases() {
  return {
      at_sentinel("signal-process", "a process of the host is killed by its number",
                  {"signal-process", "{pid}"}),
      at_sentinel("signal-by-pipe", "a signal to a process of the host by way of a pipe",
                  {"signal-by-pipe", "{pid}"}),
      at_sentinel("hold-process", "a process of the host is opened", {"hold-process", "{pid}"}),
      at_sentinel("trace-other", "ptrace of a process of the host", {"trace-other", "{pid}"}),
      at_sentinel("find-process", "/proc is searched for a process of the host",
                  {"find-process", "{marker}-sentinel"}),
      {{"signal-everyone", kGroup,
        "kill -1; a process of the host has to stay alive. No control: it would end all of the "
        "user's",
        kSeesNone},
       {"signal-everyone"},
       Ground::kNone,
       {},
       put_sentinel,
       killed_or_denied},
      {{"signal-first", kGroup,
        "kill -9 of the first process. No control: outside that is the machine's own",
        "the first process cannot be ended from inside"},
       {"signal-first"},
       Ground::kNone,
       {},
       {},
       first_lives},
      {{"first-environment", kGroup, "/proc/1/environ, where a secret would be", kFirst},
       {"look-into-first", "environ"}},
      {{"first-memory", kGroup, "/proc/1/mem", kFirst}, {"look-into-first", "maps"}},
      {{"first-descriptors", kGroup, "/proc/1/fd", kFirst}, {"follow-first", "fd"}},
      {{"first-root", kGroup, "/proc/1/root", kFirst}, {"follow-first", "root"}},
      {{"first-folder", kGroup, "/proc/1/cwd", kFirst}, {"follow-first", "cwd"}},
      {{"daemon", kGroup, "a daemon of its own session that ignores signals and holds the output",
        kNobody},
       {"leave-daemon", "{marker}-left"},
       Ground::kThrowaway,
       {},
       {},
       nobody_left},
      {{"ignore-signals", kGroup, "all signals are ignored until after the deadline", kNobody},
       {"stay", "{marker}-left"},
       Ground::kThrowaway,
       {},
       short_deadline,
       dead_in_time},
      {{"stop-itself", kGroup, "SIGSTOP to itself, with a deadline", kNobody},
       {"stop-itself", "{marker}-left"},
       Ground::kThrowaway,
       {},
       short_deadline,
       dead_in_time},
      {{"kill-supervisor", kGroup, "kill -9 of the program that runs the sandbox", kNobody},
       {},
       Ground::kPlain,
       {},
       {},
       nullptr,
       supervisor_killed},
      {{"kill-launcher", kGroup,
        "kill -9 of the launcher. No control: without a sandbox there is none", kNobody},
       {},
       Ground::kNone,
       {},
       {},
       nullptr,
       launcher_killed},
      {{"kill-launcher-of-stopped", kGroup,
        "the same while the first process inside is stopped. No control: likewise", kNobody},
       {},
       Ground::kNone,
       {},
       {},
       nullptr,
       launcher_of_stopped_killed,
       true},
      {{"real-time", kGroup, "a real-time priority", "takes no more than its share"},
       {"real-time"},
       Ground::kPlain},
      {{"raise-priority", kGroup, "a negative nice value", "takes no more than its share"},
       {"raise-priority"},
       Ground::kPlain},
      {{"never-out-of-memory", kGroup, "others are to die first when memory is short",
        "takes no more than its share"},
       {"never-out-of-memory"},
       Ground::kPlain},
      {{"segment-for-next", kGroup, "shared memory is looked for by the next run", kApart},
       {},
       Ground::kPlain,
       {},
       {},
       nullptr,
       [](Scene& scene, Runner& runner, const CancelToken& cancel) {
         return in_two_runs(scene, runner, cancel, "segment");
       }},
      {{"message-for-next", kGroup, "a message queue is looked for by the next run", kApart},
       {},
       Ground::kPlain,
       {},
       {},
       nullptr,
       [](Scene& scene, Runner& runner, const CancelToken& cancel) {
         return in_two_runs(scene, runner, cancel, "message");
       }},
      {{"meet-another-run", kGroup, "two runs at once hand over a descriptor by a socket's name",
        kApart},
       {},
       Ground::kPlain,
       {},
       {},
       nullptr,
       meeting},
  };
}

}  // namespace automod::sandbox::attacks
