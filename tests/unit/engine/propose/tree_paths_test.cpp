#include "engine/propose/rules.hpp"
#include "tests/unit/catch.hpp"
#include "tests/unit/support/git_fixture.hpp"

namespace automod::propose {
namespace {

class TreePathsTest {
 public:
  TreePathsTest() {
    git_.write("src/a.cpp", "int a;\n");
    git_.write("include/lib/a.hpp", "int a();\n");
    git_.link("lib", "include/lib");
    git_.link("src/again.hpp", "../lib/a.hpp");
    git_.link("outside", "/etc");
    git_.link("above", "../elsewhere");
    git_.link("circle", "elcric");
    git_.link("elcric", "circle");
    git_.commit("base");
    auto repo = repo::Repository::open(git_.root()).value();
    paths_ = tree_paths(repo, repo.resolve("HEAD").value().tree).value();
  }

 protected:
  std::string resolved(std::string_view path) const { return paths_(path).value_or("-"); }

 private:
  testing::GitFixture git_;
  analyzers::PathResolver paths_;
};

TEST_CASE_METHOD(TreePathsTest, "a path is followed through the links of the tree") {
  CHECK(resolved("src/a.cpp") == "src/a.cpp");
  CHECK(resolved("src/../src/./a.cpp") == "src/a.cpp");
  CHECK(resolved("lib/a.hpp") == "include/lib/a.hpp");
  CHECK(resolved("src/again.hpp") == "include/lib/a.hpp");
}

TEST_CASE_METHOD(TreePathsTest,
                 "what leaves the tree, runs in circles or is not tracked is no path") {
  for (const char* path : {"", "src", "src/b.cpp", "../src/a.cpp", "outside/passwd", "above/x",
                           "circle", "circle/x", "src/../../etc/passwd"}) {
    INFO(path);
    CHECK(resolved(path) == "-");
  }
}

}  // namespace
}  // namespace automod::propose
