#include "engine/types/config.hpp"
#include "tests/unit/catch.hpp"

using namespace automod;

TEST_CASE("configuration of automod, git and CI is protected everywhere") {
  for (const char* path : {"automod.toml", ".gitattributes", "sub/.gitattributes", ".gitmodules",
                           ".github/workflows/ci.yml", ".gitlab-ci.yml", ".ci/run", "Jenkinsfile",
                           ".circleci/config.yml", "azure-pipelines.yml", "CODEOWNERS"}) {
    CAPTURE(path);
    CHECK(is_protected(Config{}, path));
  }
  CHECK_FALSE(is_protected(Config{}, "src/automod.toml"));
  CHECK_FALSE(is_protected(Config{}, "src/main.cpp"));
}

TEST_CASE("a path that the configuration names is protected") {
  Config config;
  config.protected_paths = {"tests/**", "*.cmake"};
  CHECK(is_protected(config, "tests/a/b.cpp"));
  CHECK(is_protected(config, "x.cmake"));
  CHECK_FALSE(is_protected(config, "cmake/x.cmake"));
}

TEST_CASE("a folder's plain name protects all below it") {
  Config config;
  config.protected_paths = {"tests", "**/testdata", "lib/*"};
  CHECK(is_protected(config, "tests/a/b.cpp"));
  CHECK(is_protected(config, "src/testdata/x"));
  CHECK(is_protected(config, "lib/x"));
  CHECK_FALSE(is_protected(config, "lib/x/y"));
  CHECK_FALSE(is_protected(config, "tests2/a"));
}
