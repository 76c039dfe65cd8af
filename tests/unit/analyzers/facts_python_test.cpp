#include "tests/unit/analyzers/facts_world.hpp"

using namespace automod::testing;
using automod::analyzers::facts_of;

namespace {

constexpr Language kPython = Language::kPython;

}  // namespace

TEST_CASE("Python: what a module and its classes hold are symbols") {
  struct Row {
    std::string_view code;
    Lines lines;
  };
  const std::vector<Row> rows = {
      {"LIMIT = 3\ncount = 0\ncount = 1\n_hidden: int = 2\n",
       {"constant LIMIT", "variable count", "variable _hidden file"}},
      {"a, b = f()\n", {"variable a", "variable b"}},
      {"class C(B):\n    size = 0\n    def f(self):\n        x = 1\n        return x\n",
       {"class C", "field C.size", "method C.f"}},
      {"class C:\n    def __init__(self): pass\n    def _f(self): pass\n    def __g(self): pass\n",
       {"class C", "method C.__init__", "method C._f protected", "method C.__g private"}},
      {"def _f():\n    def inner(): pass\n    class L: pass\n    f = lambda x: x\n",
       {"function _f file", "function _f.inner", "class _f.L"}},
      {"@wrap(1)\nasync def f(): pass\n", {"function f"}},
      {"if a:\n    def f(): pass\nelse:\n    def f(): pass\n", {"function f", "function f"}},
      {"type Ids = list[int]\n", {"type Ids"}},
  };
  for (const Row& row : rows) {
    CAPTURE(row.code);
    CHECK(outline(kPython, row.code) == row.lines);
    CHECK(broken_promise(facts_of(kPython, row.code), row.code).empty());
  }
}

TEST_CASE("Python: a reference is every name that does not define") {
  CHECK(uses(kPython, "class C(B):\n    def f(self, a: T, *b, c=d) -> U:\n        x = a.g(y)\n") ==
        Lines{"B:@C", "T:@C.f", "d@C.f", "U:@C.f", "a@C.f", "g()@C.f", "y@C.f"});
  CHECK(uses(kPython, "n = 1\nn = 2\nfor i in n: pass\n") == Lines{"n", "n"});
  CHECK(uses(kPython, "@wrap\ndef f(): pass\n") == Lines{"wrap@f"});
}

TEST_CASE("Python: a docstring explains what holds it, a comment what stands below it") {
  const std::string code =
      "# of f\n@wrap\ndef f(): pass\n\nclass C:\n    \"\"\"Of C.\"\"\"\n    def g(self):\n"
      "        'of g'\n        'no doc'\n";
  CHECK(texts(kPython, code, &Symbol::doc) == Lines{"# of f", "\"\"\"Of C.\"\"\"", "'of g'"});
  CHECK(texts(kPython, code, &Symbol::head) ==
        Lines{"@wrap\ndef f():", "class C:", "def g(self):"});
}

TEST_CASE("Python: the length and the branches of functions are counted") {
  CHECK(metrics(kPython,
                "def f(a, /, b: int, *, c=1, **d):\n    if a and b:\n        for x in b:\n"
                "            pass\n    elif c:\n        pass\n    return [y for y in d if y]\n",
                "f") == "7 6 2 4");
  CHECK(metrics(kPython, "def f(a):\n    def g(b):\n        if b: pass\n", "f") == "3 0 0 1");
}

TEST_CASE("Python: imports name modules as they are written") {
  CHECK(imports(kPython,
                "import os.path\nimport a as b, c\nfrom .d import e\nfrom f.g import *\n"
                "from __future__ import annotations\n") ==
        Lines{"os.path", "a", "c", ".d", "f.g", "__future__"});
}
