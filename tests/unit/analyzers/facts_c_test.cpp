#include "tests/unit/analyzers/facts_world.hpp"

using namespace automod::testing;
using automod::analyzers::facts_of;

namespace {

constexpr Language kC = Language::kC;

}  // namespace

TEST_CASE("C: what a file declares and defines are symbols") {
  struct Row {
    std::string_view code;
    Lines lines;
  };
  const std::vector<Row> rows = {
      {"#define MOST 3\n#define MAX(a, b) ((a) > (b))\n", {"macro MOST", "macro MAX"}},
      {"enum e {\n  A\n#define A A\n, B };\n#ifdef X\n#define C(a) \\\n  f(a /* b */, 1)\n#endif\n",
       {"enum e", "enumerator e.A", "macro e.A", "enumerator e.B", "macro C"}},
      {"struct ring { int size, *data; unsigned a : 3, b : 2; char name[8]; };",
       {"struct ring", "field ring.size", "field ring.data", "field ring.a", "field ring.b",
        "field ring.name"}},
      {"struct ring; union u { int a; struct { int b; }; };",
       {"struct ring declared", "union u", "field u.a", "field u.b"}},
      {"enum e { A, B = 2 } x;", {"enum e", "enumerator e.A", "enumerator e.B", "variable x"}},
      {"typedef struct { int a; } s, *ps;", {"struct s", "type ps", "field s.a"}},
      {"typedef struct t { int a; } t;", {"struct t", "field t.a", "type t"}},
      {"typedef unsigned long size; typedef int (*compare)(const void *, const void *);",
       {"type size", "type compare"}},
      {"static char *const *find(int a) { int b; return 0; } int find2(int a);",
       {"function find file", "function find2 declared"}},
      {"int (*pick(void))(int) { return 0; } int (*hook)(int); int table[] = {1, 2};",
       {"function pick", "variable hook", "variable table"}},
      {"extern int a; int b, *c = 0; static const int d = 1; const char *e;",
       {"variable a declared", "variable b", "variable c", "constant d file", "variable e"}},
      {"int old(a, b) int a; char *b; { return a; }", {"function old"}},
      {"int f(struct a *b) { struct a c; struct l { int d; }; return 0; }",
       {"function f", "struct f.l", "field f.l.d"}},
      {"extern char *f(const char *__restrict a, int b) __THROW __nonnull ((1));\nint g;",
       {"function f declared", "variable g"}},
      {"__BEGIN_DECLS\nint f(void);\n__END_DECLS\n", {"function f declared"}},
      {"#ifdef __cplusplus\nextern \"C\" {\n#endif\nint f(void);\n#ifdef __cplusplus\n}\n#endif\n",
       {"function f declared"}},
      {"#if 0\nint a;\n#else\nint b;\n#endif\n", {"variable b"}},
      {"__attribute__((noreturn)) void f(void); void g(void) __attribute__((cold));",
       {"function f declared", "function g declared"}},
      {"typedef int CALLBACK(report)(int a); PUBLIC(const char *) name(void);",
       {"type report", "function name declared"}},
      {"int class; int new(int this);", {"variable class", "function new declared"}},
  };
  for (const Row& row : rows) {
    CAPTURE(row.code);
    CHECK(outline(kC, row.code) == row.lines);
    CHECK(broken_promise(facts_of(kC, row.code), row.code).empty());
  }
}

TEST_CASE("C: a reference is every name that does not define") {
  CHECK(uses(kC, "word n = sizeof(struct s); int f(struct s *p) { return g(p->a) + N; }") ==
        Lines{"word:@n", "s:@n", "s:@f", "g()@f", "p@f", "a@f", "N@f"});
  CHECK(uses(kC, "#ifdef DEBUG\nint a;\n#endif\n") == Lines{"DEBUG"});
  CHECK(uses(kC, "EXPORT int f(int a) __THROW;\n") == Lines{"EXPORT", "__THROW@f"});
}

TEST_CASE("C: parameters that are none are not counted") {
  CHECK(metrics(kC, "int f(void) { return 0; }", "f") == "1 0 0 0");
  CHECK(metrics(kC, "int f(int a, char *b, ...) { while (a) do b(); while (c || d); }", "f") ==
        "1 3 2 2");
}

TEST_CASE("C: includes are imports") {
  CHECK(imports(kC, "#include <stdio.h>\n#include \"ring.h\"\n#include MACRO\n") ==
        Lines{"<stdio.h>", "ring.h", "MACRO"});
}
