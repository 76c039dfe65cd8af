#include "sandbox/policy.hpp"

#include "tests/unit/sandbox/fixture.hpp"

using automod::testing::ContainsSubstring;

namespace automod::sandbox::testing {

namespace {

std::string refusal(const Policy& policy) {
  const auto result = checked(policy);
  return result ? "accepted" : result.error().message;
}

}  // namespace

TEST_CASE_METHOD(SandboxTest, "a policy that makes no sense is refused") {
  CHECK(refusal(policy) == "accepted");
  SECTION("no work folder") {
    policy.work /= "missing";
    CHECK_THAT(refusal(policy), ContainsSubstring("is no folder"));
  }
  SECTION("places of the sandbox itself") {
    policy.read_only = {GENERATE("/", "/proc", "/proc/1", "/dev/sda", "/sys/fs", "/tree/x", "/etc",
                                 "/tmp", "/tmp/..", "/home/../", "//")};
    CHECK_THAT(refusal(policy), ContainsSubstring("belongs to the sandbox"));
  }
  SECTION("a relative path") {
    policy.read_only = {"toolchain"};
    CHECK_THAT(refusal(policy), ContainsSubstring("wanted an absolute one"));
  }
  SECTION("a missing path") {
    policy.read_only = {outside / "missing"};
    CHECK_THAT(refusal(policy), ContainsSubstring("does not exist"));
  }
  SECTION("a variable that is none") {
    policy.environment = {{GENERATE("", "A=B"), "x"}};
    CHECK_THAT(refusal(policy), ContainsSubstring("environment variable"));
  }
  SECTION("no room") {
    policy.limits.processes = 0;
    CHECK_THAT(refusal(policy), ContainsSubstring("limits"));
  }
}

TEST_CASE("the digest of a policy changes with all that matters, and not with the work folder") {
  const Policy base;
  Policy other = base;
  other.work = "/somewhere/else";
  CHECK(digest(other) == digest(base));
  const auto changed = [&](auto change) {
    Policy policy = base;
    change(policy);
    return digest(policy) != digest(base);
  };
  CHECK(changed([](Policy& p) { p.read_only = {"/opt"}; }));
  CHECK(changed([](Policy& p) { p.environment = {{"A", "b"}}; }));
  CHECK(changed([](Policy& p) { p.limits.wall += std::chrono::milliseconds(1); }));
  CHECK(changed([](Policy& p) { p.limits.memory_bytes += 1; }));
  CHECK(changed([](Policy& p) { p.limits.processes += 1; }));
  CHECK(changed([](Policy& p) { p.limits.file_bytes += 1; }));
  CHECK(changed([](Policy& p) { p.limits.disk_bytes += 1; }));
  CHECK(changed([](Policy& p) { p.limits.scratch_bytes += 1; }));
  CHECK(changed([](Policy& p) { p.limits.output_bytes += 1; }));
}

TEST_CASE_METHOD(SandboxTest, "a command that makes no sense is an error, not a result") {
  for (const Command& command :
       {Command{}, Command{{""}}, Command{{std::string("a\0b", 3)}}, Command{{"true"}, "work"}}) {
    const auto result = runner().run(policy, command, cancel);
    REQUIRE_FALSE(result);
    CHECK(result.error().kind == ErrorKind::kUsage);
  }
}

TEST_CASE("outcomes have stable names") {
  CHECK(name(Outcome::kExited) == "exited");
  CHECK(name(Outcome::kSignalled) == "signalled");
  CHECK(name(Outcome::kTimedOut) == "timed_out");
  CHECK(name(Outcome::kMemoryLimit) == "memory_limit");
  CHECK(name(Outcome::kDiskLimit) == "disk_limit");
  CHECK(name(Outcome::kOutputLimit) == "output_limit");
  CHECK(name(Outcome::kInterrupted) == "interrupted");
}

}  // namespace automod::sandbox::testing
