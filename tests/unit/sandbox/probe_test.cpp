#include "sandbox/probe.hpp"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "sandbox/doctor.hpp"
#include "tests/unit/sandbox/fixture.hpp"

using automod::testing::ContainsSubstring;

namespace automod::sandbox::testing {

namespace {

/// Changes what a real runner reports, as a sandbox with a hole would.
class LeakyRunner final : public Runner {
 public:
  LeakyRunner(Runner& real, std::string from, std::string to)
      : real_(real), from_(std::move(from)), to_(std::move(to)) {}
  Result<Execution> run(const Policy& policy, const Command& command,
                        const CancelToken& cancel) override {
    auto execution = real_.run(policy, command, cancel);
    if (!execution) return execution;
    if (from_.empty()) execution->out += to_;
    for (auto at = execution->out.find(from_); !from_.empty() && at != std::string::npos;
         at = execution->out.find(from_, at + to_.size())) {
      execution->out.replace(at, from_.size(), to_);
    }
    return execution;
  }
  Facts facts() const override { return real_.facts(); }

 private:
  Runner& real_;
  std::string from_;
  std::string to_;
};

}  // namespace

TEST_CASE_METHOD(SandboxTest, "the probe passes on a sandbox that holds") {
  const auto passed = probe(runner());
  INFO((passed ? "" : passed.error().message));
  CHECK(passed);
}

TEST_CASE_METHOD(SandboxTest, "the probe finds a hole") {
  using Hole = std::pair<const char*, const char*>;
  const auto hole = GENERATE(values<Hole>({{"", "canary=seen\n"},
                                           {"", "usr=written\n"},
                                           {"", "fd=/proc/self/fd/3\n"},
                                           {"", "setid=made\n"},
                                           {"Seccomp:=2", "Seccomp:=0"},
                                           {"NoNewPrivs:=1", "NoNewPrivs:=0"},
                                           {"CapBnd:=0", "CapBnd:=1"},
                                           {"id=1000", "id=0"},
                                           {"net=", "other="},
                                           {"work=written", ""}}));
  LeakyRunner leaky(runner(), hole.first, hole.second);
  const auto passed = probe(leaky);
  REQUIRE_FALSE(passed);
  CHECK(passed.error().kind == ErrorKind::kUnavailable);
}

TEST_CASE_METHOD(SandboxTest, "a runner opens, and remembers that its probe has passed") {
  const char* before = std::getenv("XDG_CACHE_HOME");
  const std::string kept = before == nullptr ? "" : before;
  setenv("XDG_CACHE_HOME", outside.c_str(), 1);
  auto opened = open_runner();
  REQUIRE(opened);
  CHECK(std::filesystem::exists(outside / "automod" / "sandbox-probe-native"));
  CHECK(open_runner());
  const Facts facts = (*opened)->facts();
  CHECK(facts.backend == "native");
  CHECK((facts.memory_limit == "cgroup" || facts.memory_limit == "watched"));
  CHECK((facts.process_limit == "cgroup" || facts.process_limit == "rlimit"));
  kept.empty() ? unsetenv("XDG_CACHE_HOME") : setenv("XDG_CACHE_HOME", kept.c_str(), 1);
}

TEST_CASE("the doctor finds a sandbox where there is one, and says how it holds") {
  const std::vector<Condition> all = examine(survey({}));
  const auto find = [&](const std::string& name) {
    const auto at = std::find_if(all.begin(), all.end(),
                                 [&](const Condition& entry) { return entry.name == name; });
    REQUIRE(at != all.end());
    return *at;
  };
  CHECK(find("kernel").ok);
  CHECK(find("launcher").ok);
  CHECK(find("sandbox").ok);
  CHECK_FALSE(find("memory limit").detail.empty());
  for (const Condition& condition : all) CHECK(condition.ok == condition.remedy.empty());
}

TEST_CASE_METHOD(SandboxTest, "the launcher is found by its place, beside the program") {
  const std::filesystem::path program = outside / "bin/automod";
  CHECK_THAT(find_launcher(program).error().message,
             ContainsSubstring("no automod-sandbox beside"));
  const std::filesystem::path launcher = outside / "libexec/automod/automod-sandbox";
  REQUIRE(write_file(launcher, "x", 0755));
  CHECK(find_launcher(program).value() == launcher);
  std::filesystem::permissions(launcher, std::filesystem::perms::all);
  const auto refused = find_launcher(program);
  REQUIRE_FALSE(refused);
  CHECK_THAT(refused.error().message, ContainsSubstring("others may write"));
}

TEST_CASE_METHOD(SandboxTest, "without a launcher there is no sandbox, and it is said why") {
  auto runner = ContainerRunner::create(outside / "missing", GroupMaker());
  REQUIRE(runner);
  const auto execution = (*runner)->run(policy, {{"true"}}, cancel);
  REQUIRE_FALSE(execution);
  CHECK_THAT(execution.error().message, ContainsSubstring("missing"));
  CHECK_FALSE(probe(**runner));
}

}  // namespace automod::sandbox::testing
