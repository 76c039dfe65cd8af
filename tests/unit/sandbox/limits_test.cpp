#include <thread>

#include "tests/unit/sandbox/fixture.hpp"

using automod::testing::ContainsSubstring;
using automod::testing::EndsWith;
using automod::testing::StartsWith;

namespace automod::sandbox::testing {

using namespace std::chrono_literals;

namespace {

constexpr std::uint64_t kMega = 1 << 20;

}  // namespace

TEST_CASE_METHOD(SandboxTest, "a command is killed at its deadline, whatever it ignores") {
  policy.limits.wall = 300ms;
  const Execution execution = sh("trap '' TERM INT HUP; while :; do sleep 60; done");
  CHECK(execution.outcome == Outcome::kTimedOut);
  CHECK(execution.wall >= 300ms);
  CHECK(execution.wall < 3s);
}

TEST_CASE_METHOD(SandboxTest, "a command that stops itself is killed at its deadline") {
  policy.limits.wall = 300ms;
  CHECK(sh("kill -STOP $$").outcome == Outcome::kTimedOut);
}

TEST_CASE_METHOD(SandboxTest, "memory of one process is limited") {
  if (GENERATE(false, true)) without_control_groups();
  bring_attacker();
  policy.limits.memory_bytes = 64 * kMega;
  CHECK(run({{"./attacker", "use-memory", "30"}}).ok());
  CHECK(run({{"./attacker", "use-memory", "300"}}).outcome == Outcome::kMemoryLimit);
}

TEST_CASE_METHOD(SandboxTest, "memory of many processes together is limited") {
  if (GENERATE(false, true)) without_control_groups();
  bring_attacker();
  policy.limits.memory_bytes = 64 * kMega;
  const Execution execution = run({{"./attacker", "use-memory-together", "6", "30"}});
  CHECK(execution.outcome == Outcome::kMemoryLimit);
}

TEST_CASE_METHOD(SandboxTest, "memory that belongs to no process is counted or refused") {
  bring_attacker();
  policy.limits.memory_bytes = 64 * kMega;
  SECTION("with control groups") {
    if (runner().facts().memory_limit != "cgroup") return;
    CHECK(run({{"./attacker", "use-nameless-memory", "200"}}).outcome == Outcome::kMemoryLimit);
  }
  SECTION("without") {
    without_control_groups();
    CHECK_THAT(run({{"./attacker", "use-nameless-memory", "200"}}).out,
               ContainsSubstring("denied: ENOSYS"));
  }
}

TEST_CASE_METHOD(SandboxTest, "the number of processes is limited") {
  if (GENERATE(false, true)) without_control_groups();
  bring_attacker();
  policy.limits.processes = 40;
  const Execution execution = run({{"./attacker", "fork-many", "200"}});
  CHECK(execution.ok());
  // Itself being the fortieth.
  CHECK_THAT(execution.out, ContainsSubstring("denied: 39 processes"));
}

TEST_CASE_METHOD(SandboxTest, "a fork bomb ends with its run") {
  if (GENERATE(false, true)) without_control_groups();
  policy.limits.processes = 60;
  policy.limits.wall = 700ms;
  const Execution execution = sh("bomb() { bomb | bomb & }; bomb; sleep 60");
  CHECK(execution.outcome == Outcome::kTimedOut);
  CHECK(execution.wall < 4s);
}

TEST_CASE_METHOD(SandboxTest, "output beyond what is kept loses its middle, and is said to") {
  policy.limits.output_bytes = 1000;
  const Execution execution = sh("echo first; seq 1 2000; echo last; echo short >&2");
  CHECK(execution.ok());
  CHECK(execution.out_cut);
  CHECK(execution.out.size() <= 1000);
  CHECK_THAT(execution.out, StartsWith("first\n"));
  CHECK_THAT(execution.out, EndsWith("last\n"));
  CHECK_THAT(execution.out, ContainsSubstring("bytes not kept]"));
  CHECK_FALSE(execution.err_cut);
}

TEST_CASE_METHOD(SandboxTest, "a flood of output stops the command") {
  policy.limits.output_bytes = 10'000;
  const Execution execution = GENERATE(true, false) ? sh("yes") : sh("yes >&2");
  CHECK(execution.outcome == Outcome::kOutputLimit);
  CHECK(execution.out.size() + execution.err.size() <= 10'000);
}

TEST_CASE_METHOD(SandboxTest, "growth of the work folder is limited") {
  policy.limits.disk_bytes = 16 * kMega;
  SECTION("by a command that goes on") {
    CHECK(sh("dd if=/dev/zero of=big bs=1M count=48 2>/dev/null; sleep 60").outcome ==
          Outcome::kDiskLimit);
  }
  SECTION("by one that ends at once") {
    CHECK(sh("dd if=/dev/zero of=big bs=1M count=48 2>/dev/null").outcome == Outcome::kDiskLimit);
  }
  SECTION("in many small files") {
    bring_attacker();
    CHECK(run({{"./attacker", "many-small-files", ".", "6000"}}).outcome == Outcome::kDiskLimit);
  }
  SECTION("in a file that has no name any more") {
    bring_attacker();
    CHECK(run({{"./attacker", "fill-without-name", "48"}}).outcome == Outcome::kDiskLimit);
  }
  SECTION("in a file that has no name, while others free more than that") {
    bring_attacker();
    const auto place = TempDir::create(policy.work.parent_path(), "others-");
    REQUIRE(place);
    REQUIRE(write_file(place->path() / "large", std::string(100 * kMega, 'x')));
    const std::jthread others([&](const std::stop_token& over) {
      while (!over.stop_requested() && !std::filesystem::exists(policy.work / "begun")) {
        std::this_thread::sleep_for(1ms);
      }
      std::filesystem::remove(place->path() / "large");
    });
    CHECK(sh("touch begun; exec ./attacker fill-without-name 48").outcome == Outcome::kDiskLimit);
  }
}

TEST_CASE_METHOD(SandboxTest, "what was in the work folder before is no growth") {
  // On a file system where nobody else is writing meanwhile.
  auto place = TempDir::create("/dev/shm", "automod-sandbox-test-");
  REQUIRE(place);
  policy.work = place->path();
  write("old", std::string(40 * kMega, 'x'));
  policy.limits.disk_bytes = 16 * kMega;
  CHECK(sh("dd if=/dev/zero of=new bs=1M count=12 2>/dev/null; touch old").ok());
  CHECK(sh("dd if=/dev/zero bs=1M count=20 >> old 2>/dev/null").outcome == Outcome::kDiskLimit);
}

TEST_CASE_METHOD(SandboxTest, "one file is limited in size") {
  policy.limits.file_bytes = kMega;
  CHECK_FALSE(sh("dd if=/dev/zero of=big bs=1M count=3").ok());
  CHECK(std::filesystem::file_size(policy.work / "big") <= kMega);
  CHECK_FALSE(sh("truncate -s 1T sparse").ok());
}

TEST_CASE_METHOD(SandboxTest, "private scratch space is limited in bytes and files") {
  policy.limits.scratch_bytes = 4 * kMega;
  CHECK_FALSE(sh("dd if=/dev/zero of=/tmp/big bs=1M count=6").ok());
  CHECK_FALSE(sh("dd if=/dev/zero of=/dev/shm/big bs=1M count=6").ok());
  CHECK_FALSE(sh("i=0; while [ $i -lt 4000 ]; do : > /tmp/$i || exit 1; i=$((i+1)); done").ok());
}

}  // namespace automod::sandbox::testing
