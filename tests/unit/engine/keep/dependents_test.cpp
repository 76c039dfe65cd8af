#include "engine/keep/dependents.hpp"

#include <map>

#include "tests/unit/catch.hpp"

namespace automod::keep {
namespace {

using Words = std::vector<std::string>;
using Files = std::map<std::string, std::string>;

/// Changes of the same tree: the earlier puts its files there, the later one changes it again.
Words taken_up(const std::vector<FileChange>& earlier, const std::vector<FileChange>& later,
               Files tree = {}) {
  for (const auto* changes : {&earlier, &later}) {
    for (const FileChange& change : *changes) tree[change.path] = change.modified.value();
  }
  const auto paths = [&]() -> Result<Words> {
    Words all;
    for (const auto& [path, text] : tree) all.push_back(path);
    return all;
  };
  const TreeAfter after{.paths = paths,
                        .read = [&](const std::string& path) -> Result<std::optional<std::string>> {
                          return tree.contains(path) ? std::optional(tree.at(path)) : std::nullopt;
                        }};
  return definitions_taken_up(earlier, later, after).value();
}

FileChange change(std::string path, std::string before, std::string after) {
  return {.path = std::move(path), .original = std::move(before), .modified = std::move(after)};
}

const FileChange kHalf =
    change("half.py", "", "def half(x):\n    return x / 2\n\ndef third(x):\n    return x / 3\n");

TEST_CASE("a definition is taken up through an import") {
  CHECK(taken_up({kHalf}, {change("use.py", "", "import half\n\ny = half.half(4)\n")}) ==
        Words{"half"});
}

TEST_CASE("a use over a chain of includes is a dependence") {
  const Files tree = {{"all.hpp", "#include \"half.hpp\"\n"}};
  CHECK(taken_up({change("half.hpp", "", "inline int half(int x) { return x / 2; }\n")},
                 {change("use.cpp", "", "#include \"all.hpp\"\nint y = half(4);\n")},
                 tree) == Words{"half"});
}

TEST_CASE("a function of the same name of its own is no dependence") {
  CHECK(
      taken_up({kHalf}, {change("own.py", "", "def half(x):\n    return x >> 1\n\ny = half(4)\n")})
          .empty());
}

TEST_CASE("a function of the same name that another import brings is no dependence") {
  const Files tree = {{"other.py", "def half(x):\n    return x >> 1\n"}};
  CHECK(taken_up({kHalf}, {change("use.py", "", "import other\n\ny = other.half(4)\n")}, tree)
            .empty());
}

TEST_CASE("what was used before is not taken up") {
  CHECK(taken_up({kHalf}, {change("use.py", "import half\ny = half.half(4)\n",
                                  "import half\ny = half.half(5)\n")})
            .empty());
}

TEST_CASE("what was there before the earlier change does not depend on it") {
  const std::string half = "def half(x):\n    return x / 2\n";
  CHECK(taken_up({change("half.py", half, "# faster\n" + half)},
                 {change("use.py", "", "import half\ny = half.half(4)\n")})
            .empty());
}

TEST_CASE("a declaration is taken up where an include leads to it") {
  const FileChange declares = change("half.hpp", "", "int half(int x);\n");
  CHECK(
      taken_up({declares}, {change("use.cpp", "", "#include \"half.hpp\"\nint y = half(4);\n")}) ==
      Words{"half"});
  CHECK(taken_up({declares}, {change("use.cpp", "", "#include \"own.hpp\"\nint y = half(4);\n")},
                 {{"own.hpp", "int half(int x);\n"}})
            .empty());
}

TEST_CASE("a use in the same file is a dependence") {
  CHECK(taken_up({change("a.c", "", "int f() { return 1; }\n")},
                 {change("a.c", "int f() { return 1; }\n",
                         "int f() { return 1; }\nint g() { return f(); }\n")}) == Words{"f"});
}

TEST_CASE("what is in no known language takes up nothing") {
  CHECK(taken_up({change("a.c", "", "int f() { return 1; }\nint h() { return 1; }\n")},
                 {change("b.txt", "", "f()\n")})
            .empty());
}

}  // namespace
}  // namespace automod::keep
