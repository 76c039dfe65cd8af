#include <algorithm>

#include "engine/trial/diagnostic_text.hpp"
#include "engine/trial/stages.hpp"
#include "tests/unit/catch.hpp"
#include "tests/unit/engine/trial/fixture.hpp"

using namespace automod;
using automod::testing::TrialFixture;

namespace {

constexpr auto kBase = R"(#include <stdlib.h>
int length(const char* text) {
  int unused;
  int n = 0;
  while (text[n]) n++;
  return n;
}
)";

constexpr auto kMoreUnused = R"(#include <stdlib.h>
/* a line more, so that the old warning moves */
int length(const char* text) {
  int unused;
  int spare;
  int n = 0;
  while (text[n]) n++;
  return n;
}
)";

/// Two of the base's warnings, and a pointer that may be null where it is read.
constexpr auto kNull = R"(#include <stdlib.h>
int length(const char* text) {
  int unused;
  int n = 0;
  const char* at = text;
  if (*text == 'x') at = NULL;
  while (at[n]) n++;
  return n;
}
)";

class DiagnosticsFixture : public TrialFixture {
 public:
  void commit_c() {
    config.build = "make";
    config.test = "true";
    commit({{"length.c", kBase},
            {"other.c", "int other(void) { int idle; return 1; }\n"},
            {"Makefile", "CFLAGS = -Wall\nall: length.o other.o\n"}});
  }

  Evidence stage(const std::map<std::string, std::optional<std::string>>& files) {
    const auto base = prepare(ExecutionType::kBuild);
    REQUIRE(base.has_value());
    warnings = base->warnings;
    const auto spec = change(files);
    auto side = trial::Side::open(world(), *base);
    REQUIRE(side.has_value());
    REQUIRE(side->write(spec.files).has_value());
    std::vector<trial::ExecutionRecord> executions;
    if (!config.build.empty()) {
      auto built = trial::run_command(side->site(), ExecutionType::kBuild, config.build, 60);
      REQUIRE(built.has_value());
      REQUIRE(built->execution.ok());
      executions.push_back(std::move(*built));
    }
    Evidence evidence;
    out = {};
    const auto done = trial::run_diagnostics({.world = world(),
                                              .base = *base,
                                              .spec = spec,
                                              .candidate = *side,
                                              .executions = &executions},
                                             evidence, out);
    INFO((done ? std::string() : done.error().message));
    REQUIRE(done.has_value());
    return evidence;
  }

  std::optional<std::vector<Diagnostic>> warnings;
  trial::StageOutput out;
};

bool has(const Evidence& evidence, std::string_view tool, std::string_view rule) {
  return std::ranges::any_of(evidence.new_diagnostics, [&](const Diagnostic& diagnostic) {
    return diagnostic.tool == tool && diagnostic.rule == rule;
  });
}

}  // namespace

TEST_CASE_METHOD(DiagnosticsFixture, "only what the base does not say is new, wherever it moved") {
  commit_c();
  const auto evidence = stage({{"length.c", kMoreUnused}});
  REQUIRE(warnings.has_value());
  CHECK(warnings->size() == 2);
  REQUIRE(evidence.new_diagnostics.size() == 1);
  CHECK(evidence.new_diagnostics[0].rule == "-Wunused-variable");
  CHECK(evidence.new_diagnostics[0].path == "length.c");
  CHECK(evidence.new_diagnostics[0].line == 5);
  CHECK(evidence.diagnostic_tools == std::vector<std::string>{"compiler", "clang-tidy"});
}

TEST_CASE_METHOD(DiagnosticsFixture, "the warnings of a warm base are remembered") {
  commit_c();
  REQUIRE(prepare(ExecutionType::kBuild).has_value());
  const auto again = prepare(ExecutionType::kBuild);
  REQUIRE(again.has_value());
  CHECK(again->from_cache);
  REQUIRE(again->warnings.has_value());
  CHECK(again->warnings->size() == 2);
}

TEST_CASE_METHOD(DiagnosticsFixture, "clang-tidy sees what the compiler does not") {
  commit_c();
  const auto evidence = stage({{"length.c", kNull}});
  CHECK(has(evidence, "clang-tidy", "clang-analyzer-core.NullDereference"));
  CHECK_FALSE(has(evidence, "compiler", "-Wunused-variable"));
}

TEST_CASE_METHOD(DiagnosticsFixture, "Python is asked for what it warns of") {
  config.build = "";
  config.test = "true";
  commit({{"a.py", "def f(x):\n    return x is 1\n"}});
  const auto evidence =
      stage({{"a.py", "def f(x):\n    assert (x, 'is there')\n    return x is 1\n"}});
  REQUIRE(evidence.new_diagnostics.size() == 1);
  CHECK(evidence.new_diagnostics[0].tool == "python");
  CHECK(evidence.new_diagnostics[0].line == 2);
  CHECK(evidence.diagnostic_tools == std::vector<std::string>{"python"});
}

TEST_CASE_METHOD(DiagnosticsFixture, "diagnostics may be switched off") {
  commit_c();
  config.diagnostics = false;
  CHECK(stage({{"length.c", kNull}}).new_diagnostics.empty());
  CHECK(out.left_out.at(0).by_choice);
}

TEST_CASE("warnings of gcc and clang are read, each place once") {
  const auto found = trial::read_compiler_output(
      "[1/2] Building a.o\n"
      "../src/a.h:3:7: warning: unused variable 'x' [-Wunused-variable]\n"
      "/tree/src/a.h:3:7: warning: unused variable 'x' [-Wunused-variable]\n"
      "/usr/include/x.h:9:1: warning: not ours [-Wother]\n"
      "src/b.c:12: error: no line column\n"
      "a: warning: nowhere\n",
      "build");
  REQUIRE(found.size() == 2);
  CHECK(found[0].path == "src/a.h");
  CHECK(found[0].line == 3);
  CHECK(found[0].rule == "-Wunused-variable");
  CHECK(found[0].message == "unused variable 'x'");
  CHECK(found[1].path == "src/b.c");
  CHECK(found[1].rule == "error");
}

TEST_CASE("a second warning of the same words is new") {
  const Diagnostic one{"compiler", "a.c", 3, "-Wunused", "unused"};
  CHECK(trial::added_diagnostics({one}, {one}).empty());
  CHECK(trial::added_diagnostics({one}, {one, one}).size() == 1);
}
