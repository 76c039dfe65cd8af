#include "tests/unit/analyzers/facts_world.hpp"

using namespace automod::testing;
using automod::analyzers::facts_of;

namespace {

constexpr Language kJava = Language::kJava;

}  // namespace

TEST_CASE("Java: types and what they hold are symbols") {
  struct Row {
    std::string_view code;
    Lines lines;
  };
  const std::vector<Row> rows = {
      {"package a.b;\npublic class A { int size, used; private A() {} protected void f(int x) { "
       "int y; } }",
       {"namespace a.b", "class A", "field A.size file", "field A.used file", "method A.A private",
        "method A.f protected"}},
      {"class A { public static final int MOST = 3; private final int b = 1; class B {} }",
       {"class A file", "constant A.MOST", "field A.b private", "class A.B file"}},
      {"public interface I { int N = 1; void f(); default void g() {} }",
       {"interface I", "constant I.N", "method I.f declared", "method I.g"}},
      {"enum E { A, B { void f() {} }; int x; }",
       {"enum E file", "enumerator E.A", "enumerator E.B", "method E.B.f file", "field E.x file"}},
      {"record R(int a, String b) { R { } }",
       {"class R file", "field R.a file", "field R.b file", "method R.R file"}},
      {"@interface N { String value() default \"\"; }",
       {"interface N file", "method N.value declared"}},
      {"abstract class A { abstract void f(); }", {"class A file", "method A.f declared file"}},
  };
  for (const Row& row : rows) {
    CAPTURE(row.code);
    CHECK(outline(kJava, row.code) == row.lines);
    CHECK(broken_promise(facts_of(kJava, row.code), row.code).empty());
  }
}

TEST_CASE("Java: a reference is every name that does not define") {
  CHECK(
      uses(kJava, "class A extends B { C f(D d) { E e = new E(d.g(h)); return e; } }") ==
      Lines{"B:@A", "C:@A.f", "D:@A.f", "E:@A.f", "E:@A.f", "d@A.f", "g()@A.f", "h@A.f", "e@A.f"});
}

TEST_CASE("Java: heads and comments of symbols") {
  const std::string code =
      "/** Of A. */\n@Deprecated\npublic class A {\n  // of f\n  int f() { return 1; }\n}\n";
  CHECK(texts(kJava, code, &Symbol::doc) == Lines{"/** Of A. */", "// of f"});
  CHECK(texts(kJava, code, &Symbol::head) == Lines{"@Deprecated\npublic class A", "int f()"});
}

TEST_CASE("Java: the length and the branches of methods are counted") {
  CHECK(metrics(kJava,
                "class A { void f(int a, String... b) {\n  if (a > 0 || b == null) {\n"
                "    for (String s : b) { }\n  }\n  switch (a) { case 1: break; default: }\n"
                "  Runnable r = () -> { while (true) { } };\n} }",
                "f") == "7 5 2 2");
}

TEST_CASE("Java: imports") {
  CHECK(imports(kJava, "import java.util.List;\nimport static a.B.c;\nimport d.*;\n") ==
        Lines{"java.util.List", "a.B.c", "d"});
}
