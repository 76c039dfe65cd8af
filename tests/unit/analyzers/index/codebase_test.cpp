#include "analyzers/index/codebase.hpp"

#include <algorithm>
#include <map>

#include "tests/unit/catch.hpp"

using namespace automod::analyzers;

namespace {

using Files = std::map<std::string, std::string>;

Codebase codebase(const Files& files) {
  std::vector<CodeFile> all;
  for (const auto& [path, text] : files) {
    all.push_back({.path = path, .facts = facts_of(*language_of(path), text)});
  }
  return Codebase(std::move(all));
}

std::vector<std::string> paths(const Codebase& code, std::span<const std::uint32_t> files) {
  std::vector<std::string> all;
  for (const std::uint32_t file : files) all.push_back(code.files()[file].path);
  return all;
}

std::vector<std::string> imports(const Files& files, const std::string& path) {
  const Codebase code = codebase(files);
  return paths(code, code.imports(code.find(path).value()));
}

/// "main -> path:name" of every link, by path and place.
std::vector<std::string> links(const Files& files) {
  const Codebase code = codebase(files);
  std::vector<std::string> all;
  for (const Link& link : code.links()) {
    const std::string from =
        link.from.symbol == kNone ? code.files()[link.from.file].path : code.full_name(link.from);
    all.push_back(from + " -> " + code.files()[link.to.file].path + ":" + code.full_name(link.to));
  }
  std::ranges::sort(all);
  return all;
}

using Strings = std::vector<std::string>;

}  // namespace

TEST_CASE("an include means the file beside, then the nearest whose path ends so") {
  const Files files = {{"a/x.hpp", ""},
                       {"b/x.hpp", ""},
                       {"b/lib/y.hpp", ""},
                       {"b/main.cpp", "#include \"x.hpp\"\n#include <lib/y.hpp>\n"},
                       {"b/up.cpp", "#include \"../a/x.hpp\"\n#include \"none.hpp\"\n"},
                       {"a/sub/z.cpp", "#include \"x.hpp\"\n"}};
  CHECK(imports(files, "b/main.cpp") == Strings{"b/lib/y.hpp", "b/x.hpp"});
  CHECK(imports(files, "b/up.cpp") == Strings{"a/x.hpp"});
  CHECK(imports(files, "a/sub/z.cpp") == Strings{"a/x.hpp"});
}

TEST_CASE("an include never means the file itself nor leads out of the tree") {
  CHECK(imports({{"a.hpp", "#include \"a.hpp\"\n"}}, "a.hpp").empty());
  CHECK(imports({{"a.hpp", ""}, {"b.cpp", "#include \"../../a.hpp\"\n"}}, "b.cpp").empty());
}

TEST_CASE("a module of Python is a file or a folder, looked for from the importer outwards") {
  const Files files = {{"src/pkg/__init__.py", ""},
                       {"src/pkg/core.py", ""},
                       {"src/pkg/sub/deep.py", "from ..core import x\nfrom . import near\n"},
                       {"src/pkg/sub/near.py", ""},
                       {"src/pkg/sub/__init__.py", ""},
                       {"tests/test_core.py", "import pkg.core\nimport os.path\n"}};
  CHECK(imports(files, "tests/test_core.py") == Strings{"src/pkg/core.py"});
  CHECK(imports(files, "src/pkg/sub/deep.py") ==
        Strings{"src/pkg/core.py", "src/pkg/sub/__init__.py"});
}

TEST_CASE("a script imports by path, with or without an ending") {
  const Files files = {{"src/a.ts", "import {b} from './b';\nimport c from '../c/';\n"},
                       {"src/b.tsx", "import {a} from \"./a.js\";\nimport x from 'a';\n"},
                       {"c/index.js", "const a = require('../src/b');\n"}};
  CHECK(imports(files, "src/a.ts") == Strings{"c/index.js", "src/b.tsx"});
  CHECK(imports(files, "src/b.tsx") == Strings{"src/a.ts"});
  CHECK(imports(files, "c/index.js") == Strings{"src/b.tsx"});
}

TEST_CASE("a package of Go is all files of a folder") {
  const Files files = {{"cmd/main.go", "package main\nimport \"example.com/m/lib/util\"\n"},
                       {"lib/util/a.go", "package util\n"},
                       {"lib/util/b.go", "package util\n"}};
  CHECK(imports(files, "cmd/main.go") == Strings{"lib/util/a.go", "lib/util/b.go"});
}

TEST_CASE("what Rust and Java import is found by the longest path there is") {
  CHECK(imports({{"src/main.rs", "use crate::shapes::circle::Circle;\n"},
                 {"src/shapes/circle.rs", ""},
                 {"src/shapes/mod.rs", ""}},
                "src/main.rs") == Strings{"src/shapes/circle.rs"});
  CHECK(imports({{"app/Main.java", "import org.lib.Tool;\nimport java.util.List;\n"},
                 {"src/org/lib/Tool.java", ""}},
                "app/Main.java") == Strings{"src/org/lib/Tool.java"});
}

TEST_CASE("who imports a file is known") {
  const Codebase code = codebase({{"a.hpp", ""}, {"b.cpp", "#include \"a.hpp\"\n"}});
  CHECK(paths(code, code.importers(code.find("a.hpp").value())) == Strings{"b.cpp"});
}

TEST_CASE("a name means what its own file defines, before all else") {
  CHECK(links({{"a.py", "def f():\n    pass\n"},
               {"b.py", "import a\ndef f():\n    pass\ndef g():\n    f()\n"}}) ==
        Strings{"g -> b.py:f"});
}

TEST_CASE("a name means what the imports lead to, however far") {
  CHECK(links({{"a.hpp", "void f();\nstruct A {};\n"},
               {"b.hpp", "#include \"a.hpp\"\n"},
               {"other.hpp", "struct A {};\n"},
               {"main.cpp", "#include \"b.hpp\"\nvoid g(A& a) {}\n"}}) == Strings{"g -> a.hpp:A"});
}

TEST_CASE("what a header declares is defined elsewhere") {
  CHECK(links({{"a.hpp", "void f();\n"},
               {"a.cpp", "#include \"a.hpp\"\nvoid f() {}\n"},
               {"main.cpp", "#include \"a.hpp\"\nvoid g() { f(); }\n"}}) ==
        Strings{"g -> a.cpp:f"});
}

TEST_CASE("what no import leads to is not meant") {
  CHECK(links({{"a.hpp", ""},
               {"b.cpp", "void f() {}\n"},
               {"main.cpp", "#include \"a.hpp\"\nvoid g() { f(); }\n"}})
            .empty());
}

TEST_CASE("one language does not use what another defines") {
  CHECK(links({{"a.py", "def f():\n    pass\n"}, {"b.rs", "fn g() { f(); }\n"}}).empty());
}

TEST_CASE("many uses by one symbol are one link, with the first line") {
  const Codebase code =
      codebase({{"a.c", "void f(void) {}\n\nvoid g(void) {\n  f();\n  f();\n}\n"}});
  REQUIRE(code.links().size() == 1);
  const Link link = code.links().front();
  CHECK(link.times == 2);
  CHECK(link.line == 4);
  CHECK(link.use == Use::kCall);
  CHECK(code.links_from(link.from).size() == 1);
  CHECK(code.links_to(link.to).size() == 1);
  CHECK(code.links_to(link.from).empty());
}

TEST_CASE("a name that may mean too much means nothing") {
  Files files;
  for (int i = 0; i < 9; ++i) files[std::to_string(i) + ".py"] = "def f():\n    pass\n";
  files["main.py"] = "def g():\n    f()\n";
  CHECK(links(files).empty());
}

TEST_CASE("a symbol is found by its name and by the end of its full name") {
  const Codebase code = codebase(
      {{"a.cpp", "namespace n { class Index { void add(); }; }\nvoid n::Index::add() {}\n"},
       {"b.py", "class Index:\n    def add(self):\n        pass\n"}});
  const auto full = [&](std::string_view name) {
    Strings all;
    for (const SymbolAt at : code.named(name)) {
      all.push_back(code.files()[at.file].path + ":" + code.full_name(at));
    }
    return all;
  };
  CHECK(full("add") == Strings{"a.cpp:n::Index::add", "b.py:Index.add", "a.cpp:n::Index::add"});
  CHECK(full("Index::add") == Strings{"a.cpp:n::Index::add", "a.cpp:n::Index::add"});
  CHECK(full("Index.add") == Strings{"b.py:Index.add"});
  CHECK(full("x::add").empty());
  CHECK(full("dd").empty());
}
