#include "analyzers/impact/impact.hpp"

#include <fmt/format.h>

#include <map>

#include "tests/unit/catch.hpp"

using namespace automod::analyzers;

namespace {

using Files = std::map<std::string, std::string>;
using Strings = std::vector<std::string>;

Codebase codebase(const Files& files) {
  std::vector<CodeFile> all;
  for (const auto& [path, text] : files) {
    all.push_back({.path = path, .facts = facts_of(*language_of(path), text)});
  }
  return Codebase(std::move(all));
}

std::string way_text(const ImpactWay& way) {
  return fmt::format("{} {} {}", way.distance, name(way.by), way.is_exact ? "exact" : "by name");
}

Strings symbols(const Impact& impact) {
  Strings all;
  for (const auto& one : impact.symbols) {
    all.push_back(fmt::format("{}: {}", one.name, way_text(one.way)));
  }
  return all;
}

Strings files(const Impact& impact) {
  Strings all;
  for (const auto& one : impact.files) {
    all.push_back(fmt::format("{}: {}", one.path, way_text(one.way)));
  }
  return all;
}

/// What clang would say of a codebase, by the names in it.
class Seen {
 public:
  explicit Seen(const Codebase& code) : code_(code) {}

  /// Declares all symbols that `word` names, under the name itself as USR.
  Seen& declares(const std::string& word, ast::Kind kind = ast::Kind::kFunction) {
    for (const SymbolAt at : code_.named(word)) {
      AstSymbol symbol;
      symbol.place = {.path = code_.files()[at.file].path, .line = code_.symbol(at).line};
      symbol.kind = kind;
      symbol.usr = word;
      symbol.name = code_.full_name(at);
      ast_.symbols.push_back(symbol);
    }
    return *this;
  }
  Seen& derives(const std::string& word, const std::string& base) {
    declares(word, ast::Kind::kClass);
    ast_.symbols.back().bases.push_back({.type = base});
    return *this;
  }
  Seen& calls(const std::string& caller, const std::string& callee, bool is_virtual = false) {
    ast_.calls.push_back({.caller = caller, .callee = callee, .is_virtual = is_virtual});
    return *this;
  }
  Seen& overrides(const std::string& method, const std::string& overridden) {
    ast_.overrides.push_back({method, overridden});
    return *this;
  }
  Seen& includes(const std::string& from, const std::string& to) {
    ast_.includes.push_back({.from = from, .line = 1, .to = to, .in_project = true});
    return *this;
  }
  const Ast& ast() const { return ast_; }

 private:
  const Codebase& code_;
  Ast ast_;
};

Impact of(const Codebase& code, std::string_view word, const ImpactSources& sources = {},
          std::uint32_t depth = 0) {
  return impact_of(code, find_focus(code, word).value(), sources, depth);
}

const Files kChain = {{"core.py", "def load():\n    pass\n\ndef other():\n    pass\n"},
                      {"mid.py", "import core\n\ndef use():\n    core.load()\n"},
                      {"top.py", "import mid\n\ndef main():\n    mid.use()\n"},
                      {"apart.py", "import core\n\ndef far():\n    core.other()\n"}};

}  // namespace

TEST_CASE("a symbol reaches those that use it, and those that use them") {
  const Codebase code = codebase(kChain);
  const Impact impact = of(code, "load");
  CHECK(symbols(impact) == Strings{"use: 1 call by name", "main: 2 call by name"});
  CHECK(files(impact) == Strings{"mid.py: 1 call by name", "top.py: 2 call by name"});
  CHECK(impact.symbols[1].way.through == "use");
}

TEST_CASE("a file reaches those that import it, however far, and the users of what it defines") {
  const Codebase code = codebase(kChain);
  const Impact impact = of(code, "core.py");
  CHECK(symbols(impact) ==
        Strings{"far: 1 call by name", "use: 1 call by name", "main: 2 call by name"});
  CHECK(files(impact) ==
        Strings{"apart.py: 1 call by name", "mid.py: 1 call by name", "top.py: 2 call by name"});
}

TEST_CASE("a depth bounds the steps") {
  const Codebase code = codebase(kChain);
  CHECK(symbols(of(code, "load", {}, 1)) == Strings{"use: 1 call by name"});
}

TEST_CASE("what stands outside of all functions makes its file depend, and nothing else of it") {
  const Codebase code = codebase(
      {{"a.py", "def f():\n    pass\n"}, {"b.py", "import a\na.f()\n\ndef g():\n    pass\n"}});
  const Impact impact = of(code, "f");
  CHECK(files(impact) == Strings{"b.py: 1 call by name"});
  CHECK(symbols(impact).empty());
}

TEST_CASE("a class stands for its methods, wherever they are defined") {
  const Codebase code = codebase({{"a.hpp", "struct A {\n  void f();\n  void g() {}\n};\n"},
                                  {"a.cpp", "#include \"a.hpp\"\nvoid A::f() {}\n"},
                                  {"b.cpp", "#include \"a.hpp\"\nvoid one(auto& x) { x.f(); }\n"},
                                  {"c.cpp", "#include \"a.hpp\"\nvoid two(auto& x) { x.g(); }\n"}});
  CHECK(symbols(of(code, "A")) == Strings{"one: 1 call by name", "two: 1 call by name"});
}

TEST_CASE("a type with a field of another depends on it, and so do its users") {
  const Codebase code = codebase({{"a.hpp", "struct A {};\n"},
                                  {"b.hpp", "#include \"a.hpp\"\nstruct B {\n  A a;\n};\n"},
                                  {"c.cpp", "#include \"b.hpp\"\nvoid use(B& b) {}\n"}});
  CHECK(symbols(of(code, "A")) ==
        Strings{"B: 1 type by name", "B::a: 1 type by name", "use: 2 type by name"});
}

TEST_CASE("what a header only declares stands for its definition") {
  const Codebase code = codebase({{"a.hpp", "void f();\n"},
                                  {"a.cpp", "#include \"a.hpp\"\nvoid f() {}\n"},
                                  {"b.cpp", "#include \"a.hpp\"\nvoid g() { f(); }\n"}});
  CHECK(symbols(of(code, "a.hpp:f")) == Strings{"g: 1 call by name"});
}

TEST_CASE("to declare a type of elsewhere is not to change it") {
  const Codebase code = codebase({{"fwd.hpp", "struct A;\n"},
                                  {"a.hpp", "struct A {};\n"},
                                  {"b.cpp", "#include \"a.hpp\"\nvoid g(A&) {}\n"}});
  CHECK(symbols(of(code, "fwd.hpp")).empty());
}

TEST_CASE("how many a name may mean is carried along the way") {
  const Codebase code = codebase({{"a.py", "def f():\n    pass\n"},
                                  {"b.py", "def f():\n    pass\n"},
                                  {"c.py", "def g():\n    x.f()\n\ndef h():\n    g()\n"}});
  const Impact impact = of(code, "a.py:f");
  REQUIRE(impact.symbols.size() == 2);
  CHECK(impact.symbols[0].way.meant == 2);
  CHECK(impact.symbols[1].way.meant == 2);
}

TEST_CASE("what clang has seen is exact, and a name that it resolved elsewhere counts no more") {
  const Codebase code =
      codebase({{"a.hpp", "struct A {\n  void run() {}\n};\nstruct B {\n  void run() {}\n};\n"},
                {"b.cpp", "#include \"a.hpp\"\nvoid use(A& a) { a.run(); }\n"}});
  CHECK(symbols(of(code, "B::run")) == Strings{"use: 1 call by name"});
  const Seen seen =
      Seen(code).declares("A::run").declares("B::run").declares("use").calls("use", "A::run");
  CHECK(symbols(of(code, "A::run", {.exact = &seen.ast()})) == Strings{"use: 1 call exact"});
  CHECK(symbols(of(code, "B::run", {.exact = &seen.ast()})).empty());
}

TEST_CASE("a call that clang resolved outside of the project is no call of ours") {
  const Codebase code =
      codebase({{"a.hpp", "struct A {\n  void push_back() {}\n};\n"},
                {"b.cpp", "#include \"a.hpp\"\nvoid use(auto& v) { v.push_back(); }\n"}});
  const Seen seen = Seen(code)
                        .declares("A::push_back")
                        .declares("use")
                        .calls("use", "c:@N@std@S@vector@F@push_back#&1#");
  CHECK(symbols(of(code, "A::push_back", {.exact = &seen.ast()})).empty());
}

TEST_CASE("a function that a macro names is known by its line") {
  const Codebase code = codebase(
      {{"a.cpp", "void run() {}\n"}, {"b.cpp", "namespace {\nTEST(words) {\n  run();\n}\n}\n"}});
  Seen seen(code);
  seen.declares("run").calls("test_words", "run");
  Ast ast = seen.ast();
  ast.symbols.push_back(
      {.place = {.path = "b.cpp", .line = 2}, .usr = "test_words", .name = "test_words"});
  CHECK(symbols(of(code, "run", {.exact = &ast})) == Strings{"TEST: 1 call exact"});
}

TEST_CASE("a call of a virtual method reaches all that override it, and a change of it does, too") {
  const Codebase code = codebase(
      {{"a.hpp", "struct Base {\n  virtual void run();\n};\n"},
       {"b.hpp", "#include \"a.hpp\"\nstruct Mid : Base {\n  void run() override {}\n};\n"},
       {"c.hpp", "#include \"b.hpp\"\nstruct Low : Mid {\n  void run() override {}\n};\n"},
       {"d.cpp", "#include \"a.hpp\"\nvoid use(Base& b) { b.run(); }\n"}});
  const Seen seen = Seen(code)
                        .declares("Base::run")
                        .declares("Mid::run")
                        .declares("Low::run")
                        .declares("use")
                        .overrides("Mid::run", "Base::run")
                        .overrides("Low::run", "Mid::run")
                        .calls("use", "Base::run", true);
  CHECK(symbols(of(code, "Low::run", {.exact = &seen.ast()})) ==
        Strings{"use: 1 virtual call exact"});
  CHECK(symbols(of(code, "Base::run", {.exact = &seen.ast()})) ==
        Strings{"Mid::run: 1 override exact", "use: 1 virtual call exact",
                "Low::run: 2 override exact"});
}

TEST_CASE("a class that derives from another is exactly known by clang") {
  const Codebase code =
      codebase({{"a.hpp", "struct A {};\n"}, {"b.hpp", "#include \"a.hpp\"\nstruct B : A {};\n"}});
  const Seen seen = Seen(code).declares("A", ast::Kind::kStruct).derives("B", "A");
  CHECK(symbols(of(code, "A", {.exact = &seen.ast()})) == Strings{"B: 1 type exact"});
}

TEST_CASE("an include is exact where clang has followed it, and known where syntax sees none") {
  const Codebase code = codebase({{"a.hpp", ""}, {"b.cpp", "#include \"a.hpp\"\n"}, {"c.cpp", ""}});
  const Seen seen = Seen(code).includes("c.cpp", "a.hpp");
  CHECK(files(of(code, "a.hpp", {.exact = &seen.ast()})) ==
        Strings{"b.cpp: 1 include by name", "c.cpp: 1 include exact"});
}

namespace {

BuildGraph shop() {
  return {.targets = {{.name = "core", .kind = "STATIC_LIBRARY", .sources = {"a.cpp"}},
                      {.name = "other", .kind = "EXECUTABLE", .sources = {"z.cpp"}},
                      {.name = "shop", .kind = "EXECUTABLE", .sources = {"b.cpp"}, .needs = {0}},
                      {.name = "tests", .kind = "EXECUTABLE", .sources = {}, .needs = {2}}}};
}

Strings targets(const Codebase& code, std::string_view word, const BuildGraph& build) {
  Strings all;
  for (const auto& one : of(code, word, {.build = &build}).targets) {
    all.push_back(fmt::format("{}: {} through {}", build.targets[one.target].name,
                              way_text(one.way), one.way.through));
  }
  return all;
}

const Files kShop = {{"a.hpp", "void f();\n"},
                     {"a.cpp", "#include \"a.hpp\"\nvoid f() {}\nvoid quiet() {}\n"},
                     {"b.cpp", "#include \"a.hpp\"\nvoid g() { f(); }\n"},
                     {"z.cpp", ""}};

}  // namespace

TEST_CASE("targets are reached by their sources, and by the targets that they need") {
  const Codebase code = codebase(kShop);
  CHECK(targets(code, "quiet", shop()) == Strings{"core: 1 build exact through a.cpp",
                                                  "shop: 2 build exact through core",
                                                  "tests: 3 build exact through shop"});
  CHECK(targets(code, "z.cpp", shop()) == Strings{"other: 1 build exact through z.cpp"});
}

TEST_CASE("a header reaches the targets of the sources that include it") {
  const Codebase code = codebase(kShop);
  CHECK(targets(code, "a.hpp", shop()) == Strings{"core: 1 build by name through a.cpp",
                                                  "shop: 1 build by name through b.cpp",
                                                  "tests: 2 build by name through shop"});
}

TEST_CASE("what the build has noted of an object tells of its target") {
  BuildGraph build = shop();
  build.targets[1].objects = "CMakeFiles/other.dir/";
  build.outputs = {{.path = "CMakeFiles/other.dir/z.cpp.o", .needs = {"a.hpp"}},
                   {.path = "lonely.o", .needs = {"a.hpp"}}};
  const Codebase code = codebase(kShop);
  CHECK(targets(code, "a.hpp", build).front() == "core: 1 build by name through a.cpp");
  CHECK(targets(code, "a.hpp", build)[1] == "other: 1 build exact through a.hpp");
  const Impact impact = of(code, "a.hpp", {.build = &build});
  REQUIRE(impact.outputs.size() == 1);
  CHECK(build.outputs[impact.outputs[0].output].path == "lonely.o");
}
