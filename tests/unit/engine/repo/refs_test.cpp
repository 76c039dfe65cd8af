#include <chrono>
#include <fstream>
#include <thread>

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
    const auto done = open().update_refs(updates, "test", "op-1");
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
                         "automod: apply x", "op-1"));
  CHECK(value(repo.read_ref("refs/heads/self-mod/x")) == one);
  CHECK(git.id("refs/automod/kept/x") == two.text);
  CHECK_THAT(git.git({"reflog", "show", "refs/heads/self-mod/x"}),
             ContainsSubstring("automod: apply x"));
  value(repo.update_refs({{.ref = "refs/heads/self-mod/x", .before = one, .after = two},
                          {.ref = "refs/automod/kept/x", .before = two, .after = {}}},
                         "automod: next", "op-2"));
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
                           "test", "op-1"));
  CHECK(git.id("refs/heads/side") == two.text);
  CHECK(git.try_git(git.root(), {"rev-parse", "--verify", "refs/heads/gone"}).code != 0);
}

TEST_CASE_METHOD(RefsTest, "packed-refs keeps its header and its peeled tags") {
  git.git({"tag", "-a", "v1", "-m", "tag", one.text});
  git.git({"tag", "-a", "v2", "-m", "tag", two.text});
  git.git({"branch", "gone", one.text});
  git.git({"pack-refs", "--all"});
  const std::string packed = value(read_file(git.root() / ".git/packed-refs", kMiB));
  value(open().update_refs({{.ref = "refs/heads/gone", .before = one, .after = {}}}, "x", "op-1"));
  std::string wanted = packed;
  const std::string line = one.text + " refs/heads/gone\n";
  wanted.erase(wanted.find(line), line.size());
  CHECK(value(read_file(git.root() / ".git/packed-refs", kMiB)) == wanted);
  CHECK(git.id("v1^{commit}") == one.text);
  CHECK(git.git({"fsck"}).empty());
}

TEST_CASE_METHOD(RefsTest, "a deleted ref leaves no empty folder and no log") {
  value(open().update_refs({{.ref = "refs/heads/a/b/c", .before = {}, .after = one}}, "x", "op-1"));
  CHECK(fs::exists(git.root() / ".git/logs/refs/heads/a/b/c"));
  value(open().update_refs({{.ref = "refs/heads/a/b/c", .before = one, .after = {}}}, "x", "op-2"));
  CHECK_FALSE(fs::exists(git.root() / ".git/refs/heads/a"));
  CHECK_FALSE(fs::exists(git.root() / ".git/logs/refs/heads/a"));
  CHECK(fs::exists(git.root() / ".git/refs/heads"));
  value(open().update_refs({{.ref = "refs/heads/a", .before = {}, .after = one}}, "x", "op-3"));
  CHECK(git.id("refs/heads/a") == one.text);
}

TEST_CASE_METHOD(RefsTest, "an empty folder where a ref is to be gives way") {
  fs::create_directories(git.root() / ".git/refs/heads/a/b");
  fs::create_directories(git.root() / ".git/logs/refs/heads/a/b");
  value(open().update_refs({{.ref = "refs/heads/a", .before = {}, .after = one}}, "x", "op-1"));
  CHECK(git.id("refs/heads/a") == one.text);
}

TEST_CASE_METHOD(RefsTest, "logs are kept as core.logAllRefUpdates says") {
  const auto logged = [&](const char* ref) {
    value(open().update_refs({{.ref = ref, .before = {}, .after = one}}, "why", "op-1"));
    return fs::exists(git.root() / ".git/logs" / ref);
  };
  CHECK(logged("refs/heads/x1"));
  CHECK(logged("refs/notes/x1"));
  CHECK_FALSE(logged("refs/automod/x1"));
  git.git({"config", "core.logAllRefUpdates", "always"});
  CHECK(logged("refs/automod/x2"));
  git.git({"config", "core.logAllRefUpdates", "false"});
  CHECK_FALSE(logged("refs/heads/x3"));
  git.git({"config", "--unset", "core.logAllRefUpdates"});
  git.git({"config", "core.bare", "true"});
  CHECK_FALSE(logged("refs/heads/x4"));
}

TEST_CASE_METHOD(RefsTest, "moving the branch of a working tree is in the log of its HEAD") {
  git.git({"worktree", "add", "--quiet", "-b", "w", git.scratch("w").string(), one.text});
  value(open().update_refs({{.ref = "refs/heads/w", .before = one, .after = two}}, "why", "op-1"));
  CHECK_THAT(git.git_in(git.scratch("w"), {"reflog", "-1"}), ContainsSubstring("why"));
  CHECK_THAT(git.git({"reflog", "-1"}), !ContainsSubstring("why"));
  CHECK(git.git({"rev-parse", "refs/heads/w@{1}"}) == one.text);
}

TEST_CASE_METHOD(RefsTest, "a ref that is where it shall be stays, and one that is not there too") {
  const std::string before = refs();
  value(open().update_refs({{.ref = "refs/heads/main", .before = two, .after = two},
                            {.ref = "refs/heads/none", .before = {}, .after = {}}},
                           "test", "op-1"));
  CHECK(refs() == before);
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
                          "", "refs/../../x", "refs/worktree/x", "refs/bisect/bad"}) {
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
  const std::string lock = fs::canonical(git.root() / ".git/refs/heads/main.lock").string();
  CHECK(error.message == "refs/heads/main is locked by another process: " + lock + " is there");
  CHECK(took < std::chrono::seconds(60));  // it does not wait for ever
  CHECK(fs::exists(git.root() / ".git/refs/heads/main.lock"));
  CHECK_FALSE(fs::exists(git.root() / ".git/refs/heads/first.lock"));
  CHECK(fs::is_empty(git.root() / ".git/automod/locks"));
}

TEST_CASE_METHOD(RefsTest, "a lock that is soon given up is waited for") {
  const fs::path lock = git.root() / ".git/packed-refs.lock";
  git.git({"branch", "gone", one.text});
  std::ofstream(lock) << "";
  std::jthread other([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    fs::remove(lock);
  });
  value(open().update_refs({{.ref = "refs/heads/gone", .before = one, .after = {}}}, "x", "op-1"));
  CHECK_FALSE(value(open().read_ref("refs/heads/gone")));
}

TEST_CASE_METHOD(RefsTest, "names of operations that could lead elsewhere are refused") {
  for (const char* id : {"", "..", "a/b", "a.b", "a b"}) {
    CAPTURE(id);
    Repository repo = open();
    const auto done =
        repo.update_refs({{.ref = "refs/heads/x", .before = {}, .after = one}}, "test", id);
    REQUIRE_FALSE(done);
    CHECK(done.error().kind == ErrorKind::kUsage);
    CHECK_FALSE(repo.release_locks(id));
  }
}

TEST_CASE_METHOD(RefsTest, "locks of others stay when those of an operation are removed") {
  const fs::path lock = git.root() / ".git/refs/heads/main.lock";
  value(open().release_locks("op-1"));  // none: nothing to do
  // As a kill leaves it: our own file says what was to be locked, and somebody else was first.
  fs::create_directories(git.root() / ".git/automod/locks");
  const fs::path own = git.root() / ".git/automod/locks/op-1.refs";
  std::ofstream(own) << "automod\nrefs/heads/main\nrefs/heads/side\n";
  std::ofstream(lock) << "";
  fs::create_hard_link(own, git.root() / ".git/refs/heads/side.lock");
  const auto released = open().release_locks("op-1");
  REQUIRE_FALSE(released);
  CHECK(released.error().kind == ErrorKind::kConflict);
  CHECK_THAT(released.error().message, ContainsSubstring("refs/heads/main.lock"));
  CHECK(fs::exists(lock));
  CHECK_FALSE(fs::exists(git.root() / ".git/refs/heads/side.lock"));
  CHECK_FALSE(fs::exists(own));
}

TEST_CASE_METHOD(RefsTest, "locks that a disk refused to remove go with the next sweep") {
  const fs::path locks = git.root() / ".git/automod/locks";
  const fs::path mine = git.root() / ".git/refs/heads/side.lock";
  const fs::path others = git.root() / ".git/refs/heads/main.lock";
  value(open().sweep_locks());  // none: nothing to do
  fs::create_directories(locks);
  std::ofstream(locks / "op-7.refs") << "automod\nrefs/heads/main\nrefs/heads/side\n";
  std::ofstream(others) << "";
  fs::create_hard_link(locks / "op-7.refs", mine);
  value(open().sweep_locks());
  CHECK_FALSE(fs::exists(mine));
  CHECK(fs::exists(others));
  CHECK(fs::is_empty(locks));
}

TEST_CASE_METHOD(RefsTest, "without hard links it is said that nobody knows whose a lock is") {
  fs::create_directories(git.root() / ".git/automod/locks");
  const fs::path own = git.root() / ".git/automod/locks/op-1.refs";
  std::ofstream(own) << "automod\nrefs/heads/main\n";
  std::ofstream(own.string() + ".plain.0") << "";
  std::ofstream(git.root() / ".git/refs/heads/main.lock") << "";
  const auto released = open().release_locks("op-1");
  REQUIRE_FALSE(released);
  CHECK_THAT(released.error().message, ContainsSubstring("cannot be known"));
}

TEST_CASE_METHOD(RefsTest, "a damaged packed-refs and a damaged ref change nothing") {
  const fs::path packed = git.root() / ".git/packed-refs";
  for (const char* text : {"no line end", "short refs/heads/x\n", "^1234\n"}) {
    CAPTURE(text);
    std::ofstream(packed, std::ios::trunc) << text;
    const auto done = open().update_refs({{.ref = "refs/heads/main", .before = two, .after = one}},
                                         "test", "op-1");
    CHECK_FALSE(done);
  }
  fs::remove(packed);
  CHECK(git.id("refs/heads/main") == two.text);
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
