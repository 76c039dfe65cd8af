#include "tests/unit/catch.hpp"
#include "tests/unit/engine/keep/fixture.hpp"

namespace automod::keep {
namespace {

using testing::ContainsSubstring;

class RecoverFixture : public KeepFixture {
 protected:
  /// An operation that was written down by somebody who then died.
  store::Operation prepared(const store::ListedModification& listed) {
    const auto commit = repo_->resolve("HEAD").value().commit;
    store::Operation operation{
        .id = store_->new_operation_id(),
        .kind = "apply",
        .refs = {{.ref = branch_of(listed.modification.id), .before = {}, .after = commit},
                 {.ref = "refs/automod/more", .before = {}, .after = commit}},
        .at = iso_time(clock_.now())};
    operation.act.applications.push_back(
        {.modification = listed.modification.id,
         .branch = branch_of(listed.modification.id),
         .commit = commit,
         .base_commit = listed.modification.base_commit,
         .tree = listed.modification.tree,
         .evidence_digest = listed.verdict->verdict.evidence_digest,
         .applied_at = operation.at});
    REQUIRE(store_->prepare(operation));
    return operation;
  }
};

TEST_CASE_METHOD(RecoverFixture, "without anything interrupted there is nothing to recover") {
  const auto recovered = recover(world());
  REQUIRE(recovered);
  CHECK_FALSE(recovered->operation);
}

TEST_CASE_METHOD(RecoverFixture, "killed before any ref had moved, it has never been") {
  const auto listed = judged(Decision::kApproved);
  prepared(listed);
  const auto recovered = recover(world());
  REQUIRE(recovered);
  CHECK_FALSE(recovered->finished);
  CHECK(look(listed).status == ModificationStatus::kApproved);
  CHECK_FALSE(store_->pending().value());
}

TEST_CASE_METHOD(RecoverFixture, "killed between two refs, the other one follows") {
  const auto listed = judged(Decision::kApproved);
  const auto operation = prepared(listed);
  git_.git({"update-ref", operation.refs[0].ref, operation.refs[0].after->text});
  const auto recovered = recover(world());
  REQUIRE(recovered);
  CHECK(recovered->finished);
  CHECK(git_.id("refs/automod/more") == operation.refs[1].after->text);
  CHECK(look(listed).status == ModificationStatus::kApplied);
  REQUIRE(recover(world()));  // again: nothing left to do
  CHECK(look(listed).status == ModificationStatus::kApplied);
}

TEST_CASE_METHOD(RecoverFixture, "where somebody has moved a ref meanwhile a person is asked") {
  const auto listed = judged(Decision::kApproved);
  const auto operation = prepared(listed);
  git_.write("list.txt", "other\n");
  const std::string other = git_.commit("other");
  git_.git({"update-ref", operation.refs[0].ref, other});
  const auto refused = recover(world());
  REQUIRE_FALSE(refused);
  CHECK(refused.error().kind == ErrorKind::kConflict);
  CHECK_THAT(refused.error().message, ContainsSubstring(operation.refs[0].ref));
  CHECK(git_.id(operation.refs[0].ref) == other);
  CHECK(store_->pending().value());
}

}  // namespace
}  // namespace automod::keep
