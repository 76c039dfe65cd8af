#include "analyzers/structure/dead.hpp"

#include <ctime>

#include "tests/unit/analyzers/structure/world.hpp"

using namespace automod;
using namespace automod::analyzers;
using automod::testing::CodeWorld;
using automod::testing::Found;

namespace {

/// Names of what is dead, with '?' where it is not certain.
Found dead(const std::map<std::string, std::string>& files, std::string_view other = {}) {
  const CodeWorld world(files);
  const auto found = find_dead_functions(
      world.code(), world.read(),
      [&](const auto& take) -> Result<void> {
        take(other);
        return {};
      },
      world.cancel);
  REQUIRE(found);
  Found names;
  for (const DeadFunction& one : *found) {
    names.push_back(world.code().full_name(one.at) + (one.is_certain ? "" : "?"));
  }
  return names;
}

std::string functions(int count, std::string_view between, bool are_namesakes = false) {
  std::string text;
  for (int i = 0; i < count; ++i) {
    text += fmt::format("fn lost{}() {{}}{}", are_namesakes ? 0 : i, between);
  }
  return text;
}

double seconds_to_find_dead(const std::string& source) {
  const std::clock_t begin = std::clock();
  REQUIRE(dead({{"a.rs", source}}).size() == 20'000);
  return static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
}

}  // namespace

TEST_CASE("a function of a file that nobody names is dead") {
  CHECK(dead({{"a.c", "static int lost(void) { return 1; }\nint main(void) { return 0; }\n"}}) ==
        Found{"lost"});
  CHECK(dead({{"a.cpp", "namespace {\nint lost() { return 1; }\n}\n"}}) == Found{"lost"});
  CHECK(dead({{"a.py", "def _lost():\n    return 1\n"}}) == Found{"_lost"});
  CHECK(dead({{"a.go", "package a\n\nfunc lost() int { return 1 }\n"}}) == Found{"lost"});
  CHECK(dead({{"a.rs", "fn lost() -> i32 { 1 }\nfn main() {}\n"}}) == Found{"lost"});
  CHECK(dead({{"a.js", "import x from './x.js';\nfunction lost() { return x; }\n"}}) ==
        Found{"lost"});
}

TEST_CASE("a function that calls itself is dead all the same") {
  CHECK(dead({{"a.c", "static int lost(int a) { return a ? lost(a - 1) : 0; }\n"}}) ==
        Found{"lost"});
}

TEST_CASE("no function is dead that is named in a text which was not understood") {
  const std::string lost = "static int lost(int a) { return a ? lost(a - 1) : 0; }\n";
  CHECK(dead({{"a.c", lost + "int ) (;\n"}}).empty());
}

TEST_CASE("a comment keeps nothing alive") {
  CHECK(dead({{"a.c", "/* lost is nice */\nstatic int lost(void) { return 1; }\n"}}) ==
        Found{"lost"});
}

TEST_CASE("a name in code, a macro, a string or another text keeps it alive") {
  const std::string lost = "static int lost(void) { return 1; }\n";
  CHECK(dead({{"a.c", lost + "int x(void) { return lost(); }\nint main() { return x(); }\n"}})
            .empty());
  CHECK(dead({{"a.c", lost + "#define CALL lost()\n"}}).empty());
  CHECK(dead({{"a.c", lost + "const char *name = \"lost\";\n"}}).empty());
  CHECK(dead({{"a.c", lost}}, "ENTRY(lost)").empty());
  CHECK(dead({{"a.c", lost}, {"b.py", "call('lost')\n"}}).empty());
}

TEST_CASE("a name that is put together from its beginning is not dead") {
  CHECK(dead({{"a.py",
               "class A:\n  def _handle_text(self):\n    return 1\n"
               "  def go(self, kind):\n    return getattr(self, '_handle_' + kind)()\n\n"
               "A().go('text')\n"}})
            .empty());
}

TEST_CASE("what others may call is at most perhaps dead") {
  CHECK(dead({{"a.c", "int lost(void) { return 1; }\n"}}) == Found{"lost?"});
  CHECK(dead({{"a.h", "static inline int lost(void) { return 1; }\n"}}) == Found{"lost?"});
  CHECK(dead({{"a.py", "def lost():\n    return 1\n"}}) == Found{"lost?"});
  CHECK(dead({{"a.js", "function lost() { return 1; }\n"}}) == Found{"lost?"});
}

TEST_CASE("what is called without being named is not dead") {
  const auto [path, text] = GENERATE(table<std::string, std::string>({
      {"a.c", "int main(void) { return 0; }\n"},
      {"a.c", "__attribute__((constructor)) static void lost(void) {}\n"},
      {"a.c", "extern int lost(void) { return 1; }\n"},
      {"a.c", "JNIEXPORT void JNICALL lost(void) {}\n"},
      {"a.c", "#define F(x) f_##x()\nstatic int f_a(void) { return 1; }\n"},
      {"a.cpp", "struct A {\n  A();\n  ~A();\n};\nA::A() {}\nA::~A() {}\n"},
      {"a.cpp", "struct A {\n  virtual void lost() {}\n};\n"},
      {"a.cpp", "class A : public B {\n  void lost() {}\n};\n"},
      {"a.cpp", "namespace {\nstruct A {};\nbool operator==(A, A) { return true; }\n}\n"},
      {"a.cpp", "namespace {\n[[maybe_unused]] int lost() { return 1; }\n}\n"},
      {"a.cpp", "namespace {\nTEST_CASE(\"a\") {\n}\n}\n"},
      {"a.py", "class A:\n    def __init__(self):\n        pass\n"},
      {"a.py", "@app.route('/')\ndef _lost():\n    pass\n"},
      {"a.py", "class A(Base):\n    def _lost(self):\n        pass\n"},
      {"a.py", "def test_lost():\n    pass\n"},
      {"a.go", "package a\n\nfunc init() {}\n\nfunc Lost() {}\n"},
      {"a.go", "package a\n\n//export lost\nfunc lost() {}\n"},
      {"a.rs", "#[no_mangle]\nfn lost() {}\n"},
      {"a.rs", "struct A;\nimpl Drop for A {\n    fn drop(&mut self) {}\n}\n"},
      {"a.java", "class A {\n  @Override\n  public String toString() { return \"\"; }\n}\n"},
      {"a.ts", "export function lost() { return 1; }\n"},
      {"a.ts", "class A extends B {\n  private lost() {}\n}\n"},
      {"a.js", "const a = require('a');\na.on('x', function lost() { a(); });\n"},
      {"a.js", "const a = require('a');\nmodule.exports = function lost() { a(); };\n"},
      {"a.js", "const a = require('a');\na.x = function lost() { a(); };\n"},
      {"a.js", "const a = require('a');\na.f({ get: function lost() { return 1; } });\n"},
      {"a.js", "const a = require('a');\na.lost = function () { return 1; };\n"},
      {"tests/a.c", "static int lost(void) { return 1; }\n"},
  }));
  CAPTURE(path, text);
  CHECK(dead({{path, text}}).empty());
}

TEST_CASE("a private method of a class without bases is dead when nobody names it") {
  CHECK(dead({{"a.ts", "class A {\n  private lost() { return 1; }\n}\nnew A();\n"}}) ==
        Found{"A.lost"});
  CHECK(dead({{"a.java", "class A {\n  private int lost() { return 1; }\n}\n"}}) ==
        Found{"A.lost"});
}

TEST_CASE("a name that more than a hundred symbols share is not dead") {
  CHECK(dead({{"a.rs", functions(100, "\n", true)}}).size() == 100);
  CHECK(dead({{"a.rs", functions(101, "\n", true)}}).empty());
}

TEST_CASE("dead functions that all stand on one line take no longer than a line each") {
  const double apart = seconds_to_find_dead(functions(20'000, "\n"));
  const double together = seconds_to_find_dead(functions(20'000, " "));
  CHECK(together < 3 * apart);
}
