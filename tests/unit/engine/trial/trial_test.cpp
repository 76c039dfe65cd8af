#include "engine/trial/trial.hpp"

#include <fmt/format.h>

#include "engine/judge/judge.hpp"
#include "tests/unit/catch.hpp"
#include "tests/unit/engine/trial/fixture.hpp"

namespace automod {
namespace {

using testing::TrialFixture;

Decision decision(const Evidence& evidence) {
  return judge::judge(evidence, SafetyLevel::kConservative).decision;
}

bool blocked_by(const Evidence& evidence, const std::string& code) {
  for (const auto& check : judge::judge(evidence, SafetyLevel::kModerate).checks) {
    if (check.code == code) return check.blocks;
  }
  return false;
}

/// Tests named by CTest, without any CMake run: `pass` and `prog`.
class CtestFixture : public TrialFixture {
 public:
  CtestFixture() {
    config.build = "sh build.sh";
    config.test = "ctest --test-dir . -j {jobs}";
    config.test_results = TestSource::kCtest;
    config.protected_paths = {"*.sh", "*.cmake"};
    commit({{"build.sh", "mkdir -p build && cp prog.txt build/prog"},
            {"prog.sh", "sh build/prog | grep -qx ok"},
            {"CTestTestfile.cmake", kTests},
            {"prog.txt", "echo ok\n"}});
  }
  /// Where reading a change does not look for them.
  void list_tests_elsewhere() {
    commit({{"CTestTestfile.cmake", "include(names.txt)\n"}, {"names.txt", kTests}});
  }

  static constexpr const char* kTests =
      "add_test(pass \"/bin/true\")\nadd_test(prog \"/bin/sh\" \"prog.sh\")\n";
};

TEST_CASE_METHOD(TrialFixture, "a change that builds and passes is approved") {
  commit_small();
  const auto result = run({{"prog.txt", "echo o''k\n"}});
  REQUIRE(result);
  const Evidence& evidence = result->evidence;
  CHECK(decision(evidence) == Decision::kApproved);
  REQUIRE(evidence.stages.size() == 2);
  CHECK(result->executions.size() == 2);
  CHECK(evidence.has_build);
  CHECK(evidence.has_tests);
  REQUIRE(evidence.files.size() == 1);
  CHECK(evidence.files[0].change == "modified");
  CHECK(evidence.files[0].lines_added == 1);
  CHECK(evidence.files[0].lines_removed == 1);
  CHECK(work_left().empty());
}

TEST_CASE_METHOD(TrialFixture, "the warm base is what it was after a trial") {
  commit_small();
  const auto base = prepare();
  REQUIRE(base);
  const auto before = testing::GitFixture::snapshot(base->folder);
  REQUIRE(run({{"prog.txt", "echo no\n"}, {"new.txt", "x"}}));
  CHECK(testing::GitFixture::snapshot(base->folder) == before);
}

TEST_CASE_METHOD(TrialFixture, "a build failure ends the trial") {
  commit_small();
  config.build = "sh build.sh && ! grep bad prog.txt";
  const Evidence found = evidence({{"prog.txt", "echo bad\n"}});
  CHECK(found.stages.size() == 1);
  CHECK(found.tests.tests.empty());
  CHECK(blocked_by(found, "does_not_build"));
}

TEST_CASE_METHOD(TrialFixture, "a failing test is seen by its exit status") {
  commit_small();
  const Evidence found = evidence({{"prog.txt", "echo wrong\n"}});
  CHECK(found.tests.source == TestSource::kExitCode);
  CHECK(blocked_by(found, "tests_failed"));
}

TEST_CASE_METHOD(TrialFixture, "a command that takes too long is stopped and named") {
  commit_small();
  config.test_seconds = 1;
  const Evidence found = evidence({{"prog.txt", "sleep 30\n"}});
  CHECK(found.stages.back().outcome == "timed_out");
  CHECK(blocked_by(found, "timeout"));
}

TEST_CASE_METHOD(TrialFixture, "a syntax error is found before anything runs") {
  commit_small();
  commit({{"a.py", "def f():\n    return 1\n"}});
  const auto result = run({{"a.py", "def f(:\n    return ((1\n"}});
  REQUIRE(result);
  CHECK(result->executions.empty());
  CHECK(result->evidence.files[0].language == "python");
  CHECK(blocked_by(result->evidence, "syntax_error"));
}

TEST_CASE_METHOD(TrialFixture, "a candidate may mend a base that does not build") {
  commit_small();
  config.build = "sh build.sh && grep fixed prog.txt";
  const Evidence found = evidence({{"prog.txt", "echo ok # fixed\n"}});
  CHECK(found.base_tests.tests.empty());
  CHECK(found.stages.size() == 2);
  CHECK(decision(found) == Decision::kNeedsApproval);
}

TEST_CASE_METHOD(TrialFixture, "configuring is repeated when more than known sources change") {
  commit_small();
  commit({{"a.py", "x = 1\n"}});
  config.configure = "true";
  const auto base = prepare();
  REQUIRE(base);
  const auto stages = [&](const std::map<std::string, std::optional<std::string>>& files) {
    const auto result = trial::run_trial(world(), *base, change(files));
    REQUIRE(result);
    return result->evidence.stages.size();
  };
  CHECK(stages({{"a.py", "x = 2\n"}}) == 2);
  CHECK(stages({{"prog.txt", "echo ok #\n"}}) == 3);
  CHECK(stages({{"b.py", "x = 2\n"}}) == 3);
}

TEST_CASE_METHOD(TrialFixture, "files are written beside what a hostile build has left") {
  commit_small();
  const auto outside = git.scratch("outside");
  REQUIRE(write_file(outside / "prog.txt", "untouched"));
  // The base's build replaces a folder by a link and strews special files about.
  commit({{"sub/prog.txt", "one\n"}});
  config.build =
      "sh build.sh; mkfifo build/fifo; python3 -c 'import socket; "
      "socket.socket(socket.AF_UNIX).bind(\"build/sock\")'; rm -rf sub/gen; ln -s " +
      outside.string() + " sub/gen; mkfifo sub/pipe; true";
  const Evidence found = evidence({{"sub/gen/prog.txt", "two\n"}, {"sub/pipe", "three\n"}});
  CHECK(read_file(outside / "prog.txt", 100).value() == "untouched");
  CHECK(found.stages.size() == 2);
  CHECK(work_left().empty());
}

TEST_CASE_METHOD(TrialFixture, "deleted files are gone in the copy") {
  commit_small();
  commit({{"dir/old.txt", "x"}});
  config.test = "test ! -e dir || test -e dir/old.txt";
  const Evidence found = evidence({{"dir/old.txt", std::nullopt}});
  CHECK(found.tests.tests.at(0).outcome == TestOutcome::kPassed);
  CHECK(found.files.at(0).change == "deleted");
}

TEST_CASE_METHOD(TrialFixture, "stopping a trial leaves nothing behind") {
  commit_small();
  REQUIRE(prepare());
  world().progress = [&](std::string_view what) {
    if (what == "testing the candidate") cancel.request();
  };
  const auto result = run({{"prog.txt", "sleep 60\n"}});
  REQUIRE_FALSE(result);
  CHECK(result.error().kind == ErrorKind::kInterrupted);
  CHECK(work_left().empty());
}

TEST_CASE_METHOD(CtestFixture, "tests are known by name and outcome") {
  const Evidence found = evidence({{"prog.txt", "echo wrong\n"}});
  CHECK(found.base_tests.complete);
  CHECK(found.base_tests.tests.size() == 2);
  CHECK(found.tests.complete);
  CHECK(found.tests.tests.at(1).name == "prog");
  CHECK(found.tests.tests.at(1).outcome == TestOutcome::kFailed);
  CHECK(blocked_by(found, "tests_failed"));
}

TEST_CASE_METHOD(CtestFixture, "a test that vanished is noticed") {
  list_tests_elsewhere();
  const Evidence found = evidence({{"names.txt", "add_test(pass \"/bin/true\")\n"}});
  CHECK(found.tests.complete);
  CHECK(blocked_by(found, "tests_missing"));
}

TEST_CASE_METHOD(CtestFixture, "a fix is proven by the test that failed on the base") {
  commit({{"prog.txt", "echo wrong\n"}});
  const Evidence found = evidence({{"prog.txt", "echo ok\n"}});
  CHECK(found.base_tests.tests.at(1).outcome == TestOutcome::kFailed);
  const Verdict verdict = judge::judge(found, SafetyLevel::kConservative);
  CHECK(verdict.decision == Decision::kApproved);
}

TEST_CASE_METHOD(CtestFixture, "an old report in the tree is not taken for the new one") {
  list_tests_elsewhere();
  const Evidence found =
      evidence({{"names.txt", "message(FATAL_ERROR stop)\n"},
                {".automod-report/ctest.xml",
                 "<testsuite><testcase name=\"pass\" status=\"run\"/><testcase name=\"prog\" "
                 "status=\"run\"/></testsuite>"}});
  CHECK_FALSE(found.tests.complete);
  CHECK(blocked_by(found, "tests_missing"));
}

TEST_CASE_METHOD(TrialFixture, "a slower benchmark is seen as a regression") {
  commit_small();
  config.benchmarks = {{"nap", "sh build/prog"}};
  commit({{"prog.txt", "sleep 0.03; echo ok\n"}});
  const Evidence found = evidence({{"prog.txt", "sleep 0.06; echo ok\n"}});
  REQUIRE(found.benchmarks.size() == 1);
  CHECK(found.benchmarks[0].find("wall")->base.size() >= 6);
  CHECK(found.benchmarks[0].find("wall")->candidate.size() >= 6);
  CHECK_FALSE(found.benchmarks[0].output_differs);
  CHECK(blocked_by(found, "performance_regression"));
}

TEST_CASE_METHOD(TrialFixture, "a benchmark that prints something else or fails is seen") {
  commit_small();
  config.test = "true";
  config.benchmarks = {{"prog", "sh build/prog"}};
  CHECK(evidence({{"prog.txt", "echo other\n"}}).benchmarks.at(0).output_differs);
  const Evidence failing = evidence({{"prog.txt", "echo ok; exit 1\n"}});
  CHECK(failing.benchmarks.at(0).candidate_failures > 0);
  CHECK(blocked_by(failing, "benchmark_failed"));
}

TEST_CASE_METHOD(TrialFixture, "a benchmark that never prints the same is not held to its output") {
  commit_small();
  config.test = "true";
  config.benchmarks = {{"time", "date +%N"}};
  const Evidence found = evidence({{"prog.txt", "echo ok #\n"}});
  CHECK_FALSE(found.benchmarks.at(0).output_differs);
  CHECK(found.benchmarks.at(0).output_unstable);
}

TEST_CASE_METHOD(TrialFixture, "nothing is measured on a candidate that fails its tests") {
  commit_small();
  config.benchmarks = {{"prog", "sh build/prog"}};
  CHECK(evidence({{"prog.txt", "echo wrong\n"}}).benchmarks.empty());
}

TEST_CASE("commands get their folders and jobs, and keep what belongs to the shell") {
  Config config;
  config.build_dir = "out/x";
  CHECK(trial::expand("make -C {build} -j {jobs} ${build} {a,b}", config, 3) ==
        "make -C out/x -j 3 ${build} {a,b}");
  CHECK(trial::expand("-j {jobs}", config, 0) == "-j 1");
}

}  // namespace
}  // namespace automod
