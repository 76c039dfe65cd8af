#include "tests/unit/catch.hpp"
#include "tests/unit/engine/trial/runners/site.hpp"

namespace automod::testing {
namespace {

using Lines = std::vector<std::string>;

/// A CMake project without a language, whose tests are lines of the shell.
class CtestSite : public RunnerSite {
 public:
  CtestSite() {
    config.test_results = TestSource::kCtest;
    config.test = "cmake -S . -B build >/dev/null && ctest --test-dir build";
  }

  void tests(const std::string& lines) const {
    file("CMakeLists.txt",
         "cmake_minimum_required(VERSION 3.20)\nproject(x NONE)\nenable_testing()\n" + lines);
  }
};

std::string sh_test(const std::string& name, const std::string& command) {
  return "add_test(NAME " + name + " COMMAND sh -c [=[" + command + "]=])\n";
}

TEST_CASE_METHOD(CtestSite, "CTest's tests are known by name and outcome") {
  tests(sh_test("good", "echo hello") + sh_test("bad", "exit 1") + sh_test("skipped", "exit 7") +
        sh_test("off", ":") +
        "set_tests_properties(skipped PROPERTIES SKIP_RETURN_CODE 7)\n"
        "set_tests_properties(off PROPERTIES DISABLED 1)\n"
        "add_test(NAME gone COMMAND ./nothing)\n");
  const Inventory found = run();
  CHECK(found.source == TestSource::kCtest);
  CHECK(found.complete);
  CHECK(outcomes(found) ==
        Lines{"bad failed", "gone not_run", "good passed", "off skipped", "skipped skipped"});
  CHECK(found.tests[2].output_bytes.value_or(0) >= 5);
}

TEST_CASE_METHOD(CtestSite, "what a test's own framework counts is read, however much it prints") {
  tests(sh_test("catch", "seq 1 3000; echo 'All tests passed (34 assertions in 2 test cases)'"));
  const Inventory found = run();
  REQUIRE(found.tests.size() == 1);
  CHECK(found.tests[0].cases == 2);
  CHECK(found.tests[0].assertions == 34);
}

TEST_CASE_METHOD(CtestSite, "a test that exits before its framework has ended is not believed") {
  tests(sh_test("catch", "echo 'All tests passed (34 assertions in 2 test cases)'"));
  const Inventory base = run();
  const std::string ends = GENERATE(values<std::string>(
      {"exit 0", "echo begun; exit 0", "echo 'All tests passed (30 assertions in 1 test case)'"}));
  CAPTURE(ends);
  tests(sh_test("catch", ends));
  Inventory now = run();
  CHECK(outcomes(now) == Lines{"catch passed"});
  trial::compare_with_base(base, now);
  CHECK_FALSE(now.distrusted.empty());
  CHECK_FALSE(now.complete);
}

TEST_CASE_METHOD(CtestSite, "a test that kills CTest and leaves a report of its own is caught") {
  tests(sh_test("a", ":") + sh_test("killer", R"(
    report=$(tr '\0' '\n' </proc/$PPID/cmdline | grep '^/tree/.automod-')
    echo '<testsuite><testcase name="a" status="run"/><testcase name="killer" status="run"/>'\
         '</testsuite>' >"$report"
    kill -9 $PPID)"));
  const Inventory found = run();
  CHECK(outcomes(found) == Lines{"a passed", "killer passed"});
  CHECK_FALSE(found.complete);
}

TEST_CASE_METHOD(CtestSite, "a report that a test writes gives way to CTest's own") {
  tests(sh_test("a", "exit 1") + sh_test("forger", R"(
    report=$(tr '\0' '\n' </proc/$PPID/cmdline | grep '^/tree/.automod-')
    echo '<testsuite><testcase name="a" status="run"/></testsuite>' >"$report")"));
  const Inventory found = run();
  CHECK(outcomes(found) == Lines{"a failed", "forger passed"});
}

TEST_CASE_METHOD(CtestSite, "a runner that never started has run nothing") {
  config.test = "true; exit 0; ctest";
  const Inventory found = run();
  CHECK_FALSE(found.complete);
  CHECK(found.tests.empty());
}

TEST_CASE_METHOD(CtestSite, "nothing of ours stays in the folder") {
  tests(sh_test("a", ":"));
  run();
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    CHECK_FALSE(entry.path().filename().string().starts_with(".automod"));
  }
}

TEST_CASE_METHOD(CtestSite, "just some tests can be run") {
  tests(sh_test("a", ":") + sh_test("a.b", ":") + sh_test("aXb", ":"));
  const auto some = trial::run_some_tests(site(), {"a.b"});
  REQUIRE(some);
  REQUIRE(*some);
  CHECK(outcomes((*some)->inventory) == Lines{"a.b passed"});
  CHECK((*some)->inventory.complete);
  config.test += " -R a";
  const auto unchosen = trial::run_some_tests(site(), {"a.b"});
  REQUIRE(unchosen);
  CHECK_FALSE(*unchosen);
}

TEST_CASE_METHOD(CtestSite, "tests that do not always pass are found by running them often") {
  tests(sh_test("steady", ":") +
        sh_test("flaky", "if [ -e flag ]; then rm flag; exit 1; fi; touch flag"));
  const Inventory found = run(3);
  CHECK(found.runs >= 3);  // and more where there is time
  CHECK(found.runs <= 10);
  CHECK(found.flaky == Lines{"flaky"});
  CHECK(outcomes(found) == Lines{"flaky failed", "steady passed"});
  CHECK(found.complete);
}

TEST_CASE_METHOD(CtestSite, "a command that calls another program is known by its exit status") {
  config.test = "true";
  const Inventory found = run();
  CHECK(found.source == TestSource::kExitCode);
  CHECK(outcomes(found) == Lines{"test command passed"});
}

}  // namespace
}  // namespace automod::testing
