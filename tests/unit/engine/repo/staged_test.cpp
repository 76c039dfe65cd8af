#include "base/files.hpp"
#include "tests/unit/catch.hpp"
#include "tests/unit/engine/repo/helpers.hpp"

namespace automod::testing {

namespace {

class StagedTest : public RepoTest {
 protected:
  StagedTest() {
    git.write("a.txt", "one\n");
    git.write("b.txt", "two\n");
    commit("first");
  }
  std::string index() const { return value(read_file(git.root() / ".git/index", kMiB)); }
};

}  // namespace

TEST_CASE_METHOD(StagedTest, "what is staged is what a commit would hold") {
  git.write("a.txt", "staged\n");
  git.git({"add", "a.txt"});
  git.write("a.txt", "staged, and changed since\n");
  git.write("untracked.txt", "not ours\n");
  const std::string before = index();
  const repo::Repository repo = open();
  const TreeId staged = value(repo.staged_tree({}));
  const auto changes = value(repo.changes(tree(), staged, kMiB));
  REQUIRE(changes.size() == 1);
  CHECK(changes[0].path == "a.txt");
  CHECK(changes[0].modified == "staged\n");
  CHECK(index() == before);
}

TEST_CASE_METHOD(StagedTest, "with nothing staged it is the tree of the commit") {
  CHECK(value(open().staged_tree({})) == tree());
}

TEST_CASE_METHOD(StagedTest, "reading what is staged writes no object") {
  git.write("a.txt", "staged\n");
  git.git({"add", "a.txt"});
  const std::string before = git.git({"count-objects"});
  static_cast<void>(value(open().staged_tree({})));
  CHECK(git.git({"count-objects"}) == before);
}

TEST_CASE_METHOD(StagedTest, "what is only intended to be added is left out") {
  git.write("new.txt", "later\n");
  git.git({"add", "--intent-to-add", "new.txt"});
  CHECK(value(open().staged_tree({})) == tree());
}

TEST_CASE_METHOD(StagedTest,
                 "another index can be named, and one that is missing is no empty one") {
  git.git({"read-tree", "--index-output=.git/other", "HEAD"});
  CHECK(value(open().staged_tree(git.root() / ".git/other")) == tree());
  const auto missing = open().staged_tree(git.root() / ".git/nowhere");
  REQUIRE_FALSE(missing);
  CHECK(missing.error().kind == ErrorKind::kUsage);
}

TEST_CASE_METHOD(StagedTest, "a merge that is not resolved cannot be judged") {
  git.git({"checkout", "--quiet", "-b", "other"});
  git.write("a.txt", "theirs\n");
  commit("theirs");
  git.git({"checkout", "--quiet", "main"});
  git.write("a.txt", "ours\n");
  commit("ours");
  static_cast<void>(git.try_git(git.root(), {"merge", "other"}));
  const auto staged = open().staged_tree({});
  REQUIRE_FALSE(staged);
  CHECK(staged.error().kind == ErrorKind::kConflict);
}

}  // namespace automod::testing
