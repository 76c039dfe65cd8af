#include "analyzers/treesitter/names.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "tests/unit/catch.hpp"

using namespace automod::analyzers;

namespace {

std::string defined(Language language, std::string_view text) {
  const auto names = names_in(language, text, 1 << 20);
  return names ? fmt::format("{}", fmt::join(names->defined, " ")) : "unreadable";
}

}  // namespace

TEST_CASE("what a text defines for others is known in every language") {
  struct Case {
    Language language;
    std::string_view text;
    std::string_view names;
  };
  const Case cases[] = {
      {Language::kC,
       "#define MOST 3\nstruct ring { int size; };\nstatic int *next(int a) {\n"
       "  int local = a; return 0; }\nint count;\n",
       "MOST count next ring size"},
      {Language::kCpp,
       "namespace n { class Index { void add(int id); int size_ = 0; }; }\n"
       "void n::Index::add(int id) { auto f = id; }\nenum class E { kOne };\n"
       "using Ids = int;\nconst int& first(const int& a) { return a; }\n",
       "E Ids Index add first kOne size_"},
      {Language::kPython,
       "LIMIT = 3\nclass Ledger:\n    size = 0\n    def add(self, x):\n"
       "        y = x\n        return y\n",
       "LIMIT Ledger add size"},
      {Language::kJavaScript,
       "const limit = 3;\nfunction f(a) { const local = a; }\n"
       "class C { m() {} }\n",
       "C f limit m"},
      {Language::kTypeScript, "interface I { x: number }\ntype T = string;\nexport const f = 1;\n",
       "I T f"},
      {Language::kGo,
       "package p\ntype R struct{}\nfunc (r *R) Add(x int) { y := x; _ = y }\n"
       "const Most = 3\nvar count int\n",
       "Add Most R count"},
      {Language::kRust, "struct S;\nimpl S { fn add(&self) { let y = 1; } }\nconst N: u8 = 1;\n",
       "N S add"},
      {Language::kJava, "class A { int size; A() {} void add(int x) { int y = x; } }\n",
       "A add size"},
  };
  for (const Case& one : cases) {
    CAPTURE(one.text);
    CHECK(defined(one.language, one.text) == one.names);
  }
}

TEST_CASE("what a text uses are all its identifiers, comments and strings left out") {
  const auto names =
      names_in(Language::kCpp, "// old\nint f() { return g(\"text\") + h; }\n", 1000);
  REQUIRE(names);
  CHECK(names->used.contains("g"));
  CHECK(names->used.contains("h"));
  CHECK_FALSE(names->used.contains("old"));
  CHECK_FALSE(names->used.contains("text"));
}

TEST_CASE("a text that is too long has no names") {
  CHECK_FALSE(names_in(Language::kC, "int a;", 3));
}
