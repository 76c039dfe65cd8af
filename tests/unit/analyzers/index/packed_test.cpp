#include "analyzers/index/packed.hpp"

#include <string>

#include "analyzers/index/index.hpp"
#include "tests/unit/catch.hpp"

namespace automod::analyzers {
namespace {

PackedFile packed(const std::string& path, std::string_view text) {
  return {.path = path, .bytes = encode(facts_of(*language_of(path), text))};
}

PackedCode code() {
  return PackedCode({packed("src/b.py", "import a\n\ndef second():\n    return a.first()\n"),
                     packed("src/a.py", "def first():\n    return 1\n\nLIMIT = 3\n"),
                     packed("src/c.cpp", "int first();\nint third() { return first(); }\n"),
                     packed("src/empty.py", "")});
}

struct Seen {
  std::string path;
  std::string name;
  bool defines = false;
  bool declares = false;
  friend bool operator==(const Seen&, const Seen&) = default;
};

std::vector<Seen> look_for(const PackedCode& code, const std::vector<std::string>& names) {
  std::vector<Seen> all;
  const auto found = code.look_for(names, 2);
  REQUIRE(found);
  for (const auto& one : *found) {
    all.push_back({.path = code.files()[one.file].path,
                   .name = names[one.seen.name],
                   .defines = one.seen.defines,
                   .declares = one.seen.declares});
  }
  return all;
}

TEST_CASE("a name is seen where it is defined, declared and used") {
  CHECK(look_for(code(), {"first"}) == std::vector<Seen>{{"src/a.py", "first", true, false},
                                                         {"src/b.py", "first", false, false},
                                                         {"src/c.cpp", "first", false, true}});
}

TEST_CASE("several names are looked for at once, and unknown ones are nowhere") {
  CHECK(look_for(code(), {"nowhere", "third", "", "LIMIT", "firs", "firsts"}) ==
        std::vector<Seen>{{"src/a.py", "LIMIT", true, false}, {"src/c.cpp", "third", true, false}});
  CHECK(look_for(code(), {}).empty());
}

TEST_CASE("what is seen is what all of the facts say") {
  const PackedCode all = code();
  for (std::uint32_t file = 0; file < all.files().size(); ++file) {
    const auto facts = all.facts(file);
    REQUIRE(facts);
    const WantedNames wanted(facts->names);
    const auto seen = names_in(all.files()[file].bytes, wanted);
    REQUIRE(seen);
    REQUIRE(seen->size() == facts->names.size());
    for (std::uint32_t name = 0; name < facts->names.size(); ++name) {
      bool defines = false;
      bool declares = false;
      for (const Symbol& symbol : facts->symbols) {
        if (symbol.name == name) (symbol.is_definition ? defines : declares) = true;
      }
      CHECK((*seen)[name].name == name);
      CHECK((*seen)[name].defines == defines);
      CHECK((*seen)[name].declares == declares);
    }
  }
}

TEST_CASE("a part is read by itself") {
  const PackedCode all = code();
  const auto with = all.read({*all.find("src/a.py"), *all.find("src/b.py")}, true, 2);
  REQUIRE(with);
  CHECK(with->files().size() == 2);
  CHECK(with->imports(*with->find("src/b.py")).size() == 1);
  const auto without = all.read({*all.find("src/b.py"), *all.find("src/a.py")}, false, 2);
  REQUIRE(without);
  CHECK(without->imports(*without->find("src/b.py")).empty());
  CHECK(without->links_to(without->named("first").at(0)).size() == 1);
  CHECK_FALSE(all.find("src/d.py"));
}

TEST_CASE("damaged facts are an error wherever they are cut") {
  const PackedFile whole = packed("src/c.cpp", "int first();\nint third() { return first(); }\n");
  for (std::size_t size = 0; size < whole.bytes.size(); ++size) {
    const PackedCode cut(
        std::vector<PackedFile>{{.path = whole.path, .bytes = whole.bytes.substr(0, size)}});
    CHECK_FALSE(cut.facts(0));
    const auto found = cut.look_for({"third"}, 1);
    if (found) CHECK(found->size() <= 1);
  }
  const PackedCode rubbish(std::vector<PackedFile>{{.path = "a.c", .bytes = "rubbish"}});
  CHECK_FALSE(rubbish.look_for({"a"}, 1));
}

}  // namespace
}  // namespace automod::analyzers
