#include "tests/unit/catch.hpp"
#include "tests/unit/engine/keep/fixture.hpp"

namespace automod::keep {
namespace {

using testing::ContainsSubstring;

TEST_CASE_METHOD(KeepFixture, "applying commits exactly the tried tree on a branch of its own") {
  const auto listed = judged(Decision::kApproved);
  const auto application = applied(listed);
  const std::string branch = "self-mod/" + listed.modification.id.text;
  CHECK(git_.id(branch) == application.commit.text);
  CHECK(git_.tree(branch) == listed.modification.tree.text);
  CHECK(git_.id(branch + "^") == listed.modification.base_commit.text);
  CHECK(git_.git({"show", branch + ":list.txt"}) + "\n" == kAfter);
  CHECK(look(listed).status == ModificationStatus::kApplied);
}

TEST_CASE_METHOD(KeepFixture, "the commit says who, what, why and on which evidence") {
  const auto listed = judged(Decision::kApproved);
  const auto application = applied(listed);
  CHECK(git_.git({"log", "-1", "--format=%an", application.commit.text}) == "agent-self-modify");
  const std::string message = git_.git({"log", "-1", "--format=%B", application.commit.text});
  CHECK_THAT(message, testing::StartsWith("Self-modification: write the second line out\n"));
  CHECK_THAT(message, ContainsSubstring("Words read better than digits."));
  const std::string trailers =
      git_.git({"log", "-1", "--format=%(trailers:only,unfold)", application.commit.text});
  CHECK_THAT(trailers, ContainsSubstring("Modification-Id: " + listed.modification.id.text));
  CHECK_THAT(trailers, ContainsSubstring("Evidence-Digest: sha256:" +
                                         listed.verdict.value().verdict.evidence_digest));
  CHECK_THAT(trailers, ContainsSubstring("Base-Tree: " + listed.modification.base_tree.text));
}

TEST_CASE_METHOD(KeepFixture, "applying leaves HEAD, index and working tree alone") {
  const std::string head = git_.id("HEAD");
  applied(judged(Decision::kApproved));
  CHECK(git_.id("HEAD") == head);
  CHECK(git_.git({"status", "--porcelain"}).empty());
}

TEST_CASE_METHOD(KeepFixture, "applying twice is applying once") {
  const auto listed = judged(Decision::kApproved);
  const auto first = applied(listed);
  CHECK(applied(look(listed)).commit == first.commit);
}

TEST_CASE_METHOD(KeepFixture,
                 "what was rejected, waits for approval or was never tried is not kept") {
  const auto rejected = try_apply(judged(Decision::kRejected));
  CHECK(rejected.error().kind == ErrorKind::kRefused);
  const auto waiting = try_apply(judged(Decision::kNeedsApproval));
  CHECK(waiting.error().kind == ErrorKind::kNeedsApproval);
  const auto untried = try_apply(record());
  CHECK(untried.error().kind == ErrorKind::kUsage);
  CHECK(git_.git({"for-each-ref", "refs/heads/self-mod"}).empty());
}

TEST_CASE_METHOD(KeepFixture, "a branch of somebody else's under our name is not moved") {
  const auto listed = judged(Decision::kApproved);
  git_.git({"branch", "self-mod/" + listed.modification.id.text, "HEAD"});
  const auto refused = try_apply(listed);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().kind == ErrorKind::kConflict);
  CHECK(git_.id("self-mod/" + listed.modification.id.text) == git_.id("HEAD"));
}

TEST_CASE_METHOD(KeepFixture, "stock git holds the commit's signature to be good") {
  const auto application = applied(judged(Decision::kApproved));
  const testing::Ran ran =
      git_.try_git(git_.root(), {"-c", "gpg.ssh.allowedSignersFile=" + signers_.string(),
                                 "verify-commit", application.commit.text});
  CHECK(ran.code == 0);
  CHECK_THAT(ran.err, ContainsSubstring("Good \"git\" signature for robot@localhost"));
}

TEST_CASE_METHOD(KeepFixture, "without a signer nothing is committed") {
  const auto listed = judged(Decision::kApproved);
  signer_.reset();
  const auto refused = try_apply(listed);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().kind == ErrorKind::kUnavailable);
  CHECK_THAT(refused.error().hint, ContainsSubstring("automod key init"));
  CHECK(git_.git({"for-each-ref", "refs/heads/self-mod"}).empty());
  CHECK(look(listed).status == ModificationStatus::kApproved);
}

TEST_CASE_METHOD(KeepFixture, "a signed statement stands in the note of the commit") {
  const auto listed = judged(Decision::kApproved);
  const auto application = applied(listed);
  const std::string note = git_.git({"notes", "--ref", "automod", "show", application.commit.text});
  const auto stored = store_->attestations(listed.modification.id).value();
  REQUIRE(stored.size() == 1);
  CHECK(note == stored[0].envelope);
  CHECK(sha256(note) == application.statement);
}

TEST_CASE_METHOD(KeepFixture, "the committer may be somebody else than the author") {
  config_.committer_name = "build robot";
  config_.committer_email = "robot@localhost";
  const auto application = applied(judged(Decision::kApproved));
  CHECK(git_.git({"log", "-1", "--format=%an %cn %ce", application.commit.text}) ==
        "agent-self-modify build robot robot@localhost");
}

}  // namespace
}  // namespace automod::keep
