#include "engine/keep/dependents.hpp"

#include "tests/unit/catch.hpp"

namespace automod::keep {
namespace {

using Words = std::vector<std::string>;

TEST_CASE("a name is introduced where no file defined it before") {
  CHECK(names_introduced(
            {{.path = "a.c", .original = "int f();", .modified = "int f(); int g();"}}) ==
        Words{"g"});
  CHECK(names_introduced({{.path = "a.c", .original = "int f();", .modified = ""},
                          {.path = "b.c", .modified = "int f();"}})
            .empty());
  CHECK(names_introduced({{.path = "notes.txt", .modified = "int g();"}}).empty());
}

TEST_CASE("a name is taken up where it was not used before") {
  const FileChange change{.path = "b.py", .original = "x = f()\n", .modified = "x = f() + g()\n"};
  CHECK(names_taken_up({change}, {"f", "g", "h"}) == Words{"g"});
}

}  // namespace
}  // namespace automod::keep
