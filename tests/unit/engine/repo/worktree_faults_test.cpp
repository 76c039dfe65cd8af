#include "engine/repo/worktree.hpp"
#include "tests/unit/catch.hpp"
#include "tests/unit/engine/repo/faults.hpp"
#include "tests/unit/engine/repo/helpers.hpp"

namespace automod::testing {

namespace fs = std::filesystem;
using repo::Repository;
using repo::Worktree;

class WorktreeFaultsTest : public RepoTest {
 protected:
  WorktreeFaultsTest() {
    git.write("kept", "kept\n");
    git.write("text", "old\n");
    git.write("gone/file", "gone\n");
    git.write("turns", "into a folder\n");
    git.write("folder/turns", "into a file\n");
    git.link("link", "text");
    from = commit("from");
    git.git({"checkout", "--quiet", "-b", "next"});
    git.write("text", "new\n");
    git.remove("gone");
    git.remove("turns");
    git.write("turns/inside", "x\n");
    git.remove("folder");
    git.write("folder", "y\n");
    git.remove("link");
    git.link("link", "kept");
    git.write("fresh/a", "fresh\n");
    to = commit("to");
    git.git({"checkout", "--quiet", "main"});
    fs::remove_all(git.root() / ".git/hooks");  // fewer files to copy
  }

  fs::path copy() {
    const fs::path place = git.scratch("copy");
    fs::remove_all(place);
    fs::copy(git.root(), place, fs::copy_options::recursive | fs::copy_options::copy_symlinks);
    git.git_in(place, {"update-index", "-q", "--refresh"});
    return place;
  }

  /// The whole act, as it is begun and as it is taken up again.
  Result<void> move(const fs::path& place) const {
    auto repo = Repository::open(place);
    if (!repo) return fail(repo.error());
    if (auto released = repo->release_locks("op-1"); !released) return released;
    const auto tree = Worktree::holding(*repo, "refs/heads/main");
    if (!tree) return fail(tree.error());
    auto move = (*tree)->begin(from, to, "op-1");
    if (!move) return fail(move.error());
    const auto at = repo->read_ref("refs/heads/main");
    if (!at) return fail(at.error());
    if (*at != to) {
      auto moved = repo->update_refs({{.ref = "refs/heads/main", .before = from, .after = to}},
                                     "merge", "op-1");
      if (!moved) return moved;
    }
    return move->finish();
  }
  Victim move(const fs::path& place, Fault fault, int at) const {
    return run_with_fault(fault, at, [&](std::string& message) {
      const auto done = move(place);
      if (!done) message = done.error().message;
      return done ? 0 : 1;
    });
  }
  void check_done(const fs::path& place) const {
    CHECK(git.git_in(place, {"status", "--porcelain"}).empty());
    CHECK(git.git_in(place, {"rev-parse", "HEAD"}) == to.text);
    CHECK(fs::is_empty(place / ".git/automod/locks"));
    CHECK_FALSE(fs::exists(place / ".git/index.lock"));
  }
  CommitId from, to;
};

TEST_CASE_METHOD(WorktreeFaultsTest, "killed anywhere, a move of a working tree can be finished") {
  const Victim whole = move(copy(), Fault::kNone, 0);
  CAPTURE(whole.message);
  REQUIRE(whole.code == 0);
  REQUIRE(whole.calls > 40);
  for (int at = 1; at <= whole.calls; ++at) {
    CAPTURE(at, whole.calls);
    const fs::path place = copy();
    CHECK(move(place, Fault::kKill, at).killed);
    value(move(place));
    check_done(place);
  }
}

TEST_CASE_METHOD(WorktreeFaultsTest, "a move that met a full or failing disk can be finished") {
  const int calls = move(copy(), Fault::kNone, 0).calls;
  for (const Fault fault : {Fault::kNoSpace, Fault::kInputOutput}) {
    for (int at = 1; at <= calls; ++at) {
      CAPTURE(static_cast<int>(fault), at);
      const fs::path place = copy();
      const Victim victim = move(place, fault, at);
      CAPTURE(victim.message);
      CHECK((victim.code == 0 || victim.code == 1));
      value(move(place));
      check_done(place);
    }
  }
}

}  // namespace automod::testing
