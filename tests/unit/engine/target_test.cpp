#include "engine/impl.hpp"
#include "tests/unit/catch.hpp"
#include "tests/unit/support/git_fixture.hpp"

namespace automod {
namespace {

using testing::ContainsSubstring;

constexpr std::string_view kCommitted = "version = 1\n[project]\ntest = \"true\"\n";
constexpr std::string_view kLocal = "version = 1\n[project]\ntest = \"false\"\n";

class TargetTest {
 protected:
  Result<Target> choose(Fallback fallback) {
    const auto repo = repo::Repository::open(git_.root()).value();
    return choose_target(repo, "HEAD", fallback);
  }
  testing::GitFixture git_;
};

TEST_CASE_METHOD(TargetTest, "the configuration is the base commit's, whatever the checkout says") {
  git_.write("automod.toml", kCommitted);
  git_.commit("base");
  git_.write("automod.toml", kLocal);
  for (const Fallback fallback : {Fallback::kWorkTree, Fallback::kNone}) {
    const auto target = choose(fallback);
    REQUIRE(target);
    CHECK(target->config.test == "true");
    CHECK(target->config_source == "base commit");
  }
  CHECK_THAT(choose(Fallback::kWorkTree)->notes.at(0), ContainsSubstring("differs"));
}

TEST_CASE_METHOD(TargetTest,
                 "a file that is not committed yet counts for its owner, not in a gate") {
  git_.write("main.c", "int main(void) { return 0; }\n");
  git_.commit("base");
  git_.write("automod.toml", kLocal);
  const auto own = choose(Fallback::kWorkTree);
  REQUIRE(own);
  CHECK(own->config.test == "false");
  CHECK(own->config_source == "working tree");
  const auto gate = choose(Fallback::kNone);
  REQUIRE(gate);
  CHECK(gate->config_source == "detected");
  CHECK(gate->config.test != "false");
}

TEST_CASE_METHOD(TargetTest, "without a file the project's own build system is looked at") {
  git_.write("CMakeLists.txt", "cmake_minimum_required(VERSION 3.20)\nproject(x C)\n");
  git_.commit("base");
  const auto target = choose(Fallback::kWorkTree);
  REQUIRE(target);
  CHECK_THAT(target->config.configure, ContainsSubstring("cmake"));
  CHECK_THAT(target->notes.at(0), ContainsSubstring("CMake"));
}

TEST_CASE_METHOD(TargetTest, "a broken file is an error that names line and origin") {
  git_.write("automod.toml", "version = 1\n[project]\ntset = \"true\"\n");
  git_.commit("base");
  const auto target = choose(Fallback::kWorkTree);
  REQUIRE_FALSE(target);
  CHECK_THAT(target.error().message, ContainsSubstring("base commit: automod.toml:3:1"));
  CHECK_THAT(target.error().message, ContainsSubstring("did you mean 'test'?"));
}

}  // namespace
}  // namespace automod
