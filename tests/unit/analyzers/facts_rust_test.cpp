#include "tests/unit/analyzers/facts_world.hpp"

using namespace automod::testing;
using automod::analyzers::facts_of;

namespace {

constexpr Language kRust = Language::kRust;

}  // namespace

TEST_CASE("Rust: items and what they hold are symbols") {
  struct Row {
    std::string_view code;
    Lines lines;
  };
  const std::vector<Row> rows = {
      {"pub mod m { pub(crate) fn f() {} fn g() {} }",
       {"namespace m", "function m.f file", "function m.g file"}},
      {"pub struct S { pub a: u8, b: u8 } struct U(u8); union V { a: u8 }",
       {"struct S", "field S.a", "field S.b private", "struct U file", "union V file",
        "field V.a private"}},
      {"pub enum E { A, B { x: u8 } }",
       {"enum E", "enumerator E.A", "enumerator E.B", "field E.B.x file"}},
      {"pub trait T { type Out; const N: u8; fn f(&self); fn g(&self) {} }",
       {"interface T", "type T.Out declared", "constant T.N", "method T.f declared", "method T.g"}},
      {"impl<T> List<T> { pub fn new() -> Self { let x = 1; } fn f(&self) {} }",
       {"method List.new", "method List.f private"}},
      {"impl fmt::Show for a::List { fn show(&self) {} }", {"method List.show"}},
      {"pub const N: u8 = 1; static COUNT: u8 = 0; type Ids = Vec<u8>; macro_rules! m { () => {} }",
       {"constant N", "variable COUNT file", "type Ids file", "macro m file"}},
      {"fn f() { fn inner() {} struct L { a: u8 } const K: u8 = 1; }",
       {"function f file", "function f.inner file", "struct f.L file", "field f.L.a private"}},
  };
  for (const Row& row : rows) {
    CAPTURE(row.code);
    CHECK(outline(kRust, row.code) == row.lines);
    CHECK(broken_promise(facts_of(kRust, row.code), row.code).empty());
  }
}

TEST_CASE("Rust: a reference is every name that does not define") {
  CHECK(uses(kRust, "fn f(a: &B) -> C { let d = a.e(); m!(d); D::g::<H>(d) }") ==
        Lines{"B:@f", "C:@f", "a@f", "e()@f", "m()@f", "d@f", "D@f", "g()@f", "H:@f", "d@f"});
}

TEST_CASE("Rust: comments explain what stands below them, attributes left aside") {
  const std::string code =
      "/// Of S,\n/// in two lines.\n#[derive(Debug)]\n#[repr(C)]\npub struct S {\n    /// Of a.\n"
      "    a: u8,\n}\n// apart\n\nfn f() -> u8 { 1 }\n";
  CHECK(texts(kRust, code, &Symbol::doc) == Lines{"/// Of S,\n/// in two lines.", "/// Of a."});
  CHECK(texts(kRust, code, &Symbol::head) == Lines{"pub struct S", "a: u8", "fn f() -> u8"});
}

TEST_CASE("Rust: the length and the branches of functions are counted") {
  CHECK(metrics(kRust,
                "fn f(&self, a: u8, mut b: u8) -> u8 {\n    if a > 1 && b > 1 { loop { } }\n"
                "    match a { 1 => 2, _ => { while b > 0 { } 3 } }\n}",
                "f") == "4 6 2 2");
}

TEST_CASE("Rust: a list of imports is one for each of its ends") {
  CHECK(imports(kRust,
                "use std::fmt;\nuse a::{b, c::{d, e as f}, g::*};\npub use self::h;\n"
                "extern crate i;\n") ==
        Lines{"std::fmt", "a::b", "a::c::d", "a::c::e", "a::g::*", "self::h", "i"});
}
