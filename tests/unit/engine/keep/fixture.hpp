#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include "base/digest.hpp"
#include "engine/keep/keep.hpp"
#include "engine/sign/settings.hpp"
#include "engine/types/json.hpp"
#include "tests/unit/support/git_fixture.hpp"

namespace automod::keep {

/// Stands still until it is moved.
class HandClock final : public Clock {
 public:
  Time now() const override { return now_; }
  void advance(std::chrono::seconds by) { now_ += by; }

 private:
  Time now_ = Time(std::chrono::seconds(1'800'000'000));
};

/// A repository with one file of ten lines, somebody who signs, and modifications of it.
class KeepFixture {
 public:
  KeepFixture() {
    git_.write("list.txt", kBefore);
    git_.commit("base");
    repo_.emplace(repo::Repository::open(git_.root()).value());
    store_.emplace(store::Store::open(state(), clock_).value());
    const sign::Settings settings{.config = git_.scratch("config"), .directory = {}};
    const auto own = sign::own_key(settings);
    key_line_ = sign::key_line(sign::make_own_key(own, "robot@localhost").value().key);
    signers_ = own.signers;
    signer_ = sign::open_signer(settings, cancel_).value();
  }

 protected:
  static constexpr std::string_view kBefore = "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n";
  static constexpr std::string_view kAfter = "1\ntwo\n3\n4\n5\n6\n7\n8\n9\n10\n";

  std::filesystem::path state() const { return git_.root() / ".git" / "automod"; }

  World world() {
    return {.repo = *repo_,
            .store = *store_,
            .clock = clock_,
            .cancel = cancel_,
            .signer = signer_.get()};
  }

  store::ListedModification record(const std::vector<FileChange>& files) {
    const auto base = repo_->resolve("HEAD").value();
    Candidate candidate;
    candidate.type = ModificationType::kBugFix;
    candidate.summary = "write the second line out";
    candidate.reasoning = "Words read better than digits.";
    candidate.files = files;
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
  store::ListedModification record() { return record({changed("list.txt", kBefore, kAfter)}); }

  static FileChange changed(std::string_view path, std::string_view before,
                            std::string_view after) {
    return {
        .path = std::string(path), .original = std::string(before), .modified = std::string(after)};
  }

  store::ListedModification judged(Decision decision, const store::ListedModification& listed) {
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
  store::ListedModification judged(Decision decision) { return judged(decision, record()); }
  store::ListedModification approved(const std::vector<FileChange>& files) {
    return judged(Decision::kApproved, record(files));
  }

  store::ListedModification look(const store::ListedModification& listed) {
    return store_->modification(listed.modification.id.text).value();
  }

  Result<store::Application> try_apply(const store::ListedModification& listed,
                                       const std::string& token = "") {
    return apply(world(),
                 {.listed = listed, .config = config_, .config_counts = true, .token = token});
  }
  store::Application applied(const store::ListedModification& listed) {
    auto done = try_apply(look(listed));
    if (!done) throw std::runtime_error(done.error().message);
    return *done;
  }

  Result<std::vector<store::Rollback>> take_back(const store::ListedModification& listed,
                                                 const std::optional<std::string>& onto = {},
                                                 bool cascade = false) {
    return rollback(world(), {.listed = look(listed),
                              .reason = "it was worse",
                              .onto = onto,
                              .cascade = cascade,
                              .config = config_});
  }

  Result<store::Merge> merged(const store::ListedModification& listed,
                              const std::string& branch = "refs/heads/main") {
    return merge(world(), {.listed = look(listed), .branch = branch, .config = config_});
  }

  std::string heads() { return git_.git({"for-each-ref", "refs/heads"}); }
  std::string branch(const store::ListedModification& listed) {
    return "self-mod/" + listed.modification.id.text;
  }

  testing::GitFixture git_;
  HandClock clock_;
  CancelToken cancel_;
  Config config_;
  std::string key_line_;
  std::filesystem::path signers_;
  std::optional<repo::Repository> repo_;
  std::optional<store::Store> store_;
  std::unique_ptr<sign::Signer> signer_;
};

}  // namespace automod::keep
