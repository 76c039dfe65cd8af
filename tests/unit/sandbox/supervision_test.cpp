#include <fmt/format.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <sstream>
#include <thread>

#include "tests/unit/sandbox/fixture.hpp"

namespace automod::sandbox::testing {

using namespace std::chrono_literals;

namespace {

/// An argument for sleep by which one test's processes are known.
std::string marker() {
  static int count = 0;
  return fmt::format("{}.{}", 90'000 + ++count, getpid());
}

/// Launchers, inner or outer, whose parent is `parent`.
std::vector<int> launchers_of(int parent) {
  std::vector<int> found;
  for (const int pid : processes_with("automod-sandbox")) {
    std::istringstream file(read_proc(pid, "stat"));
    std::string number;
    std::string name;
    std::string state;
    int above = 0;
    file >> number >> name >> state >> above;
    if (name == "(automod-sandbox)" && above == parent) found.push_back(pid);
  }
  return found;
}

std::vector<int> orphaned_launchers() { return launchers_of(1); }

}  // namespace

TEST_CASE_METHOD(SandboxTest, "daemons do not outlive the command, nor delay its end") {
  const std::string time = marker();
  const Execution execution =
      sh(fmt::format("(trap '' TERM HUP; setsid sleep {0} & ) ; sleep {0} & exit 3", time));
  CHECK(execution.status == 3);
  CHECK(execution.wall < 5s);
  CHECK(processes_with(time).empty());
}

TEST_CASE_METHOD(SandboxTest, "a descendant that holds the output open does not delay the end") {
  const Execution execution = sh("sleep 1000 & echo done");
  CHECK(execution.out == "done\n");
  CHECK(execution.wall < 5s);
}

TEST_CASE_METHOD(SandboxTest, "nothing is alive after a timeout") {
  const std::string time = marker();
  policy.limits.wall = 400ms;
  CHECK(sh(fmt::format("setsid sleep {0} & sleep {0}", time)).outcome == Outcome::kTimedOut);
  CHECK(processes_with(time).empty());
}

TEST_CASE_METHOD(SandboxTest, "the cancel token stops a command at once") {
  std::thread canceller([this] {
    std::this_thread::sleep_for(200ms);
    cancel.request();
  });
  const Execution execution = sh("sleep 1000");
  canceller.join();
  CHECK(execution.outcome == Outcome::kInterrupted);
  CHECK(execution.wall < 3s);
}

TEST_CASE_METHOD(SandboxTest, "a token raised before the start stops it too") {
  cancel.request();
  CHECK(sh("sleep 1000").outcome == Outcome::kInterrupted);
}

TEST_CASE_METHOD(SandboxTest, "nothing survives a kill -9 of the supervisor") {
  const std::string time = marker();
  const pid_t supervisor = fork();
  if (supervisor == 0) {
    (void)runner().run(policy, {{"sh", "-c", fmt::format("setsid sleep {0} & sleep {0}", time)}},
                       cancel);
    _exit(0);
  }
  REQUIRE(soon([&] { return processes_with(time).size() >= 2; }));
  kill(supervisor, SIGKILL);
  waitpid(supervisor, nullptr, 0);
  CHECK(soon([&] { return processes_with(time).empty(); }));
}

TEST_CASE_METHOD(SandboxTest, "nothing survives a kill -9 at any moment of the start") {
  const std::string time = marker();
  for (int microseconds = 0; microseconds < 12'000; microseconds += 400) {
    const pid_t supervisor = fork();
    if (supervisor == 0) {
      (void)runner().run(policy, {{"sleep", time}}, cancel);
      _exit(0);
    }
    usleep(static_cast<useconds_t>(microseconds));
    kill(supervisor, SIGKILL);
    waitpid(supervisor, nullptr, 0);
  }
  CHECK(soon([&] { return processes_with(time).empty(); }));
  CHECK(soon([] { return orphaned_launchers().empty(); }));
}

TEST_CASE_METHOD(SandboxTest, "nothing survives a kill -9 of the launcher") {
  const std::string time = marker();
  std::thread killer([&] {
    soon([&] { return !processes_with(time).empty(); });
    for (const int pid : launchers_of(getpid())) kill(pid, SIGKILL);
  });
  const auto execution = runner().run(policy, {{"sleep", time}}, cancel);
  killer.join();
  CHECK(soon([&] { return processes_with(time).empty(); }));
  CHECK((!execution || execution->outcome == Outcome::kSignalled));
}

TEST_CASE_METHOD(SandboxTest, "a very deep tree is survived and removed") {
  // In memory, since a disk takes a minute to remove so many folders one by one.
  auto place = TempDir::create("/dev/shm", "automod-sandbox-test-");
  REQUIRE(place);
  policy.work = place->path();
  REQUIRE(system(fmt::format("cd {} && {} leave-deep-folders 20000 > /dev/null",
                             policy.work.string(), attacker().string())
                     .c_str()) == 0);
  policy.limits.disk_bytes = 4 << 20;
  CHECK(sh("mkdir locked; chmod 0 locked; dd if=/dev/zero of=big bs=1M count=20 2>/dev/null")
            .outcome == Outcome::kDiskLimit);
  CHECK(remove_tree(policy.work));
}

TEST_CASE_METHOD(SandboxTest, "runs leave no descriptor, process or control group behind") {
  const auto descriptors = [] {
    return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {});
  };
  const auto before = descriptors();
  for (int i = 0; i < 5; ++i) CHECK(run({{"true"}}).ok());
  CHECK(descriptors() == before);
  CHECK(waitpid(-1, nullptr, WNOHANG) == -1);
  const Execution groups = [&] {
    Execution result;
    FILE* pipe = popen(
        fmt::format("find /sys/fs/cgroup -name 'automod-{}-*' 2>/dev/null", getpid()).c_str(), "r");
    char buffer[256];
    while (fgets(buffer, sizeof buffer, pipe) != nullptr) result.out += buffer;
    pclose(pipe);
    return result;
  }();
  CHECK(groups.out.empty());
}

}  // namespace automod::sandbox::testing
