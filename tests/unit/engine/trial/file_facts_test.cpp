#include "engine/trial/file_facts.hpp"

#include "tests/unit/catch.hpp"

namespace automod::trial {
namespace {

FileChange change(std::string path, std::optional<std::string> original,
                  std::optional<std::string> modified) {
  FileChange file;
  file.path = std::move(path);
  file.original = std::move(original);
  file.modified = std::move(modified);
  return file;
}

TEST_CASE("lines are counted by hunks, whatever the lines look like") {
  const auto facts = file_facts({}, {change("a.sql", "x\n", "y\n"), change("b.sql", "1\n", "2\n")},
                                "diff --git a/a.sql b/a.sql\n"
                                "index 1..2 100644\n"
                                "--- a/a.sql\n"
                                "+++ b/a.sql\n"
                                "@@ -1,2 +1,3 @@ text\n"
                                " same\n"
                                "--- a comment\n"
                                "+++ more\n"
                                "+diff --git a/x b/x\n"
                                "\\ No newline at end of file\n"
                                "diff --git a/b.sql b/b.sql\n"
                                "@@ -1 +1 @@\n"
                                "-1\n"
                                "+2\n");
  CHECK(facts.at(0).lines_added == 2);
  CHECK(facts.at(0).lines_removed == 1);
  CHECK(facts.at(1).lines_added == 1);
  CHECK(facts.at(1).lines_removed == 1);
}

TEST_CASE("what a file is to its project is written down") {
  const auto facts =
      file_facts({},
                 {change("src/a.cpp", "", "int x;\n"), change("tests/a_test.cpp", {}, "int x;\n"),
                  change("CMakeLists.txt", "", "project(x)\n")},
                 "");
  CHECK(facts.at(0).role == FileRole::kSource);
  CHECK(facts.at(1).role == FileRole::kTest);
  CHECK(facts.at(2).role == FileRole::kBuild);
}

TEST_CASE("a diff that does not fit the files counts whole files") {
  const auto facts = file_facts({}, {change("a.txt", "1\n2\n", "1\n2\n3\n")}, "");
  CHECK(facts.at(0).lines_added == 3);
  CHECK(facts.at(0).lines_removed == 2);
}

TEST_CASE("what became of a file is said, and whether it is protected") {
  Config config;
  config.protected_paths = {"tests/**"};
  const auto facts =
      file_facts(config,
                 {change("a.cpp", std::nullopt, "int a;\n"), change("b.cpp", "int b;\n", "int b\n"),
                  change("tests/c.cpp", "int c;\n", std::nullopt)},
                 "");
  CHECK(facts.at(0).change == "added");
  CHECK(facts.at(1).change == "modified");
  CHECK(facts.at(2).change == "deleted");
  CHECK_FALSE(facts.at(0).is_protected);
  CHECK(facts.at(2).is_protected);
}

TEST_CASE("syntax errors are counted on both sides") {
  const auto facts =
      file_facts({},
                 {change("a.cpp", "int f() { return 1; }\n", "int f() { return 1;\n"),
                  change("notes.txt", "((", "((((")},
                 "");
  CHECK(facts.at(0).syntax_errors_before == 0);
  CHECK(facts.at(0).syntax_errors_after > 0);
  CHECK(facts.at(1).language.empty());
}

TEST_CASE("only edits of known sources leave the configuration alone") {
  const auto wants = [](const FileChange& file) {
    return wants_configure(file_facts({}, {file}, ""));
  };
  CHECK_FALSE(wants(change("a.cpp", "int a;\n", "int b;\n")));
  CHECK(wants(change("a.cpp", std::nullopt, "int b;\n")));
  CHECK(wants(change("a.cpp", "int a;\n", std::nullopt)));
  CHECK(wants(change("CMakeLists.txt", "a", "b")));
  CHECK(wants(change("config.h.in", "a", "b")));
}

}  // namespace
}  // namespace automod::trial
