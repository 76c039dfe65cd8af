#include <random>

#include "tests/unit/catch.hpp"
#include "tests/unit/engine/trial/review/facts.hpp"

namespace automod::trial {
namespace {

using testing::edit;
using testing::facts_of;
using testing::kinds_of;
using testing::listed;

std::string with(std::string text, std::string_view from, std::string_view to) {
  const auto at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

const std::string kCMake = R"(enable_testing()
add_executable(all_tests tests/index_test.cpp tests/query_test.cpp)
target_link_libraries(all_tests PRIVATE index)
foreach(name one two three)
  add_test(NAME ${name} COMMAND all_tests ${name})
endforeach()
add_test(NAME lint COMMAND all_tests --lint)
catch_discover_tests(all_tests)
set_tests_properties(lint PROPERTIES TIMEOUT 10 FAIL_REGULAR_EXPRESSION "warning")
add_subdirectory(src)
)";

TEST_CASE("how CMake makes tests is watched") {
  const auto [from, to, kinds] = GENERATE(table<std::string, std::string, std::string>({
      {"enable_testing()", "# first\nenable_testing( )", ""},
      {"PRIVATE index)", "PRIVATE index words)", ""},
      {"add_subdirectory(src)", "add_subdirectory(src)\nadd_test(NAME more COMMAND all_tests)",
       "test_added"},
      {"enable_testing()\n", "", "test_removed"},
      {"add_test(NAME lint COMMAND all_tests --lint)\n", "", "test_removed"},
      {"add_test(NAME lint", "# add_test(NAME lint", "test_removed"},
      {"add_test(NAME lint", "#[[ add_test(NAME lint", "test_loosened test_removed"},
      {"one two three", "one two", "test_removed"},
      {" tests/query_test.cpp", "", "test_removed"},
      {"catch_discover_tests(all_tests)", "", "test_removed"},
      {"COMMAND all_tests --lint", "COMMAND true", "test_loosened"},
      {"COMMAND all_tests --lint", "COMMAND ${CMAKE_COMMAND} -E true", "test_loosened"},
      {"COMMAND all_tests --lint", "COMMAND sh -c \"all_tests --lint || true\"", "test_loosened"},
      {"COMMAND all_tests --lint", "COMMAND all_tests --quick", "test_expectation"},
      {"TIMEOUT 10", "TIMEOUT 10 WILL_FAIL TRUE", "test_loosened"},
      {"TIMEOUT 10", "TIMEOUT 10 SKIP_RETURN_CODE 1", "test_loosened"},
      {"TIMEOUT 10", "TIMEOUT 10 DISABLED ON", "test_disabled"},
      {"TIMEOUT 10", "TIMEOUT 1000", "test_loosened"},
      {" FAIL_REGULAR_EXPRESSION \"warning\"", "", "test_loosened"},
      {"catch_discover_tests(all_tests)", "catch_discover_tests(all_tests TEST_SPEC ~slow)",
       "test_disabled"},
      {"add_test(NAME lint COMMAND all_tests --lint)",
       "if(LINT)\nadd_test(NAME lint COMMAND all_tests --lint)\nendif()", "test_disabled"},
      {"enable_testing()", "return()\nenable_testing()", "test_disabled"},
      {"enable_testing()", "add_definitions(-DNDEBUG)\nenable_testing()", "test_disabled"},
      {"enable_testing()", "function(add_test)\nendfunction()\nenable_testing()", "test_loosened"},
  }));
  const auto facts =
      facts_of({edit("CMakeLists.txt", kCMake, with(kCMake, from, to))}, review_tests);
  INFO(from << " -> " << to << "\n" << listed(facts));
  CHECK(kinds_of(facts) == kinds);
}

TEST_CASE("commands that run tests may not forgive or leave out") {
  const auto [path, before, after,
              kinds] = GENERATE(table<const char*, std::string, std::string, std::string>({
      {"Makefile", "test: all\n\t./all_test\n", "test: all\n\t./all_test -v\n", ""},
      {"Makefile", "test: all\n\t./all_test\n", "test: all\n\t-./all_test\n", "test_loosened"},
      {"Makefile", "test: all\n\t./all_test\n", "test: all\n\t./all_test || true\n",
       "test_loosened"},
      {"Makefile", "all:\n\trm -f x\n", "all:\n\t-rm x\n", ""},
      {"package.json", "{\"test\": \"jest\"}\n", "{\"test\": \"jest || true\"}\n", "test_loosened"},
      {"pytest.ini", "[pytest]\n", "[pytest]\naddopts = --ignore=tests/test_a.py\n",
       "test_disabled"},
  }));
  const auto facts = facts_of({edit(path, before, after)}, review_tests);
  INFO(after << listed(facts));
  CHECK(kinds_of(facts) == kinds);
}

TEST_CASE("whatever the files hold, they are read to an end") {
  std::mt19937 random(4);
  static const char* const kPaths[] = {"tests/a_test.cpp", "tests/a_test.c",   "tests/test_a.py",
                                       "a.test.js",        "a_test.go",        "tests/a.rs",
                                       "src/test/A.java",  "tests/a.test.tsx", "CMakeLists.txt"};
  static const char kSigns[] = "(){}[];,\"'#\\ \n:=<>@!&|abTEST_0\x80\xff";
  for (const char* path : kPaths) {
    for (int round = 0; round < 40; ++round) {
      const auto garbage = [&] {
        std::string text;
        for (std::size_t i = 0; i < random() % 400; ++i) {
          text += kSigns[random() % (sizeof(kSigns) - 1)];
        }
        return text;
      };
      CHECK_NOTHROW(facts_of({edit(path, garbage(), garbage())}, review_tests));
    }
  }
}

TEST_CASE("deep nesting and long files end in time") {
  const auto repeated = [](std::string_view part, std::size_t times) {
    std::string text;
    for (std::size_t i = 0; i < times; ++i) text += part;
    return text;
  };
  const std::string deep = "TEST(a, b) {" + repeated("if (x) {", 20000) + "CHECK(x);";
  CHECK_NOTHROW(facts_of({edit("tests/a_test.cpp", "", deep)}, review_tests));
  CHECK_NOTHROW(facts_of({edit("tests/a_test.cpp", deep, "")}, review_tests));
  const std::string brackets = repeated("[", 50000);
  CHECK_NOTHROW(facts_of({edit("tests/test_a.py", brackets, brackets + "]")}, review_tests));
  CHECK_NOTHROW(facts_of({edit("CMakeLists.txt", repeated("if(", 50000), "")}, review_tests));
}

TEST_CASE("thousands of additions do not push out what speaks against a change") {
  std::string many;
  for (int i = 0; i < 3000; ++i) many += "TEST(a, b" + std::to_string(i) + ") { CHECK(f()); }\n";
  const auto files = {edit("tests/a_test.cpp", "", many),
                      edit("tests/z_test.cpp", "TEST(z, z) { CHECK(g()); }\n", "")};
  const Config config;
  const std::vector<FileChange> changes(files);
  const Review made = review({.config = config,
                              .goal = "",
                              .files = changes,
                              .base_paths = {},
                              .read_base = [](std::string_view) { return std::nullopt; }});
  CHECK(made.facts.size() == 2000);
  CHECK(kinds_of(made.facts).find("test_removed") != std::string::npos);
  CHECK_FALSE(made.left_out.empty());
}

TEST_CASE("a test file that cannot be read is for a person to judge") {
  const std::string huge(3 << 20, '\n');
  const auto facts =
      facts_of({edit("tests/a_test.cpp", huge + "int a;\n", huge + "int b;\n")}, review_tests);
  CHECK(kinds_of(facts) == "test_expectation");
}

}  // namespace
}  // namespace automod::trial
