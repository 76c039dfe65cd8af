#include <chrono>

#include "tests/unit/catch.hpp"
#include "tests/unit/engine/repo/faults.hpp"
#include "tests/unit/engine/repo/helpers.hpp"

namespace automod::testing {

namespace fs = std::filesystem;
using repo::Repository;

/// Stores a tree, a commit and a note in copies of one prepared repository.
class ObjectsTest : public RepoTest {
 protected:
  ObjectsTest() {
    git.write("a", "a\n");
    git.write("dir/b", "b\n");
    base = commit("base");
    base_tree = git.tree();
    fs::remove_all(git.root() / ".git/hooks");
  }

  fs::path copy() {
    const fs::path place = git.scratch("copy");
    fs::remove_all(place);
    fs::copy(git.root(), place, fs::copy_options::recursive);
    return place;
  }

  /// The commit's id becomes the message of the one who stores.
  Victim store(const fs::path& place, Fault fault, int at) const {
    return run_with_fault(fault, at, [&](std::string& message) {
      auto repo = Repository::open(place);
      if (!repo) return 9;
      const auto tree = repo->write_tree(TreeId{base_tree}, {changed("dir/b", "b\n", "B\n")});
      if (!tree || !repo->persist(*tree)) return 1;
      const repo::NewCommit plan{.tree = *tree,
                                 .parents = {base},
                                 .author_name = "a",
                                 .author_email = "a@b",
                                 .message = "m\n",
                                 .seconds = 1700000001};
      const auto made = repo->commit(plan);
      if (!made || !repo->add_notes({}, {{.commit = *made, .line = "x"}}, plan)) return 1;
      message = made->text;
      return 0;
    });
  }
  void check_stored(const fs::path& place) const {
    const Victim done = store(place, Fault::kNone, 0);
    REQUIRE(done.code == 0);
    CHECK(git.git_in(place, {"show", done.message + ":dir/b"}) == "B");
    CHECK(git.try_git(place, {"fsck", "--full", "--no-dangling"}).err.empty());
  }
  CommitId base;
  std::string base_tree;
};

TEST_CASE_METHOD(ObjectsTest, "objects are stored whole or not at all, killed or without space") {
  const Victim whole = store(copy(), Fault::kNone, 0);
  REQUIRE(whole.code == 0);
  REQUIRE(whole.calls > 10);
  for (const Fault fault : {Fault::kKill, Fault::kNoSpace, Fault::kInputOutput}) {
    for (int at = 1; at <= whole.calls; ++at) {
      const fs::path place = copy();
      const Victim victim = store(place, fault, at);
      CAPTURE(static_cast<int>(fault), at, whole.calls, victim.code);
      CHECK((victim.killed || victim.code == 0 || victim.code == 1));
      if (at % 3 == 0) CHECK(git.try_git(place, {"fsck", "--no-dangling"}).err.empty());
      check_stored(place);
    }
  }
}

TEST_CASE_METHOD(ObjectsTest, "what a killed process left of its objects is removed in time") {
  const fs::path left = git.root() / ".git/automod/tmp_objdir-automod-left";
  fs::create_directories(left / "ab");
  check_stored(git.root());
  CHECK(fs::exists(left));  // somebody may be at it
  git.write("dir/b", "other\n");
  base = commit("next");
  base_tree = git.tree();
  fs::last_write_time(left, fs::file_time_type::clock::now() - std::chrono::hours(2));
  Repository repo = open();
  value(repo.persist(value(repo.write_tree(tree(), {made("new", "new\n")}))));
  CHECK_FALSE(fs::exists(left));
}

}  // namespace automod::testing
