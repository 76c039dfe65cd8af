#include "engine/asking/test_places.hpp"

#include "tests/unit/catch.hpp"

namespace automod::asking {

namespace {

std::vector<std::string> places(const std::string& name) {
  TestPlaces found({name});
  found.look("tests/rank_test.cpp", "TEST(finds_nothing_else) {}\nTEST(finds_nothing) {}\n");
  found.look("tests/query_test.cpp",
             "#include <x>\nTEST(finds_all) {}\nTEST(finds_nothing) {}\n"
             "TEST_CASE(\"a ring that is full\") {}\n");
  found.look("tests/test_label.py", "class Label:\n    def test_one(self): pass\n\nclass Other:\n");
  found.look("tests/test_other.py", "class Other:\n    def test_one(self): pass\n");
  return found.places();
}

}  // namespace

TEST_CASE("a test is found however its runner names it") {
  const std::vector<std::pair<std::string, std::string>> rows = {
      {"query.finds_nothing", "tests/query_test.cpp:3"},
      {"a ring that is full", "tests/query_test.cpp:4"},
      {"tests.test_label.Label.test_one", "tests/test_label.py:2"},
      {"tests/test_other.py::Other::test_one", "tests/test_other.py:2"},
  };
  for (const auto& [name, place] : rows) {
    INFO(name);
    CHECK(places(name) == std::vector{place});
  }
}

TEST_CASE("a test that no file speaks of has no place") {
  CHECK(places("finds_noth").empty());
  CHECK(places("ab").empty());
  CHECK(places("::..").empty());
}

TEST_CASE("two tests of one line are one place") {
  TestPlaces found({"one/1", "one/2"});
  found.look("t.cpp", "// one/1 and one/2\n");
  CHECK(found.places() == std::vector<std::string>{"t.cpp:1"});
}

}  // namespace automod::asking
