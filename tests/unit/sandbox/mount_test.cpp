#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>

#include "base/fd.hpp"
#include "tests/unit/sandbox/fixture.hpp"

using automod::testing::ContainsSubstring;

namespace automod::sandbox::testing {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

namespace {

constexpr std::uint64_t kMega = 1 << 20;

}  // namespace

TEST_CASE_METHOD(SandboxTest, "an overlay shows the base, takes changes and forgets them") {
  policy.mount = Mount::kOverlay;
  fs::create_directory(policy.work / "sub");
  write("kept", "old");
  write("sub/gone", "x");
  const Execution execution =
      sh("cat kept; echo new > kept; rm -r sub; mkdir sub; echo y > sub/made; mv kept moved; "
         "cat moved sub/made; ls");
  CHECK(execution.err.empty());
  CHECK(execution.out == "oldnew\ny\nmoved\nsub\n");
  CHECK(read("kept") == "old");
  CHECK(fs::exists(policy.work / "sub/gone"));
  CHECK_FALSE(fs::exists(policy.work / "sub/made"));
}

TEST_CASE_METHOD(SandboxTest, "an overlay's changes can be kept from run to run") {
  policy.mount = Mount::kOverlay;
  policy.changes = outside / "changes";
  fs::create_directory(policy.changes);
  write("a", "base");
  CHECK(sh("echo changed > a; echo b > b").ok());
  CHECK(read("a") == "base");
  CHECK(sh("cat a b").out == "changed\nb\n");
  CHECK(*read_file(policy.changes / "files/a", 100) == "changed\n");
}

TEST_CASE_METHOD(SandboxTest, "changes below the work folder or without an overlay are refused") {
  policy.changes = policy.work / "changes";
  fs::create_directory(policy.changes);
  CHECK_FALSE(runner().run(policy, {{"true"}}, cancel));
  policy.mount = Mount::kOverlay;
  const auto refused = runner().run(policy, {{"true"}}, cancel);
  REQUIRE_FALSE(refused);
  CHECK_THAT(refused.error().message, ContainsSubstring("beside"));
}

TEST_CASE_METHOD(SandboxTest, "an overlay in memory is bounded in bytes and in files") {
  policy.mount = Mount::kOverlay;
  policy.limits.disk_bytes = 8 * kMega;
  policy.limits.disk_files = 200;
  policy.required.disk = true;
  if (const auto first = runner().run(policy, {{"true"}}, cancel); !first) {
    CHECK(first.error().kind == ErrorKind::kUnavailable);  // before Linux 6.6
    return;
  }
  SECTION("bytes") {
    const Execution execution = sh("dd if=/dev/zero of=big bs=1M count=20; echo $?");
    CHECK(execution.outcome == Outcome::kDiskLimit);
    CHECK_THAT(execution.err, ContainsSubstring("No space left"));
  }
  SECTION("files") {
    const Execution execution =
        sh("i=0; while [ $i -lt 400 ]; do : > f$i || exit 9; i=$((i+1)); done");
    CHECK(execution.outcome == Outcome::kDiskLimit);
    CHECK_THAT(execution.err, ContainsSubstring("No space left"));
  }
}

TEST_CASE_METHOD(SandboxTest, "a work folder in memory is empty, bounded and forgotten") {
  policy.work.clear();
  policy.mount = Mount::kTmpfs;
  policy.limits.disk_bytes = 4 * kMega;
  CHECK(sh("ls -A; echo x > made; cat made; pwd").out == "x\n/tree\n");
  CHECK(sh("ls -A").out.empty());
  CHECK(sh("dd if=/dev/zero of=big bs=1M count=20").outcome == Outcome::kDiskLimit);
  policy.work = outside;
  CHECK_FALSE(runner().run(policy, {{"true"}}, cancel));
}

TEST_CASE_METHOD(SandboxTest, "a copy takes changes and is forgotten") {
  policy.mount = Mount::kCopy;
  write("a", "base");
  fs::create_symlink("a", policy.work / "link");
  CHECK(sh("cat link; echo changed > a; cat link").out == "basechanged\n");
  CHECK(read("a") == "base");
}

TEST_CASE_METHOD(SandboxTest, "new files in the work folder are limited in number") {
  policy.limits.disk_files = 300;
  CHECK(sh("i=0; while [ $i -lt 900 ]; do : > f$i; i=$((i+1)); done; sleep 60").outcome ==
        Outcome::kDiskLimit);
}

TEST_CASE_METHOD(SandboxTest, "what a policy requires and this machine cannot do is refused") {
  policy.required.disk = true;  // a folder on disk is watched only
  const auto disk = runner().run(policy, {{"true"}}, cancel);
  REQUIRE_FALSE(disk);
  CHECK(disk.error().kind == ErrorKind::kUnavailable);
  policy.required = {};
  without_control_groups();
  policy.required.memory = true;
  CHECK_FALSE(runner().run(policy, {{"true"}}, cancel));
  policy.required = {};
  policy.limits.cpu_percent = 50;
  CHECK_FALSE(runner().run(policy, {{"true"}}, cancel));
}

TEST_CASE_METHOD(SandboxTest, "cpu time is bounded in all") {
  if (GENERATE(false, true)) without_control_groups();
  policy.limits.cpu = 300ms;
  const Execution execution = sh("while :; do :; done & while :; do :; done");
  CHECK(execution.outcome == Outcome::kCpuLimit);
  CHECK(execution.wall < 8s);
}

TEST_CASE_METHOD(SandboxTest, "cpu time is bounded at any moment where control groups do it") {
  if (runner().facts().cpu_limit != "cgroup") return;
  policy.limits.cpu_percent = 20;
  policy.limits.wall = 1500ms;
  const Execution execution = sh("while :; do :; done & while :; do :; done");
  CHECK(execution.outcome == Outcome::kTimedOut);
  CHECK(execution.cpu < 600ms);
}

TEST_CASE_METHOD(SandboxTest, "without a network there are no internet sockets") {
  const Command command{{"python3", "-c",
                         "import socket\n"
                         "socket.socketpair()\n"
                         "socket.socket(socket.AF_UNIX)\n"
                         "socket.socket(socket.AF_INET)"}};
  CHECK(run(command).ok());
  policy.network = Network::kNone;
  const Execution execution = run(command);
  CHECK_THAT(execution.err, ContainsSubstring("Address family not supported"));
}

TEST_CASE_METHOD(SandboxTest, "a strict policy refuses sockets and still compiles") {
  policy.calls = Calls::kStrict;
  write("a.c", "int main(void) { return 0; }");
  CHECK(sh("cc -o a a.c && ./a").ok());
  CHECK_FALSE(run({{"python3", "-c", "import socket; socket.socket(socket.AF_UNIX)"}}).ok());
  CHECK(run({{"python3", "-c", "import socket; socket.socketpair()"}}).ok());
  // The kernel's own answer would be that no pair can be made of these.
  CHECK_THAT(run({{"python3", "-c", "import socket; socket.socketpair(socket.AF_INET)"}}).err,
             ContainsSubstring("Address family not supported"));
}

TEST_CASE_METHOD(SandboxTest, "the command sees itself as the user that the policy names") {
  policy.user = 4242;
  CHECK(sh("id -u; id -g; id -un; echo x > made").out == "4242\n4242\nautomod\n");
  policy.user = 0;
  CHECK_FALSE(runner().run(policy, {{"true"}}, cancel));
}

TEST_CASE_METHOD(SandboxTest, "files come back by name only, and only plain ones") {
  policy.mount = GENERATE(Mount::kFolder, Mount::kOverlay);
  REQUIRE(write_file(outside / "canary", "CANARY"));
  Command command{{"/bin/sh", "-c",
                   "mkdir -p out/deep; printf hello > out/deep/plain; : > empty;"
                   "ln -s /etc/passwd link; ln -s out folder; mkfifo pipe; ln empty second;"
                   "printf 1 > single; truncate -s 2M sparse; mkdir dir"}};
  command.collect = {"out/deep/plain",
                     "single",
                     "link",
                     "folder/deep/plain",
                     "pipe",
                     "empty",
                     "sparse",
                     "dir",
                     "missing",
                     "../outside/canary",
                     outside.string() + "/canary",
                     "",
                     "out/../single"};
  command.collect_bytes = 1000;
  const auto artifacts = run(command).artifacts;
  REQUIRE(artifacts.size() == command.collect.size());
  CHECK(artifacts[0].content == "hello");
  CHECK(artifacts[1].content == "1");
  CHECK(artifacts.back().content == "1");
  for (std::size_t i = 2; i + 1 < artifacts.size(); ++i) {
    INFO(artifacts[i].name);
    CHECK_FALSE(artifacts[i].refused.empty());
    CHECK(artifacts[i].content.empty());
  }
}

TEST_CASE_METHOD(SandboxTest, "what a run cost is told in parts") {
  const Execution execution = sh("dd if=/dev/zero of=big bs=1M count=3 2>/dev/null; sleep 0.2");
  CHECK(execution.setup > 0us);
  CHECK(execution.run >= 200ms);
  CHECK(execution.teardown > 0us);
  CHECK(execution.setup + execution.run + execution.teardown <= execution.wall + 2ms);
  CHECK(execution.written_bytes >= 3 * kMega);
}

}  // namespace automod::sandbox::testing
