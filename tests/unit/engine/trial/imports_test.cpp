#include <algorithm>

#include "engine/trial/stages.hpp"
#include "tests/unit/catch.hpp"
#include "tests/unit/engine/trial/fixture.hpp"

using namespace automod;
using automod::testing::TrialFixture;

namespace {

class ImportsFixture : public TrialFixture {
 public:
  ImportsFixture() {
    config.build = "make";
    config.test = "true";
    commit({{"tool.c", "#include <stdio.h>\nint main(void) { return puts(\"hello\") < 0; }\n"},
            {"log.c", "#include <stdlib.h>\nint main(void) { return getenv(\"LOG\") != 0; }\n"},
            {"Makefile", "all: tool log\n"}});
  }

  std::vector<CodeFact> facts(const std::string& tool) {
    const auto base = prepare(ExecutionType::kBuild);
    REQUIRE(base.has_value());
    const auto spec = change({{"tool.c", tool}});
    auto side = trial::Side::open(world(), *base);
    REQUIRE(side.has_value());
    REQUIRE(side->write(spec.files).has_value());
    const auto built = trial::run_command(side->site(), ExecutionType::kBuild, config.build, 60);
    REQUIRE(built.has_value());
    REQUIRE(built->execution.ok());
    Evidence evidence;
    trial::StageOutput out;
    const auto done = trial::run_imports(
        {.world = world(), .base = *base, .spec = spec, .candidate = *side}, evidence, out);
    REQUIRE(done.has_value());
    CHECK(out.left_out.empty());
    return evidence.facts;
  }
};

}  // namespace

TEST_CASE_METHOD(ImportsFixture, "a network call that macros hide is seen in what is built") {
  const auto found = facts(
      "#include <sys/socket.h>\n#define JOIN(a, b) a##b\n"
      "int main(void) { return JOIN(soc, ket)(AF_INET, SOCK_STREAM, 0) < 0; }\n");
  REQUIRE(found.size() == 1);
  CHECK(found[0].kind == FactKind::kCapabilityNetwork);
  CHECK(found[0].what == "socket");
  CHECK(found[0].path == "tool");
}

TEST_CASE_METHOD(ImportsFixture, "what any program of the base imports is nothing new") {
  CHECK(facts("#include <stdlib.h>\nint main(void) { return getenv(\"HOME\") != 0; }\n").empty());
}

TEST_CASE_METHOD(ImportsFixture, "code that counts its own coverage anew is seen") {
  const auto found = facts(
      "extern void __gcov_reset(void) __attribute__((weak));\n"
      "int main(void) { if (__gcov_reset) __gcov_reset(); return 0; }\n");
  REQUIRE(found.size() == 1);
  CHECK(found[0].kind == FactKind::kSuppression);
}
