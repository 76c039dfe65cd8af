#include "tests/unit/catch.hpp"
#include "tests/unit/engine/keep/fixture.hpp"

namespace automod::keep {
namespace {

using testing::ContainsSubstring;

TEST_CASE_METHOD(KeepFixture,
                 "a branch that has not moved is moved forward, and the files follow") {
  const auto listed = judged(Decision::kApproved);
  const auto application = applied(listed);
  const auto done = merged(listed);
  REQUIRE(done);
  CHECK(git_.id("main") == application.commit.text);
  CHECK(read_file(git_.root() / "list.txt", 1000).value() == kAfter);
  CHECK(git_.git({"status", "--porcelain"}).empty());
  CHECK(done->worktree == git_.root().string());
  CHECK(look(listed).merge.value().after == application.commit);
}

TEST_CASE_METHOD(KeepFixture, "a branch that has moved on gets a signed merge commit") {
  const auto listed = judged(Decision::kApproved);
  const auto application = applied(listed);
  git_.write("other.txt", "other\n");
  const std::string tip = git_.commit("other");
  const auto done = merged(listed);
  REQUIRE(done);
  CHECK(git_.git({"log", "-1", "--format=%P", "main"}) == tip + " " + application.commit.text);
  CHECK(git_.git({"status", "--porcelain"}).empty());
  const testing::Ran ran = git_.try_git(
      git_.root(),
      {"-c", "gpg.ssh.allowedSignersFile=" + signers_.string(), "verify-commit", "main"});
  CHECK(ran.code == 0);
}

TEST_CASE_METHOD(KeepFixture, "no merge commit is made where only moving forward was asked for") {
  const auto listed = judged(Decision::kApproved);
  (void)applied(listed);
  git_.write("other.txt", "other\n");
  const std::string tip = git_.commit("other");
  const auto refused = merge(world(), {.listed = look(listed),
                                       .branch = "refs/heads/main",
                                       .only_forward = true,
                                       .config = config_});
  REQUIRE_FALSE(refused);
  CHECK(refused.error().kind == ErrorKind::kConflict);
  CHECK(git_.id("main") == tip);
}

TEST_CASE_METHOD(KeepFixture, "changes of the user's that are in the way are not overwritten") {
  const auto listed = judged(Decision::kApproved);
  applied(listed);
  git_.write("list.txt", "mine\n");
  const std::string before = heads();
  const auto refused = merged(listed);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().kind == ErrorKind::kConflict);
  CHECK_THAT(refused.error().message, ContainsSubstring("list.txt"));
  CHECK(read_file(git_.root() / "list.txt", 1000).value() == "mine\n");
  CHECK(heads() == before);
  CHECK_FALSE(store_->pending().value());
}

TEST_CASE_METHOD(KeepFixture, "other changes of the user's stay as they are") {
  const auto listed = judged(Decision::kApproved);
  applied(listed);
  git_.write("notes.txt", "mine\n");
  REQUIRE(merged(listed));
  CHECK(git_.git({"status", "--porcelain"}) == "?? notes.txt");
}

TEST_CASE_METHOD(KeepFixture, "histories that change the same lines are not merged") {
  const auto listed = judged(Decision::kApproved);
  applied(listed);
  git_.write("list.txt", "1\nTWO\n3\n4\n5\n6\n7\n8\n9\n10\n");
  git_.commit("the same line");
  const auto refused = merged(listed);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().kind == ErrorKind::kConflict);
  CHECK_THAT(refused.error().message, ContainsSubstring("list.txt"));
}

TEST_CASE_METHOD(KeepFixture, "what is not applied or merged already is not merged") {
  const auto listed = judged(Decision::kApproved);
  CHECK(merged(listed).error().kind == ErrorKind::kUsage);
  applied(listed);
  REQUIRE(merged(listed));
  CHECK_THAT(merged(listed).error().message, ContainsSubstring("already"));
}

TEST_CASE_METHOD(KeepFixture, "undo takes an application back as if it had never been") {
  const std::string before = heads();
  const auto listed = judged(Decision::kApproved);
  applied(listed);
  const auto undone = undo(world(), "mistake");
  REQUIRE(undone);
  CHECK(undone->kind == "apply");
  CHECK(heads() == before);
  CHECK(look(listed).status == ModificationStatus::kRolledBack);
}

TEST_CASE_METHOD(KeepFixture, "undo of a rollback brings the very commit back") {
  const auto listed = judged(Decision::kApproved);
  const auto application = applied(listed);
  REQUIRE(take_back(listed));
  REQUIRE(undo(world(), "it was fine"));
  CHECK(git_.id(branch(listed)) == application.commit.text);
  CHECK(look(listed).status == ModificationStatus::kApplied);
}

TEST_CASE_METHOD(KeepFixture, "undo of a merge moves branch and files back") {
  const auto listed = judged(Decision::kApproved);
  applied(listed);
  const std::string before = git_.id("main");
  REQUIRE(merged(listed));
  REQUIRE(undo(world(), "too early"));
  CHECK(git_.id("main") == before);
  CHECK(read_file(git_.root() / "list.txt", 1000).value() == kBefore);
  CHECK(git_.git({"status", "--porcelain"}).empty());
  CHECK_FALSE(look(listed).merge);
}

TEST_CASE_METHOD(KeepFixture, "undo goes back step by step, and says when nothing is left") {
  const auto listed = judged(Decision::kApproved);
  applied(listed);
  REQUIRE(merged(listed));
  CHECK(undo(world(), "1")->kind == "merge");
  CHECK(undo(world(), "2")->kind == "apply");
  CHECK(undo(world(), "3").error().kind == ErrorKind::kUsage);
}

TEST_CASE_METHOD(KeepFixture, "undo refuses when a ref has moved since") {
  const auto listed = judged(Decision::kApproved);
  applied(listed);
  git_.git({"update-ref", "refs/heads/" + branch(listed), "main"});
  const auto refused = undo(world(), "mistake");
  REQUIRE_FALSE(refused);
  CHECK(refused.error().kind == ErrorKind::kConflict);
}

}  // namespace
}  // namespace automod::keep
