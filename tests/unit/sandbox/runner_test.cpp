#include <sched.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "tests/unit/sandbox/fixture.hpp"

using automod::testing::ContainsSubstring;

namespace automod::sandbox::testing {

TEST_CASE_METHOD(SandboxTest, "the exit code of a command is reported") {
  const auto code = GENERATE(0, 1, 7, 255);
  const Execution execution = sh("exit " + std::to_string(code));
  CHECK(execution.outcome == Outcome::kExited);
  CHECK(execution.status == code);
  CHECK(execution.ok() == (code == 0));
}

TEST_CASE_METHOD(SandboxTest, "the signal that ended a command is reported") {
  const Execution execution = sh("kill -SEGV $$");
  CHECK(execution.outcome == Outcome::kSignalled);
  CHECK(execution.status == SIGSEGV);
}

TEST_CASE_METHOD(SandboxTest, "a program that does not exist ends like in a shell") {
  const Execution missing = run({{"no-such-program"}});
  CHECK(missing.outcome == Outcome::kExited);
  CHECK(missing.status == 127);
  CHECK_THAT(missing.err, ContainsSubstring("no-such-program"));
  write("data", "no program");
  CHECK(run({{"/tree/data"}}).status == 126);
}

TEST_CASE_METHOD(SandboxTest, "the program is looked up in PATH inside and sees its arguments") {
  const Execution execution = run({{"printf", "%s|", "-rf", "a b", "x\ny", ""}});
  CHECK(execution.out == "-rf|a b|x\ny||");
}

TEST_CASE_METHOD(SandboxTest, "both output streams are told apart") {
  const Execution execution = sh("echo to-out; echo to-err >&2");
  CHECK(execution.out == "to-out\n");
  CHECK(execution.err == "to-err\n");
  CHECK_FALSE(execution.out_cut);
  CHECK_FALSE(execution.err_cut);
}

TEST_CASE_METHOD(SandboxTest, "the command stands where it was told") {
  std::filesystem::create_directory(policy.work / "deep");
  CHECK(sh("pwd").out == "/tree\n");
  CHECK(run({{"pwd"}, "/tree/deep"}).out == "/tree/deep\n");
  CHECK(run({{"pwd"}, "/tree/missing"}).status == 127);
}

TEST_CASE_METHOD(SandboxTest, "stdin is empty") { CHECK(sh("cat").ok()); }

TEST_CASE_METHOD(SandboxTest, "what is written to the work folder stays and is the caller's") {
  write("given", "before\n");
  CHECK(sh("cat given; echo after >> given; mkdir made; echo new > made/file; mv made moved").ok());
  CHECK(read("given") == "before\nafter\n");
  CHECK(read("moved/file") == "new\n");
  struct stat info{};
  REQUIRE(stat((policy.work / "moved/file").c_str(), &info) == 0);
  CHECK(info.st_uid == geteuid());
  CHECK(info.st_gid == getegid());
}

TEST_CASE_METHOD(SandboxTest, "an ordinary user can use the sandbox too") {
  if (!open_to_others(*find_launcher())) {
    WARN("not tried: this build is in a folder that is closed to ordinary users");
    return;
  }
  std::filesystem::permissions(policy.work.parent_path(), std::filesystem::perms::all);
  std::filesystem::permissions(policy.work, std::filesystem::perms::all);
  const bool worked = as_ordinary_user([this] {
    auto ordinary = make_runner(GroupMaker::detect());
    if (!ordinary) return false;
    auto execution = ordinary->run(policy, {{"sh", "-c", "id -u; echo hello > made"}}, cancel);
    return execution && execution->ok() && execution->out == "1000\n";
  });
  CHECK(worked);
  CHECK(read("made") == "hello\n");
}

TEST_CASE_METHOD(SandboxTest, "root of a user namespace with a single id can use it as well") {
  without_control_groups();
  const pid_t child = fork();
  if (child == 0) {
    const std::string map = "0 " + std::to_string(geteuid()) + " 1";
    const std::string group_map = "0 " + std::to_string(getegid()) + " 1";
    if (unshare(CLONE_NEWUSER) != 0) _exit(2);
    std::ofstream("/proc/self/setgroups") << "deny";
    std::ofstream("/proc/self/uid_map") << map;
    std::ofstream("/proc/self/gid_map") << group_map;
    if (geteuid() != 0) _exit(3);
    auto execution = runner().run(policy, {{"sh", "-c", "id -u; echo hello > made"}}, cancel);
    _exit(execution && execution->out == "1000\n" ? 0 : 4);
  }
  int status = 0;
  waitpid(child, &status, 0);
  CHECK(WEXITSTATUS(status) == 0);
  CHECK(read("made") == "hello\n");
}

TEST_CASE_METHOD(SandboxTest, "a priority that the caller was given is not the command's") {
  if (geteuid() != 0) return;  // nobody else has one to give away
  const pid_t child = fork();
  if (child == 0) {
    const bool raised = setpriority(PRIO_PROCESS, 0, -5) == 0;
    const auto execution = runner().run(policy, {{"nice"}}, cancel);
    _exit(raised && execution && execution->out == "0\n" ? 0 : 1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  CHECK(status == 0);
}

TEST_CASE_METHOD(SandboxTest, "what a command prints can be heard while it runs") {
  Command command{{"/bin/sh", "-c", "echo one; echo two >&2; sleep 60"}};
  std::string out;
  std::string err;
  command.on_output = [&](bool is_err, std::string_view bytes) {
    (is_err ? err : out) += bytes;
    if (!out.empty() && !err.empty()) cancel.request();
  };
  CHECK(run(command).outcome == Outcome::kInterrupted);
  CHECK(out == "one\n");
  CHECK(err == "two\n");
}

TEST_CASE_METHOD(SandboxTest, "time and memory of the command and its children are measured") {
  const Execution execution =
      sh("sh -c 'i=0; while [ $i -lt 60000 ]; do i=$((i+1)); done'; "
         "dd if=/dev/zero of=/dev/null bs=40M count=1 2>/dev/null");
  REQUIRE(execution.ok());
  CHECK(execution.cpu.count() >= 10);
  CHECK(execution.peak_memory_bytes >= 40'000'000);
  CHECK(execution.peak_memory_bytes < 120'000'000);
  CHECK(execution.wall >= execution.setup);
  CHECK(execution.setup < std::chrono::seconds(2));
}

TEST_CASE_METHOD(SandboxTest, "cpu time of what was killed is measured") {
  policy.limits.wall = std::chrono::milliseconds(500);
  const Execution execution = sh("while :; do :; done");
  CHECK(execution.outcome == Outcome::kTimedOut);
  CHECK(execution.cpu.count() > 50);
}

TEST_CASE_METHOD(SandboxTest, "further folders can be shown, read-only, at their own place") {
  REQUIRE(write_file(outside / "tool", "contents\n"));
  const std::string path = (outside / "tool").string();
  CHECK_FALSE(sh("cat " + path).ok());
  policy.read_only = {outside};
  CHECK(sh("cat " + path).out == "contents\n");
  CHECK_FALSE(sh("echo changed > " + path).ok());
  policy.read_only = {outside / "tool"};
  CHECK(sh("cat " + path).out == "contents\n");
}

TEST_CASE_METHOD(SandboxTest, "a compiler works inside") {
  write("main.cpp", "#include <vector>\nint main() { return std::vector<int>{1, 2}.size() - 2; }");
  const Execution execution = sh("c++ main.cpp -o main && ./main");
  INFO(execution.err);
  CHECK(execution.ok());
}

TEST_CASE_METHOD(SandboxTest, "many threads may run commands at once") {
  std::vector<std::thread> threads;
  std::vector<std::string> seen(8);
  threads.reserve(seen.size());
  for (std::size_t i = 0; i < seen.size(); ++i) {
    threads.emplace_back([this, i, &seen] {
      for (int round = 0; round < 3; ++round) {
        auto execution = runner().run(
            policy, {{"sh", "-c", "echo " + std::to_string(i) + "; cat /tmp/x; echo y > /tmp/x"}},
            cancel);
        seen[i] += execution ? execution->out : execution.error().message;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (std::size_t i = 0; i < seen.size(); ++i) {
    const std::string line = std::to_string(i) + "\n";
    CHECK(seen[i] == line + line + line);
  }
}

}  // namespace automod::sandbox::testing
