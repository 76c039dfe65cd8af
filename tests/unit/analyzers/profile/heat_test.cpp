#include "analyzers/profile/heat.hpp"

#include <map>

#include "tests/unit/analyzers/profile/profile_world.hpp"

using namespace automod::analyzers;
using automod::testing::profile_of;

namespace {

Codebase codebase(const std::map<std::string, std::string>& files) {
  std::vector<CodeFile> all;
  for (const auto& [path, text] : files) {
    all.push_back({.path = path, .facts = facts_of(*language_of(path), text)});
  }
  return Codebase(std::move(all));
}

/// Of the function that is called so.
double total(const Heat& heat, const Codebase& code, const char* name) {
  const auto found = code.named(name);
  REQUIRE_FALSE(found.empty());
  return heat.of_function(found.front()).total;
}

}  // namespace

TEST_CASE("a function is found by the end of its file's path and its name") {
  const Codebase code = codebase({{"src/a.c", "static int step(int x) { return x; }\n"},
                                  {"src/b.c", "static int step(int x) { return -x; }\n"}});
  const Heat heat(profile_of("version: 1\nevents: Ir\nfl=/build/src/b.c\nfn=step.constprop.0\n1 3\n"
                             "fl=/usr/lib/c.c\nfn=step\n1 1\n"),
                  code);
  CHECK(heat.of_function({.file = 0, .symbol = 0}).total == 0);
  CHECK(heat.of_function({.file = 1, .symbol = 0}).total == 0.75);
}

TEST_CASE("without a file a function is found by its qualified name") {
  const Codebase code =
      codebase({{"ring.cpp",
                 "namespace ring { namespace { void turn() {} } struct A { void push(); };\n"
                 "void A::push() {} }\nvoid push() {}\n"}});
  const Heat heat(
      profile_of("a 1 1.0: 3 cycles: \n\t1 ring::A::push()+0x1 (/a)\n\n"
                 "a 1 1.0: 1 cycles: \n\t1 ring::(anonymous namespace)::turn()+0x1 (/a)\n"),
      code);
  CHECK(total(heat, code, "A::push") == 0.75);
  CHECK(total(heat, code, "turn") == 0.25);
  const auto all = code.named("push");
  for (const SymbolAt at : all) {
    if (code.full_name(at) == "push") CHECK(heat.of_function(at).total == 0);
  }
}

TEST_CASE("outside of C and C++ a package may stand before the name") {
  const Codebase code = codebase(
      {{"store/log.go", "package store\ntype Log struct{}\nfunc (l *Log) Append(x int) {}\n"}});
  const Heat heat(
      profile_of("a 1 1.0: 1 cycles: \n\t1 example.com/x/store.(*Log).Append+0x1 (/a)\n"), code);
  CHECK(total(heat, code, "Append") == 1);
}

TEST_CASE("a function of a library is none of ours that has its name") {
  const Codebase code = codebase({{"a.c", "int size(int x) { return x; }\n"}});
  const Heat heat(profile_of("a 1 1.0: 1 cycles: \n\t1 std::vector<int>::size() const+0x1 (/a)\n"),
                  code);
  CHECK(total(heat, code, "size") == 0);
}

TEST_CASE("lines are found by the end of the path, the longest where several fit") {
  const Codebase code = codebase({{"a.c", "int f(void) { return 1; }\n"},
                                  {"src/a.c", "int g(void) { return 1; }\n"},
                                  {"x/b.c", ""},
                                  {"y/b.c", ""}});
  const Heat heat(profile_of("version: 1\nevents: Ir\nfl=/build/src/a.c\nfn=g\n1 3\n"
                             "fl=../b.c\nfn=h\n1 1\n"),
                  code);
  CHECK(heat.of_line(*code.find("src/a.c"), 1).value().total == 0.75);
  CHECK_FALSE(heat.of_line(*code.find("a.c"), 1));
  CHECK_FALSE(heat.of_line(*code.find("x/b.c"), 1));
  CHECK_FALSE(heat.of_line(*code.find("y/b.c"), 1));
}
