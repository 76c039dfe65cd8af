#include "tests/unit/analyzers/facts_world.hpp"

using namespace automod::testing;
using automod::analyzers::facts_of;
using automod::analyzers::Visibility;

namespace {

constexpr Language kCpp = Language::kCpp;

struct Row {
  std::string_view code;
  Lines lines;
};

void check(const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    CAPTURE(row.code);
    CHECK(outline(kCpp, row.code) == row.lines);
    CHECK(broken_promise(facts_of(kCpp, row.code), row.code).empty());
  }
}

}  // namespace

TEST_CASE("C++: types and what they hold are symbols") {
  check({
      {"class A { int a_; };", {"class A", "field A.a_ private"}},
      {"class A { public: int a; protected: int b; private: int c; };",
       {"class A", "field A.a", "field A.b protected", "field A.c private"}},
      {"struct A { int a, *b; int c : 3, d; using B = int; };",
       {"struct A", "field A.a", "field A.b", "field A.c", "field A.d", "type A.B"}},
      {"class A : public B { int a; };", {"class A", "field A.a private"}},
      {"struct A { struct B { int b; } c; using D = int; };",
       {"struct A", "struct A.B", "field A.B.b", "field A.c", "type A.D"}},
      {"union A { int a; float b; }; class X;",
       {"union A", "field A.a", "field A.b", "class X declared"}},
      {"enum class E : int { kA, kB = 2 };", {"enum E", "enumerator E.kA", "enumerator E.kB"}},
      {"class A { enum { kA }; };", {"class A", "enumerator A.kA private"}},
      {"template <class T> struct hash; template <> struct hash<A<int>> { int a; };",
       {"struct hash declared", "struct hash", "field hash.a"}},
      {"struct a::B { int c; };", {"struct a.B", "field a.B.c"}},
      {"class A { friend class B; friend void f(); friend bool g(A a) { return a.x; } };",
       {"class A", "function A.f declared", "function A.g"}},
      {"template <class T> concept C = true;", {"type C"}},
  });
}

TEST_CASE("C++: functions are told from methods, and declarations from definitions") {
  check({
      {"namespace n { void f(); } void n::f() {}",
       {"namespace n", "function n.f declared", "function n.f"}},
      {"struct A { A(); ~A() = default; void f() const; virtual int g() = 0; int h() { return 1; } "
       "};",
       {"struct A", "method A.A declared", "method A.~A", "method A.f declared",
        "method A.g declared", "method A.h"}},
      {"struct A { operator bool() const; A& operator=(const A&) = delete; "
       "void* operator new[](size_t); bool operator ==(int) const; };",
       {"struct A", "method A.operator bool declared",
        "method A.operator=", "method A.operator new[] declared", "method A.operator== declared"}},
      {"Index::Index(int a) : a_(a) {} Index::~Index() {} int a::Index<T>::at() & { return 1; }",
       {"method Index.Index", "method Index.~Index", "method a::Index.at"}},
      {"A::operator T*() const { return p; }", {"method A.operator T*"}},
      {"template <class T> struct S { template <class U> void f(U); };",
       {"struct S", "method S.f declared"}},
      {"auto f(int a) -> int { return a; }", {"function f"}},
      {"using F = int; F (*pick(void))(int) { return 0; }", {"type F", "function pick"}},
      {"class A; int (*fp)(A&); void (A::*member)(int);",
       {"class A declared", "variable fp", "variable member"}},
      {"struct A { void (*callback)(int); A (&ref)[3]; using B = int; };",
       {"struct A", "field A.callback", "field A.ref", "type A.B"}},
  });
}

TEST_CASE("C++: what a function keeps for itself is no symbol") {
  check({
      {"void f() { int a = 1; std::lock_guard<M> lock(m); auto g = [] { int b; }; }",
       {"function f"}},
      {"void f() { struct L { int a; void m() { int b; } }; enum E { kA }; using T = int; }",
       {"function f", "struct f.L", "field f.L.a", "method f.L.m", "enum f.E", "enumerator f.E.kA",
        "type f.T"}},
      {"auto f = [](int a) { int b; return a + b; }; class A;", {"variable f", "class A declared"}},
  });
}

TEST_CASE("C++: variables that outlive functions are symbols, and constants are told from them") {
  check({
      {"namespace { int a; void f() {} } static int b; class A; extern int c; inline int d = 1;",
       {"variable a file", "function f file", "variable b file", "class A declared",
        "variable c declared", "variable d"}},
      {"constexpr int kA = 1; const int kB = 2; const char* p; const char* const q = nullptr;",
       {"constant kA", "constant kB", "variable p", "variable q"}},
      {"struct A { static constexpr int kA = 1; static const int kB; const int c; };",
       {"struct A", "constant A.kA", "constant A.kB", "field A.c"}},
      {"int A::count_ = 0;", {"field A.count_"}},
      {"template <class T> constexpr T pi = T(3);", {"constant pi"}},
  });
}

TEST_CASE("C++: namespaces hold what is in them, written apart or together") {
  check({
      {"namespace a::b { class C; inline namespace v1 { int x; } }",
       {"namespace a.b", "class a.b.C declared", "namespace a.b.v1", "variable a.b.v1.x"}},
      {"namespace fs = std::filesystem;", {"namespace fs"}},
      {"extern \"C\" { void f(); } namespace a { }", {"function f declared", "namespace a"}},
  });
}

TEST_CASE("C++: macros that are no word of the grammar hide nothing") {
  check({
      {"namespace std VISIBLE(default) {\nBEGIN_VERSION\ntemplate <class T> class X { };\n"
       "END_VERSION\n}",
       {"namespace std", "class std.X"}},
      {"class EXPORT A : public B { int a; }; struct ALIGNED(8) C { int c; };",
       {"class A", "field A.a private", "struct C", "field C.c"}},
      {"class A {\n  Q_OBJECT\n public:\n  EXPORT explicit A(int a) NOTHROW;\n"
       "  NODISCARD const T* f() const NOEXCEPT_IF(true) override;\n};",
       {"class A", "method A.A declared", "method A.f declared"}},
      {"class A;\nAPI(int) f(void);\nAPI const char *g(void) __THROW __nonnull((1));\n"
       "int WINAPI h(int a);\n",
       {"class A declared", "function f declared", "function g declared", "function h declared"}},
      {"class A {\n public:\n  CONSTEXPR INLINE A(int a) : a_(a) {}\n  MAY_FAIL friend A g(A);\n"
       "  void CONSTEXPR operator=(int);\n  A operator--(int) NOEXCEPT { return a_; }\n  int "
       "a_;\n};",
       {"class A", "method A.A", "function A.g declared", "method A.operator= declared",
        "method A.operator--", "field A.a_"}},
      {"void A::f() {\n  try { g(); }\n  CATCH(...) { h(); }\n  struct stat info{};\n}\nclass B;",
       {"method A.f", "class B declared"}},
      {"class A;\n__extension__ typedef struct { int a; } T;\n",
       {"class A declared", "struct T", "field T.a"}},
      {"class A;\nstruct S { int a GUARDED_BY(m); int b __attribute__((aligned(8))); };",
       {"class A declared", "struct S", "field S.a", "field S.b"}},
  });
}

TEST_CASE("C++: a conditional within a sentence does not break what is around it") {
  check({
      {"class A {\n#if X\n  A() : x(1) {\n#else\n  A() {\n#endif\n  }\n  int b;\n};\n",
       {"class A", "method A.A private", "field A.b private"}},
      {"class A;\nint g(int a\n#ifdef X\n , int b\n#endif\n);\nint h();\n",
       {"class A declared", "function g declared", "function h declared"}},
      {"#ifdef X\nclass A {\n#else\nclass B {\n#endif\n int a;\n};\n",
       {"class A", "field A.a private"}},
      {"#ifdef __cplusplus\nextern \"C\" {\n#endif\nclass A;\nvoid f();\n#ifdef __cplusplus\n}\n"
       "#endif\n",
       {"class A declared", "function f declared"}},
      {"class A;\n#if X\nint a();\n#else\nint b();\n#endif\n",
       {"class A declared", "function a declared", "function b declared"}},
      {"enum class E {\n kA,\n#if X\n kB,\n#else\n kC,\n#endif\n kD\n};\n",
       {"enum E", "enumerator E.kA", "enumerator E.kB", "enumerator E.kC", "enumerator E.kD"}},
  });
}

TEST_CASE("C++: a reference is every name that does not define") {
  CHECK(uses(kCpp, "class A : B { void f(C c) { d.e(c); g<int>(1); ns::h(kX); A::i = j; } };") ==
        Lines{"B:@A", "C:@A.f", "d@A.f", "e()@A.f", "c@A.f", "g()@A.f", "ns@A.f", "h()@A.f",
              "kX@A.f", "A@A.f", "i@A.f", "j@A.f"});
  CHECK(uses(kCpp, "using T = int; T a = f(), b = a;") == Lines{"T:@a", "f()@a", "a@b"});
  CHECK(uses(kCpp, "void A::f() { for (auto [x, y] : all) use(x); }") ==
        Lines{"A@A.f", "all@A.f", "use()@A.f", "x@A.f"});
  CHECK(uses(kCpp, "template <class T> EXPORT void f(T t);") == Lines{"EXPORT@f", "T:@f"});
}

TEST_CASE("C++: the head of a symbol is what stands before its body") {
  const Marked source(
      "«template <class T>\nT f(T a) const noexcept» { return a; }\n"
      "«class A : public B» { «int a»; «void g(int)»; };\n"
      "«#define MAX(a, b)» ((a) > (b))\n"
      "«enum class E : int» { «kA = 1» };\n");
  Lines wanted;
  for (const Range& range : source.ranges()) {
    wanted.push_back(source.code().substr(range.begin, range.end - range.begin));
  }
  CHECK(texts(kCpp, source.code(), &Symbol::head) == wanted);
}

TEST_CASE("C++: a comment directly above explains a symbol, and no other does") {
  const Marked source(
      "// of nobody\n\n«/// of f,\n/// in two lines»\ntemplate <class T>\nvoid f();\n"
      "int a;  // behind a\nint b;\n«/* of A */»\nclass A {\n  «// of c»\n  EXPORT\n  int c;\n};\n"
      "«// of S»\ntypedef struct S { int s; } T;\n«// of X»\n#define X 1\nint d;\n");
  Lines wanted;
  for (const Range& range : source.ranges()) {
    wanted.push_back(source.code().substr(range.begin, range.end - range.begin));
  }
  CHECK(texts(kCpp, source.code(), &Symbol::doc) == wanted);
}

TEST_CASE("C++: the length and the branches of functions are counted") {
  CHECK(metrics(kCpp, "void f() {}", "f") == "1 0 0 0");
  CHECK(metrics(kCpp,
                "int A::f(int a, B b = {}, C... c) {\n  if (a && b) {\n    for (;;) g();\n"
                "  } else if (c) {\n    return 1;\n  }\n}",
                "f") == "7 4 2 3");
  CHECK(
      metrics(kCpp,
              "void f(void (*g)(int, int)) { switch (a) { case 1: case 2: default: x ? y : z; } }\n"
              "class A;",
              "f") == "1 3 1 1");
  CHECK(metrics(kCpp, "void f() { auto g = [](int a) { if (a) h(); }; try { } catch (E& e) { } }",
                "f") == "1 2 2 0");
  CHECK(metrics(kCpp, "class A { void f(int, int); };", "f") == "0 0 0 2");
  CHECK(metrics(kCpp, "void f() { struct L { void g() { if (a) b(); } }; } class A;", "f") ==
        "1 0 0 0");
}

TEST_CASE("C++: includes are imports") {
  CHECK(imports(kCpp, "#include <vector>\n#include \"base/error.hpp\"\n") ==
        Lines{"<vector>", "base/error.hpp"});
}

TEST_CASE("a text without anything of C++ is read as C") {
  const auto language = [](std::string_view text) { return facts_of(kCpp, text).language; };
  CHECK(language("int f(void);\nstruct a { int class_; };\n") == Language::kC);
  CHECK(language("/* class */ int f(void); // template\nchar *a = \"::\";\n") == Language::kC);
  CHECK(language("#ifdef __cplusplus\nextern \"C\" { class A; }\n#endif\nint f(void);\n") ==
        Language::kC);
  CHECK(language("#define A std::b\nint x = a & b;\nint y = (z &0xff);\n") == Language::kC);
  CHECK(language("struct A { void f() { } };") == Language::kCpp);
  CHECK(language("struct A : B { int a; };") == Language::kCpp);
  for (const std::string_view word :
       {"class A;", "namespace a {}", "template <int> f();", "using A = int;",
        "struct A { public: };", "constexpr int a = 1;", "bool operator==(A, A);",
        "struct A { virtual void f(); };", "int a = b::c;", "void f(int& a);",
        "void f(const int &a);", "#include <vector>\n", "void f() noexcept;",
        "int* a = nullptr;"}) {
    CAPTURE(word);
    CHECK(language(word) == Language::kCpp);
  }
}
