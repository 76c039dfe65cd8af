#include "engine/repo/path_rules.hpp"

#include "tests/unit/catch.hpp"

namespace automod::testing {

using namespace repo;

TEST_CASE("ordinary paths have no fault") {
  const char* joined = "\360\237\221\251\342\200\215\360\237\222\273.md";
  for (const char* path : {"a", "a/b", ".gitignore", "src/.github/x.yml", "a b/c d", "ä/ö.txt",
                           "-x", "git", "git~", "git~x", "x.git", "git~1x", "...x", joined}) {
    CAPTURE(path);
    CHECK(fault_of_path(path) == std::nullopt);
  }
  CHECK(fault_of_path(std::string(200, 'x') + "/" + std::string(200, 'y')) == std::nullopt);
}

TEST_CASE("paths that no tree may hold say what is wrong with them") {
  struct Row {
    std::string path;
    std::string fault;
  };
  const std::vector<Row> rows{
      {"", "is empty"},
      {"/etc/passwd", "is absolute"},
      {"..", "leaves the tree"},
      {"a/../b", "leaves the tree"},
      {"./a", "leaves the tree"},
      {"a/.", "leaves the tree"},
      {"a//b", "has an empty component"},
      {"a/", "has an empty component"},
      {"a\\b", "contains a backslash"},
      {"a\nb", "contains a control character"},
      {"a\x7f", "contains a control character"},
      {std::string("a\0b", 3), "contains a control character"},
      {"a\xc2\x85", "contains a control character"},
      {"a\342\200\256b", "direction of text"},
      {"a\xff", "is not UTF-8"},
      {"\xc0\xae\xc0\xae/x", "is not UTF-8"},
      {".git", "touches .git"},
      {".git/hooks/post-commit", "touches .git"},
      {"a/.GiT/config", "touches .git"},
      {"git~1/config", "touches .git"},
      {"GIT~2", "touches .git"},
      {".git /x", "touches .git"},
      {".git./x", "touches .git"},
      {".git . ./x", "touches .git"},
      {".git::$INDEX_ALLOCATION/x", "touches .git"},
      {".g\xe2\x80\x8cit/x", "touches .git"},
      {".git\xef\xbb\xbf/x", "touches .git"},
      {"\xe2\x80\x8d.git/x", "touches .git"},
      {"a./b", "ends in a dot or a space"},
      {"a /b", "ends in a dot or a space"},
      {"..x../y", "ends in a dot or a space"},
      {std::string(256, 'x'), "more than 255 bytes"},
      {std::string(5000, 'x'), "more than 4096 bytes"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.path);
    REQUIRE(fault_of_path(row.path));
    CHECK_THAT(*fault_of_path(row.path), ContainsSubstring(row.fault));
  }
}

TEST_CASE("git's own settings are known under every name a file system may take for them") {
  for (const char* name : {".gitmodules", ".GitModules", ".gitattributes", "gitmod~1", "GITATT~1",
                           ".gitmodules .", ".git\342\200\214attributes"}) {
    CAPTURE(name);
    CHECK(is_git_settings(name));
  }
  for (const char* name : {".gitignore", "gitmodules", ".gitmodules.txt", "a"}) {
    CAPTURE(name);
    CHECK_FALSE(is_git_settings(name));
  }
}

}  // namespace automod::testing
