#include "tests/unit/catch.hpp"
#include "tests/unit/engine/repo/helpers.hpp"

namespace automod::testing {

namespace fs = std::filesystem;
using repo::Repository;

class WriteTest : public RepoTest {
 protected:
  WriteTest() {
    git.write("a", "a\n");
    git.write("dir/b", "b\n");
    git.write("dir/run", "run\n", true);
    git.write("other/deep/c", "c\n");
    git.link("link", "a");
    git.commit("base");
  }
  std::string objects() const { return GitFixture::snapshot(git.root() / ".git"); }
};

TEST_CASE_METHOD(WriteTest, "a written tree is the one that git makes of the same files") {
  Repository repo = open();
  const TreeId base = tree();
  FileChange run = changed("dir/run", "run\n", "run\n");
  run.original_executable = true;
  FileChange fresh = made("new/folder/x", "x\n");
  fresh.executable = true;
  const TreeId written = value(repo.write_tree(
      base, {changed("a", "a\n", "A\n"), run, fresh, deleted("other/deep/c", "c\n")}));
  git.write("a", "A\n");
  git.write("dir/run", "run\n", false);
  git.write("new/folder/x", "x\n", true);
  git.remove("other");
  git.commit("by git");
  CHECK(written == tree());
}

TEST_CASE_METHOD(WriteTest, "nothing reaches the repository before it is persisted") {
  Repository repo = open();
  const TreeId base = tree();
  const std::string before = objects();
  const TreeId written =
      value(repo.write_tree(base, {changed("a", "a\n", "A\n"), made("n/e/w", "w\n")}));
  const std::string text = value(repo.diff(base, written));
  CHECK(value(repo.apply(base, text)).size() == 2);
  CHECK(value(repo.list(written)).size() == 6);
  CHECK(value(repo.changes(base, written, 1000)).size() == 2);
  CHECK(value(repo.merge_trees(base, written, base)).tree == written);
  CHECK_FALSE(repo.write_tree(base, {changed("a", "wrong\n", "A\n")}));
  CHECK(objects() == before);
  CHECK(git.try_git(git.root(), {"cat-file", "-e", written.text}).code != 0);
  CHECK_FALSE(repo.commit(
      {.tree = written, .parents = {}, .author_name = "a", .author_email = "b", .message = "m"}));
}

TEST_CASE_METHOD(WriteTest, "a persisted tree is whole for git") {
  Repository repo = open();
  const TreeId written = value(repo.write_tree(tree(), {made("n/e/w", "w\n")}));
  value(repo.persist(written));
  CHECK(git.git({"show", written.text + ":n/e/w"}) == "w");
  CHECK(git.try_git(git.root(), {"fsck", "--strict"}).code == 0);
  value(repo.persist(written));  // again is fine
  value(repo.persist(tree()));
}

TEST_CASE_METHOD(WriteTest, "removing all files leaves the empty tree") {
  Repository repo = open();
  git.remove("link");
  git.commit("without the link");
  FileChange run = deleted("dir/run", "run\n");
  run.original_executable = true;
  const TreeId empty = value(repo.write_tree(
      tree(), {deleted("a", "a\n"), deleted("dir/b", "b\n"), run, deleted("other/deep/c", "c\n")}));
  CHECK(empty.text == "4b825dc642cb6eb9a060e54bf8d69288fbee4904");
  CHECK(value(repo.list(empty)).empty());
  value(repo.persist(empty));
  CHECK(git.git({"cat-file", "-t", empty.text}) == "tree");
}

TEST_CASE_METHOD(WriteTest, "a file may become a folder and a folder a file in one change") {
  Repository repo = open();
  const TreeId written =
      value(repo.write_tree(tree(), {deleted("a", "a\n"), made("a/x", "x\n"), made("other", "o\n"),
                                     deleted("other/deep/c", "c\n")}));
  CHECK(value(repo.read(written, "a/x", 10)) == "x\n");
  CHECK(value(repo.read(written, "other", 10)) == "o\n");
}

TEST_CASE_METHOD(WriteTest, "changes that do not fit the base are refused by name") {
  struct Row {
    FileChange file;
    ErrorKind kind;
    std::string message;
  };
  FileChange run = changed("dir/run", "run\n", "x");
  const std::vector<Row> rows{
      {changed("a", "A\n", "b\n"), ErrorKind::kUsage, "'a' has other content in the base"},
      {changed("zz", "A\n", "b\n"), ErrorKind::kUsage, "'zz' is no file in the base"},
      {changed("dir", "A\n", "b\n"), ErrorKind::kUsage, "'dir' is no file in the base"},
      {changed("link", "a", "b"), ErrorKind::kUsage, "'link' is no file in the base"},
      {made("a", "b\n"), ErrorKind::kUsage, "'a' is there already"},
      {made("link", "b\n"), ErrorKind::kUsage, "'link' is there already"},
      {made("dir", "b\n"), ErrorKind::kRefused, "'dir' is a folder"},
      {made("a/x", "b\n"), ErrorKind::kRefused, "'a' is no folder"},
      {made("link/x", "b\n"), ErrorKind::kRefused, "'link' is no folder"},
      {run, ErrorKind::kUsage, "'dir/run' is executable in the base"},
      {made("../x", ""), ErrorKind::kRefused, "path '../x' leaves the tree"},
      {made("x/.Git/hooks", ""), ErrorKind::kRefused, "touches .git"},
      {{.path = "q", .original = {}, .modified = {}}, ErrorKind::kUsage, "neither side"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.file.path, row.message);
    const auto written = open().write_tree(tree(), {row.file});
    REQUIRE_FALSE(written);
    CHECK(written.error().kind == row.kind);
    CHECK_THAT(written.error().message, ContainsSubstring(row.message));
  }
  const auto twice = open().write_tree(tree(), {made("q", "1"), made("q", "2")});
  REQUIRE_FALSE(twice);
  CHECK_THAT(twice.error().message, ContainsSubstring("'q' is changed twice"));
}

TEST_CASE_METHOD(WriteTest, "a commit has exactly what it was told") {
  Repository repo = open();
  const CommitId parent{git.id("HEAD")};
  const CommitId made_commit = value(repo.commit({.tree = tree(),
                                                  .parents = {parent},
                                                  .author_name = "agent",
                                                  .author_email = "agent@localhost",
                                                  .message = "subject\n\nbody\n\nTrailer: x\n",
                                                  .seconds = 1700000001}));
  CHECK(git.git({"cat-file", "-p", made_commit.text}) ==
        "tree " + tree().text + "\nparent " + parent.text +
            "\nauthor agent <agent@localhost> 1700000001 +0000"
            "\ncommitter agent <agent@localhost> 1700000001 +0000"
            "\n\nsubject\n\nbody\n\nTrailer: x");
  CHECK(value(repo.message(made_commit)) == "subject\n\nbody\n\nTrailer: x\n");
  CHECK(value(repo.parents(made_commit)) == std::vector<CommitId>{parent});
  CHECK(git.git({"status", "--porcelain"}).empty());
}

TEST_CASE_METHOD(WriteTest, "a commit without an author or with an unknown parent is refused") {
  repo::NewCommit plan{
      .tree = tree(), .parents = {}, .author_name = "", .author_email = "x@y", .message = "m"};
  CHECK(open().commit(plan).error().kind == ErrorKind::kUsage);
  plan.author_name = "a";
  plan.parents = {CommitId{std::string(40, '1')}};
  CHECK_FALSE(open().commit(plan));
}

TEST_CASE_METHOD(WriteTest, "changes of two sides merge, and conflicts are named") {
  Repository repo = open();
  const TreeId base = tree();
  const TreeId ours = value(repo.write_tree(base, {changed("a", "a\n", "ours\n")}));
  const TreeId theirs =
      value(repo.write_tree(base, {changed("dir/b", "b\n", "theirs\n"), made("dir/n", "n\n")}));
  const auto merged = value(repo.merge_trees(base, ours, theirs));
  REQUIRE(merged.tree);
  CHECK(value(repo.read(*merged.tree, "a", 100)) == "ours\n");
  CHECK(value(repo.read(*merged.tree, "dir/b", 100)) == "theirs\n");

  const TreeId other = value(
      repo.write_tree(base, {changed("a", "a\n", "other\n"), changed("dir/b", "b\n", "o\n")}));
  const TreeId left =
      value(repo.write_tree(base, {changed("a", "a\n", "ours\n"), deleted("dir/b", "b\n")}));
  const auto conflict = value(repo.merge_trees(base, left, other));
  CHECK_FALSE(conflict.tree);
  CHECK(conflict.conflicts == std::vector<std::string>{"a", "dir/b"});
}

TEST_CASE_METHOD(WriteTest, "attributes of the working tree do not decide how trees merge") {
  Repository repo = open();
  const TreeId base = tree();
  const TreeId ours = value(repo.write_tree(base, {changed("a", "a\n", "ours\n")}));
  const TreeId theirs = value(repo.write_tree(base, {changed("a", "a\n", "theirs\n")}));
  git.write(".gitattributes", "* merge=union\n");
  git.write(".git/info/attributes", "* merge=union\n");
  const auto merged = value(open().merge_trees(base, base, base));
  CHECK(merged.tree == base);
  CHECK(value(repo.merge_trees(base, ours, theirs)).conflicts == std::vector<std::string>{"a"});
}

}  // namespace automod::testing
