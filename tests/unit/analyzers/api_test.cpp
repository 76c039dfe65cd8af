#include "analyzers/api/api.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "analyzers/clang/ast_units.hpp"
#include "tests/unit/analyzers/marked.hpp"
#include "tests/unit/analyzers/world.hpp"

using namespace automod;
using namespace automod::testing;
using analyzers::ApiChange;
using analyzers::ApiEntry;
using analyzers::ApiSurface;

namespace {

const CancelToken kGoOn;

ApiSurface surface(std::string_view header, std::string_view language = "c++") {
  Project project;
  project.write("api.hpp", header);
  analyzers::AstJob job;
  job.policy.work = project.path();
  job.files = {"api.hpp"};
  job.fallback_flags = {"-x", std::string(language)};
  if (language == "c++") job.fallback_flags.emplace_back("-std=c++20");
  DirectRunner runner;
  const auto report = analyzers::read_headers(runner, job, plain_paths, {}, kGoOn);
  REQUIRE(report);
  INFO((report->gaps.empty() ? "" : report->gaps.front().why));
  REQUIRE(report->gaps.empty());
  return analyzers::surface_of(report->facts, job.files);
}

std::vector<std::string> names(const ApiSurface& api) {
  std::vector<std::string> all;
  for (const ApiEntry& entry : api.entries) all.push_back(entry.name);
  return all;
}

std::string told(const std::vector<ApiChange>& changes) {
  std::string text;
  for (const ApiChange& change : changes) {
    text += fmt::format("{}{} {} {}", text.empty() ? "" : "; ", name(change.impact), change.reason,
                        change.name);
  }
  return text;
}

struct Row {
  const char* before;
  const char* after;
  const char* says;  // impact, reason and name of each change
};

}  // namespace

TEST_CASE("a surface leaves out what is not offered") {
  const ApiSurface api = surface(
      "#ifndef API_HPP\n#define API_HPP\n"
      "namespace detail { int hidden(); }\nnamespace { int local; }\n"
      "class C { int secret_; class Inner { public: int x; };\n"
      " protected: int ours(); public: int shown(); };\n"
      "inline int f() { struct L { int a; }; return 1; }\n#endif\n");
  CHECK(names(api) == std::vector<std::string>{"C", "C::ours", "C::shown", "f"});
}

TEST_CASE("a surface holds what callers build on") {
  const ApiSurface api = surface(
      "enum class E : unsigned char { kA, kB = 7 };\n#define TWICE(x) ((x) * 2)\n"
      "template <class T, int N = 3> struct Box { T items[N]; };\n"
      "struct Base { virtual ~Base(); virtual int run(int n = 4) const = 0; };\n"
      "struct P : Base { int a; char b : 3; private: long c; };\n");
  const auto entry = [&](std::string_view name) {
    const auto found = std::ranges::find(api.entries, name, &ApiEntry::name);
    REQUIRE(found != api.entries.end());
    return *found;
  };
  CHECK(entry("E").type == "unsigned char");
  CHECK(entry("E::kB").value == "7");
  CHECK(entry("TWICE").type == "( x )");
  CHECK(entry("Box").templated == "<typename, int = 3>");
  CHECK(entry("Base").virtuals == std::vector<std::string>{"~Base()", "run(int) const = 0"});
  CHECK(entry("Base::run").parameters.at(0).preset == "4");
  CHECK(entry("P").bases == std::vector<std::string>{"public Base"});
  CHECK(text_of(entry("P").layout.value()) ==
        "24 bytes, aligned to 8; int a at bit 64; char b : 3 at bit 96; long c at bit 128");
}

TEST_CASE("declarations know their place") {
  const Marked header("\n  int «f»();\nstruct «S» { int «x»; };\n");
  const ApiSurface api = surface(header.code());
  std::vector<std::size_t> lines;
  for (const ApiEntry& entry : api.entries) lines.push_back(entry.line);
  std::ranges::sort(lines);
  std::vector<std::size_t> marked;
  for (const Spot& spot : header.spots()) marked.push_back(spot.line);
  CHECK(lines == marked);
}

TEST_CASE("changes of C++ headers are told apart by what callers have to do") {
  const Row rows[] = {
      // nothing that matters
      {"int f(int a);", "// said better\nint  f(int b);", ""},
      {"using N = int; N f(N);", "using N = int; int f(int);", ""},
      {"template <class T> T f(T);", "template <typename U> U f(U);", ""},
      {"class C { int a_; };", "class C { int b_; };", ""},
      {"struct S { int a; };", "class S { public: int a; };", ""},
      // callers notice nothing
      {"int f();", "int f(); int g();", "compatible added g"},
      {"int f();", "int f(); int f(int);", "compatible added f"},
      {"int f(int a);", "int f(int a = 1);", "compatible default_added f"},
      {"int f();", "int f() noexcept;", "compatible noexcept_added f"},
      {"inline int f() { return 1; }", "inline int f() { return 2; }", "compatible body_changed f"},
      {"enum E { kA };", "enum E { kA, kB };", "compatible added E::kB"},
      {"struct S { explicit S(int); };", "struct S { S(int); };",
       "compatible no_longer_explicit S::S"},
      {"#define F(x) x", "#define F(x) (x)", "compatible body_changed F"},
      // they have to be built again
      {"int f(int a);", "int f(int a, int b = 1);", "binary parameters_added f"},
      {"struct S { int f(); };", "struct S { int f() const; };", "binary const_added S::f"},
      {"int f();", "inline int f() { return 1; }", "binary became_inline f"},
      {"struct S { char a; int b; };", "struct S { int b; char a; };", "binary layout_changed S"},
      {"struct S { int a; int b; };", "struct S { int b; int a; };", "binary layout_changed S"},
      {"class C { int a_; };", "class C { int a_; int b_; };", "binary layout_changed C"},
      {"struct S { virtual ~S(); };", "struct S { virtual ~S(); virtual int f(); };",
       "binary vtable_changed S; compatible added S::f"},
      {"struct S { virtual int f(); virtual int g(); };",
       "struct S { virtual int g(); virtual int f(); };", "binary vtable_changed S"},
      {"enum E { kA, kB };", "enum E { kB, kA };",
       "binary value_changed E::kA; binary value_changed E::kB"},
      {"enum { kA }; enum { kB };", "enum { kA }; enum { kB = 2 };", "binary value_changed kB"},
      {"enum E : int { kA };", "enum E : char { kA };", "binary underlying_type_changed E"},
      {"constexpr int kMost = 4;", "constexpr int kMost = 5;", "binary value_changed kMost"},
      {"#define MOST 4", "#define MOST 5", "binary value_changed MOST"},
      {"int f();", "extern \"C\" int f();", "binary symbol_changed f"},
      {"struct B {}; struct S { int a; };", "struct B {}; struct S : B { int a; };",
       "binary base_added S"},
      {"struct S { int a; };", "struct S { int a; ~S(); };",
       "binary no_longer_pod S; compatible added S::~S"},
      // they have to be changed
      {"int f(); int g();", "int f();", "breaking removed g"},
      {"struct S { int a; int f(); };", "", "breaking removed S"},
      {"int f(int);", "int f(long);", "breaking parameters_changed f"},
      {"int f();", "long f();", "breaking result_changed f"},
      {"int f() noexcept;", "int f();", "breaking noexcept_removed f"},
      {"int f(int a = 1);", "int f(int a);", "breaking default_removed f"},
      {"int f(int a = 1);", "int f(int a = 2);", "breaking default_changed f"},
      {"struct S { int f() const; };", "struct S { int f(); };", "breaking const_removed S::f"},
      {"struct S { S(int); };", "struct S { explicit S(int); };", "breaking became_explicit S::S"},
      {"struct S { S(const S&); };", "struct S { S(const S&) = delete; };",
       "breaking deleted S::S"},
      {"class S { public: int f(); };", "class S { protected: int f(); };",
       "breaking access_reduced S::f"},
      {"class S { public: int f(); };", "class S { int f(); };", "breaking removed S::f"},
      {"struct S { virtual int f(); };", "struct S { virtual int f(); virtual int g() = 0; };",
       "breaking pure_virtual_added S; compatible added S::g"},
      {"struct S {};", "struct S final {};", "breaking became_final S"},
      {"struct B {}; struct S : B { int a; };", "struct B {}; struct S { int a; };",
       "breaking base_removed S"},
      {"using N = int;", "using N = long;", "breaking type_changed N"},
      {"#define F(x) x", "", "breaking removed F"},
      {"#define F(x) x", "#define F(x, y) x", "breaking parameters_changed F"},
      {"enum E { kA };", "enum class E { kA };", "breaking form_changed E"},
      {"template <class T> struct S {};", "template <class T, class U> struct S {};",
       "breaking template_changed S"},
  };
  for (const Row& row : rows) {
    INFO(row.before << "  ->  " << row.after);
    CHECK(told(diff(surface(row.before), surface(row.after))) == row.says);
  }
}

TEST_CASE("headers of C are compared as C") {
  CHECK(told(diff(surface("int f(void); struct s { int a; };", "c"),
                  surface("int f(void); struct s { int a; int class; };", "c"))) ==
        "binary layout_changed s; compatible added s::class");
}

TEST_CASE("a change names the place after it, and both texts") {
  const Marked after("\nlong «f»(int a);\n");
  const auto changes = diff(surface("int f(int a);"), surface(after.code()));
  REQUIRE(changes.size() == 1);
  CHECK(changes[0].path == "api.hpp");
  CHECK(changes[0].line == after.spot().line);
  CHECK(changes[0].before == "int f(int a)");
  CHECK(changes[0].after == "long f(int a)");
}

TEST_CASE("who is not compiled against a surface has no binary to break") {
  ApiEntry constant{.kind = analyzers::ApiKind::kVariable, .name = "m.LIMIT", .value = "1"};
  constant.is_compiled = false;
  ApiSurface before{{constant}};
  constant.value = "2";
  CHECK(told(diff(before, {{constant}})) == "compatible value_changed m.LIMIT");
}
