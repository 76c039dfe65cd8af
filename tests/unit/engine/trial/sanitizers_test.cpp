#include <algorithm>

#include "engine/trial/diagnostic_text.hpp"
#include "engine/trial/stages.hpp"
#include "tests/unit/catch.hpp"
#include "tests/unit/engine/trial/fixture.hpp"

using namespace automod;
using automod::testing::TrialFixture;

namespace {

constexpr auto kRight = R"(#include "sum.h"
int sum(const int* values, int count) {
  int total = 0;
  for (int i = 0; i < count; ++i) total += values[i];
  return total;
}
)";

/// Reads one value too many, and hides what that does from the plain build.
constexpr auto kBeyond = R"(#include "sum.h"
int sum(const int* values, int count) {
  int total = 0;
  for (int i = 0; i <= count; ++i) {
    const volatile int value = values[i];
    if (i < count) total += value;
  }
  return total;
}
)";

constexpr auto kTest = R"(#include <stdlib.h>
#include "sum.h"
int main(void) {
  int* values = malloc(3 * sizeof *values);
  values[0] = 1, values[1] = 2, values[2] = 3;
  const int total = sum(values, 3);
  free(values);
  return total == 6 ? 0 : 1;
}
)";

class SanitizerFixture : public TrialFixture {
 public:
  void commit_makefile() {
    config.build = "make -j {jobs}";
    config.test = "make check";
    config.test_results = TestSource::kExitCode;
    commit({{"sum.h", "int sum(const int* values, int count);\n"},
            {"sum.c", kRight},
            {"test.c", kTest},
            {"Makefile",
             "CFLAGS = -O1\n"
             "test: test.o sum.o\n"
             "test.o sum.o: sum.h\n"
             "check: test\n\t./test\n"}});
  }

  void commit_cmake() {
    config.configure = "cmake -G Ninja -S . -B {build}";
    config.build = "cmake --build {build}";
    config.test = "ctest --test-dir {build}";
    config.test_results = TestSource::kCtest;
    commit({{"sum.h", "int sum(const int* values, int count);\n"},
            {"sum.c", kRight},
            {"test.c", kTest},
            {"CMakeLists.txt", cmake_lists("")}});
  }

  static std::string cmake_lists(const std::string& more) {
    return "cmake_minimum_required(VERSION 3.16)\nproject(sum C)\nenable_testing()\n"
           "add_executable(sum_test test.c sum.c)\nadd_test(NAME sum COMMAND sum_test)\n" +
           more;
  }

  SanitizerEvidence sanitized(const std::map<std::string, std::optional<std::string>>& files) {
    const auto seen = stage(files);
    INFO((out.left_out.empty() ? std::string() : out.left_out.front().why));
    REQUIRE(seen.sanitizers.has_value());
    return *seen.sanitizers;
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
    const auto done = trial::run_sanitizers(
        {.world = world(), .base = *base, .spec = spec, .candidate = *side}, evidence, out);
    INFO((done ? std::string() : done.error().message));
    REQUIRE(done.has_value());
    return evidence;
  }

  trial::StageOutput out;
};

}  // namespace

TEST_CASE_METHOD(SanitizerFixture, "reading beyond an array shows though the test passes") {
  commit_makefile();
  const auto seen = sanitized({{"sum.c", kBeyond}});
  CHECK(seen.effective);
  CHECK(seen.base_reports.empty());
  REQUIRE(seen.candidate_reports.size() == 1);
  CHECK(seen.candidate_reports[0].rule == "heap-buffer-overflow");
  CHECK(seen.candidate_reports[0].path == "sum.c");
  CHECK(seen.candidate_reports[0].line == 5);
  CHECK(seen.candidate_reports[0].message.starts_with("sum: "));
  CHECK(seen.candidate.tests.at(0).outcome == TestOutcome::kFailed);
}

TEST_CASE_METHOD(SanitizerFixture, "flags of the target do not switch sanitizers off") {
  commit_cmake();
  const auto seen = sanitized(
      {{"sum.c", kBeyond},
       {"CMakeLists.txt", cmake_lists("target_compile_options(sum_test PRIVATE "
                                      "-fno-sanitize=all -fno-sanitize=address)\n"
                                      "target_link_options(sum_test PRIVATE -static)\n")}});
  CHECK(seen.effective);
  CHECK(seen.candidate_reports.size() == 1);
}

TEST_CASE_METHOD(SanitizerFixture, "a compiler that is called by its place is noticed") {
  commit_cmake();
  const auto seen =
      sanitized({{"sum.c", kBeyond},
                 {"CMakeLists.txt",
                  cmake_lists("set_source_files_properties(sum.c PROPERTIES OBJECT_DEPENDS x.o)\n"
                              "add_custom_command(OUTPUT x.o COMMAND /usr/bin/gcc -c "
                              "${CMAKE_SOURCE_DIR}/sum.c -o x.o)\n")}});
  CHECK_FALSE(seen.effective);
}

TEST_CASE_METHOD(SanitizerFixture, "a base built by a compiler of its own is left out") {
  commit_makefile();
  commit({{"Makefile", "CC = /usr/bin/gcc\ntest: test.o sum.o\ncheck: test\n\t./test\n"}});
  const auto seen = stage({{"sum.c", kBeyond}});
  CHECK_FALSE(seen.sanitizers.has_value());
  REQUIRE(out.left_out.size() == 1);
  CHECK(out.left_out[0].why == "the build did not use our compiler");
  CHECK_FALSE(out.left_out[0].by_choice);
}

TEST_CASE_METHOD(SanitizerFixture, "what the base does wrong itself is known") {
  commit_makefile();
  commit({{"sum.c", kBeyond}});
  const auto seen = sanitized({{"sum.c", std::string(kBeyond) + "\n"}});
  REQUIRE(seen.base_reports.size() == 1);
  REQUIRE(seen.candidate_reports.size() == 1);
  CHECK(seen.base_reports[0].rule == seen.candidate_reports[0].rule);
}

TEST_CASE_METHOD(SanitizerFixture, "sanitizers are left out where nobody needs or wants them") {
  commit_makefile();
  commit({{"notes.txt", "one\n"}});
  CHECK_FALSE(stage({{"notes.txt", "two\n"}}).sanitizers.has_value());
  CHECK(out.left_out.at(0).why == "no C or C++ file is changed");
  config.sanitizers = false;
  CHECK_FALSE(stage({{"sum.c", kBeyond}}).sanitizers.has_value());
  CHECK(out.left_out.at(0).by_choice);
}

TEST_CASE("a report of undefined behaviour is read with its place and function") {
  const auto found = trial::read_sanitizer_output(
      "1: ../src/a.cpp:12:7: runtime error: signed integer overflow: 2147483647 + 1\n"
      "1:     #0 0x5581 in demo::next(int) /tree/src/a.cpp:12\n"
      "1:     #1 0x5582 in main /tree/tests/a_test.cpp:3\n",
      "build");
  REQUIRE(found.size() == 1);
  CHECK(found[0].rule == "signed-integer-overflow");
  CHECK(found[0].path == "src/a.cpp");
  CHECK(found[0].line == 12);
  CHECK(found[0].message.starts_with("demo::next(int): signed integer overflow"));
}
