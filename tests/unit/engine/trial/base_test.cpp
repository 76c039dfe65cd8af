#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include "tests/unit/catch.hpp"
#include "tests/unit/engine/trial/fixture.hpp"

namespace automod {
namespace {

namespace fs = std::filesystem;
using testing::TrialFixture;

std::size_t snapshots_in(const fs::path& cache) {
  std::size_t count = 0;
  for (const auto& entry : fs::directory_iterator(cache / "snapshots")) {
    count += entry.is_directory() ? 1 : 0;
  }
  return count;
}

TEST_CASE_METHOD(TrialFixture, "a base is built and tested once and then found in the cache") {
  commit_small();
  const auto first = prepare();
  REQUIRE(first);
  CHECK_FALSE(first->from_cache);
  CHECK(first->configured);
  CHECK(first->built);
  CHECK(first->executions.size() == 2);
  CHECK(fs::exists(first->folder / "build/prog"));
  const auto second = prepare();
  REQUIRE(second);
  CHECK(second->from_cache);
  CHECK(second->executions.empty());
  CHECK(second->folder == first->folder);
  CHECK(second->stages.size() == first->stages.size());
  REQUIRE(second->tests.tests.size() == 1);
  CHECK(second->tests.tests[0].outcome == TestOutcome::kPassed);
  CHECK(second->environment.toolchain == first->environment.toolchain);
  CHECK(work_left().empty());
}

TEST_CASE_METHOD(TrialFixture, "the environment names what ran and what it ran in") {
  commit_small();
  const auto base = prepare(ExecutionType::kConfigure);
  REQUIRE(base);
  CHECK_FALSE(base->environment.backend.empty());
  CHECK(base->environment.config_source == "base commit");
  CHECK(base->environment.config_digest == digest(config));
  CHECK(base->environment.policy_digest.size() == 64);
  CHECK_THAT(base->environment.toolchain, testing::ContainsSubstring("cc: "));
}

TEST_CASE_METHOD(TrialFixture, "a base that does not build is a result, and its tests do not run") {
  commit_small();
  config.build = "echo broken >&2; exit 3";
  const auto base = prepare();
  REQUIRE(base);
  CHECK_FALSE(base->built);
  REQUIRE(base->stages.size() == 1);
  CHECK(base->stages[0].status == 3);
  CHECK(base->stages[0].output_tail == "broken\n");
  CHECK(base->tests.tests.empty());
}

TEST_CASE_METHOD(TrialFixture, "a base is taken further from where it was left") {
  commit_small();
  config.configure = "mkdir -p build; date +%N > build/configured";
  auto configured = prepare(ExecutionType::kConfigure);
  REQUIRE(configured);
  CHECK_FALSE(configured->built);
  const auto before = read_file(configured->folder / "build/configured", 100);
  configured->hold.reset();
  const auto tested = prepare(ExecutionType::kUnitTest);
  REQUIRE(tested);
  CHECK(tested->built);
  CHECK(tested->stages.size() == 3);
  CHECK(tested->executions.size() == 2);  // configuring was not done again
  CHECK(read_file(tested->folder / "build/configured", 100).value() == before.value());
  const auto again = prepare(ExecutionType::kConfigure);
  REQUIRE(again);
  CHECK(again->folder == tested->folder);  // more than was asked for
}

TEST_CASE_METHOD(TrialFixture, "another tree or configuration is another base") {
  commit_small();
  REQUIRE(prepare());
  config.build += "; true";
  const auto other = prepare();
  REQUIRE(other);
  CHECK_FALSE(other->from_cache);
  CHECK(snapshots_in(cache()) == 2);
}

TEST_CASE_METHOD(TrialFixture, "files of the tree that the build spoilt are set right") {
  commit_small();
  git.link("link.txt", "prog.txt");
  commit({});
  config.build = "sh build.sh; echo spoilt > prog.txt; rm test.sh; ln -sf /etc/passwd link.txt";
  config.test = "true";
  const auto base = prepare();
  REQUIRE(base);
  CHECK(read_file(base->folder / "prog.txt", 100).value() == "echo ok\n");
  CHECK(fs::exists(base->folder / "test.sh"));
  CHECK(fs::read_symlink(base->folder / "link.txt") == "prog.txt");
}

TEST_CASE_METHOD(TrialFixture, "two processes that ask at once do the work once") {
  commit_small();
  const fs::path log = git.scratch("log");
  config.build = "sleep 0.5; sh build.sh";
  REQUIRE(prepare(ExecutionType::kConfigure));  // so that the toolchain is known to both
  const pid_t child = fork();
  if (child == 0) {
    const auto base = prepare();
    _exit(!base ? 2 : base->from_cache ? 1 : 0);
  }
  const auto base = prepare();
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  REQUIRE(base);
  REQUIRE(WIFEXITED(status));
  const int builders = (base->from_cache ? 0 : 1) + (WEXITSTATUS(status) == 0 ? 1 : 0);
  CHECK(WEXITSTATUS(status) < 2);
  CHECK(builders == 1);
}

TEST_CASE_METHOD(TrialFixture, "stopping while the base is built leaves nothing behind") {
  commit_small();
  config.build = "sleep 60";
  world().progress = [&](std::string_view what) {
    if (what == "building the base") cancel.request();
  };
  const auto base = prepare();
  REQUIRE_FALSE(base);
  CHECK(base.error().kind == ErrorKind::kInterrupted);
  CHECK(work_left().empty());
  CHECK_FALSE(fs::exists(cache() / "snapshots"));
}

}  // namespace
}  // namespace automod
