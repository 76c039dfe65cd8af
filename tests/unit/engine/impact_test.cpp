#include "engine/impact.hpp"

#include <cstdlib>

#include "base/cancel.hpp"
#include "base/clock.hpp"
#include "tests/unit/catch.hpp"
#include "tests/unit/support/git_fixture.hpp"
#include "tests/unit/support/silent.hpp"

namespace automod {
namespace {

using testing::ContainsSubstring;
using testing::Silent;
using Words = std::vector<std::string>;

/// A library with a public header, somebody who uses it, and a test.
class ImpactTestOfEngine {
 public:
  ImpactTestOfEngine() {
    setenv("XDG_CACHE_HOME", git_.scratch("cache").c_str(), 1);
    git_.write("automod.toml", "version = 1\n[project]\nbuild = \"true\"\n");
    git_.write("include/shop/price.hpp", kHeader);
    git_.write("src/price.cpp", kSource);
    git_.write("src/cart.cpp", kCart);
    git_.write("tests/cart_test.cpp", "int total();\nint main() { return total(); }\n");
    git_.commit("base");
  }

 protected:
  static constexpr std::string_view kHeader =
      "namespace shop {\nint price(int item);\nint tax(int item);\n}\n";
  static constexpr std::string_view kSource =
      "#include \"shop/price.hpp\"\nnamespace shop {\nint price(int item) {\n  return item;\n}\n"
      "int tax(int item) {\n  return item;\n}\n}\n";
  static constexpr std::string_view kCart =
      "#include \"shop/price.hpp\"\nint total() { return shop::price(1); }\n"
      "int other() { return shop::tax(1); }\n";

  Result<ImpactReport> ask(const std::string& what) {
    auto engine = Engine::open(git_.root(), world_);
    if (!engine) return fail(engine.error());
    return engine->impact({.what = what, .revision = {}, .depth = 0, .exact = false});
  }

  static Words symbols(const ImpactReport& report) {
    Words all;
    for (const auto& one : report.impact.symbols) all.push_back(one.name);
    return all;
  }

  testing::GitFixture git_;
  SystemClock clock_;
  CancelToken cancel_;
  Silent silent_;
  EngineWorld world_{.clock = clock_, .cancel = cancel_, .observer = silent_, .jobs = 1};
};

TEST_CASE_METHOD(ImpactTestOfEngine, "what reaches a test and what others build on is told apart") {
  const auto report = ask("price");
  REQUIRE(report);
  CHECK(symbols(*report) == Words{"total", "main"});
  REQUIRE(report->tests.size() == 1);
  CHECK(report->tests[0].path == "tests/cart_test.cpp");
  CHECK(report->tests[0].way.distance == 2);
  REQUIRE(report->api.size() == 1);
  CHECK(report->api[0].entry.name == "shop::price");
  CHECK(report->api[0].distance == 0);
}

TEST_CASE_METHOD(ImpactTestOfEngine, "a modification stands for the symbols that it touches") {
  std::string changed(kSource);
  changed.replace(changed.find("return item"), 11, "return item + 1");
  git_.write("src/price.cpp", changed);
  const std::string patch = git_.git({"diff"}) + "\n";
  git_.git({"checkout", "--quiet", "--", "src/price.cpp"});
  auto engine = Engine::open(git_.root(), world_);
  REQUIRE(engine);
  const auto proposed = engine->propose({.patch = patch, .origin = "a.patch"});
  REQUIRE(proposed);
  const auto report = engine->impact({.what = proposed->listed.modification.id.text});
  INFO((report ? "" : report.error().message));
  REQUIRE(report);
  REQUIRE(report->subjects.size() == 1);
  CHECK(report->subjects[0].symbol == "shop::price");
  CHECK(symbols(*report) == Words{"total", "main"});
}

TEST_CASE_METHOD(ImpactTestOfEngine, "a name of several symbols is refused with all of them") {
  git_.write("src/other.cpp", "int price(int item) { return item; }\n");
  git_.commit("another");
  const auto report = ask("src/other.cpp:price");
  REQUIRE(report);
  CHECK(report->subjects.size() == 1);
  CHECK(ask("price")->subjects[0].path == "src/other.cpp");  // has just that name
  git_.write("src/third.cpp", "int price(int item) { return item; }\n");
  git_.commit("a third");
  const auto refused = ask("price");
  REQUIRE_FALSE(refused);
  CHECK(refused.error().kind == ErrorKind::kUsage);
  CHECK_THAT(refused.error().hint, ContainsSubstring("src/other.cpp:price, src/third.cpp:price"));
}

TEST_CASE_METHOD(ImpactTestOfEngine, "a wrong name gets the nearest one") {
  const auto refused = ask("pryce");
  REQUIRE_FALSE(refused);
  CHECK_THAT(refused.error().message, ContainsSubstring("did you mean 'price'"));
}

}  // namespace
}  // namespace automod
