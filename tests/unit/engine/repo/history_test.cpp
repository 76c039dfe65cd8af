#include <algorithm>
#include <random>

#include "tests/unit/catch.hpp"
#include "tests/unit/engine/repo/helpers.hpp"
#include "tests/unit/support/leaks.hpp"

namespace automod::testing {

using repo::Repository;

class HistoryTest : public RepoTest {
 protected:
  HistoryTest() {
    one = commit("one");
    two = commit("two");
    git.git({"checkout", "--quiet", "-b", "side", one.text});
    side = commit("side");
    git.git({"checkout", "--quiet", "main"});
    git.git({"merge", "--quiet", "--no-ff", "-m", "merge", "side"});
    merge = {git.id("HEAD")};
    git.git({"tag", "-a", "v1", "-m", "tag", two.text});
  }
  CommitId one, two, side, merge;
};

TEST_CASE_METHOD(HistoryTest, "revisions are resolved as git does") {
  const Repository repo = open();
  CHECK(value(repo.resolve("HEAD")).commit == merge);
  CHECK(value(repo.resolve("main~1")).commit == two);
  CHECK(value(repo.resolve("main^2")).commit == side);
  CHECK(value(repo.resolve("v1")).commit == two);
  CHECK(value(repo.resolve("refs/heads/side")).commit == side);
  CHECK(value(repo.resolve(two.text.substr(0, 10))).commit == two);
  CHECK(value(repo.resolve("HEAD")).tree == tree());
}

TEST_CASE_METHOD(HistoryTest, "an unknown revision is a usage error with the nearest name") {
  const auto found = open().resolve("mian");
  REQUIRE_FALSE(found);
  CHECK(found.error().kind == ErrorKind::kUsage);
  CHECK(found.error().message == "no commit is called 'mian', did you mean 'main'?");
  for (const std::string& odd : {std::string(""), std::string("a..b"), std::string("ma\0in", 5),
                                 std::string("\x1b[31m"), std::string("HEAD:"), tree().text}) {
    CAPTURE(odd);
    const auto result = open().resolve(odd);
    REQUIRE_FALSE(result);
    CHECK(result.error().kind == ErrorKind::kUsage);
    CHECK(result.error().message.find('\x1b') == std::string::npos);
  }
}

TEST_CASE("a repository without commits says so") {
  const GitFixture git;
  const auto found = value(Repository::open(git.root())).resolve("HEAD");
  REQUIRE_FALSE(found);
  CHECK(found.error().message == "the repository has no commit yet");
}

TEST_CASE_METHOD(HistoryTest, "ancestry is known in both directions") {
  const Repository repo = open();
  CHECK(value(repo.is_ancestor(one, merge)));
  CHECK(value(repo.is_ancestor(one, one)));
  CHECK_FALSE(value(repo.is_ancestor(merge, one)));
  CHECK_FALSE(value(repo.is_ancestor(side, two)));
  CHECK(value(repo.merge_base(two, side)) == one);
  git.git({"checkout", "--quiet", "--orphan", "alone"});
  CHECK(value(open().merge_base(commit("alone"), two)) == std::nullopt);
  CHECK_FALSE(repo.merge_base(two, CommitId{std::string(40, '1')}));
}

TEST_CASE_METHOD(HistoryTest, "commits between two are listed oldest first") {
  std::vector<CommitId> found;
  for (const auto& info : value(open().between(one, merge))) found.push_back(info.commit);
  REQUIRE(found.size() == 3);
  CHECK(found.back() == merge);
  CHECK(std::find(found.begin(), found.end(), two) != found.end());
  CHECK(value(open().between(merge, one)).empty());
  CHECK(value(open().between(one, two)).front().commit == two);
}

TEST_CASE_METHOD(HistoryTest, "refs that contain a commit are found below a prefix") {
  git.git({"branch", "old", one.text});
  const Repository repo = open();
  using Names = std::vector<std::string>;
  CHECK(value(repo.refs_containing(side, "refs/heads/")) ==
        Names{"refs/heads/main", "refs/heads/side"});
  CHECK(value(repo.refs_containing(one, "refs/heads/")) ==
        Names{"refs/heads/main", "refs/heads/old", "refs/heads/side"});
  CHECK(value(repo.refs_containing(two, "refs/tags/")) == Names{"refs/tags/v1"});
}

TEST_CASE_METHOD(HistoryTest, "refs below a prefix are listed by name") {
  const Repository repo = open();
  const auto refs = value(repo.refs("refs/heads/"));
  REQUIRE(refs.size() == 2);
  CHECK(refs[0].name == "refs/heads/main");
  CHECK(refs[1].name == "refs/heads/side");
  CHECK(refs[1].commit == side);
  CHECK(value(repo.refs("refs/nothing/")).empty());
}

class ShallowTest : public HistoryTest {
 protected:
  Repository clone(const std::string& depth) const {
    git.git({"clone", "--quiet", "--depth=" + depth, "--no-single-branch", "--no-tags",
             "file://" + git.root().string(), git.scratch("shallow").string()});
    return value(Repository::open(git.scratch("shallow")));
  }
};

TEST_CASE_METHOD(ShallowTest, "a shallow clone knows the history that it has") {
  const Repository shallow = clone("2");
  CHECK(value(shallow.is_ancestor(two, merge)));
  CHECK_FALSE(value(shallow.is_ancestor(merge, two)));
  CHECK(value(shallow.merge_base(merge, two)) == two);
  CHECK(value(shallow.merge_base(side, merge)) == side);
  const auto after = value(shallow.between(two, merge));
  CHECK(after.back().commit == merge);
  CHECK(std::none_of(after.begin(), after.end(),
                     [&](const repo::CommitInfo& info) { return info.commit == two; }));
  CHECK(value(shallow.refs_containing(side, "refs/remotes/origin/")) ==
        std::vector<std::string>{"refs/remotes/origin/HEAD", "refs/remotes/origin/main",
                                 "refs/remotes/origin/side"});
}

TEST_CASE_METHOD(ShallowTest, "history that a shallow clone lacks is named as such") {
  const Repository shallow = clone("1");
  const LeaksAllowed in_git_merge_base;  // libgit2 1.5, when a parent is missing
  const auto base = shallow.merge_base(merge, side);
  REQUIRE_FALSE(base);
  CHECK(base.error().kind == ErrorKind::kUnavailable);
  CHECK_THAT(base.error().hint, ContainsSubstring("git fetch --unshallow"));
  const auto missing = shallow.message(one);
  REQUIRE_FALSE(missing);
  CHECK_THAT(missing.error().hint, ContainsSubstring("git fetch --unshallow"));
}

TEST_CASE_METHOD(ShallowTest, "a shallow clone says what depth would be enough") {
  const Repository shallow = clone("2");
  const auto missing = shallow.resolve("HEAD~1^~2");
  REQUIRE_FALSE(missing);
  CHECK(missing.error().kind == ErrorKind::kUnavailable);
  CHECK_THAT(missing.error().hint, ContainsSubstring("2 of the 5 commits from HEAD"));
  CHECK_THAT(missing.error().hint, ContainsSubstring("git fetch --deepen=3"));
}

TEST_CASE_METHOD(ShallowTest, "a branch that a shallow clone lacks can be fetched by itself") {
  const Repository shallow = clone("1");
  const auto missing = shallow.resolve("origin/release");
  REQUIRE_FALSE(missing);
  CHECK_THAT(missing.error().hint,
             ContainsSubstring("git fetch --depth=1 origin "
                               "+refs/heads/release:refs/remotes/origin/release"));
  const auto hostile = shallow.resolve("origin/$(touch x)");
  REQUIRE_FALSE(hostile);
  CHECK_THAT(hostile.error().hint, !ContainsSubstring("touch"));
}

TEST_CASE_METHOD(ShallowTest,
                 "the parent of the last commit of a shallow clone is missed by name") {
  const Repository shallow = clone("1");
  const LeaksAllowed in_lookup;
  const auto parent = shallow.first_parent(merge);
  REQUIRE_FALSE(parent);
  CHECK(parent.error().kind == ErrorKind::kUnavailable);
  CHECK(value(open().first_parent(merge))->commit == two);
  CHECK_FALSE(value(open().first_parent(one)));
  CHECK(shallow.is_shallow());
  CHECK_FALSE(open().is_shallow());
}

TEST_CASE_METHOD(RepoTest, "refs that hold a commit are those git names, whatever clocks said") {
  // Merges and branches at random, with dates that often run backwards.
  constexpr int kCommits = 120;
  std::mt19937 random(5);
  std::string script;
  for (int i = 1; i <= kCommits; ++i) {
    const std::string number = std::to_string(i);
    const std::string time = std::to_string(1700000000 + 10 * i - static_cast<int>(random() % 900));
    script += "commit refs/heads/b" + number + "\nmark :" + number + "\ncommitter a <a@b> " + time +
              " +0000\ndata 1\nx\n";
    const auto earlier = [&] {
      return std::to_string(i - 1 - static_cast<int>(random() % 5) % (i - 1));
    };
    if (i > 1) script += "from :" + earlier() + "\n";
    if (i > 1 && random() % 3 == 0) script += "merge :" + earlier() + "\n";
  }
  REQUIRE(git.try_git(git.root(), {"fast-import", "--quiet"}, script).code == 0);
  const Repository repo = open();
  for (int i = 1; i <= kCommits; i += 3) {
    const CommitId wanted{git.id("refs/heads/b" + std::to_string(i))};
    CAPTURE(i);
    std::string found;
    for (const std::string& ref : value(repo.refs_containing(wanted, "refs/heads/"))) {
      found += ref + "\n";
    }
    CHECK(found == git.try_git(git.root(), {"for-each-ref", "--contains", wanted.text,
                                            "--format=%(refname)", "refs/heads/"})
                       .out);
  }
}

}  // namespace automod::testing
