#include "tests/unit/catch.hpp"
#include "tests/unit/engine/trial/review/facts.hpp"

namespace automod::trial {
namespace {

using testing::edit;
using testing::facts_of;
using testing::kinds_of;
using testing::listed;

struct Row {
  const char* name;
  const char* path;
  std::string before;
  std::string after;
  const char* kinds;
};

const std::string kCatch = R"(#include "index.hpp"

#include <string>

namespace {

Index small() {
  Index index;
  index.add("a");
  return index;
}

TEST_CASE("words are found", "[index]") {
  const Index index = small();
  REQUIRE(index.size() == 1);
  CHECK(index.find("a") == 0);
  for (int i = 0; i < 100; ++i) CHECK(index.at(i) < 5);
  CHECK_THROWS_AS(index.at(-1), std::out_of_range);
}

TEST_CASE("nothing is found") {
  CHECK(small().find("b") == kNone);
}

}  // namespace
)";

std::string with(std::string text, std::string_view from, std::string_view to) {
  const auto at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

std::string changed(std::string_view from, std::string_view to) { return with(kCatch, from, to); }

void check(const Row& row) {
  const auto facts = facts_of({edit(row.path, row.before, row.after)}, review_tests);
  INFO(row.name << "\n" << listed(facts));
  CHECK(kinds_of(facts) == row.kinds);
}

const char* const kPath = "tests/index_test.cpp";

TEST_CASE("what only adds to tests or looks different is no change of them") {
  const std::vector<Row> rows = {
      {"nothing", kPath, kCatch, kCatch, ""},
      {"formatting", kPath, kCatch,
       changed("  CHECK(index.find(\"a\") == 0);", "  CHECK(\n      index.find( \"a\" )\n == 0);"),
       ""},
      {"comment", kPath, kCatch, changed("  REQUIRE(", "  // first\n  REQUIRE("), ""},
      {"braces", kPath, kCatch,
       changed("++i) CHECK(index.at(i) < 5);", "++i) {\n    CHECK(index.at(i) < 5);\n  }"), ""},
      {"order of includes", kPath, kCatch,
       changed("#include \"index.hpp\"\n\n#include <string>",
               "#include <string>\n\n#include \"index.hpp\""),
       ""},
      {"new include", kPath, kCatch,
       changed("#include <string>", "#include <string>\n#include <vector>"), ""},
      {"renamed local", kPath, kCatch,
       "#include \"index.hpp\"\n\n#include <string>\n\nnamespace {\n\nIndex small() {\n  Index "
       "all;\n"
       "  all.add(\"a\");\n  return all;\n}\n" +
           kCatch.substr(kCatch.find("\nTEST_CASE(\"words")),
       ""},
      {"renamed loop variable", kPath, kCatch,
       changed("for (int i = 0; i < 100; ++i) CHECK(index.at(i) < 5)",
               "for (int k = 0; k < 100; ++k) CHECK(index.at(k) < 5)"),
       ""},
      {"new case", kPath, kCatch,
       changed("TEST_CASE(\"nothing", "TEST_CASE(\"more\") { CHECK(f()); }\n\nTEST_CASE(\"nothing"),
       "test_added"},
      {"new assertion", kPath, kCatch,
       changed("  CHECK(index.find(\"a\") == 0);",
               "  CHECK(index.find(\"a\") == 0);\n  CHECK(!index.empty());"),
       "test_added"},
      {"new steps at the end", kPath, kCatch,
       changed("std::out_of_range);",
               "std::out_of_range);\n  Index more = index;\n  more.add(\"b\");\n  "
               "CHECK(more.size() == 2);"),
       "test_added"},
      {"new section", kPath, kCatch,
       changed("std::out_of_range);",
               "std::out_of_range);\n  SECTION(\"x\") { CHECK(index.size() == 1); }"),
       "test_added"},
      {"new helper", kPath, kCatch,
       changed("Index small()", "int big() { return 3; }\n\nIndex small()"), ""},
      {"cases in another order", kPath, kCatch,
       kCatch.substr(0, kCatch.find("TEST_CASE")) +
           "TEST_CASE(\"nothing is found\") {\n  CHECK(small().find(\"b\") == kNone);\n}\n" +
           kCatch.substr(kCatch.find("TEST_CASE(\"words"),
                         kCatch.find("TEST_CASE(\"nothing") - kCatch.find("TEST_CASE(\"words")) +
           "}\n",
       ""},
      {"as strict", kPath, kCatch,
       changed("REQUIRE(index.size() == 1)", "CHECK(index.size() == 1)"), ""},
      {"new file", kPath, "", kCatch, "test_added"},
      {"no test", "src/index.cpp", "int f() { return 1; }\n", "int f() { return 2; }\n", ""},
  };
  for (const auto& row : rows) check(row);
}

TEST_CASE("what takes assertions away is seen") {
  const std::vector<Row> rows = {
      {"assertion removed", kPath, kCatch, changed("  CHECK(index.find(\"a\") == 0);\n", ""),
       "test_removed"},
      {"assertion commented out", kPath, kCatch,
       changed("  CHECK(index.find(\"a\") == 0);", "  // CHECK(index.find(\"a\") == 0);"),
       "test_removed"},
      {"only a warning", kPath, kCatch,
       changed("CHECK(index.find(\"a\") == 0)", "WARN(index.find(\"a\") == 0)"), "test_removed"},
      {"assertion without assertion", kPath, kCatch,
       changed("CHECK(index.find(\"a\") == 0)", "(void)(index.find(\"a\") == 0)"), "test_removed"},
      {"case removed", kPath, kCatch, kCatch.substr(0, kCatch.find("TEST_CASE(\"nothing")) + "}\n",
       "test_removed"},
      {"case commented out", kPath, kCatch,
       changed(
           "TEST_CASE(\"nothing is found\") {\n  CHECK(small().find(\"b\") == kNone);\n}",
           "/* TEST_CASE(\"nothing is found\") {\n  CHECK(small().find(\"b\") == kNone);\n} */"),
       "test_disabled"},
      {"hidden", kPath, kCatch, changed("\"[index]\"", "\"[index][.]\""), "test_disabled"},
      {"may fail", kPath, kCatch, changed("\"[index]\"", "\"[index][!mayfail]\""), "test_disabled"},
      {"#if 0", kPath, kCatch,
       changed("TEST_CASE(\"nothing is found\") {\n  CHECK(small().find(\"b\") == kNone);\n}",
               "#if 0\nTEST_CASE(\"nothing is found\") {\n  CHECK(small().find(\"b\") == "
               "kNone);\n}\n#endif"),
       "test_disabled"},
      {"#if 0 inside", kPath, kCatch,
       changed("  CHECK(index.find(\"a\") == 0);",
               "#if 0\n  CHECK(index.find(\"a\") == 0);\n#endif"),
       "test_disabled"},
      {"if false", kPath, kCatch,
       changed("  CHECK(index.find(\"a\") == 0);", "  if (false) CHECK(index.find(\"a\") == 0);"),
       "test_disabled"},
      {"early return", kPath, kCatch, changed("  REQUIRE(index", "  return;\n  REQUIRE(index"),
       "test_disabled"},
      {"early return under a condition", kPath, kCatch,
       changed("  REQUIRE(index", "  if (index.size() > 0) return;\n  REQUIRE(index"),
       "test_disabled"},
      {"skip", kPath, kCatch, changed("  REQUIRE(index", "  SKIP(\"slow\");\n  REQUIRE(index"),
       "test_disabled"},
      {"under a condition", kPath, kCatch,
       changed("  CHECK(index.find(\"a\") == 0);",
               "  if (index.size() > 7) {\n    CHECK(index.find(\"a\") == 0);\n  }"),
       "test_loosened"},
      {"in a lambda", kPath, kCatch,
       changed("  CHECK(index.find(\"a\") == 0);",
               "  const auto later = [&] { CHECK(index.find(\"a\") == 0); };"),
       "test_loosened"},
      {"caught", kPath, kCatch,
       changed("  REQUIRE(index.size() == 1);",
               "  try {\n    REQUIRE(index.size() == 1);\n  } catch (...) {\n  }"),
       "test_loosened"},
  };
  for (const auto& row : rows) check(row);
}

TEST_CASE("assertions that say less are seen") {
  const auto [from, to] = GENERATE(table<const char*, const char*>({
      {"index.size() == 1", "index.size() == index.size()"},
      {"index.size() == 1", "index.size() >= 1"},
      {"index.size() == 1", "index.size() >= 0"},
      {"index.size() == 1", "index.size() != 2"},
      {"index.size() == 1", "true"},
      {"index.size() == 1", "index.size() == 1 || true"},
      {"index.size() == 1", "index.size() == 1 || index.empty()"},
      {"CHECK(index.find(\"a\") == 0)", "CHECK_NOFAIL(index.find(\"a\") == 0)"},
      {"index.at(i) < 5", "index.at(i) < 50"},
      {"index.at(i) < 5", "index.at(i) <= 5"},
      {"i < 100", "i < 10"},
      {"i < 100", "i < 0"},
      {"CHECK_THROWS_AS(index.at(-1), std::out_of_range)", "CHECK_THROWS(index.at(-1))"},
      {"CHECK_THROWS_AS(index.at(-1), std::out_of_range)",
       "CHECK_THROWS_AS(index.at(-1), std::exception)"},
  }));
  check({to, kPath, kCatch, changed(from, to), "test_loosened"});
}

TEST_CASE("other expectations are shown in both versions") {
  const auto [from, to] = GENERATE(table<const char*, const char*>({
      {"index.find(\"a\") == 0", "index.find(\"a\") == 1"},
      {"index.find(\"a\") == 0", "index.find(\"b\") == 0"},
      {"small().find(\"b\") == kNone", "small().find(\"b\") == kSome"},
      {"index.add(\"a\");", "index.add(\"b\");"},
      {"  index.add(\"a\");\n", ""},
      {"index.at(i) < 5", "index.at(i) < 4"},
      {"TEST_CASE(\"nothing is found\")", "TEST_CASE(\"nothing was found\")"},
      {"  REQUIRE(index.size() == 1);", "  index = other();\n  REQUIRE(index.size() == 1);"},
  }));
  check({to, kPath, kCatch, changed(from, to), "test_expectation"});
  const auto facts = facts_of({edit(kPath, kCatch, changed("== 0", "== 7"))}, review_tests);
  REQUIRE(facts.size() == 1);
  CHECK(facts[0].before == "CHECK ( index . find ( \"a\" ) == 0 )");
  CHECK(facts[0].after == "CHECK ( index . find ( \"a\" ) == 7 )");
  CHECK(facts[0].line == 16);
}

const std::string kGoogle = R"(
TEST(Index, Finds) {
  Index index;
  ASSERT_EQ(index.size(), 0u) << "empty";
  EXPECT_NEAR(index.weight(), 0.5, 1e-9);
  EXPECT_THROW(index.at(3), std::out_of_range);
}

TEST_P(Words, Fit) { EXPECT_TRUE(fits(GetParam())); }

INSTANTIATE_TEST_SUITE_P(All, Words, ::testing::Values("a", "b", "c"));
)";

TEST_CASE("tests of GoogleTest are read") {
  const auto [from, to, kinds] = GENERATE(table<const char*, const char*, const char*>({
      {"TEST(Index, Finds)", "TEST(Index, DISABLED_Finds)", "test_disabled"},
      {"  Index index;\n", "  GTEST_SKIP();\n  Index index;\n", "test_disabled"},
      {"ASSERT_EQ(index.size(), 0u)", "EXPECT_EQ(index.size(), 0u)", ""},
      {"\"empty\"", "\"not empty\"", ""},
      {"ASSERT_EQ(index.size(), 0u)", "ASSERT_GE(index.size(), 0u)", "test_loosened"},
      {"ASSERT_EQ(index.size(), 0u)", "ASSERT_EQ(index.size(), index.size())", "test_loosened"},
      {"ASSERT_EQ(index.size(), 0u)", "ASSERT_NE(index.size(), 1u)", "test_loosened"},
      {"ASSERT_EQ(index.size(), 0u)", "ASSERT_EQ(index.size(), 1u)", "test_expectation"},
      {"1e-9", "1e-3", "test_loosened"},
      {"EXPECT_THROW(index.at(3), std::out_of_range)", "EXPECT_ANY_THROW(index.at(3))",
       "test_loosened"},
      {"TEST_P(Words, Fit)", "void Fit(Words)", "test_removed"},
      {"\"a\", \"b\", \"c\"", "\"a\"", "test_loosened"},
      {"\"a\", \"b\", \"c\"", "\"a\", \"b\", \"c\", \"d\"", "test_added"},
  }));
  check({to, "test/index.cc", kGoogle, with(kGoogle, from, to), kinds});
}

const std::string kHarness = R"(
static int failures;

#define CHECK(condition)                                  \
  do {                                                    \
    if (!(condition)) {                                   \
      printf("%s\n", #condition);                         \
      failures++;                                         \
    }                                                     \
  } while (0)

static void adds(void) {
  CHECK(add(1, 2) == 3);
}

static int test_subtracts(void) {
  if (subtract(3, 2) != 1) return 1;
  assert(subtract(0, 0) == 0);
  return 0;
}

static const struct test tests[] = {
    TEST(adds), TEST(divides),
};

int main(void) {
  for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) tests[i].run();
  test_subtracts();
  return failures == 0 ? 0 : 1;
}
)";

TEST_CASE("a harness of one's own in C is read") {
  const auto [from, to, kinds] = GENERATE(table<const char*, const char*, const char*>({
      {"if (!(condition)) {  ", "if (!(condition) && 0) {  ", "test_expectation"},
      {"      failures++;                                         \\\n", "", "test_loosened"},
      {"failures++;    ", "failures += 0;", "test_expectation"},
      {"  CHECK(add(1, 2) == 3);\n", "", "test_removed"},
      {"subtract(3, 2) != 1", "subtract(3, 2) != 2", "test_expectation"},
      {"subtract(3, 2) != 1", "subtract(3, 2) != 1 && strict", "test_loosened"},
      {"subtract(3, 2) != 1", "0", "test_disabled"},
      {"  if (subtract(3, 2) != 1) return 1;\n", "", "test_removed"},
      {"TEST(adds), TEST(divides),", "TEST(adds),", "test_loosened"},
      {"TEST(adds), TEST(divides),", "TEST(adds), TEST(divides), TEST(more),", "test_added"},
      {"  test_subtracts();\n", "", "test_loosened"},
      {"  test_subtracts();\n", "  test_subtracts();\n  test_more();\n", "test_expectation"},
      {"return failures == 0 ? 0 : 1;", "return 0;", "test_loosened"},
      {"static int failures;", "#define NDEBUG\nstatic int failures;", "test_disabled"},
      {"static int failures;", "#define assert(x) ((void)0)\nstatic int failures;",
       "test_loosened"},
  }));
  check({to, "tests/all_test.c", kHarness, with(kHarness, from, to), kinds});
}

TEST_CASE("a test file that goes away takes its tests with it") {
  FileChange file = edit(kPath, kCatch, "");
  file.modified.reset();
  CHECK(kinds_of(facts_of({file}, review_tests)).find("test_removed") != std::string::npos);
  FileChange other = edit("tests/words_test.cpp", "", kCatch);
  other.original.reset();
  const auto moved = facts_of({file, other}, review_tests);
  INFO(listed(moved));
  CHECK(kinds_of(moved).empty());
}

TEST_CASE("an assertion that moves to another case is for a person to judge") {
  const std::string after =
      with(changed("  CHECK(index.find(\"a\") == 0);\n", ""), "TEST_CASE(\"nothing",
           "TEST_CASE(\"one\") {\n  const Index index = small();\n"
           "  CHECK(index.find(\"a\") == 0);\n}\n\nTEST_CASE(\"nothing");
  check({"moved", kPath, kCatch, after, "test_added test_expectation"});
}

TEST_CASE("what a test reads from a file beside it is an expectation") {
  check({"golden file", "tests/data/report.txt", "a\nb\n", "a\nc\n", "test_expectation"});
}

}  // namespace
}  // namespace automod::trial
