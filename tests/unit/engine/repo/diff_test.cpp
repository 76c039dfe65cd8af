#include "tests/unit/catch.hpp"
#include "tests/unit/engine/repo/helpers.hpp"

namespace automod::testing {

using repo::Repository;

class DiffTest : public RepoTest {
 protected:
  std::string git_diff(std::string_view before, std::string_view after) const {
    return git
        .try_git(git.root(), {"diff", "--full-index", "--text", "--no-renames", "--no-ext-diff",
                              "--no-textconv", "--src-prefix=a/", "--dst-prefix=b/",
                              std::string(before), std::string(after)})
        .out;
  }
};

TEST_CASE_METHOD(DiffTest, "a diff is git's, byte for byte, and git and we can apply it") {
  std::string long_text;
  for (int i = 0; i < 60; ++i) long_text += "int f" + std::to_string(i) + "() {\n  body\n}\n\n";
  git.write("long.c", long_text);
  git.write("crlf.txt", "one\r\ntwo\r\nthree\r\n");
  git.write("no newline", "a\nb");
  git.write("gains newline", "a\nb");
  git.write("mode only", "m\n");
  git.write("mode and more", "m\n");
  git.write("gone", "gone\n");
  git.write("gone empty", "");
  git.write("odd \"name\" \xc3\xa4.txt", "odd\n");
  git.write("empty before", "");
  git.write("latin1", "caf\xe9\n");
  git.git({"config", "core.autocrlf", "false"});
  const CommitId before = commit("before");

  std::string changed_text = long_text;
  changed_text.replace(changed_text.find("body"), 4, "soul");
  changed_text.insert(changed_text.rfind("body"), "more ");
  git.write("long.c", changed_text);
  git.write("crlf.txt", "one\r\n2\r\nthree\r\n");
  git.write("no newline", "a\nc");
  git.write("gains newline", "a\nb\n");
  git.write("mode only", "m\n", true);
  git.write("mode and more", "mm\n", true);
  git.remove("gone");
  git.remove("gone empty");
  git.write("odd \"name\" \xc3\xa4.txt", "odder\n");
  git.write("empty before", "not any more");
  git.write("new/empty", "");
  git.write("new/run", "run\n", true);
  git.write("latin1", "caf\xe8\n");
  const CommitId after = commit("after");

  Repository repo = open();
  const TreeId from = tree(before.text);
  const TreeId to = tree(after.text);
  for (const auto& [a, b] : {std::pair{from, to}, std::pair{to, from}}) {
    const std::string text = value(repo.diff(a, b));
    CHECK(text == git_diff(a.text, b.text));
    CHECK(value(repo.write_tree(a, value(repo.apply(a, text)))) == b);
    git.git({"read-tree", "--reset", a.text});
    const Ran applied = git.try_git(git.root(), {"apply", "--cached", "-"}, text);
    CHECK(applied.err.empty());
    CHECK(git.git({"write-tree"}) == b.text);
  }
  CHECK(value(repo.diff(from, from)).empty());
}

TEST_CASE_METHOD(DiffTest, "names that no patch may touch are still shown as git shows them") {
  const TreeId before{git.tree(commit("before").text)};
  for (const char* name : {"tab\there", "back\\slash", "line\nend", "bell\a\x01\x7f", "\xff"}) {
    git.write(name, "x\n");
  }
  git.commit("after");
  CHECK(value(open().diff(before, tree())) == git_diff(before.text, "HEAD"));
}

TEST_CASE_METHOD(DiffTest, "no setting and no attribute changes a diff") {
  git.write("a.py", "class A:\n  def f(self):\n    1\n    2\n    3\n    4\n    5\n");
  const TreeId before{git.tree(commit("one").text)};
  git.write("a.py", "class A:\n  def f(self):\n    1\n    2\n    3\n    4\n    6\n");
  git.commit("two");
  const std::string text = value(open().diff(before, tree()));
  git.write(".gitattributes", "*.py diff=python -text\n*.py binary\n");
  git.write(".git/info/attributes", "*.py diff=python\n");
  for (const auto& [key, setting] : {std::pair{"diff.noprefix", "true"},
                                     {"diff.mnemonicPrefix", "true"},
                                     {"diff.context", "9"},
                                     {"diff.algorithm", "patience"},
                                     {"core.abbrev", "9"},
                                     {"diff.interHunkContext", "5"},
                                     {"core.quotePath", "false"},
                                     {"core.fileMode", "false"}}) {
    git.git({"config", key, setting});
  }
  CHECK(value(open().diff(before, tree())) == text);
}

TEST_CASE_METHOD(DiffTest,
                 "links, submodules and binary files appear in a diff as git shows them") {
  git.write("kind", "file\n");
  git.write("binary", std::string("a\0b\n", 4));
  git.link("link", "one");
  const CommitId before = commit("before");
  git.remove("kind");
  git.link("kind", "somewhere");
  git.remove("link");
  git.link("link", "two");
  git.write("binary", std::string("a\0c\n", 4));
  git.git({"update-index", "--add", "--cacheinfo", "160000," + before.text + ",sub"});
  git.commit("after");
  git.git({"update-index", "--add", "--cacheinfo", "160000," + before.text + ",sub"});
  git.git({"commit", "--quiet", "-m", "and a submodule"});
  const std::string text = value(open().diff(tree(before.text), tree()));
  CHECK(text == git_diff(before.text, "HEAD"));
  CHECK_THAT(text, ContainsSubstring("Subproject commit"));
}

TEST_CASE_METHOD(DiffTest, "changes carry contents and executable bits of both sides") {
  git.write("a", "a\n");
  git.write("b", "b\n", true);
  git.write("c", "c\n");
  const CommitId before = commit("before");
  git.write("a", "A\n", true);
  git.remove("b");
  git.write("d/e", "e\n");
  git.commit("after");
  const auto files = value(open().changes(tree(before.text), tree(), 1000));
  REQUIRE(files.size() == 3);
  CHECK(files[0].path == "a");
  CHECK(files[0].original == "a\n");
  CHECK(files[0].modified == "A\n");
  CHECK_FALSE(files[0].original_executable);
  CHECK(files[0].executable);
  CHECK(files[1].path == "b");
  CHECK(files[1].original_executable);
  CHECK_FALSE(files[1].modified);
  CHECK(files[2].path == "d/e");
  CHECK_FALSE(files[2].original);
  CHECK(value(open().write_tree(tree(before.text), files)) == tree());

  const auto large = open().changes(tree(before.text), tree(), 5);
  REQUIRE_FALSE(large);
  CHECK(large.error().kind == ErrorKind::kRefused);
}

TEST_CASE_METHOD(DiffTest, "changes of links and submodules are refused by name") {
  git.write("a", "a\n");
  const CommitId before = commit("before");
  SECTION("a link") {
    git.link("the-link", "a");
    git.commit("after");
    const auto files = open().changes(tree(before.text), tree(), 1000);
    REQUIRE_FALSE(files);
    CHECK(files.error().kind == ErrorKind::kRefused);
    CHECK_THAT(files.error().message, ContainsSubstring("'the-link' is a symbolic link"));
  }
  SECTION("a file that becomes a link") {
    git.remove("a");
    git.link("a", "b");
    git.commit("after");
    CHECK(open().changes(tree(before.text), tree(), 1000).error().kind == ErrorKind::kRefused);
  }
  SECTION("a submodule") {
    git.git({"update-index", "--add", "--cacheinfo", "160000," + before.text + ",sub"});
    git.git({"commit", "--quiet", "-m", "after"});
    const auto files = open().changes(tree(before.text), tree(), 1000);
    REQUIRE_FALSE(files);
    CHECK_THAT(files.error().message, ContainsSubstring("'sub' is a submodule"));
  }
}

class ChangedLinesTest : public RepoTest {
 protected:
  /// "name 3-4 9-9", a line for each file.
  std::string lines(const TreeId& before) const {
    std::string text;
    for (const repo::ChangedLines& file : value(open().changed_lines(before, tree()))) {
      text += file.path;
      for (const auto& [first, last] : file.spans) {
        text += " " + std::to_string(first) + "-" + std::to_string(last);
      }
      text += "\n";
    }
    return text;
  }
};

TEST_CASE_METHOD(ChangedLinesTest,
                 "lines that are new or other are changed, their neighbours not") {
  git.write("b", "1\n2\n3\n4\n5\n6\n");
  git.write("same", "s\n");
  const TreeId before{git.tree(commit("before").text)};
  git.write("b", "1\nII\n3\n4\n5\nnew\nnew\n6\n");
  git.write("a", "x\ny\n");
  git.commit("after");
  CHECK(lines(before) == "a 1-2\nb 2-2 6-7\n");
}

TEST_CASE_METHOD(ChangedLinesTest, "a file that only lost lines is named without any") {
  git.write("b", "1\n2\n3\n");
  git.write("gone", "g\n");
  const TreeId before{git.tree(commit("before").text)};
  git.write("b", "1\n3\n");
  git.remove("gone");
  git.commit("after");
  CHECK(lines(before) == "b\n");
}

TEST_CASE_METHOD(ChangedLinesTest, "what a file was called before does not make its lines new") {
  std::string text;
  for (int i = 0; i < 30; ++i) text += "line " + std::to_string(i) + "\n";
  git.write("old", text);
  const TreeId before{git.tree(commit("before").text)};
  git.remove("old");
  git.write("new", "first\n" + text);
  git.commit("after");
  CHECK(lines(before) == "new 1-1\n");
}

}  // namespace automod::testing
