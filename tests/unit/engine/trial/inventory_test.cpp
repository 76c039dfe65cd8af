#include "engine/trial/inventory.hpp"

#include "tests/unit/catch.hpp"

namespace automod::trial {
namespace {

TEST_CASE("arguments go right behind the word ctest") {
  const auto [command, expected] = GENERATE(table<std::string, std::string>({
      {"ctest", "ctest -X"},
      {"ctest --test-dir build -j 2", "ctest -X --test-dir build -j 2"},
      {"cd build && ctest && ./more", "cd build && ctest -X && ./more"},
      {"/usr/bin/ctest -V", "/usr/bin/ctest -X -V"},
      {"(ctest)", "(ctest -X)"},
      {"./my-ctest; ctest2; ctest", "./my-ctest; ctest2; ctest -X"},
  }));
  CHECK(with_ctest_arguments(command, "-X") == expected);
}

TEST_CASE("a command without the word ctest is left alone") {
  CHECK_FALSE(with_ctest_arguments("make check", "-X"));
  CHECK_FALSE(with_ctest_arguments("./run-ctest", "-X"));
  CHECK_FALSE(with_ctest_arguments("", "-X"));
}

TEST_CASE("the list of tests is read strictly") {
  const auto names = read_ctest_list(R"({"tests": [{"name": "a"}, {"name": "b", "x": 1}]})");
  REQUIRE(names);
  CHECK(*names == std::vector<std::string>{"a", "b"});
  for (const char* text : {"", "[]", "{}", R"({"tests": {}})", R"({"tests": [1]})",
                           R"({"tests": [{"name": 1}]})", R"({"tests": [{}]})"}) {
    CAPTURE(text);
    CHECK_FALSE(read_ctest_list(text));
  }
}

struct StatusRow {
  const char* element;
  TestOutcome expected;
};

TEST_CASE("every status of a report has its outcome") {
  const auto row = GENERATE(values<StatusRow>({
      {R"(<testcase name="t" status="run"/>)", TestOutcome::kPassed},
      {R"(<testcase name="t" status="fail"><failure/></testcase>)", TestOutcome::kFailed},
      {R"(<testcase name="t" status="run"><failure/></testcase>)", TestOutcome::kFailed},
      {R"(<testcase name="t" status="disabled"/>)", TestOutcome::kSkipped},
      {R"(<testcase name="t" status="notrun"><skipped message="SKIP_RETURN_CODE=7"/></testcase>)",
       TestOutcome::kSkipped},
      {R"(<testcase name="t" status="notrun"><skipped message="Unable to find"/></testcase>)",
       TestOutcome::kNotRun},
      {R"(<testcase name="t" status="new word"/>)", TestOutcome::kNotRun},
      {R"(<testcase name="t"/>)", TestOutcome::kNotRun},
  }));
  CAPTURE(row.element);
  const auto results = read_junit(std::string("<testsuite>") + row.element + "</testsuite>");
  REQUIRE(results);
  REQUIRE(results->size() == 1);
  CHECK(results->front().name == "t");
  CHECK(results->front().outcome == row.expected);
}

TEST_CASE("what is no report is none") {
  for (const char* text : {"", "text", "<other/>", "<testsuite><testcase"}) {
    CAPTURE(text);
    CHECK_FALSE(read_junit(text));
  }
}

TEST_CASE("times that make no sense count as nothing") {
  const auto results = read_junit(
      R"(<testsuite><testcase name="a" time="0.25" status="run"/><testcase name="b" time="1e300"
      status="run"/><testcase name="c" time="-1" status="run"/></testsuite>)");
  REQUIRE(results);
  CHECK(results->at(0).wall_ms == 250);
  CHECK(results->at(1).wall_ms == 0);
  CHECK(results->at(2).wall_ms == 0);
}

TEST_CASE("tests hold when all that passed pass again") {
  Inventory base;
  base.complete = true;
  base.tests = {{"a", TestOutcome::kPassed, 0}, {"b", TestOutcome::kFailed, 0}};
  Inventory now = base;
  CHECK(tests_held(base, now));
  now.tests[0].outcome = TestOutcome::kSkipped;
  CHECK_FALSE(tests_held(base, now));
  now.tests.erase(now.tests.begin());
  CHECK_FALSE(tests_held(base, now));
  now = base;
  now.complete = false;
  CHECK_FALSE(tests_held(base, now));
}

}  // namespace
}  // namespace automod::trial
