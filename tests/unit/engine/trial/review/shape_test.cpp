#include "engine/trial/review/review.hpp"
#include "tests/unit/catch.hpp"

namespace automod::trial {
namespace {

FileChange change(std::string path, std::string after) {
  FileChange file;
  file.path = std::move(path);
  file.original = "";
  file.modified = std::move(after);
  return file;
}

bool same_shape(const std::string& path, const std::string& one, const std::string& other) {
  return shape_digest({change(path, one)}) == shape_digest({change(path, other)});
}

TEST_CASE("formatting and comments do not change the shape") {
  const auto [path, one, other] = GENERATE(table<std::string, std::string, std::string>({
      {"a.cpp", "\n\nint f() { return 1; }\n", "\n\nint f()\n{\n  // one\n  return 1;\n}\n"},
      {"a.py", "\n\nx = 1\nif x:\n    y()\n", "\n\nx  =  1 # it\nif x:\n  y()\n"},
      {"a.js", "\n\nf(1, 2);\n", "\n\nf(\n  1,\n  2\n);\n"},
      {"a.rs", "\n\nfn f() -> i32 { 1 }\n", "\n\nfn f() -> i32 {\n    // one\n    1\n}\n"},
      {"A.java", "\n\nclass A { int x; }\n", "\n\nclass A {\n  /* x */ int x;\n}\n"},
      {"a.go", "package a\n\nvar x = 1\n", "package a\n\n\nvar   x = 1\n"},
  }));
  CHECK(same_shape(path, one, other));
}

TEST_CASE("what a compiler or a tool reads changes the shape") {
  const auto [path, one, other] = GENERATE(table<std::string, std::string, std::string>({
      {"a.cpp", "int f() { return 1; }\n", "int f() { return 2; }\n"},
      {"a.cpp", "const char* s = \"a  b\";\n", "const char* s = \"a b\";\n"},
      {"a.cpp", "#define S \"a  b\"\n", "#define S \"a b\"\n"},
      {"a.cpp", "int a = b;\n", "int a = b // broken\n"},
      {"a.py", "if x:\n    y()\n    z()\n", "if x:\n    y()\nz()\n"},
      {"a.py", "s = 'a  b'\n", "s = 'a b'\n"},
      {"a.js", "function f() { return x; }\n", "function f() { return\nx; }\n"},
      {"a.go", "package a\n\nfunc f() {}\n", "package a\n\n//go:noinline\nfunc f() {}\n"},
      {"a.rs", "\n\nfn f() {}\n", "\n\n/// assert!(false);\nfn f() {}\n"},
      {"a.txt", "a b", "a  b"},
  }));
  CHECK_FALSE(same_shape(path, one, other));
}

TEST_CASE("path, side and mode belong to the shape") {
  FileChange file = change("a.cpp", "int a;\n");
  const std::string digest = shape_digest({file});
  file.path = "b.cpp";
  CHECK(shape_digest({file}) != digest);
  file.path = "a.cpp";
  file.executable = true;
  CHECK(shape_digest({file}) != digest);
  file.executable = false;
  std::swap(file.original, file.modified);
  CHECK(shape_digest({file}) != digest);
  file.original.reset();
  CHECK(shape_digest({file}) != shape_digest({change("a.cpp", "")}));
}

}  // namespace
}  // namespace automod::trial
