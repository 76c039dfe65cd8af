#include "engine/keep/keep.hpp"

#include "base/digest.hpp"
#include "engine/types/json.hpp"
#include "tests/unit/catch.hpp"
#include "tests/unit/support/git_fixture.hpp"

namespace automod::keep {
namespace {

using testing::ContainsSubstring;

class FixedClock final : public Clock {
 public:
  Time now() const override { return Time(std::chrono::seconds(1'800'000'000)); }
};

/// A repository with one file of ten lines and a modification of line 2 that was approved.
class KeepTest {
 public:
  KeepTest() {
    git_.write("list.txt", kBefore);
    git_.commit("base");
    repo_.emplace(repo::Repository::open(git_.root()).value());
    store_.emplace(store::Store::open(git_.root() / ".git" / "automod", clock_).value());
  }

 protected:
  static constexpr std::string_view kBefore = "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n";
  static constexpr std::string_view kAfter = "1\ntwo\n3\n4\n5\n6\n7\n8\n9\n10\n";

  World world() { return {.repo = *repo_, .store = *store_, .clock = clock_}; }

  store::ListedModification record() {
    const auto base = repo_->resolve("HEAD").value();
    Candidate candidate;
    candidate.type = ModificationType::kBugFix;
    candidate.summary = "write the second line out";
    candidate.reasoning = "Words read better than digits.";
    candidate.files = {
        {.path = "list.txt", .original = std::string(kBefore), .modified = std::string(kAfter)}};
    const auto session =
        store_->begin_session("here", {Goal::kFixBugs}, SafetyLevel::kConservative).value();
    const TreeId tree = repo_->write_tree(base.tree, candidate.files).value();
    const std::string patch = repo_->diff(base.tree, tree).value();
    const auto added = store_->add_modification({.session = session,
                                                 .base_commit = base.commit,
                                                 .base_tree = base.tree,
                                                 .tree = tree,
                                                 .patch = patch,
                                                 .patch_digest = sha256(patch),
                                                 .candidate = candidate});
    if (!added) throw std::runtime_error(added.error().message);
    return store_->modification(added->id.text).value();
  }

  store::ListedModification judged(Decision decision) {
    const store::ListedModification listed = record();
    Evidence evidence;
    evidence.patch_digest = listed.modification.patch_digest;
    evidence.base_tree = listed.modification.base_tree;
    evidence.tree = listed.modification.tree;
    Verdict verdict;
    verdict.decision = decision;
    verdict.safety_score = 0.9;
    verdict.evidence_digest = digest(evidence);
    const auto added = store_->add_trial(listed.modification.id, evidence, verdict, {}, {});
    if (!added) throw std::runtime_error(added.error().message);
    return look(listed);
  }

  store::ListedModification look(const store::ListedModification& listed) {
    return store_->modification(listed.modification.id.text).value();
  }

  store::Application applied(const store::ListedModification& listed) {
    return apply(world(), listed, Config{}).value();
  }

  Result<store::Rollback> take_back(const store::ListedModification& listed,
                                    const std::optional<std::string>& onto = std::nullopt) {
    return rollback(world(), look(listed), "it was worse", onto, Config{});
  }

  std::string heads() { return git_.git({"for-each-ref", "refs/heads"}); }

  testing::GitFixture git_;
  FixedClock clock_;
  std::optional<repo::Repository> repo_;
  std::optional<store::Store> store_;
};

TEST_CASE_METHOD(KeepTest, "applying commits exactly the tried tree on a branch of its own") {
  const auto listed = judged(Decision::kApproved);
  const auto application = applied(listed);
  const std::string branch = "self-mod/" + listed.modification.id.text;
  CHECK(git_.id(branch) == application.commit.text);
  CHECK(git_.tree(branch) == listed.modification.tree.text);
  CHECK(git_.id(branch + "^") == listed.modification.base_commit.text);
  CHECK(git_.git({"show", branch + ":list.txt"}) + "\n" == kAfter);
  CHECK(look(listed).status == ModificationStatus::kApplied);
}

TEST_CASE_METHOD(KeepTest, "the commit says who, what, why and on which evidence") {
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

TEST_CASE_METHOD(KeepTest, "applying leaves HEAD, index and working tree alone") {
  const std::string head = git_.id("HEAD");
  applied(judged(Decision::kApproved));
  CHECK(git_.id("HEAD") == head);
  CHECK(git_.git({"status", "--porcelain"}).empty());
}

TEST_CASE_METHOD(KeepTest, "applying twice is applying once") {
  const auto listed = judged(Decision::kApproved);
  const auto first = applied(listed);
  CHECK(applied(look(listed)).commit == first.commit);
}

TEST_CASE_METHOD(KeepTest, "what was rejected, waits for approval or was never tried is not kept") {
  const auto rejected = apply(world(), judged(Decision::kRejected), Config{});
  CHECK(rejected.error().kind == ErrorKind::kRefused);
  const auto waiting = apply(world(), judged(Decision::kNeedsApproval), Config{});
  CHECK(waiting.error().kind == ErrorKind::kNeedsApproval);
  const auto untried = apply(world(), record(), Config{});
  CHECK(untried.error().kind == ErrorKind::kUsage);
  CHECK(git_.git({"for-each-ref", "refs/heads/self-mod"}).empty());
}

TEST_CASE_METHOD(KeepTest, "a branch that a cut-off call left is taken over, not made anew") {
  const auto listed = judged(Decision::kApproved);
  const auto state = git_.root() / ".git" / "automod";
  const auto before = git_.scratch("state-before");
  std::filesystem::copy(state, before, std::filesystem::copy_options::recursive);
  const auto first = applied(listed);
  store_.reset();  // as if the machine had stopped before the application was recorded
  std::filesystem::remove_all(state);
  std::filesystem::rename(before, state);
  store_.emplace(store::Store::open(state, clock_).value());
  REQUIRE(look(listed).status == ModificationStatus::kApproved);
  CHECK(applied(look(listed)).commit == first.commit);
  CHECK(look(listed).status == ModificationStatus::kApplied);
}

TEST_CASE_METHOD(KeepTest, "a branch of somebody else's under our name is not moved") {
  const auto listed = judged(Decision::kApproved);
  git_.git({"branch", "self-mod/" + listed.modification.id.text, "HEAD"});
  const auto refused = apply(world(), listed, Config{});
  REQUIRE_FALSE(refused);
  CHECK(refused.error().kind == ErrorKind::kConflict);
  CHECK(git_.id("self-mod/" + listed.modification.id.text) == git_.id("HEAD"));
}

TEST_CASE_METHOD(KeepTest, "rolling back leaves the refs as they were, the commit reachable") {
  const std::string before = heads();
  const auto listed = judged(Decision::kApproved);
  const auto application = applied(listed);
  const auto done = take_back(listed);
  REQUIRE(done);
  CHECK(done->method == "restored");
  CHECK(done->restored == listed.modification.base_commit);
  CHECK(heads() == before);
  CHECK(git_.id("refs/automod/undo/" + listed.modification.id.text) == application.commit.text);
  CHECK(look(listed).status == ModificationStatus::kRolledBack);
  CHECK(look(listed).rollback.value().reason == "it was worse");
}

TEST_CASE_METHOD(KeepTest, "what is not applied cannot be rolled back") {
  const auto listed = judged(Decision::kApproved);
  CHECK(take_back(listed).error().kind == ErrorKind::kUsage);
  applied(listed);
  REQUIRE(take_back(listed));
  CHECK_THAT(take_back(listed).error().message, ContainsSubstring("was rolled back already"));
}

TEST_CASE_METHOD(KeepTest, "a modification that was merged is undone by a commit on top") {
  const auto listed = judged(Decision::kApproved);
  const auto application = applied(listed);
  git_.git({"merge", "--quiet", "--ff-only", application.commit.text});
  git_.write("list.txt", std::string(kAfter) + "11\n");
  git_.commit("later work");
  const std::string main = git_.id("main");
  const auto done = take_back(listed);
  REQUIRE(done);
  CHECK(done->method == "revert");
  CHECK(done->ref == "refs/heads/self-mod/revert-" + listed.modification.id.text);
  CHECK(git_.git({"show", done->ref + ":list.txt"}) + "\n" == std::string(kBefore) + "11\n");
  CHECK(git_.id(done->ref + "^") == main);
  CHECK(git_.id("main") == main);
  CHECK_THAT(git_.git({"log", "-1", "--format=%B", done->ref}),
             ContainsSubstring("Reverted-Modification-Id: " + listed.modification.id.text));
}

TEST_CASE_METHOD(KeepTest, "a conflict with later work changes nothing and names the file") {
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

TEST_CASE_METHOD(KeepTest, "a branch that is checked out is not pulled from under its user") {
  const auto listed = judged(Decision::kApproved);
  applied(listed);
  git_.git({"switch", "--quiet", "self-mod/" + listed.modification.id.text});
  const auto refused = take_back(listed);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().kind == ErrorKind::kConflict);
  CHECK_THAT(refused.error().hint, ContainsSubstring("git switch"));
}

TEST_CASE_METHOD(KeepTest, "where several branches hold it the user says which") {
  const auto listed = judged(Decision::kApproved);
  const auto application = applied(listed);
  git_.git({"branch", "one", application.commit.text});
  git_.git({"branch", "two", application.commit.text});
  CHECK_THAT(take_back(listed).error().hint, ContainsSubstring("--onto"));
  CHECK(take_back(listed, "main").error().kind == ErrorKind::kUsage);
  const auto done = take_back(listed, "two");
  REQUIRE(done);
  CHECK(git_.id(done->ref + "^") == application.commit.text);
  CHECK(git_.tree(done->ref) == listed.modification.base_tree.text);
}

TEST_CASE_METHOD(KeepTest, "after a rollback the same modification can be applied again") {
  const auto listed = judged(Decision::kApproved);
  applied(listed);
  REQUIRE(take_back(listed));
  const auto again = apply(world(), look(listed), Config{});
  REQUIRE(again);
  CHECK(look(listed).status == ModificationStatus::kApplied);
  REQUIRE(take_back(listed));
  CHECK(look(listed).status == ModificationStatus::kRolledBack);
}

}  // namespace
}  // namespace automod::keep
