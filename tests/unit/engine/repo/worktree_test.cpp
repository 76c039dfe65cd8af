#include "engine/repo/worktree.hpp"

#include <sys/stat.h>

#include <chrono>
#include <fstream>
#include <thread>

#include "tests/unit/catch.hpp"
#include "tests/unit/engine/repo/helpers.hpp"

namespace automod::testing {

namespace fs = std::filesystem;
using repo::Repository;
using repo::Worktree;

/// A branch `main` that is checked out at `from`, and a commit `to` that changes all sorts.
class WorktreeTest : public RepoTest {
 protected:
  WorktreeTest() {
    git.write("kept", "kept\n");
    git.write("text", "old\n");
    git.write("run", "#!\n");
    git.write("gone/deep/file", "gone\n");
    git.write("turns", "into a folder\n");
    git.write("folder/turns", "into a file\n");
    git.link("link", "text");
    from = commit("from");
    git.git({"checkout", "--quiet", "-b", "next"});
    git.write("text", "new\n");
    git.write("run", "#!\n", true);
    git.remove("gone");
    git.remove("turns");
    git.write("turns/inside", "x\n");
    git.remove("folder");
    git.write("folder", "y\n");
    git.remove("link");
    git.link("link", "kept");
    git.write("fresh/a/b", "fresh\n");
    to = commit("to");
    git.git({"checkout", "--quiet", "main"});
  }

  /// What a merge does, but for the journal.
  void move() {
    Repository repo = open();
    const auto tree = value(Worktree::holding(repo, "refs/heads/main"));
    REQUIRE(tree);
    auto move = value(tree->begin(from, to, "op-1"));
    value(repo.update_refs({{.ref = "refs/heads/main", .before = from, .after = to}}, "m", "op-1"));
    value(move.finish());
  }
  Error refused() const {
    const Repository repo = open();
    const auto tree = value(Worktree::holding(repo, "refs/heads/main"));
    const std::string before = GitFixture::snapshot(git.root());
    const auto checked = tree->check(from, to);
    REQUIRE_FALSE(checked);
    const auto begun = tree->begin(from, to, "op-1");
    REQUIRE_FALSE(begun);
    CHECK(begun.error().message == checked.error().message);
    fs::remove_all(git.root() / ".git/automod");
    CHECK(GitFixture::snapshot(git.root()) == before);
    return checked.error();
  }
  void check_clean(const fs::path& root) const {
    CHECK(git.git_in(root, {"status", "--porcelain"}).empty());
    CHECK(git.git_in(root, {"diff-index", "HEAD"}).empty());
    CHECK(git.git_in(root, {"write-tree"}) == git.git({"rev-parse", to.text + "^{tree}"}));
    CHECK(git.git({"fsck"}).empty());
  }
  CommitId from, to;
};

TEST_CASE_METHOD(WorktreeTest, "a working tree is moved from one commit to another") {
  move();
  check_clean(git.root());
  CHECK(value(read_file(git.root() / "text", 100)) == "new\n");
  CHECK(fs::read_symlink(git.root() / "link") == "kept");
  CHECK((fs::status(git.root() / "run").permissions() & fs::perms::owner_exec) != fs::perms::none);
  CHECK_FALSE(fs::exists(git.root() / "gone"));
  CHECK(fs::is_empty(git.root() / ".git/automod/locks"));
  CHECK_FALSE(fs::exists(git.root() / ".git/index.lock"));
}

TEST_CASE_METHOD(WorktreeTest, "what differs elsewhere is left as it is") {
  git.write("kept", "edited\n");
  git.write("added", "staged\n");
  git.git({"add", "added"});
  git.write("untracked", "mine\n");
  move();
  CHECK(git.git({"status", "--porcelain"}) == "A  added\n M kept\n?? untracked");
  CHECK(value(read_file(git.root() / "kept", 100)) == "edited\n");
}

TEST_CASE_METHOD(WorktreeTest, "the index keeps what it knows of the other files") {
  git.git({"update-index", "--refresh"});
  const auto known = [&] { return git.git({"ls-files", "--debug", "kept"}); };
  const std::string before = known();
  move();
  CHECK(known() == before);
}

TEST_CASE_METHOD(WorktreeTest, "an edit that is as young as the index is not hidden") {
  git.write("kept", "KEPT\n");  // as long as before, perhaps within one tick of the clock
  move();
  CHECK(git.git({"status", "--porcelain"}) == " M kept");
}

TEST_CASE_METHOD(WorktreeTest, "what the user has changed or staged in its way is named") {
  SECTION("an edited file") {
    git.write("text", "mine\n");
    CHECK(refused().message == "changed in the working tree: 'text'");
  }
  SECTION("a staged file") {
    git.write("text", "mine\n");
    git.git({"add", "text"});
    CHECK(refused().message == "changed in the working tree: 'text'; staged: 'text'");
  }
  SECTION("a file that is staged and back") {
    git.write("text", "mine\n");
    git.git({"add", "text"});
    git.write("text", "old\n");
    CHECK(refused().message == "staged: 'text'");
  }
  SECTION("a file that is to go") {
    git.write("gone/deep/file", "mine\n");
    CHECK(refused().message == "changed in the working tree: 'gone/deep/file'");
  }
  SECTION("an untracked file") {
    git.write("fresh/a/b", "mine\n");
    CHECK(refused().message == "not tracked and in the way: 'fresh/a/b'");
  }
  SECTION("an ignored file") {
    git.write(".git/info/exclude", "fresh\n");
    git.write("fresh/a/b", "mine\n");
    CHECK(refused().message == "not tracked and in the way: 'fresh/a/b'");
  }
  SECTION("a file where a folder is to be") {
    git.write("fresh", "mine\n");
    CHECK(refused().message == "not tracked and in the way: 'fresh'");
  }
  SECTION("an untracked file in a folder that is to be a file") {
    git.write("folder/mine", "mine\n");
    CHECK(refused().kind == ErrorKind::kConflict);
  }
  SECTION("a link where a folder is to be") {
    fs::create_directories(git.scratch("outside/a"));
    git.link("fresh", git.scratch("outside").string());
    CHECK(refused().message == "not tracked and in the way: 'fresh'");
    CHECK(fs::is_empty(git.scratch("outside/a")));
  }
  SECTION("a mode") {
    fs::permissions(git.root() / "text", fs::perms(0755));
    CHECK(refused().message == "changed in the working tree: 'text'");
  }
  SECTION("a file that is only intended to be added") {
    git.write("fresh/a/b", "fresh\n");
    git.git({"add", "--intent-to-add", "fresh/a/b"});
    CHECK(refused().message == "staged: 'fresh/a/b'");
  }
}

TEST_CASE_METHOD(WorktreeTest, "what is deleted or already as it shall be is no conflict") {
  git.remove("text");
  git.write("fresh/a/b", "fresh\n");
  move();
  check_clean(git.root());
}

TEST_CASE_METHOD(WorktreeTest, "an operation under way, or another commit, stops it") {
  SECTION("a merge") {
    git.write(".git/MERGE_HEAD", to.text + "\n");
    CHECK_THAT(refused().message, StartsWith("a merge is under way in "));
  }
  SECTION("a cherry-pick") {
    git.write(".git/CHERRY_PICK_HEAD", to.text + "\n");
    CHECK_THAT(refused().message, StartsWith("a cherry-pick is under way in "));
  }
  SECTION("a rebase") {
    fs::create_directories(git.root() / ".git/rebase-merge");
    CHECK_THAT(refused().message, StartsWith("a rebase is under way in "));
  }
  SECTION("another commit") {
    git.git({"commit", "--quiet", "--allow-empty", "-m", "more"});
    CHECK_THAT(refused().message, ContainsSubstring("expected at " + from.text));
  }
}

TEST_CASE_METHOD(WorktreeTest, "what only git itself can do is refused") {
  SECTION("a filter") { git.write(".gitattributes", "text filter=x\n"); }
  SECTION("an encoding") { git.write(".gitattributes", "text working-tree-encoding=UTF-16\n"); }
  SECTION("an identifier") { git.write(".gitattributes", "text ident\n"); }
  SECTION("a sparse working tree") {
    git.git({"sparse-checkout", "set", "--no-cone", "/*", "!/kept"});
  }
  SECTION("a split index") { git.git({"update-index", "--split-index"}); }
  SECTION("a file system that ignores case") { git.git({"config", "core.ignoreCase", "true"}); }
  CHECK(refused().kind == ErrorKind::kUnavailable);
}

TEST_CASE_METHOD(WorktreeTest, "submodules and attributes in the difference are refused") {
  git.git({"checkout", "--quiet", "next"});
  SECTION("a submodule") {
    git.git({"update-index", "--add", "--cacheinfo", "160000," + from.text + ",sub"});
    git.git({"commit", "--quiet", "-m", "sub"});
  }
  SECTION("attributes") {
    git.write(".gitattributes", "*.x text\n");
    commit("attributes");
  }
  to = CommitId{git.id("next")};
  git.try_git(git.root(), {"checkout", "--quiet", "main"});
  CHECK(refused().kind == ErrorKind::kUnavailable);
}

TEST_CASE_METHOD(WorktreeTest, "line endings are written and read as git does") {
  git.git({"config", "core.autocrlf", "true"});
  git.remove("text");
  git.git({"checkout", "--", "text"});
  CHECK(value(read_file(git.root() / "text", 100)) == "old\r\n");
  move();
  CHECK(value(read_file(git.root() / "text", 100)) == "new\r\n");
  CHECK(git.git({"status", "--porcelain"}).empty());
}

TEST_CASE_METHOD(WorktreeTest, "a linked working tree is moved where it is") {
  git.git({"checkout", "--quiet", "--detach"});
  const fs::path linked = git.scratch("linked");
  git.git({"worktree", "add", "--quiet", linked.string(), "main"});
  Repository repo = open();
  const auto found = value(Worktree::holding(repo, "refs/heads/main"));
  REQUIRE(found);
  CHECK(fs::equivalent(found->root(), linked));
  move();
  check_clean(linked);
  CHECK(fs::equivalent(value(Worktree::at(repo, found->root())).root(), linked));
  CHECK_FALSE(value(Worktree::holding(repo, "refs/heads/next")));
  CHECK_FALSE(Worktree::at(repo, git.scratch("nowhere")));
}

TEST_CASE_METHOD(WorktreeTest,
                 "while the index is locked by another process it waits, then stops") {
  std::ofstream(git.root() / ".git/index.lock") << "";
  const Repository repo = open();
  const auto tree = value(Worktree::holding(repo, "refs/heads/main"));
  const auto begun = tree->begin(from, to, "op-1");
  REQUIRE_FALSE(begun);
  CHECK(begun.error().kind == ErrorKind::kConflict);
  CHECK_THAT(begun.error().message, ContainsSubstring("index.lock"));
  CHECK(fs::exists(git.root() / ".git/index.lock"));
}

TEST_CASE_METHOD(WorktreeTest, "an edit made after the check is not overwritten") {
  Repository repo = open();
  const auto tree = value(Worktree::holding(repo, "refs/heads/main"));
  auto move = value(tree->begin(from, to, "op-1"));
  git.write("text", "mine\n");
  const auto done = move.finish();
  REQUIRE_FALSE(done);
  CHECK(done.error().kind == ErrorKind::kConflict);
  CHECK(value(read_file(git.root() / "text", 100)) == "mine\n");
}

}  // namespace automod::testing
