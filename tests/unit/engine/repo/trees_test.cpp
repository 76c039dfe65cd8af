#include "tests/unit/catch.hpp"
#include "tests/unit/engine/repo/helpers.hpp"

namespace automod::testing {

namespace fs = std::filesystem;

class TreesTest : public RepoTest {
 protected:
  /// A tree that `git` would not make, entry by entry: "MODE type ID\tNAME\n".
  TreeId raw_tree(const std::string& bytes) const {
    const Ran ran = git.try_git(
        git.root(), {"hash-object", "-t", "tree", "-w", "--literally", "--stdin"}, bytes);
    if (ran.code != 0) throw std::runtime_error(ran.err);
    return {ran.out.substr(0, 40)};
  }
  static std::string entry(std::string_view mode, std::string_view name, const std::string& id) {
    std::string bytes = std::string(mode) + " " + std::string(name) + '\0';
    for (std::size_t i = 0; i < 40; i += 2) {
      bytes += static_cast<char>(std::stoi(id.substr(i, 2), nullptr, 16));
    }
    return bytes;
  }
};

TEST_CASE_METHOD(TreesTest, "a tree is listed flat and in the order of whole paths") {
  git.write("b.txt", "22");
  git.write("a/z", "1");
  git.write("a.b", "333", true);
  git.link("link", "a/z");
  git.commit("one");
  git.git({"update-index", "--add", "--cacheinfo", "160000," + git.id("HEAD") + ",sub"});
  git.git({"commit", "--quiet", "-m", "two"});
  std::vector<std::string> seen;
  for (const repo::Entry& entry : value(open().list(tree()))) {
    char mode[16];
    std::snprintf(mode, sizeof mode, "%06o", entry.mode);
    seen.push_back(std::string(mode) + " " + entry.path + " " + std::to_string(entry.size));
  }
  CHECK(seen == std::vector<std::string>{"100755 a.b 3", "100644 a/z 1", "100644 b.txt 2",
                                         "120000 link 3", "160000 sub 0"});
  CHECK(value(open().list(tree())).front().blob == git.id("HEAD:a.b"));
}

TEST_CASE_METHOD(TreesTest, "a folder is listed one level deep") {
  git.write("a/b/c", "c");
  git.write("a/d", "d");
  git.commit("one");
  const auto held = value(open().list_folder(tree(), "a"));
  REQUIRE(held.size() == 2);
  CHECK(held[0].path == "a/b");
  CHECK(held[0].mode == 0040000);
  CHECK(held[1].path == "a/d");
  CHECK(value(open().list_folder(tree(), "")).size() == 1);
  CHECK(value(open().list_folder(tree(), "a/d")).empty());
  CHECK(value(open().list_folder(tree(), "nowhere/at/all")).empty());
}

TEST_CASE_METHOD(TreesTest, "reading tells a missing file from one that is too large") {
  git.write("dir/file", "12345");
  git.link("link", "dir/file");
  git.commit("one");
  CHECK(value(open().read(tree(), "dir/file", 5)) == "12345");
  CHECK(value(open().read(tree(), "link", 100)) == "dir/file");
  for (const char* path : {"dir", "", "/", "dir/", "dir/file/x", "../dir/file", "dir/none"}) {
    CAPTURE(path);
    CHECK(value(open().read(tree(), path, 5)) == std::nullopt);
  }
  const auto large = open().read(tree(), "dir/file", 4);
  REQUIRE_FALSE(large);
  CHECK_THAT(large.error().message, ContainsSubstring("'dir/file' has 5 bytes"));
}

TEST_CASE_METHOD(TreesTest, "ids that are no ids or name nothing are errors") {
  git.commit("one");
  for (const char* id : {"", "HEAD", "0123", "ABCDEF0123456789ABCDEF0123456789ABCDEF01",
                         "1111111111111111111111111111111111111111"}) {
    CAPTURE(id);
    CHECK_FALSE(open().list(TreeId{id}));
  }
}

TEST_CASE_METHOD(TreesTest, "export writes contents, modes, links and times, and nothing else") {
  git.write("bin/run", "#!/bin/sh\r\n", true);
  git.write("data.txt", "a\r\nb\n");
  git.write(".gitattributes", "* text eol=lf\n");
  git.link("bin/link", "../../outside");
  git.git({"config", "core.autocrlf", "false"});
  git.git({"-c", "core.attributesFile=/dev/null", "add", "--all"});
  git.commit("one");
  git.git({"update-index", "--add", "--cacheinfo", "160000," + git.id("HEAD") + ",sub"});
  git.git({"commit", "--quiet", "-m", "two"});
  const fs::path out = git.scratch("deep/out");
  value(open().export_tree(tree(), out, 1234567890));
  for (const auto& entry : value(open().list(tree()))) {
    if (entry.mode == 0160000) continue;
    if (entry.mode == 0120000) {
      CHECK(fs::read_symlink(out / entry.path) == value(open().read(tree(), entry.path, 100)));
      continue;
    }
    CHECK(value(read_file(out / entry.path, 1000)) == value(open().read(tree(), entry.path, 1000)));
    CHECK(fs::status(out / entry.path).permissions() ==
          fs::perms(entry.mode == 0100755 ? 0755 : 0644));
    const auto time = std::chrono::file_clock::to_sys(fs::last_write_time(out / entry.path));
    CHECK(std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count() ==
          1234567890);
  }
  CHECK(fs::is_empty(out / "sub"));
  CHECK(fs::is_directory(out / "sub"));
  CHECK_FALSE(open().export_tree(tree(), out, 1));  // not empty any more
}

TEST_CASE_METHOD(TreesTest, "a tree with names that no folder can hold is refused") {
  git.write("a", "a");
  git.commit("one");
  const std::string blob = git.id("HEAD:a");
  for (const char* name : {"..", ".", ".git", ".GIT", "git~1", "x/y", "../../escape"}) {
    CAPTURE(name);
    const TreeId bad = raw_tree(entry("100644", name, blob));
    const auto exported = open().export_tree(bad, git.scratch("out"), 1);
    REQUIRE_FALSE(exported);
    CHECK(exported.error().kind == ErrorKind::kRefused);
    CHECK_FALSE(open().list(bad));
    CHECK(fs::is_empty(git.scratch("out")));
  }
}

TEST_CASE_METHOD(TreesTest, "a link and a file of one name cannot lead the export outside") {
  git.write("a", "a");
  git.link("l", git.scratch("victim").string());
  git.commit("one");
  fs::create_directories(git.scratch("victim"));
  const TreeId inner = raw_tree(entry("100644", "evil", git.id("HEAD:a")));
  const TreeId bad =
      raw_tree(entry("120000", "x", git.id("HEAD:l")) + entry("40000", "x", inner.text));
  CHECK_FALSE(open().export_tree(bad, git.scratch("out"), 1));
  CHECK(fs::is_empty(git.scratch("victim")));
}

TEST_CASE_METHOD(TreesTest, "trees built to explode are refused") {
  git.write("a", "a");
  git.commit("one");
  TreeId bomb{git.tree()};
  SECTION("wide: each level names the one below it a thousand times") {
    for (int level = 0; level < 3; ++level) {
      std::string bytes;
      for (int name = 1000; name < 2000; ++name) {
        bytes += entry("40000", std::to_string(name), bomb.text);
      }
      bomb = raw_tree(bytes);
    }
  }
  SECTION("deep") {
    std::string path;
    for (int level = 0; level < 300; ++level) path += "d/";
    git.git(
        {"update-index", "--add", "--cacheinfo", "100644," + git.id("HEAD:a") + "," + path + "f"});
    bomb = {git.git({"write-tree"})};
  }
  const auto listed = open().list(bomb);
  REQUIRE_FALSE(listed);
  CHECK(listed.error().kind == ErrorKind::kRefused);
}

}  // namespace automod::testing
