#include "tests/unit/analyzers/facts_world.hpp"

using namespace automod::testing;
using automod::analyzers::facts_of;

namespace {

constexpr Language kGo = Language::kGo;

}  // namespace

TEST_CASE("Go: what a package holds are symbols, and capitals are seen outside of it") {
  struct Row {
    std::string_view code;
    Lines lines;
  };
  const std::vector<Row> rows = {
      {"package p\n", {"namespace p"}},
      {"type Ring[T any] struct {\n  Size, used int\n  *Base\n}\ntype ids = []int\ntype id int\n",
       {"struct Ring", "field Ring.Size", "field Ring.used file", "type ids file", "type id file"}},
      {"type Reader interface {\n  Read(p []byte) (int, error)\n}\n",
       {"interface Reader", "method Reader.Read declared"}},
      {"func F(x int) int { y := x; const z = 1; var w int; return y }\nfunc g() {}\n",
       {"function F", "function g file"}},
      {"func (r *Ring[T]) Add(x T) {}\nfunc (Ring) Len() int { return 0 }\n",
       {"method Ring.Add", "method Ring.Len"}},
      {"const Most = 3\nconst (\n  a = iota\n  b\n)\nvar count, total int\n",
       {"constant Most", "constant a file", "constant b file", "variable count file",
        "variable total file"}},
  };
  for (const Row& row : rows) {
    CAPTURE(row.code);
    CHECK(outline(kGo, row.code) == row.lines);
    CHECK(broken_promise(facts_of(kGo, row.code), row.code).empty());
  }
}

TEST_CASE("Go: a reference is every name that does not define") {
  CHECK(uses(kGo, "func (r *Ring) Add(a, b T) U { c := a.f(b); return pkg.G(c, d) }\n") ==
        Lines{"Ring:@Ring.Add", "T:@Ring.Add", "U:@Ring.Add", "a@Ring.Add", "f()@Ring.Add",
              "b@Ring.Add", "pkg@Ring.Add", "G()@Ring.Add", "c@Ring.Add", "d@Ring.Add"});
}

TEST_CASE("Go: heads and comments of symbols") {
  const std::string code =
      "// Of F,\n// in two lines.\nfunc F(x int) int { return x }\n\n// Of T.\ntype T struct {\n"
      "  // of A\n  A int\n}\n";
  CHECK(texts(kGo, code, &Symbol::doc) ==
        Lines{"// Of F,\n// in two lines.", "// Of T.", "// of A"});
  CHECK(texts(kGo, code, &Symbol::head) == Lines{"func F(x int) int", "type T struct", "A int"});
}

TEST_CASE("Go: the length and the branches of functions are counted") {
  CHECK(metrics(kGo,
                "func (r *R) F(a, b int, c ...string) (d int, e error) {\n"
                "  if a > 0 && b > 0 {\n    for range c { }\n  } else { }\n"
                "  switch { case a: case b: default: }\n}\n",
                "F") == "6 5 2 3");
}

TEST_CASE("Go: imports") {
  CHECK(imports(kGo, "package p\nimport \"fmt\"\nimport (\n  x \"a/b\"\n  . \"c\"\n)\n") ==
        Lines{"fmt", "a/b", "c"});
}
