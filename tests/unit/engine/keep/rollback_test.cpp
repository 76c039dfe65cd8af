#include "tests/unit/catch.hpp"
#include "tests/unit/engine/keep/fixture.hpp"

namespace automod::keep {
namespace {

using testing::ContainsSubstring;

TEST_CASE_METHOD(KeepFixture, "rolling back leaves the refs as they were, the commit reachable") {
  const std::string before = heads();
  const auto listed = judged(Decision::kApproved);
  const auto application = applied(listed);
  const auto done = take_back(listed);
  REQUIRE(done);
  CHECK(done->front().method == "restored");
  CHECK(done->front().restored == listed.modification.base_commit);
  CHECK(heads() == before);
  CHECK(git_.id("refs/automod/undo/" + listed.modification.id.text) == application.commit.text);
  CHECK(look(listed).status == ModificationStatus::kRolledBack);
  CHECK(look(listed).rollback.value().reason == "it was worse");
}

TEST_CASE_METHOD(KeepFixture, "what is not applied cannot be rolled back") {
  const auto listed = judged(Decision::kApproved);
  CHECK(take_back(listed).error().kind == ErrorKind::kUsage);
  applied(listed);
  REQUIRE(take_back(listed));
  CHECK_THAT(take_back(listed).error().message, ContainsSubstring("was rolled back already"));
}

TEST_CASE_METHOD(KeepFixture, "a modification that was merged is undone by a commit on top") {
  const auto listed = judged(Decision::kApproved);
  const auto application = applied(listed);
  git_.git({"merge", "--quiet", "--ff-only", application.commit.text});
  git_.write("list.txt", std::string(kAfter) + "11\n");
  git_.commit("later work");
  const std::string main = git_.id("main");
  const auto done = take_back(listed);
  REQUIRE(done);
  CHECK(done->front().method == "revert");
  CHECK(done->front().ref == "refs/heads/self-mod/revert-" + listed.modification.id.text);
  CHECK(git_.git({"show", done->front().ref + ":list.txt"}) + "\n" ==
        std::string(kBefore) + "11\n");
  CHECK(git_.id(done->front().ref + "^") == main);
  CHECK(git_.id("main") == main);
  CHECK_THAT(git_.git({"log", "-1", "--format=%B", done->front().ref}),
             ContainsSubstring("Reverted-Modification-Id: " + listed.modification.id.text));
}

TEST_CASE_METHOD(KeepFixture, "a conflict with later work changes nothing and names the file") {
  const auto listed = judged(Decision::kApproved);
  git_.git({"merge", "--quiet", "--ff-only", applied(listed).commit.text});
  git_.write("list.txt", "1\nTWO\n3\n4\n5\n6\n7\n8\n9\n10\n");
  git_.commit("later work on the same line");
  const std::string before = heads();
  const auto refused = take_back(listed);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().kind == ErrorKind::kConflict);
  CHECK_THAT(refused.error().message, ContainsSubstring("list.txt"));
  CHECK(heads() == before);
  CHECK(look(listed).status == ModificationStatus::kApplied);
}

TEST_CASE_METHOD(KeepFixture, "a branch that is checked out is not pulled from under its user") {
  const auto listed = judged(Decision::kApproved);
  applied(listed);
  git_.git({"switch", "--quiet", "self-mod/" + listed.modification.id.text});
  const auto refused = take_back(listed);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().kind == ErrorKind::kConflict);
  CHECK_THAT(refused.error().hint, ContainsSubstring("git switch"));
}

TEST_CASE_METHOD(KeepFixture, "where several branches hold it the user says which") {
  const auto listed = judged(Decision::kApproved);
  const auto application = applied(listed);
  git_.git({"branch", "one", application.commit.text});
  git_.git({"branch", "two", application.commit.text});
  CHECK_THAT(take_back(listed).error().hint, ContainsSubstring("--onto"));
  CHECK(take_back(listed, "main").error().kind == ErrorKind::kUsage);
  const auto done = take_back(listed, "two");
  REQUIRE(done);
  CHECK(git_.id(done->front().ref + "^") == application.commit.text);
  CHECK(git_.tree(done->front().ref) == listed.modification.base_tree.text);
}

TEST_CASE_METHOD(KeepFixture, "after a rollback the same modification can be applied again") {
  const auto listed = judged(Decision::kApproved);
  applied(listed);
  REQUIRE(take_back(listed));
  const auto again = try_apply(look(listed));
  REQUIRE(again);
  CHECK(look(listed).status == ModificationStatus::kApplied);
  REQUIRE(take_back(listed));
  CHECK(look(listed).status == ModificationStatus::kRolledBack);
}

TEST_CASE_METHOD(KeepFixture, "the commit that undoes is signed, too") {
  const auto listed = judged(Decision::kApproved);
  git_.git({"merge", "--quiet", "--ff-only", applied(listed).commit.text});
  const auto done = take_back(listed);
  REQUIRE(done);
  const testing::Ran ran =
      git_.try_git(git_.root(), {"-c", "gpg.ssh.allowedSignersFile=" + signers_.string(),
                                 "verify-commit", done->front().ref});
  CHECK(ran.code == 0);
}

/// Three applications on top of each other: `first` defines what `second` calls; `third` touches
/// another file only.
class CascadeFixture : public KeepFixture {
 public:
  CascadeFixture() {
    git_.write("a.c", kA);
    git_.write("b.c", kB);
    git_.write("c.txt", "c\n");
    git_.commit("sources");
    first_ = kept({changed("a.c", kA, std::string(kA) + "int half(int x) { return x / 2; }\n")});
    second_ = kept({changed("b.c", kB, "int half(int);\nint b(int x) { return half(x); }\n")});
    third_ = kept({changed("c.txt", "c\n", "d\n")});
  }

 protected:
  static constexpr std::string_view kA = "int a(int x) { return x; }\n";
  static constexpr std::string_view kB = "int b(int x) { return x; }\n";

  store::ListedModification kept(const std::vector<FileChange>& files) {
    auto listed = approved(files);
    const auto application = applied(listed);
    git_.git({"merge", "--quiet", "--ff-only", application.commit.text});
    clock_.advance(std::chrono::seconds(1));
    return look(listed);
  }

  std::optional<store::ListedModification> first_, second_, third_;
};

TEST_CASE_METHOD(CascadeFixture,
                 "what needs the modification is listed with why, and nothing done") {
  const std::string before = heads();
  const auto refused = take_back(*first_, "main");
  REQUIRE_FALSE(refused);
  CHECK(refused.error().kind == ErrorKind::kConflict);
  CHECK_THAT(refused.error().message,
             ContainsSubstring(second_->modification.id.text + " (uses half)"));
  CHECK_THAT(refused.error().message, !ContainsSubstring(third_->modification.id.text));
  CHECK_THAT(refused.error().hint, ContainsSubstring("--cascade"));
  CHECK(heads() == before);
}

TEST_CASE_METHOD(CascadeFixture, "a cascade takes along what needs it, newest first, and no more") {
  const auto done = take_back(*first_, "main", true);
  REQUIRE(done);
  REQUIRE(done->size() == 2);
  CHECK(done->at(0).modification == second_->modification.id);
  CHECK(done->at(0).cascade_of == first_->modification.id);
  CHECK(done->at(1).modification == first_->modification.id);
  const std::string ref = done->at(1).ref;
  CHECK(git_.git({"show", ref + ":a.c"}) + "\n" == kA);
  CHECK(git_.git({"show", ref + ":b.c"}) + "\n" == kB);
  CHECK(git_.git({"show", ref + ":c.txt"}) == "d");
  CHECK(look(*second_).status == ModificationStatus::kRolledBack);
  CHECK(look(*third_).status == ModificationStatus::kApplied);
}

TEST_CASE_METHOD(CascadeFixture, "a cascade that meets a conflict changes nothing") {
  git_.write("a.c", "int a(int x) { return x; }\nint half(int x) { return x >> 1; }\n");
  git_.commit("by hand on the same line");
  const std::string before = heads();
  const auto refused = take_back(*first_, "main", true);
  REQUIRE_FALSE(refused);
  CHECK_THAT(refused.error().message, ContainsSubstring("a.c"));
  CHECK(heads() == before);
  CHECK(look(*second_).status == ModificationStatus::kApplied);
}

TEST_CASE_METHOD(KeepFixture, "branches on top of each other go together, exactly") {
  const std::string before = heads();
  const auto first = judged(Decision::kApproved);
  git_.git({"switch", "--quiet", "--detach", applied(first).commit.text});
  const auto second = approved({changed("list.txt", kAfter, std::string(kAfter) + "11\n")});
  applied(second);
  git_.git({"switch", "--quiet", "main"});
  CHECK_THAT(take_back(first).error().message, ContainsSubstring("its branch holds it"));
  const auto done = take_back(first, {}, true);
  REQUIRE(done);
  CHECK(done->size() == 2);
  CHECK(heads() == before);
}

}  // namespace
}  // namespace automod::keep
