#include <algorithm>

#include "engine/trial/line_counts.hpp"
#include "engine/trial/stages.hpp"
#include "tests/unit/catch.hpp"
#include "tests/unit/engine/trial/fixture.hpp"

using namespace automod;
using automod::testing::TrialFixture;

namespace {

constexpr auto kSign = R"(#include "sign.h"
int sign(int value) {
  if (value < 0) return -1;
  return value > 0 ? 1 : 0;
}
)";

constexpr auto kTest = R"(#include "../sign.h"
static int negative(void) {
  return sign(-2) == -1;
}
static int positive(void) {
  return sign(2) == 1;
}
int main(void) {
  if (!negative()) return 1;
  if (!positive()) return 1;
  return 0;
}
)";

class CoverageFixture : public TrialFixture {
 public:
  void commit_c(const std::string& compiler = "cc") {
    config.build = "make -j {jobs}";
    config.test = "make check";
    commit({{"sign.h", "int sign(int value);\n"},
            {"sign.c", kSign},
            {"tests/sign_test.c", kTest},
            {"Makefile", "CC = " + compiler +
                             "\nCFLAGS = -O2\n"
                             "sign_test: tests/sign_test.o sign.o\n\t$(CC) -o $@ $^\n"
                             "tests/sign_test.o sign.o: sign.h\n"
                             "check: sign_test\n\t./sign_test\n"}});
  }

  void commit_python() {
    config.build = "";
    config.test = "PYTHONPATH=src python3 -m unittest discover -s tests";
    commit(
        {{"src/sign.py", "def sign(value):\n    if value < 0:\n        return -1\n    return 1\n"},
         {"tests/test_sign.py",
          "import unittest\n"
          "import sign\n"
          "class SignTest(unittest.TestCase):\n"
          "    def test_positive(self):\n"
          "        self.assertEqual(sign.sign(2), 1)\n"
          "    def test_negative(self):\n"
          "        self.assertEqual(sign.sign(-2), -1)\n"}});
  }

  Evidence stage(const std::map<std::string, std::optional<std::string>>& files) {
    const auto base = prepare(ExecutionType::kBuild);
    REQUIRE(base.has_value());
    const auto spec = change(files);
    auto side = trial::Side::open(world(), *base);
    REQUIRE(side.has_value());
    Evidence evidence;
    for (const auto& file : spec.files) {
      evidence.files.push_back({.path = file.path, .change = "modified", .language = "c"});
    }
    out = {};
    const auto done = trial::run_coverage(
        {.world = world(), .base = *base, .spec = spec, .candidate = *side}, evidence, out);
    INFO((done ? std::string() : done.error().message));
    REQUIRE(done.has_value());
    return evidence;
  }

  FileCoverage covered(const std::map<std::string, std::optional<std::string>>& files,
                       const std::string& path) {
    const auto evidence = stage(files);
    INFO((out.left_out.empty() ? std::string() : out.left_out.front().why));
    REQUIRE(evidence.coverage.has_value());
    const auto found =
        std::ranges::find_if(*evidence.coverage, [&](auto& file) { return file.path == path; });
    return found == evidence.coverage->end() ? FileCoverage{} : *found;
  }

  trial::StageOutput out;
};

/// kSign with a branch that no test takes.
const std::string kSpecial = R"(#include "sign.h"
int sign(int value) {
  if (value < 0) return -1;
  // an unusual one
  if (value == 77)
    return 2;
  return value > 0 ? 1 : 0;
}
)";

}  // namespace

TEST_CASE_METHOD(CoverageFixture, "a changed line that no test runs is named") {
  commit_c();
  const auto file = covered({{"sign.c", kSpecial}}, "sign.c");
  CHECK(file.changed_lines == 2);
  CHECK(file.uncovered == std::vector<std::size_t>{6});
}

TEST_CASE_METHOD(CoverageFixture, "clang's notes are read as well as gcc's") {
  commit_c("clang");
  const auto file = covered({{"sign.c", kSpecial}}, "sign.c");
  CHECK(file.changed_lines == 2);
  CHECK(file.uncovered == std::vector<std::size_t>{6});
}

TEST_CASE_METHOD(CoverageFixture, "leaving before the tests have run shows in the tests' lines") {
  commit_c();
  const std::string exits = std::string(kSign) +
                            "#include <unistd.h>\n"
                            "__attribute__((constructor)) static void begin(void) { _exit(0); }\n";
  const auto file = covered({{"sign.c", exits}}, "tests/sign_test.c");
  CHECK(file.base_lines > 6);
  CHECK(file.lost_lines == file.base_lines);
  CHECK(std::ranges::count(file.lost_functions, "negative") == 1);
}

TEST_CASE_METHOD(CoverageFixture, "tests that run as before have lost nothing") {
  commit_c();
  CHECK(covered({{"sign.c", kSpecial}}, "tests/sign_test.c").lost_lines == 0);
}

TEST_CASE_METHOD(CoverageFixture, "lines of Python are counted, whoever sets PYTHONPATH") {
  commit_python();
  const auto file = covered({{"src/sign.py",
                              "def sign(value):\n    if value < 0:\n        return -1\n"
                              "    if value == 77:\n        return 2\n    return 1\n"}},
                            "src/sign.py");
  CHECK(file.changed_lines == 2);
  CHECK(file.uncovered == std::vector<std::size_t>{5});
}

TEST_CASE_METHOD(CoverageFixture, "a Python module that ends the process hollows out its tests") {
  commit_python();
  const auto file = covered({{"src/sign.py",
                              "import os\ndef sign(value):\n    if value < 0:\n"
                              "        os._exit(0)\n    return 1\n"}},
                            "tests/test_sign.py");
  CHECK(file.lost_lines > 0);
}

TEST_CASE_METHOD(CoverageFixture, "coverage says for which languages there is none") {
  commit_c();
  commit({{"lib.rs", "fn one() -> i32 { 1 }\n"}});
  CHECK_FALSE(stage({{"lib.rs", "fn one() -> i32 { 2 }\n"}}).coverage.has_value());
  CHECK(out.left_out.at(0).why == "no coverage for rust");
}

TEST_CASE("ranges of V8 say which lines of a script ran") {
  trial::Coverage seen;
  const std::string script = "function f(a) {\n  if (a) {\n    g();\n  }\n}\nf(0);\n";
  trial::read_node_coverage(
      R"({"result":[{"url":"file:///tree/a.js","functions":[)"
      R"({"ranges":[{"startOffset":0,"endOffset":48,"count":1}]},)"
      R"({"ranges":[{"startOffset":0,"endOffset":41,"count":1},)"
      R"({"startOffset":25,"endOffset":39,"count":0}]}]}]})",
      [&](const std::string&) { return script; }, seen);
  CHECK(seen["a.js"].code == std::set<std::size_t>{1, 2, 3, 6});
  CHECK(seen["a.js"].ran == std::set<std::size_t>{1, 2, 6});
}

TEST_CASE("counted lines survive being kept") {
  trial::Coverage seen;
  seen["a.c"] = {.code = {1, 2}, .ran = {2}, .functions = {{"f", true}}};
  const auto again = trial::read_coverage(trial::written(seen));
  REQUIRE(again.has_value());
  CHECK(again->at("a.c").ran == std::set<std::size_t>{2});
  CHECK_FALSE(trial::read_coverage("[]").has_value());
  CHECK_FALSE(trial::read_coverage(R"({"a":{}})").has_value());
}
