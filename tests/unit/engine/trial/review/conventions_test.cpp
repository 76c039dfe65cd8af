#include <string>
#include <vector>

#include "tests/unit/catch.hpp"
#include "tests/unit/engine/trial/review/change.hpp"

namespace automod {
namespace {

using testing::Change;
using Facts = std::vector<std::string>;

std::string functions(int count, const std::string& name, const std::string& body = "return 1;") {
  std::string text;
  for (int i = 0; i < count; ++i) {
    text += "int " + name + std::to_string(i) + "(int a) {\n  " + body + "\n}\n";
  }
  return text;
}

Facts seen(const Change& change) { return change.facts(trial::review_conventions); }

Change adding(const std::string& path, const std::string& before, const std::string& added) {
  Change change;
  change.base[path] = before;
  change.now[path] = before + added;
  return change;
}

/// Four files of 200 lines that never throw, allocate or panic.
Change quiet_project() {
  Change change;
  for (const char* name : {"a", "b", "c", "d"}) {
    change.base["src/" + std::string(name) + ".cpp"] = functions(70, std::string("do_") + name);
  }
  return change;
}

TEST_CASE("a new name that is unlike nearly all of its kind in the file is seen") {
  CHECK(seen(adding("src/a.cpp", functions(8, "read_it"), "int readAll() {\n  return 1;\n}\n")) ==
        Facts{"unconventional readAll:25"});
  CHECK(seen(adding("src/a.py", "def a_b():\n    pass\n\n\ndef c_d():\n    pass\n", "")).empty());
}

TEST_CASE("a new name like the others is not, nor one that tells nothing") {
  const std::string before = functions(8, "read_it");
  CHECK(seen(adding("src/a.cpp", before, "int read_all() {\n  return 1;\n}\n")).empty());
  CHECK(seen(adding("src/a.cpp", before, "int read() {\n  return 1;\n}\n")).empty());
  CHECK(seen(adding("src/a.cpp", before, "TEST_CASE(\"x\") {\n}\n")).empty());
}

TEST_CASE("what is too little or divided is no habit") {
  const std::string added = "int readAll() {\n  return 1;\n}\n";
  CHECK(seen(adding("src/a.cpp", functions(7, "read_it"), added)).empty());
  CHECK(
      seen(adding("src/a.cpp", functions(8, "read_it") + functions(2, "writeIt"), added)).empty());
}

TEST_CASE("where the file has too few, the folder tells, and else the project") {
  Change change;
  change.base["src/a.cpp"] = "int x;\n";
  change.base["src/b.cpp"] = functions(8, "read_it");
  change.base["lib/c.cpp"] = functions(20, "writeIt");
  change.now["src/a.cpp"] = "int x;\nint readAll() {\n  return 1;\n}\n";
  CHECK(seen(change) == Facts{"unconventional readAll:2"});
  change.base["src/b.cpp"] = "";
  CHECK(seen(change).empty());
  change.now["src/a.cpp"] = "int x;\nint read_all() {\n  return 1;\n}\n";
  CHECK(seen(change) == Facts{"unconventional read_all:2"});
}

TEST_CASE("a name that stood in the changed files before is not new") {
  Change change;
  change.base["src/a.cpp"] = functions(8, "read_it") + "int readAll(int a) {\n  return 1;\n}\n";
  change.base["src/b.cpp"] = functions(8, "read_that");
  change.now["src/a.cpp"] = functions(8, "read_it");
  change.now["src/b.cpp"] = functions(8, "read_that") + "int readAll(int a) {\n  return 1;\n}\n";
  CHECK(seen(change).empty());
}

TEST_CASE("a name that a library asks for is nobody's choice") {
  CHECK(seen(adding("src/a.cpp", functions(8, "ReadIt"), "void to_json(A& a) {\n  a.b();\n}\n"))
            .empty());
}

TEST_CASE("members are held against members of their visibility") {
  std::string before = "class A {\n private:\n";
  for (int i = 0; i < 8; ++i) before += "  int size" + std::to_string(i) + "_ = 0;\n";
  Change change;
  change.base["src/a.hpp"] = before + "};\n";
  change.now["src/a.hpp"] = before + "  int m_length = 0;\n};\n";
  CHECK(seen(change) == Facts{"unconventional m_length:11"});
  change.now["src/a.hpp"] = before + "  int length_ = 0;\n};\n";
  CHECK(seen(change).empty());
}

TEST_CASE("a test may be named and fail as it likes") {
  CHECK(
      seen(adding("tests/a_test.cpp", functions(8, "read_it"), "int readAll() {\n  throw 1;\n}\n"))
          .empty());
}

TEST_CASE("a way to fail or allocate that the project never takes is seen") {
  for (const std::string added : {"throw", "new", "delete"}) {
    Change change = quiet_project();
    change.now["src/a.cpp"] =
        change.base["src/a.cpp"] + "int do_more(int* a) {\n  " + added + " a;\n  return 1;\n}\n";
    CAPTURE(added);
    CHECK(seen(change) == Facts{"unconventional " + added + ":212"});
  }
}

TEST_CASE("a way that the project takes anywhere is its own") {
  Change change = quiet_project();
  change.base["lib/e.cpp"] = functions(1, "do_it", "throw 1;");
  change.now["src/a.cpp"] = change.base["src/a.cpp"] + functions(1, "do_more", "throw 1;");
  CHECK(seen(change).empty());
}

TEST_CASE("a way that only comments and strings speak of is not taken") {
  Change change = quiet_project();
  change.base["lib/e.cpp"] = "// we never throw a new one\nconst char* a = \"throw\";\n";
  change.now["src/a.cpp"] = change.base["src/a.cpp"] + functions(1, "do_more", "throw 1;");
  CHECK(seen(change) == Facts{"unconventional throw:212"});
}

TEST_CASE("a small project has no habit of failing") {
  CHECK(seen(adding("src/a.cpp", functions(8, "read_it"), functions(1, "read_more", "throw 1;")))
            .empty());
}

TEST_CASE("no size of a file keeps the review from its end") {
  CHECK(seen(adding("src/a.cpp", "int a;\n", std::string(3'000'000, 'x'))).empty());
  CHECK(seen(adding("src/a.cpp", "int a;\n", "\xff\xfe\n")).empty());
}

}  // namespace
}  // namespace automod
