#include "analyzers/treesitter/syntax.hpp"

#include <chrono>
#include <string>
#include <vector>

#include "analyzers/treesitter/parse.hpp"
#include "base/files.hpp"
#include "tests/unit/catch.hpp"

using namespace automod;
using analyzers::enclosing_symbol;
using analyzers::Language;
using analyzers::language_of;
using analyzers::syntax_errors;

namespace {

constexpr Language kAll[] = {Language::kC,          Language::kCpp,        Language::kPython,
                             Language::kJavaScript, Language::kTypeScript, Language::kTsx,
                             Language::kGo,         Language::kRust,       Language::kJava};

struct Sample {
  Language language;
  std::string sound;
  std::string broken;
};

/// The symbol that encloses the '^' in `marked`.
std::string symbol_at_mark(Language language, std::string marked) {
  const std::size_t offset = marked.find('^');
  REQUIRE(offset != std::string::npos);
  marked.erase(offset, 1);
  return enclosing_symbol(language, marked, offset);
}

/// The loops around the '^' in `marked`.
std::size_t loops_at_mark(Language language, std::string marked) {
  const std::size_t offset = marked.find('^');
  REQUIRE(offset != std::string::npos);
  marked.erase(offset, 1);
  return analyzers::loops_around(language, marked, {offset}).front();
}

std::vector<std::string> hostile_texts() {
  std::string noise;
  unsigned state = 1;
  for (int i = 0; i < 5'000; ++i) {
    state = state * 1664525u + 1013904223u;
    noise += static_cast<char>(state >> 24);
  }
  std::string nested;
  for (int i = 0; i < 1'500; ++i) nested += "{ if (x) ";
  std::string staircase;  // deeper than an indentation scanner can remember
  for (std::size_t i = 0; i < 400; ++i) staircase += std::string(i, ' ') + "if x:\n";
  return {std::string(10'000, '('),
          std::string(10'000, '\0'),
          std::string(10'000, '\xff'),
          std::string(10'000, '`'),
          noise,
          nested,
          staircase,
          "R\"" + std::string(10'000, 'x') + "("};
}

}  // namespace

TEST_CASE("the language of a file is told by its name") {
  CHECK(language_of("src/a.c") == Language::kC);
  CHECK(language_of("include/a.h") == Language::kCpp);
  CHECK(language_of("a.hpp") == Language::kCpp);
  CHECK(language_of("pkg/mod.py") == Language::kPython);
  CHECK(language_of("a.mjs") == Language::kJavaScript);
  CHECK(language_of("a.ts") == Language::kTypeScript);
  CHECK(language_of("a.tsx") == Language::kTsx);
  CHECK(language_of("a.go") == Language::kGo);
  CHECK(language_of("a.rs") == Language::kRust);
  CHECK(language_of("A.java") == Language::kJava);
  CHECK_FALSE(language_of("README.md"));
  CHECK_FALSE(language_of("folder.cpp/README"));
  CHECK_FALSE(language_of(".c"));
  CHECK_FALSE(language_of(""));
  CHECK(name(Language::kTsx) == "tsx");
}

TEST_CASE("sound text has no errors and broken text has some, in every language") {
  const auto sample = GENERATE(values<Sample>({
      {Language::kC, "int f(void) { return 1; }\n", "int f(void) { return 1; \n"},
      {Language::kCpp, "template <class T> T f(T&& x) { return x; }\n", "class { int = ; }\n"},
      {Language::kPython, "def f(x):\n    return x + 1\n", "def f(x:\n    return\n"},
      {Language::kJavaScript, "const f = (x) => x + 1;\n", "const = (x => ;\n"},
      {Language::kTypeScript, "const f = (x: number): number => x;\n", "const f = (x: ) =>> ;\n"},
      {Language::kTsx, "const f = () => <a b={1}>x</a>;\n", "const f = () => <a b={>x</a>;\n"},
      {Language::kGo, "package a\nfunc F(x int) int { return x }\n", "package a\nfunc F( { ]\n"},
      {Language::kRust, "fn f<'a>(x: &'a str) -> &'a str { x }\n", "fn f(x: ) -> { \n"},
      {Language::kJava, "class A { int f() { return 1; } }\n", "class A { int f( { return } }\n"},
  }));
  CAPTURE(name(sample.language));
  CHECK(syntax_errors(sample.language, sample.sound) == 0u);
  CHECK(syntax_errors(sample.language, "") == 0u);
  const auto broken = syntax_errors(sample.language, sample.broken);
  REQUIRE(broken);
  CHECK(*broken > 0);
}

TEST_CASE("a missing token counts as an error") {
  CHECK(syntax_errors(Language::kC, "int a = 1\n") == 1u);
}

TEST_CASE("a second mistake counts besides the first") {
  const std::string one = "int f() { return 1 }\nint g() { return 2; }\n";
  const std::string two = "int f() { return 1 }\nint g() { return 2 }\n";
  CHECK(syntax_errors(Language::kCpp, one) < syntax_errors(Language::kCpp, two));
}

TEST_CASE("hostile text is parsed within the budget or given up, in every language") {
  const auto language = GENERATE(from_range(std::begin(kAll), std::end(kAll)));
  for (const std::string& text : hostile_texts()) {
    CAPTURE(name(language), text.substr(0, 8), text.size());
    const auto start = analyzers::WorkClock::now();
    (void)syntax_errors(language, text);
    (void)enclosing_symbol(language, text, text.size() / 2);
    CHECK(analyzers::WorkClock::now() - start < std::chrono::seconds(10));
  }
}

TEST_CASE("a megabyte of opening parentheses is parsed within the budget or given up") {
  const auto start = analyzers::WorkClock::now();
  (void)syntax_errors(Language::kCpp, std::string(kMiB, '('));
  CHECK(analyzers::WorkClock::now() - start < std::chrono::seconds(10));
}

TEST_CASE("a text beyond the limit is not parsed") {
  CHECK_FALSE(syntax_errors(Language::kC, std::string(9 * kMiB, ' ')));
  CHECK(enclosing_symbol(Language::kC, std::string(9 * kMiB, ' '), 5).empty());
}

TEST_CASE("the enclosing symbol is named as its language writes it") {
  struct Row {
    Language language;
    std::string marked;
    std::string symbol;
  };
  const auto row = GENERATE(values<Row>({
      // C
      {Language::kC, "int ^x;", ""},
      {Language::kC, "static char *const *find(int a) { ^ return 0; }", "find"},
      {Language::kC, "int (*pick(void))(int) { ^ return 0; }", "pick"},
      {Language::kC, "struct point { int ^x; };", "point"},
      // C++: namespaces are left out unless the definition itself writes them
      {Language::kCpp, "namespace a::b { int f() { ^ } }", "f"},
      {Language::kCpp, "namespace a { class C { int f() { ^ } }; }", "C::f"},
      {Language::kCpp, "int a::C::f() const { ^ }", "a::C::f"},
      {Language::kCpp, "template <class T> T* C<T>::get() { ^ }", "C::get"},
      {Language::kCpp, "template <class T> struct S { T& at(int i) { ^ } };", "S::at"},
      {Language::kCpp, "bool operator==(const A& a, const B& b) { ^ }", "operator=="},
      {Language::kCpp, "const T& C::operator[](int i) { ^ }", "C::operator[]"},
      {Language::kCpp, "struct C { operator bool() const { ^ } };", "C::operator bool"},
      {Language::kCpp, "C::C(int x) : x_(^x) {}", "C::C"},
      {Language::kCpp, "C::~C() { ^ }", "C::~C"},
      {Language::kCpp, "struct A { struct B { void f() { ^ } }; };", "A::B::f"},
      {Language::kCpp, "void f() { auto g = [] { ^ }; }", "f"},
      {Language::kCpp, "enum class E { k^A };", "E"},
      // Python
      {Language::kPython, "class C:\n    def f(self):\n        ^pass\n", "C.f"},
      {Language::kPython, "def outer():\n    def inner():\n        ^pass\n", "outer.inner"},
      {Language::kPython, "@wrap\nasync def f():\n    ^pass\n", "f"},
      // JavaScript and TypeScript
      {Language::kJavaScript, "function f() { ^ }", "f"},
      {Language::kJavaScript, "class C { get size() { ^ } }", "C.size"},
      {Language::kJavaScript, "const f = async (x) => { ^ };", "f"},
      {Language::kJavaScript, "const x = ^5;", ""},
      {Language::kTypeScript, "interface I { ^a: string }", "I"},
      {Language::kTypeScript, "export class C<T> { f(x: T): void { ^ } }", "C.f"},
      {Language::kTsx, "function App() { return <a>^</a>; }", "App"},
      // Go, Rust, Java
      {Language::kGo, "package a\nfunc F() { ^ }", "F"},
      {Language::kGo, "package a\nfunc (r *Ranker) Score() { ^ }", "Ranker.Score"},
      {Language::kGo, "package a\nfunc (Ranker[K]) Score() { ^ }", "Ranker.Score"},
      {Language::kRust, "mod m { fn f() { ^ } }", "f"},
      {Language::kRust, "impl<T> Show for List<T> { fn show(&self) { ^ } }", "List::show"},
      {Language::kJava, "class A { class B { void f() { ^ } } }", "A.B.f"},
      {Language::kJava, "record R(int a) { R { ^ } }", "R.R"},
  }));
  CAPTURE(name(row.language), row.marked);
  CHECK(symbol_at_mark(row.language, row.marked) == row.symbol);
}

TEST_CASE("an offset outside the text has no symbol") {
  CHECK(enclosing_symbol(Language::kC, "int f(void) {}", 14).empty());
  CHECK(enclosing_symbol(Language::kC, "int f(void) {}", static_cast<std::size_t>(-1)).empty());
  CHECK(enclosing_symbol(Language::kC, "", 0).empty());
}

TEST_CASE("loops are counted within the function, whatever the language") {
  struct Row {
    Language language;
    const char* marked;
    std::size_t loops;
  };
  using enum Language;
  const Row rows[] = {
      {kC, "int f(int n) { ^return n; }", 0},
      {kC, "int f(int n) { while (n) { do ^--n; while (n > 5); } return 1; }", 2},
      {kC, "int f(int n) { while (^n) --n; return n; }", 1},
      {kC, "int f(int n) { for (int i = ^0; i < n; ++i) g(i); return n; }", 0},
      {kC, "int f(int n) { for (int i = 0; i < ^n; ++i) g(i); return n; }", 1},
      {kC, "int f(int n) { ^for (int i = 0; i < n; ++i) g(i); return n; }", 0},
      {kC, "FOREACH(x) { int f(int n) { while (n) { ^--n; } return 0; }", 1},
      {kCpp, "void f() { for (auto ^x : all()) g(x); }", 1},
      {kCpp, "void f() { for (auto x : ^all()) g(x); }", 0},
      {kCpp, "void f() { for (auto x : all()) h([&] { ^g(x); }); }", 1},
      {kCpp, "void f() { for (;;) { class A { void g() { ^h(); } }; } }", 0},
      {kPython, "def f(n):\n  for x in n:\n    while x:\n      ^g(x)\n", 2},
      {kPython, "def f(n):\n  for x in ^g(n):\n    pass\n", 0},
      {kPython, "def f(n):\n  for x in n:\n    pass\n  else:\n    ^g(n)\n", 0},
      {kPython, "def f(n):\n  return [^g(x) for x in n]\n", 1},
      {kPython, "def f(n):\n  return [g(x) for x in ^h(n)]\n", 0},
      {kPython, "def f(n):\n  return {x for y in n if ^g(y)}\n", 1},
      {kPython, "for x in n:\n  def f():\n    ^g(x)\n", 0},
      {kPython, "for x in n:\n  h(lambda: ^g(x))\n", 1},
      {kJavaScript, "function f(n) { for (const x of n) { ^g(x); } }", 1},
      {kJavaScript, "function f(n) { for (const x in ^g(n)) { h(x); } }", 0},
      {kTypeScript, "function f(n: number) { for (let i = ^0; i < n; ++i) { h(i); } }", 0},
      {kTsx, "const f = (n: number) => { do { n = ^g(n); } while (n); };", 1},
      {kGo, "package a\nfunc f(n []int) { for _, x := range n { ^g(x) } }", 1},
      {kGo, "package a\nfunc f(n []int) { for _, x := range ^g(n) { h(x) } }", 0},
      {kGo, "package a\nfunc f(n int) { for i := ^0; i < n; i++ { h(i) } }", 0},
      {kGo, "package a\nfunc f(n int) { for i := 0; i < ^g(n); i++ { h(i) } }", 1},
      {kRust, "fn f(n: u32) { loop { while ^g(n) { } } }", 2},
      {kRust, "fn f(n: u32) { for x in ^g(n) { h(x); } }", 0},
      {kJava, "class A { void f(int[] n) { for (int x : n) { ^g(x); } } }", 1},
      {kJava, "class A { void f(int[] n) { for (int x : ^g(n)) { h(x); } } }", 0},
  };
  for (const Row& row : rows) {
    CAPTURE(row.marked);
    CHECK(loops_at_mark(row.language, row.marked) == row.loops);
  }
}

TEST_CASE("loops of hostile texts are counted or given up") {
  for (const Language language : kAll) {
    for (const std::string& text : hostile_texts()) {
      CHECK(analyzers::loops_around(language, text, {0, text.size() / 2, text.size()}).size() == 3);
    }
  }
}
