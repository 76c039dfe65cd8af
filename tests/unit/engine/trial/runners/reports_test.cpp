#include "engine/trial/inventory_reports.hpp"
#include "engine/trial/inventory_runners.hpp"
#include "engine/trial/tests.hpp"
#include "tests/unit/catch.hpp"

namespace automod::trial {
namespace {

TEST_CASE("arguments go right behind the word that is looked for") {
  const auto [command, expected] = GENERATE(table<std::string, std::string>({
      {"ctest", "ctest -X"},
      {"ctest --test-dir build -j 2", "ctest -X --test-dir build -j 2"},
      {"cd build && ctest && ./more", "cd build && ctest -X && ./more"},
      {"/usr/bin/ctest -V", "/usr/bin/ctest -X -V"},
      {"(ctest)", "(ctest -X)"},
      {"./my-ctest; ctest2; ctest", "./my-ctest; ctest2; ctest -X"},
  }));
  CHECK(with_arguments(command, "ctest", "-X") == expected);
}

TEST_CASE("a command without the word is left alone") {
  CHECK_FALSE(with_arguments("make check", "ctest", "-X"));
  CHECK_FALSE(with_arguments("./run-ctest", "ctest", "-X"));
  CHECK_FALSE(with_arguments("", "ctest", "-X"));
}

TEST_CASE("any text is one word of the shell") {
  CHECK(shell_word("a b") == "'a b'");
  CHECK(shell_word("a'; rm -rf /") == "'a'\\''; rm -rf /'");
}

TEST_CASE("CTest's list of tests is read strictly") {
  const auto names = read_ctest_list(R"({"tests": [{"name": "a"}, {"name": "b", "x": 1}]})");
  REQUIRE(names);
  CHECK(*names == Names{"a", "b"});
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

TEST_CASE("every status of CTest's report has its outcome") {
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
  for (const char* text : {"", "text", "<other/>", "<testsuite><testcase", "{}", "[1]"}) {
    CAPTURE(text);
    const Heard heard{.report = text};
    CHECK_FALSE(read_junit(text));
    CHECK_FALSE(read_ctest(heard));
    CHECK_FALSE(read_gtest(heard));
    CHECK_FALSE(read_catch2(heard));
    CHECK_FALSE(read_doctest(heard));
    CHECK_FALSE(read_pytest(heard));
    CHECK_FALSE(read_node(heard));
    CHECK_FALSE(read_any_junit(heard));
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

TEST_CASE("suites that lie deep in one another are given up on") {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += "<testsuite>";
  for (int i = 0; i < 1000; ++i) text += "</testsuite>";
  CHECK_FALSE(read_any_junit({.report = text}));
}

TEST_CASE("what CTest prints has to agree with its report") {
  const std::string report =
      R"(<testsuite><testcase name="a b" status="run"/><testcase name="c" status="fail"/>
      </testsuite>)";
  const auto doubts = [&](std::string_view out) {
    return read_ctest({.out = out, .report = report})->doubts.size();
  };
  CHECK(doubts("1/2 Test #1: a b ......   Passed    0.01 sec\n"
               "2/2 Test #2: c ........***Failed    0.01 sec\n"
               "50% tests passed, 1 tests failed out of 2\n") == 0);
  CHECK(doubts("1/2 Test #1: a b ......***Failed    0.01 sec\n") == 1);
  CHECK(doubts("2/2 Test #2: c ........   Passed    0.01 sec\n") == 1);
  CHECK(doubts("0% tests passed, 2 tests failed out of 2\n") == 1);
  CHECK(doubts("a test prints: 1/2 Test #1: a b ...***Failed  0.01 sec\n") == 0);
}

TEST_CASE("the summaries of frameworks are found in what a test printed") {
  struct Row {
    const char* text;
    std::int64_t cases;
    std::int64_t assertions;  // -1: not told
  };
  const auto row = GENERATE(values<Row>({
      {"All tests passed (34 assertions in 2 test cases)\n", 2, 34},
      {"All tests passed (1 assertion in 1 test case)\n", 1, 1},
      {"test cases: 3 | 2 passed | 1 failed\nassertions: 9 | 8 passed | 1 failed\n", 2, 8},
      {"test cases: 1 | 1 failed\nassertions: 1 | 1 failed\n", 0, 0},
      {"[doctest] test cases:  5 |  5 passed | 0 failed | 1 skipped\n"
       "[doctest] assertions: 12 | 12 passed | 0 failed |\n",
       5, 12},
      {"[==========] 5 tests from 3 test suites ran. (0 ms total)\n[  PASSED  ] 3 tests.\n", 3, -1},
      {"Ran 5 tests in 0.001s\n\nOK\n", 5, -1},
      {"=== 4 passed, 1 skipped in 0.02s ===\n", 4, -1},
      {"4 passed in 0.02s\n", 4, -1},
      {"test result: ok. 7 passed; 0 failed; 0 ignored; 0 measured\n", 7, -1},
      {"# tests 3\n# pass 3\n# fail 0\n", 3, -1},
      {"Totals: 6 passed, 0 failed, 0 skipped, 0 blacklisted, 1ms\n", 6, -1},
      {"Ran 5 tests in 0.1s\nOK\nRan 2 tests in 0.1s\nOK\n", 7, -1},
  }));
  CAPTURE(row.text);
  const Summary summary = read_summary(row.text);
  CHECK(summary.cases == row.cases);
  CHECK(summary.assertions.value_or(-1) == row.assertions);
}

TEST_CASE("ordinary output has no summary") {
  const Summary summary = read_summary("4 apples\n12 files copied in 3s\nRan away\nall passed\n");
  CHECK_FALSE(summary.cases);
  CHECK_FALSE(summary.assertions);
}

TEST_CASE("both versions of Catch2 are read") {
  constexpr std::string_view kThird = R"(<?xml version="1.0" encoding="UTF-8"?>
<Catch2TestRun name="t" rng-seed="1" xml-format-version="3" catch2-version="3.4.0">
  <TestCase name="good" filename="t.cpp" line="1">
    <OverallResult success="true" skips="0" durationInSeconds="0.5"/></TestCase>
  <TestCase name="left" filename="t.cpp" line="2">
    <Skip filename="t.cpp" line="2"/><OverallResult success="true" skips="1"/></TestCase>
  <TestCase name="bad" filename="t.cpp" line="3">
    <OverallResult success="false" skips="0"/></TestCase>
  <OverallResults successes="1" failures="1" expectedFailures="0" skips="1"/>
  <OverallResultsCases successes="1" failures="1" expectedFailures="0" skips="1"/>
</Catch2TestRun>)";
  const auto reading = read_catch2({.report = kThird});
  REQUIRE(reading);
  CHECK(reading->finished);
  CHECK(reading->doubts.empty());
  REQUIRE(reading->tests.size() == 3);
  CHECK(reading->tests[0].outcome == TestOutcome::kPassed);
  CHECK(reading->tests[0].wall_ms == 500);
  CHECK(reading->tests[1].outcome == TestOutcome::kSkipped);
  CHECK(reading->tests[2].outcome == TestOutcome::kFailed);
}

TEST_CASE("both versions' lists of Catch2 are told apart") {
  CHECK(read_catch2_list("one, two\n\"#three\"\n") == Names{"one, two", "#three"});
  CHECK_FALSE(read_catch2_list("All available test cases:\n  one\n1 test case\n"));
}

constexpr std::string_view kCargo = R"(    Finished test profile in 0.83s
     Running unittests src/lib.rs (target/debug/deps/foo-28a01a7770d7ff1d)

running 1 test
test tests::it_works ... ok

test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s

     Running tests/it.rs (target/debug/deps/it-7608d861dbef0eaf)

running 3 tests
test ig ... ignored, for a reason
test it ... ok
test bad ... FAILED

failures:

---- bad stdout ----

test result: FAILED. 1 passed; 1 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.16s

error: test failed, to rerun pass `--test it`
   Doc-tests foo

running 1 test
test src/lib.rs - f (line 15) ... ok

test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s
)";

TEST_CASE("Cargo's tests are known by program and name") {
  const auto reading = read_cargo({.out = kCargo});
  REQUIRE(reading);
  CHECK(reading->finished);
  CHECK(reading->doubts.empty());
  Names names;
  for (const auto& test : reading->tests) {
    names.push_back(test.name + " " + std::string(name(test.outcome)));
  }
  CHECK(names == Names{"foo unittests src/lib.rs: tests::it_works passed",
                       "it tests/it.rs: ig skipped", "it tests/it.rs: it passed",
                       "it tests/it.rs: bad failed",
                       "Doc-tests foo: src/lib.rs - f (line 15) passed"});
}

TEST_CASE("Cargo's list names what its run reports") {
  constexpr std::string_view kList =
      "     Running unittests src/lib.rs (target/debug/deps/foo-28a01a7770d7ff1d)\n"
      "tests::it_works: test\nslow: benchmark\n\n1 test, 1 benchmark\n"
      "   Doc-tests foo\nsrc/lib.rs - f (line 15): test\n\n1 test, 0 benchmarks\n";
  CHECK(read_cargo_list(kList) == Names{"foo unittests src/lib.rs: tests::it_works",
                                        "Doc-tests foo: src/lib.rs - f (line 15)"});
}

TEST_CASE("Cargo output that stops short or contradicts itself is not believed") {
  const auto cut = kCargo.substr(0, kCargo.find("failures:"));
  CHECK_FALSE(read_cargo({.out = cut})->finished);
  std::string forged(kCargo);
  forged.replace(forged.find("test bad ... FAILED"), 19, "test bad ... ok");
  CHECK_FALSE(read_cargo({.out = forged})->doubts.empty());
  std::string longer(kCargo);
  longer.insert(longer.find("test it ... ok"), "test more ... ok\n");
  CHECK_FALSE(read_cargo({.out = longer})->doubts.empty());
}

constexpr std::string_view kGo = R"({"Action":"start","Package":"x/a"}
{"Action":"run","Package":"x/a","Test":"TestGood"}
{"Action":"output","Package":"x/a","Test":"TestGood","Output":"=== RUN   TestGood\n"}
{"Action":"pass","Package":"x/a","Test":"TestGood","Elapsed":0.25}
{"Action":"run","Package":"x/a","Test":"TestMany/one"}
{"Action":"fail","Package":"x/a","Test":"TestMany/one","Elapsed":0}
{"Action":"run","Package":"x/a","Test":"TestLeft"}
{"Action":"skip","Package":"x/a","Test":"TestLeft","Elapsed":0}
{"Action":"output","Package":"x/a","Output":"FAIL\n"}
{"Action":"fail","Package":"x/a","Elapsed":0.3}
)";

TEST_CASE("Go's tests are known by package and name") {
  const auto reading = read_go({.out = kGo});
  REQUIRE(reading);
  CHECK(reading->finished);
  REQUIRE(reading->tests.size() == 3);
  CHECK(reading->tests[0].name == "x/a.TestGood");
  CHECK(reading->tests[0].wall_ms == 250);
  CHECK(reading->tests[1].outcome == TestOutcome::kSkipped);
  CHECK(reading->tests[2].outcome == TestOutcome::kFailed);
}

TEST_CASE("a Go test that never ends, and a package that does not, are seen") {
  const auto cut = kGo.substr(0, kGo.find("{\"Action\":\"pass\""));
  const auto reading = read_go({.out = cut});
  REQUIRE(reading);
  CHECK_FALSE(reading->finished);
  CHECK(reading->tests.at(0).outcome == TestOutcome::kNotRun);
}

TEST_CASE("Go's list is read from what each package prints") {
  constexpr std::string_view kList =
      R"({"Action":"output","Package":"x/a","Output":"TestGood\n"}
{"Action":"output","Package":"x/a","Output":"ok  \tx/a\t0.001s\n"}
{"Action":"output","Package":"x/b","Output":"ExampleB\n"}
{"Action":"pass","Package":"x/b"})";
  CHECK(read_go_list(kList) == Names{"x/a.TestGood", "x/b.ExampleB"});
}

TEST_CASE("the report of unittest is read strictly") {
  const auto read = [](std::string_view report, std::string_view err) {
    return read_unittest({.err = err, .report = report});
  };
  const std::string good =
      "{\"expected\": [\"a\"]}\n{\"test\": \"a\", \"outcome\": \"passed\", \"ms\": 3}\n"
      "{\"ran\": 1}\n";
  CHECK(read(good, "Ran 1 test in 0.1s\n")->doubts.empty());
  CHECK_FALSE(read(good, "Ran 2 tests in 0.1s\n")->doubts.empty());
  CHECK_FALSE(read(good + "{\"ran\": 1}\n", "Ran 1 test in 0.1s\n"));
  for (const char* line : {"[]", "1", "{\"test\": 1}", "{\"test\": \"a\", \"outcome\": \"fine\"}",
                           "{\"expected\": [1]}", "{\"ran\": \"1\"}"}) {
    CAPTURE(line);
    CHECK_FALSE(read(line, ""));
  }
}

TEST_CASE("quick tests run up to ten times, slow ones as often as was asked") {
  const auto [wanted, first_ms, runs] = GENERATE(table<std::int64_t, std::int64_t, std::int64_t>({
      {3, 0, 10},
      {3, 200, 10},
      {3, 201, 9},
      {3, 500, 4},
      {3, 667, 3},
      {3, 60'000, 3},
      {20, 1, 20},
      {1, 1, 1},
  }));
  CAPTURE(wanted, first_ms);
  CHECK(runs_after(wanted, first_ms) == runs);
}

TEST_CASE("of several runs the worst outcome and the smallest figures are kept") {
  Inventory one;
  one.complete = true;
  one.tests = {{.name = "a", .outcome = TestOutcome::kPassed, .wall_ms = 5, .assertions = 7}};
  Inventory two = one;
  two.tests[0].assertions = 4;
  Inventory three = one;
  three.tests[0] = {.name = "a", .outcome = TestOutcome::kFailed, .wall_ms = 90, .assertions = 6};
  const Inventory all = joined({one, two, three});
  REQUIRE(all.tests.size() == 1);
  CHECK(all.tests[0].outcome == TestOutcome::kFailed);
  CHECK(all.tests[0].wall_ms == 5);
  CHECK(all.tests[0].assertions == 4);
  CHECK(all.flaky == Names{"a"});
  CHECK(all.runs == 3);
  CHECK(all.complete);
}

TEST_CASE("tests are affected whose program or script was made anew") {
  constexpr std::string_view kList = R"({"tests": [
    {"name": "a", "command": ["/tree/build/a"]},
    {"name": "b", "command": ["/usr/bin/sh", "/tree/tests/b.sh"]},
    {"name": "c", "command": ["/tree/build/c"]}]})";
  CHECK(affected_tests(kList, {"build/a", "src/x.cpp"}) == Names{"a"});
  CHECK(affected_tests(kList, {"tests/b.sh"}) == Names{"b"});
  CHECK(affected_tests(kList, {}) == Names{});
  CHECK_FALSE(affected_tests(kList, {"build/a", "build/libx.so.1"}));
  CHECK_FALSE(affected_tests(
      R"({"tests": [{"name": "a", "properties": [{"name": "DEPENDS", "value": ["b"]}]}]})", {}));
}

TEST_CASE("the name of a test says in which file it stands") {
  CHECK(is_test_of("tests.test_core.Load::test_it", "tests/test_core.py"));
  CHECK(is_test_of("test_core::test_it[a.b]", "tests/test_core.py"));
  CHECK(is_test_of("tests/core.test.js > loads", "tests/core.test.js"));
  CHECK(is_test_of("org.lib.ToolTest::works", "src/test/org/lib/ToolTest.java"));
  CHECK(is_test_of("example.com/m/lib/util.TestIt", "lib/util/a_test.go"));
  CHECK_FALSE(is_test_of("example.com/m/futil.TestIt", "util/a_test.go"));
  CHECK_FALSE(is_test_of("tests.test_core2::test_it", "tests/test_core.py"));
  CHECK_FALSE(is_test_of("Suite.Case", "tests/suite_test.cpp"));
  CHECK_FALSE(is_test_of("", "tests/test_core.py"));
}

}  // namespace
}  // namespace automod::trial
