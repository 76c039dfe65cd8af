#include "tests/unit/analyzers/facts_world.hpp"

using namespace automod::testing;
using automod::analyzers::facts_of;

namespace {

struct Row {
  Language language;
  std::string_view code;
  Lines lines;
};

constexpr Language kJs = Language::kJavaScript;
constexpr Language kTs = Language::kTypeScript;

}  // namespace

TEST_CASE("JavaScript and TypeScript: what a module and its classes hold are symbols") {
  const std::vector<Row> rows = {
      {kJs,
       "const limit = 3; let a, b; var c;",
       {"constant limit file", "variable a file", "variable b file", "variable c file"}},
      {kJs,
       "export const limit = 3; export function f() { const x = 1; function g() {} }",
       {"constant limit", "function f", "function f.g file"}},
      {kJs, "function f() {} class C {} export { f, C as D };", {"function f", "class C"}},
      {kJs, "function f() {} export default f;", {"function f"}},
      {kJs,
       "const f = async (x) => { const y = x; }; const g = function () {};",
       {"function f file", "function g file"}},
      {kJs,
       "export default class C { #size = 0; static n = 1; #m() {} get size() {} }",
       {"class C", "field C.#size private", "field C.n", "method C.#m private", "method C.size"}},
      {kJs,
       "exports.f = function () {}; C.prototype.g = () => 1;",
       {"function exports.f file", "function C.prototype.g file"}},
      {kJs,
       "a.f = function g() {}; const h = function i() {}; o({ k: function l() {} });",
       {"function a.f file", "function h file", "method k file"}},
      {kJs,
       "a.on('x', function f() {}); module.exports = b = function g() {};",
       {"function f file", "function g file"}},
      {kJs,
       "const o = { f: () => 1, g() {}, h: 2 };",
       {"constant o file", "method o.f", "method o.g"}},
      {kJs, "foo(() => { const x = 1; class L {} });", {"class L file"}},
      {kTs,
       "export interface I { x: number; f(a: string): void }",
       {"interface I", "field I.x", "method I.f declared"}},
      {kTs,
       "export abstract class C<T> { private a = 1; protected abstract f(): void; g(): T {} }",
       {"class C", "field C.a private", "method C.f declared protected", "method C.g"}},
      {kTs,
       "enum E { A, B = 2 } type T = string; export type U = T;",
       {"enum E file", "enumerator E.A", "enumerator E.B", "type T file", "type U"}},
      {kTs,
       "export namespace N { export const a = 1; const b = 2; }",
       {"namespace N", "constant N.a", "constant N.b file"}},
      {kTs,
       "declare function f(a: string): void; function f(a: any) {}",
       {"function f declared file", "function f file"}},
      {Language::kTsx,
       "export function App(p: Props) { return <a b={p.c}>x</a>; }",
       {"function App"}},
  };
  for (const Row& row : rows) {
    CAPTURE(row.code);
    CHECK(outline(row.language, row.code) == row.lines);
    CHECK(broken_promise(facts_of(row.language, row.code), row.code).empty());
  }
}

TEST_CASE("JavaScript and TypeScript: a reference is every name that does not define") {
  CHECK(uses(kJs, "import d, { a as b } from 'x'; const f = (x, { y }) => new C(x.z(b), y);") ==
        Lines{"a", "C()@f", "x@f", "z()@f", "b@f", "y@f"});
  CHECK(uses(kTs, "function f<T>(a: B, c?: ns.D): T { return a.e; }") ==
        Lines{"B:@f", "ns@f", "D:@f", "T:@f", "a@f", "e@f"});
  CHECK(uses(Language::kTsx, "const x = <Box size={n}>t</Box>;") ==
        Lines{"Box@x", "size@x", "n@x", "Box@x"});
}

TEST_CASE("JavaScript: heads and comments of symbols") {
  const std::string code =
      "/** of f */\nexport const f = async (x) => { return 1; };\n// of C\nclass C extends B {}\n";
  CHECK(texts(kJs, code, &Symbol::head) ==
        Lines{"export const f = async (x) =>", "class C extends B"});
  CHECK(texts(kJs, code, &Symbol::doc) == Lines{"/** of f */", "// of C"});
}

TEST_CASE("JavaScript and TypeScript: the length and the branches of functions are counted") {
  CHECK(metrics(kJs,
                "const f = (a, b = 1, ...c) => {\n  if (a && b) { for (const x of c) {} }\n"
                "  else if (c) {}\n  switch (a) { case 1: case 2: default: }\n};",
                "f") == "5 6 2 3");
  CHECK(metrics(kTs, "class C { f(this: C, a?: number) { return a ?? (a ? 1 : 2); } }", "f") ==
        "1 2 0 2");
  CHECK(metrics(kJs, "function f(a) { return a.map((x, y) => { if (x) return y; }); }", "f") ==
        "1 1 2 1");
}

TEST_CASE("JavaScript and TypeScript: imports of all kinds") {
  CHECK(imports(kJs,
                "import a from './a';\nexport * from \"b\";\nconst c = require('c');\n"
                "import('d');\nrequired('e');\n") == Lines{"./a", "b", "c", "d"});
  CHECK(imports(kTs, "import f = require(\"f\");\nimport type { G } from 'g';\n") ==
        Lines{"f", "g"});
}
