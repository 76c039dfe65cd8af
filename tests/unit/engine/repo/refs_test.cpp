#include <chrono>
#include <fstream>

#include "tests/unit/catch.hpp"
#include "tests/unit/engine/repo/helpers.hpp"

namespace automod::testing {

namespace fs = std::filesystem;
using repo::RefUpdate;
using repo::Repository;

class RefsTest : public RepoTest {
 protected:
  RefsTest() {
    git.write("a", "a\n");
    one = commit("one");
    git.write("a", "b\n");
    two = commit("two");
  }
  std::string refs() const {
    return git.git({"for-each-ref", "--format=%(refname) %(objectname)"});
  }
  Error refused(const std::vector<RefUpdate>& updates) {
    const std::string before = refs();
    const auto done = open().update_refs(updates, "test");
    if (done) throw std::runtime_error("the update was done");
    CHECK(refs() == before);
    CHECK(git.git({"fsck"}).empty());
    return done.error();
  }
  CommitId one, two;
};

TEST_CASE_METHOD(RefsTest, "refs are made, moved and deleted together, and the reflog says why") {
  Repository repo = open();
  value(repo.update_refs({{.ref = "refs/heads/self-mod/x", .before = {}, .after = one},
                          {.ref = "refs/automod/kept/x", .before = {}, .after = two}},
                         "automod: apply x"));
  CHECK(value(repo.read_ref("refs/heads/self-mod/x")) == one);
  CHECK(git.id("refs/automod/kept/x") == two.text);
  CHECK_THAT(git.git({"reflog", "show", "refs/heads/self-mod/x"}),
             ContainsSubstring("automod: apply x"));
  value(repo.update_refs({{.ref = "refs/heads/self-mod/x", .before = one, .after = two},
                          {.ref = "refs/automod/kept/x", .before = two, .after = {}}},
                         "automod: next"));
  CHECK(value(repo.read_ref("refs/heads/self-mod/x")) == two);
  CHECK(value(repo.read_ref("refs/automod/kept/x")) == std::nullopt);
  CHECK(git.id("HEAD") == two.text);
  CHECK(git.git({"status", "--porcelain"}).empty());
}

TEST_CASE_METHOD(RefsTest, "packed refs are moved and deleted too") {
  git.git({"branch", "side", one.text});
  git.git({"branch", "gone", one.text});
  git.git({"pack-refs", "--all"});
  value(open().update_refs({{.ref = "refs/heads/side", .before = one, .after = two},
                            {.ref = "refs/heads/gone", .before = one, .after = {}}},
                           "test"));
  CHECK(git.id("refs/heads/side") == two.text);
  CHECK(git.try_git(git.root(), {"rev-parse", "--verify", "refs/heads/gone"}).code != 0);
}

TEST_CASE_METHOD(RefsTest, "one ref that has moved stops the whole update") {
  git.git({"branch", "side", two.text});
  const Error moved = refused({{.ref = "refs/heads/new", .before = {}, .after = one},
                               {.ref = "refs/heads/side", .before = one, .after = two}});
  CHECK(moved.kind == ErrorKind::kConflict);
  CHECK(moved.message == "refs/heads/side is at " + two.text + ", expected at " + one.text);

  const Error present = refused({{.ref = "refs/heads/side", .before = {}, .after = one}});
  CHECK(present.message == "refs/heads/side is at " + two.text + ", expected absent");
  const Error absent = refused({{.ref = "refs/heads/none", .before = one, .after = two}});
  CHECK(absent.message == "refs/heads/none is absent, expected at " + one.text);
}

TEST_CASE_METHOD(RefsTest, "a ref cannot be made where a folder of refs is, or below a ref") {
  git.git({"branch", "a/b", one.text});
  git.git({"branch", "packed/x", one.text});
  git.git({"pack-refs", "--all"});
  git.git({"branch", "loose", one.text});
  for (const char* ref :
       {"refs/heads/a", "refs/heads/packed", "refs/heads/a/b/c", "refs/heads/loose/x"}) {
    CAPTURE(ref);
    const Error error = refused({{.ref = ref, .before = {}, .after = one}});
    CHECK(error.kind == ErrorKind::kConflict);
    CHECK_THAT(error.message, ContainsSubstring("in its way"));
  }
  CHECK(refused({{.ref = "refs/heads/p", .before = {}, .after = one},
                 {.ref = "refs/heads/p/q", .before = {}, .after = one}})
            .kind == ErrorKind::kConflict);
}

TEST_CASE_METHOD(RefsTest, "names that are no refs and commits that are not there are refused") {
  for (const char* ref : {"HEAD", "main", "refs/heads/..", "refs/heads/a b", "refs/heads/x.lock",
                          "", "refs/../../x"}) {
    CAPTURE(ref);
    CHECK(refused({{.ref = ref, .before = {}, .after = one}}).kind == ErrorKind::kUsage);
  }
  refused({{.ref = "refs/heads/x", .before = {}, .after = CommitId{std::string(40, '1')}}});
  refused({{.ref = "refs/heads/x", .before = {}, .after = CommitId{git.tree()}}});
  refused({{.ref = "refs/heads/x", .before = {}, .after = one},
           {.ref = "refs/heads/x", .before = {}, .after = two}});
}

TEST_CASE_METHOD(RefsTest, "a symbolic ref is not overwritten") {
  git.git({"symbolic-ref", "refs/heads/alias", "refs/heads/main"});
  const Error error = refused({{.ref = "refs/heads/alias", .before = two, .after = one}});
  CHECK(error.kind == ErrorKind::kConflict);
  CHECK_THAT(error.message, ContainsSubstring("symbolic ref to refs/heads/main"));
  CHECK(value(open().read_ref("refs/heads/alias")) == two);
}

TEST_CASE_METHOD(RefsTest, "a lock held by another process is a conflict after a short wait") {
  std::ofstream(git.root() / ".git/refs/heads/main.lock") << "";
  const auto begin = std::chrono::steady_clock::now();
  const Error error = refused({{.ref = "refs/heads/first", .before = {}, .after = one},
                               {.ref = "refs/heads/main", .before = two, .after = one}});
  const auto took = std::chrono::steady_clock::now() - begin;
  CHECK(error.kind == ErrorKind::kConflict);
  CHECK(error.message == "refs/heads/main is locked by another process");
  CHECK(took < std::chrono::seconds(3));
  CHECK(fs::exists(git.root() / ".git/refs/heads/main.lock"));
  CHECK_FALSE(fs::exists(git.root() / ".git/refs/heads/first.lock"));
}

TEST_CASE_METHOD(RefsTest, "branches checked out in any worktree are known") {
  using Names = std::vector<std::string>;
  CHECK(value(open().checked_out_branches()) == Names{"refs/heads/main"});
  git.git({"worktree", "add", "--quiet", "-b", "w/one", git.scratch("w1").string()});
  git.git({"worktree", "add", "--quiet", "--detach", git.scratch("w2").string()});
  CHECK(value(open().checked_out_branches()) == Names{"refs/heads/main", "refs/heads/w/one"});
  const Repository linked = value(Repository::open(git.scratch("w2")));
  CHECK(value(linked.checked_out_branches()) == Names{"refs/heads/main", "refs/heads/w/one"});
  git.git({"checkout", "--quiet", "--detach"});
  CHECK(value(open().checked_out_branches()) == Names{"refs/heads/w/one"});
}

TEST_CASE_METHOD(RefsTest, "a branch that is being rebased counts as checked out") {
  git.git({"checkout", "--quiet", "-b", "topic", one.text});
  git.write("a", "conflict\n");
  git.commit("topic");
  CHECK(git.try_git(git.root(), {"rebase", "main"}).code != 0);
  CHECK(value(open().checked_out_branches()) == std::vector<std::string>{"refs/heads/topic"});
}

}  // namespace automod::testing
