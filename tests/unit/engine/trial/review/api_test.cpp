#include <random>

#include "tests/unit/catch.hpp"
#include "tests/unit/engine/trial/review/facts.hpp"

namespace automod::trial {
namespace {

using testing::edit;
using testing::facts_of;
using testing::kinds_of;
using testing::listed;

std::string with(std::string text, std::string_view from, std::string_view to) {
  const auto at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

void check(const char* path, const std::string& before, const std::string& after,
           const std::string& kinds) {
  const auto facts = facts_of({edit(path, before, after)}, review_api);
  INFO(after << "\n" << listed(facts));
  CHECK(kinds_of(facts) == kinds);
}

const std::string kHeader = R"(#pragma once

#include <string>

#define INDEX_LIMIT 10
#define INDEX_MIN(a, b) ((a) < (b) ? (a) : (b))

namespace words {

enum class Kind { kA, kB, kC = 7 };

struct Point {
  int x = 0;
  int y = 0;
};

class Index {
 public:
  Index() : size_(0) {}
  virtual ~Index() = default;
  void add(const std::string& word, int weight = 1);
  int find(const std::string& word) const noexcept;
  static Index load(const char* path);
  virtual int rank(int at) const;
  bool operator<(const Index& other) const;
  template <class T>
  T best(T fallback) const {
    return fallback;
  }

 protected:
  void grow();

 private:
  void shrink();
  int size_;
};

using Callback = int (*)(int);
extern int verbosity;
inline constexpr int kMost = 3;
std::string join(const std::string& one, const std::string& other);
std::string join(const char* one, const char* other);

namespace detail {
int helper(int a);
}

}  // namespace words
)";

TEST_CASE("what callers of a header see is compared by its declarations") {
  const auto [from, to, kinds] = GENERATE(table<std::string, std::string, std::string>({
      // looks
      {"int find(const std::string& word) const noexcept;",
       "// where\n  int find(const std::string& w) const\n      noexcept;", ""},
      {"return fallback;", "return fallback + fallback;", ""},
      {": size_(0) {}", ": size_(1) {}", ""},
      {"void shrink();", "void shrink(int by);", ""},
      {"int helper(int a);", "int helper(long a, int b);", ""},
      {"#include <string>", "#include <string>\n#include <vector>", ""},
      {"class Index {", "class Other;\n\nclass Index {", ""},
      {"std::string join(const std::string& one, const std::string& other);\nstd::string "
       "join(const char* one, const char* other);",
       "std::string join(const char* one, const char* other);\nstd::string join(const std::string& "
       "one, const std::string& other);",
       ""},
      // added
      {"  static Index load", "  int size() const;\n  static Index load", "api_added"},
      {"extern int verbosity;", "extern int verbosity;\nstruct Fresh { int a; virtual void f(); };",
       "api_added"},
      {"kC = 7 ", "kC = 7, kD ", "api_added"},
      // gone
      {"  void add(const std::string& word, int weight = 1);\n", "", "api_removed"},
      {"std::string join(const char* one, const char* other);\n", "", "api_removed"},
      {"void grow();", "", "api_removed"},
      {"#define INDEX_LIMIT 10\n", "", "api_removed"},
      {"  static Index load(const char* path);\n", "", "api_removed"},
      {" protected:\n", " private:\n", "api_removed"},
      // changed
      {"int weight = 1", "long weight = 1", "api_changed"},
      {"int weight = 1", "int weight", "api_changed"},
      {"int weight = 1", "int weight = 2", "api_changed"},
      {"const std::string& word, int weight = 1", "int weight, const std::string& word",
       "api_changed"},
      {"const noexcept;", "noexcept;", "api_changed"},
      {"const noexcept;", "const;", "api_changed"},
      {"  int find(", "  long find(", "api_changed"},
      {"INDEX_LIMIT 10", "INDEX_LIMIT 11", "api_changed"},
      {"((a) < (b) ?", "((a) <= (b) ?", "api_changed"},
      {"using Callback = int (*)(int);", "using Callback = int (*)(long);", "api_changed"},
      {"T best(T fallback)", "T best(const T& fallback)", "api_changed"},
      {"int x = 0;", "long x = 0;", "api_changed"},
      {"extern int verbosity;", "extern long verbosity;", "api_changed"},
      {"class Index {", "class Index : public Base {", "api_changed"},
      {"virtual int rank", "int rank", "api_changed"},  // others say override
      // built anew
      {"int weight = 1", "int weight = 1, bool is_new = false", "abi_changed"},
      {"int size_;", "int size_;\n  int capacity_;", "abi_changed"},
      {"int size_;", "long size_;", "abi_changed"},
      {"  int x = 0;\n  int y = 0;", "  int y = 0;\n  int x = 0;", "abi_changed"},
      {"  virtual int rank(int at) const;",
       "  virtual int rank(int at) const;\n  virtual void more();", "abi_changed api_added"},
      {"  void shrink();", "  virtual void shrink();", "abi_changed"},
      {"kA, kB,", "kB, kA,", "abi_changed"},
      {"kA, kB,", "kA, kNew, kB,", "abi_changed api_added"},
      {"kC = 7", "kC = 8", "abi_changed"},
      {"kMost = 3", "kMost = 4", "abi_changed"},
  }));
  check("include/words/index.hpp", kHeader, with(kHeader, from, to), kinds);
}

TEST_CASE("only public headers are compared, all of a change together") {
  check("src/index.hpp", kHeader, "", "");
  const std::string rest =
      with(kHeader, "std::string join(const char* one, const char* other);\n", "");
  const auto moved = facts_of(
      {edit("include/a.hpp", kHeader, rest),
       edit("include/b.hpp", "",
            "namespace words {\nstd::string join(const char* one, const char* other);\n}\n")},
      review_api);
  INFO(listed(moved));
  CHECK(moved.empty());
}

const std::string kPython = R"(import os

__all__ = ["split", "Total", "LIMIT"]

LIMIT = 3


def split(amount, parts, *, exact=False):
    return [amount] * parts


def hidden(a):
    return a


class Total:
    def __init__(self, start=0):
        self.sum = start

    def add(self, value):
        self.sum += value

    def _reset(self):
        self.sum = 0
)";

TEST_CASE("what callers of a Python module see is compared by its signatures") {
  const auto [from, to, kinds] = GENERATE(table<std::string, std::string, std::string>({
      {"return [amount] * parts", "return list(range(parts))", ""},
      {"def hidden(a)", "def hidden(a, b)", ""},
      {"def _reset(self)", "def _clear(self)", ""},
      {"exact=False", "exact=True", "api_changed"},
      {"def split(amount, parts,", "def split(amount: int, parts: int,", ""},
      {"exact=False", "exact=False, fair=True", "api_added"},
      {"def add(self, value)", "def add(self, value, times=1)", "api_added"},
      {"    def add(", "    def more(self):\n        pass\n\n    def add(", "api_added"},
      {"def add(self, value)", "def add(self, value, times)", "api_changed"},
      {"def split(amount, parts,", "def split(parts, amount,", "api_changed"},
      {"def split(amount, parts,", "def split(total, parts,", "api_changed"},
      {"exact=False", "exact", "api_changed"},
      {"def split(", "async def split(", "api_changed"},
      {"def add(self, value)", "@property\n    def add(self)", "api_changed"},
      {"def split(", "def divide(", "api_removed"},
      {"\"split\", ", "", "api_removed"},
      {"LIMIT = 3\n", "", "api_removed"},
      {"class Total:", "class Sum:", "api_removed"},
  }));
  check("tally/totals.py", kPython, with(kPython, from, to), kinds);
}

TEST_CASE("a preset that outlives the call may be mended") {
  check("a/b.py", "def f(a=[]):\n    pass\n", "def f(a=None):\n    pass\n", "");
}

TEST_CASE("public names of other languages are compared") {
  const auto [path, before, after,
              kinds] = GENERATE(table<const char*, std::string, std::string, std::string>({
      {"src/a.js", "export function f(a) {}\n", "export function f(b) { return b; }\n", ""},
      {"src/a.js", "export function f(a) {}\n", "export function f(a, b = 1) {}\n", "api_added"},
      {"src/a.js", "export function f(a) {}\n", "export function f(a, b) {}\n", "api_changed"},
      {"src/a.js", "export function f(a) {}\n", "function f(a) {}\n", "api_removed"},
      {"src/a.js", "export { a, b };\n", "export { a };\n", "api_removed"},
      {"src/a.js", "module.exports = { a, b };\n", "module.exports = { a };\n", "api_removed"},
      {"src/a.ts", "export const f = (a: string): void => {};\n",
       "export const f = (a: number): void => {};\n", "api_changed"},
      {"src/a.ts", "export class A { f(a: string) {} private g() {} }\n",
       "export class A { f(a: string) {} }\n", ""},
      {"src/a.ts", "export class A { f(a: string) {} }\n", "export class A { }\n", "api_removed"},
      {"a/a.go", "package a\n\nfunc Find(w string) int { return 1 }\n",
       "package a\n\nfunc Find(word string) int { return 2 }\n", ""},
      {"a/a.go", "package a\n\nfunc Find(w string) int { return 1 }\n",
       "package a\n\nfunc Find(w []byte) int { return 1 }\n", "api_changed"},
      {"a/a.go", "package a\n\nfunc (i *Index) Find() {}\nfunc (i *Index) find() {}\n",
       "package a\n\nfunc (i *Index) find() {}\n", "api_removed"},
      {"a/a.go", "package a\n\nfunc find() {}\n", "package a\n", ""},
      {"src/a.rs", "pub fn f(a: i32) -> i32 { a }\n", "pub fn f(b: i32) -> i32 { b + 1 }\n", ""},
      {"src/a.rs", "pub fn f(a: i32) -> i32 { a }\n", "pub fn f(a: i64) -> i32 { 1 }\n",
       "api_changed"},
      {"src/a.rs", "pub fn f(a: i32) {}\nfn g() {}\n", "fn f(a: i32) {}\n", "api_removed"},
      {"src/a.rs", "pub struct P { pub x: i32, y: i32 }\n", "pub struct P { y: i32 }\n",
       "api_removed"},
      {"src/A.java", "public class A { public int f(int a) { return a; } private void g() {} }\n",
       "public class A { public int f(int b) { return b; } }\n", ""},
      {"src/A.java", "public class A { public int f(int a) { return a; } }\n",
       "public class A { public long f(int a) { return a; } }\n", "api_changed"},
      {"src/A.java", "public class A { public void f() {} }\n", "public class A { void f() {} }\n",
       "api_removed"},
  }));
  check(path, before, after, kinds);
}

TEST_CASE("functions that get many more branches are counted") {
  std::string branches;
  for (int i = 0; i < 8; ++i) branches += "  if (a > " + std::to_string(i) + ") ++a;\n";
  const auto facts_for = [](const std::string& before, const std::string& after) {
    return facts_of({edit("src/a.cpp", before, after)}, review_complexity);
  };
  const auto grown = facts_for("int A::f(int a) {\n  return a;\n}\n",
                               "int A::f(int a) {\n" + branches + "  return a;\n}\n");
  REQUIRE(grown.size() == 1);
  CHECK(grown[0].what == "A::f");
  CHECK(grown[0].before == "1");
  CHECK(grown[0].after == "9");
  CHECK(grown[0].amount == 8);
  CHECK(facts_for("", "int f(int a) {\n" + branches + "  return a;\n}\n").empty());
  CHECK(facts_for("", "int f(int a) {\n" + branches + branches + "  return a;\n}\n").size() == 1);
  CHECK(
      facts_for("int f(int a) {\n" + branches + "}\n", "int f(int a) {\n" + branches + " g(); }\n")
          .empty());
}

TEST_CASE("declarations of whatever the files hold are read to an end") {
  std::mt19937 random(5);
  static const char* const kPaths[] = {"include/a.hpp", "include/a.h", "a/a.py",   "src/a.ts",
                                       "src/a.js",      "a/a.go",      "src/a.rs", "src/A.java"};
  static const char* const kWords[] = {"class ",   "struct ", "enum ", "operator", "(",  ")", "{",
                                       "}",        "<",       ">",     "template", ",",  ";", "=",
                                       "#define ", "export ", "pub ",  "func ",    "a ", ":", "\n",
                                       "def ",     "@",       "*",     "public ",  "#",  "[", "]"};
  for (const char* path : kPaths) {
    for (int round = 0; round < 60; ++round) {
      const auto garbage = [&] {
        std::string text;
        for (std::size_t i = 0; i < random() % 120; ++i) text += kWords[random() % 28];
        return text;
      };
      const auto files = {edit(path, garbage(), garbage())};
      CHECK_NOTHROW(facts_of(files, review_api));
      CHECK_NOTHROW(facts_of(files, review_complexity));
      CHECK_NOTHROW(facts_of(files, review_tests));
      CHECK_FALSE(shape_digest(files).empty());
    }
  }
}

}  // namespace
}  // namespace automod::trial
