#include "engine/keep/approve.hpp"

#include "tests/unit/catch.hpp"
#include "tests/unit/engine/keep/fixture.hpp"

namespace automod::keep {
namespace {

using testing::ContainsSubstring;

/// A person who may approve.
class ApproveFixture : public KeepFixture {
 public:
  ApproveFixture() { config_.approvers = {{"ada", sign::key_line(ada_.key())}}; }

 protected:
  Result<store::Approval> approval(const store::ListedModification& listed,
                                   const sign::PrivateKey& key, bool counts = true) {
    return approve(world(), {.listed = look(listed),
                             .key = key,
                             .config = config_,
                             .config_counts = counts,
                             .note = "read it"});
  }
  std::string token(const store::ListedModification& listed) {
    return approval(listed, ada_).value().token;
  }

  sign::PrivateKey ada_ = sign::PrivateKey::generate("");
  sign::PrivateKey eve_ = sign::PrivateKey::generate("");
};

TEST_CASE_METHOD(ApproveFixture, "what waits for a person is kept with his approval") {
  const auto listed = judged(Decision::kNeedsApproval);
  const std::string given = token(listed);
  const auto application = try_apply(listed, given);
  REQUIRE(application);
  CHECK_THAT(application->approver, ContainsSubstring("ada (SHA256:"));
  CHECK_THAT(
      git_.git({"log", "-1", "--format=%(trailers:key=Approved-By)", application->commit.text}),
      ContainsSubstring("Approved-By: ada (SHA256:"));
  CHECK(store_->use_of(*application->approval).value());
}

TEST_CASE_METHOD(ApproveFixture, "an approval is good once") {
  const auto listed = judged(Decision::kNeedsApproval);
  const std::string given = token(listed);
  REQUIRE(try_apply(listed, given));
  REQUIRE(take_back(listed));
  const auto again = try_apply(look(listed), given);
  REQUIRE_FALSE(again);
  CHECK(again.error().kind == ErrorKind::kRefused);
  CHECK_THAT(again.error().message, ContainsSubstring("used already"));
}

TEST_CASE_METHOD(ApproveFixture, "an approval of something else is refused by name") {
  const auto one = judged(Decision::kNeedsApproval);
  const auto other =
      judged(Decision::kNeedsApproval, record({changed("list.txt", kBefore, "none\n")}));
  const auto refused = try_apply(other, token(one));
  REQUIRE_FALSE(refused);
  CHECK_THAT(refused.error().message, ContainsSubstring("for another modification"));
}

TEST_CASE_METHOD(ApproveFixture, "an approval ends with the verdict it was given for") {
  const auto listed = judged(Decision::kNeedsApproval);
  const std::string given = token(listed);
  Evidence evidence;
  evidence.patch_digest = listed.modification.patch_digest;
  evidence.base_tree = listed.modification.base_tree;
  evidence.tree = listed.modification.tree;
  evidence.stopped_by = "another trial";
  Verdict verdict;
  verdict.decision = Decision::kNeedsApproval;
  verdict.evidence_digest = digest(evidence);
  REQUIRE(store_->add_trial(listed.modification.id, evidence, verdict, {}, {}));
  const auto refused = try_apply(look(listed), given);
  REQUIRE_FALSE(refused);
  CHECK_THAT(refused.error().message, ContainsSubstring("for another evidence"));
}

TEST_CASE_METHOD(ApproveFixture, "an approval expires") {
  const auto listed = judged(Decision::kNeedsApproval);
  const std::string given = token(listed);
  clock_.advance(std::chrono::hours(2));
  const auto refused = try_apply(listed, given);
  REQUIRE_FALSE(refused);
  CHECK_THAT(refused.error().message, ContainsSubstring("expired"));
}

TEST_CASE_METHOD(ApproveFixture, "who is no approver cannot approve") {
  const auto listed = judged(Decision::kNeedsApproval);
  const auto refused = approval(listed, eve_);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().kind == ErrorKind::kRefused);
  CHECK_THAT(refused.error().message, ContainsSubstring("none of the approvers"));
}

TEST_CASE_METHOD(ApproveFixture, "an approver who was taken off the list approves nothing more") {
  const auto listed = judged(Decision::kNeedsApproval);
  const std::string given = token(listed);
  config_.approvers = {{"eve", sign::key_line(eve_.key())}};
  CHECK(try_apply(listed, given).error().kind == ErrorKind::kRefused);
}

TEST_CASE_METHOD(ApproveFixture,
                 "approvers of an automod.toml that nobody committed do not count") {
  const auto refused = approval(judged(Decision::kNeedsApproval), ada_, false);
  REQUIRE_FALSE(refused);
  CHECK_THAT(refused.error().message, ContainsSubstring("base commit itself"));
}

TEST_CASE_METHOD(ApproveFixture, "what was rejected cannot be approved") {
  CHECK(approval(judged(Decision::kRejected), ada_).error().kind == ErrorKind::kRefused);
  CHECK(approval(record(), ada_).error().kind == ErrorKind::kUsage);
}

TEST_CASE_METHOD(ApproveFixture, "what a person declines is recorded") {
  const auto listed = judged(Decision::kNeedsApproval);
  REQUIRE(decline(world(), listed, "ada", "not like this"));
  const auto said = store_->approvals(listed.modification.id).value();
  REQUIRE(said.size() == 1);
  CHECK(said[0].answer == "decline");
  CHECK(said[0].note == "not like this");
}

TEST_CASE_METHOD(ApproveFixture, "beyond a limit only a person lets pass") {
  config_.automatic.per_hour = 1;
  const auto first = judged(Decision::kApproved);
  REQUIRE(try_apply(first));
  const auto second = approved({changed("list.txt", kBefore, "none\n")});
  const auto refused = try_apply(second);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().kind == ErrorKind::kNeedsApproval);
  CHECK_THAT(refused.error().message, ContainsSubstring("per_hour allows 1"));
  CHECK(try_apply(second, token(second)));
  clock_.advance(std::chrono::minutes(61));
  CHECK(try_apply(approved({changed("list.txt", kBefore, "some\n")})));
}

TEST_CASE_METHOD(ApproveFixture,
                 "generations are counted along the history, up to a commit of others") {
  config_.automatic.generations = 1;
  const auto first = judged(Decision::kApproved);
  git_.git({"merge", "--quiet", "--ff-only", applied(first).commit.text});
  const auto second = approved({changed("list.txt", kAfter, "none\n")});
  CHECK_THAT(try_apply(second).error().message, ContainsSubstring("generations"));
  git_.write("by-hand.txt", "x\n");
  git_.commit("by hand");
  CHECK(try_apply(approved({changed("list.txt", kAfter, "none\n")})));
}

}  // namespace
}  // namespace automod::keep
