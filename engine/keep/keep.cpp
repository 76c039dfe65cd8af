#include "engine/keep/keep.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "base/text.hpp"

namespace automod::keep {

namespace {

constexpr std::string_view kHeads = "refs/heads/";
constexpr std::size_t kLineWidth = 72;

std::string undo_ref(const ModificationId& id) { return "refs/automod/undo/" + id.text; }

std::string revert_branch(const ModificationId& id) {
  return fmt::format("{}self-mod/revert-{}", kHeads, id.text);
}

std::string_view short_name(std::string_view ref) {
  return ref.starts_with(kHeads) ? ref.substr(kHeads.size()) : ref;
}

std::string id_trailer(const ModificationId& id) { return "Modification-Id: " + id.text; }

repo::NewCommit new_commit(const World& world, const Config& config, TreeId tree,
                           const CommitId& parent, std::string message) {
  const auto now = std::chrono::floor<std::chrono::seconds>(world.clock.now());
  return {.tree = std::move(tree),
          .parents = {parent},
          .author_name = config.author_name,
          .author_email = config.author_email,
          .message = std::move(message),
          .seconds = now.time_since_epoch().count()};
}

/// Is `commit` what we would have made of the modification? True for the commit of a call that
/// was cut off before it could record what it had done.
Result<bool> is_ours(const World& world, const Modification& modification, const CommitId& commit) {
  const auto info = world.repo.resolve(commit.text);
  if (!info) return fail(info.error());
  const auto parents = world.repo.parents(commit);
  if (!parents) return fail(parents.error());
  const auto message = world.repo.message(commit);
  if (!message) return fail(message.error());
  return info->tree == modification.tree && *parents == std::vector{modification.base_commit} &&
         message->find(id_trailer(modification.id)) != std::string::npos;
}

Result<void> check_allowed(const store::ListedModification& listed) {
  const std::string& id = listed.modification.id.text;
  if (!listed.verdict) {
    return fail(ErrorKind::kUsage, fmt::format("modification {} has no verdict yet", id),
                "run: automod try " + id);
  }
  switch (listed.verdict->verdict.decision) {
    case Decision::kApproved:
      return {};
    case Decision::kNeedsApproval:
      return fail(ErrorKind::kNeedsApproval,
                  fmt::format("modification {} needs a person's approval", id),
                  "run: automod explain " + id);
    case Decision::kRejected:
      return fail(ErrorKind::kRefused, fmt::format("modification {} was rejected", id),
                  "run: automod explain " + id);
  }
  return fail(ErrorKind::kInternal, "a verdict without a decision");
}

/// The commit of the tried tree, on its branch: made now, or found from an earlier call.
Result<CommitId> commit_on_branch(const World& world, const Modification& modification,
                                  const Verdict& verdict, const Config& config) {
  const std::string branch = branch_of(modification.id);
  const auto tip = world.repo.read_ref(branch);
  if (!tip) return fail(tip.error());
  if (*tip) {
    const auto ours = is_ours(world, modification, **tip);
    if (!ours) return fail(ours.error());
    if (*ours) return **tip;
    return fail(ErrorKind::kConflict,
                fmt::format("branch {} exists and is not ours to move", short_name(branch)),
                fmt::format("look at it with: git log {}", short_name(branch)));
  }
  const auto tree = world.repo.write_tree(modification.base_tree, modification.candidate.files);
  if (!tree) return fail(tree.error());
  if (*tree != modification.tree) {
    return fail(ErrorKind::kInternal, fmt::format("the patch gives tree {} now, {} was tried",
                                                  tree->text, modification.tree.text));
  }
  if (auto kept = world.repo.persist(*tree); !kept) return fail(kept.error());
  const auto commit = world.repo.commit(new_commit(world, config, *tree, modification.base_commit,
                                                   commit_message(modification, verdict)));
  if (!commit) return fail(commit.error());
  const auto moved =
      world.repo.update_refs({{.ref = branch, .before = std::nullopt, .after = *commit}},
                             "automod: apply " + modification.id.text);
  if (!moved) return fail(moved.error());
  return *commit;
}

}  // namespace

std::string branch_of(const ModificationId& id) {
  return fmt::format("{}self-mod/{}", kHeads, id.text);
}

std::string commit_message(const Modification& modification, const Verdict& verdict) {
  const Candidate& candidate = modification.candidate;
  std::string text = fmt::format("Self-modification: {}\n", printable_line(candidate.summary));
  if (!candidate.reasoning.empty()) {
    text += fmt::format("\n{}\n", wrap(printable(candidate.reasoning), kLineWidth));
  }
  text += fmt::format("\nVerdict: {} at level {}, safety score {:.2f}.\n", name(verdict.decision),
                      name(verdict.level), verdict.safety_score);
  if (verdict.performance_impact) {
    text += fmt::format("Measured: {:+.1f} % of the benchmarks' time saved.\n",
                        *verdict.performance_impact);
  }
  text +=
      fmt::format("\n{}\nEvidence-Digest: sha256:{}\nBase-Tree: {}\n", id_trailer(modification.id),
                  verdict.evidence_digest, modification.base_tree.text);
  return text;
}

Result<store::Application> apply(const World& world, const store::ListedModification& listed,
                                 const Config& config) {
  const Modification& modification = listed.modification;
  if (listed.status == ModificationStatus::kApplied && listed.application) {
    return *listed.application;
  }
  if (auto allowed = check_allowed(listed); !allowed) return fail(allowed.error());
  const Verdict& verdict = listed.verdict->verdict;
  const auto commit = commit_on_branch(world, modification, verdict, config);
  if (!commit) return fail(commit.error());
  store::Application application{.modification = modification.id,
                                 .branch = branch_of(modification.id),
                                 .commit = *commit,
                                 .base_commit = modification.base_commit,
                                 .tree = modification.tree,
                                 .evidence_digest = verdict.evidence_digest,
                                 .applied_at = iso_time(world.clock.now())};
  if (auto added = world.store.add_application(application); !added) return fail(added.error());
  return application;
}

namespace {

/// The branches that hold the commit besides its own, and its own where it has moved on.
Result<std::vector<std::string>> holders(const World& world, const store::Application& application,
                                         const std::optional<CommitId>& tip) {
  auto found = world.repo.refs_containing(application.commit, kHeads);
  if (!found) return found;
  std::erase_if(*found, [&](const std::string& ref) {
    return ref == application.branch && tip == application.commit;
  });
  return found;
}

Result<void> refuse_checked_out(const World& world, const std::string& branch) {
  const auto checked_out = world.repo.checked_out_branches();
  if (!checked_out) return fail(checked_out.error());
  if (std::ranges::find(*checked_out, branch) == checked_out->end()) return {};
  return fail(ErrorKind::kConflict,
              fmt::format("branch {} is checked out, and taking it back would pull it from under "
                          "the working tree",
                          short_name(branch)),
              "switch to another branch first, such as: git switch -");
}

/// Nothing was built on it: the branch goes, the commit stays reachable by the undo ref.
Result<store::Rollback> restore(const World& world, const store::Application& application,
                                const std::optional<CommitId>& tip) {
  if (auto free = refuse_checked_out(world, application.branch); !free) return fail(free.error());
  std::vector<repo::RefUpdate> updates;
  if (tip) updates.push_back({.ref = application.branch, .before = tip, .after = std::nullopt});
  const std::string undo = undo_ref(application.modification);
  const auto kept = world.repo.read_ref(undo);
  if (!kept) return fail(kept.error());
  if (*kept != application.commit) {
    updates.push_back({.ref = undo, .before = *kept, .after = application.commit});
  }
  const auto moved =
      world.repo.update_refs(updates, "automod: roll back " + application.modification.text);
  if (!moved) return fail(moved.error());
  return store::Rollback{.modification = application.modification,
                         .reason = {},
                         .method = "restored",
                         .ref = application.branch,
                         .commit = std::nullopt,
                         .restored = application.base_commit,
                         .rolled_back_at = {}};
}

/// The branch to undo it on: the one asked for, the only one, or the one that is checked out.
Result<std::string> choose_branch(const World& world, const std::vector<std::string>& holders,
                                  const std::optional<std::string>& onto) {
  if (onto) {
    std::string wanted = onto->starts_with("refs/") ? *onto : std::string(kHeads) + *onto;
    if (std::ranges::find(holders, wanted) != holders.end()) return wanted;
    return fail(ErrorKind::kUsage,
                fmt::format("branch {} does not hold the modification", printable_line(*onto)),
                fmt::format("held by: {}", fmt::join(holders, ", ")));
  }
  if (holders.size() == 1) return holders.front();
  const auto checked_out = world.repo.checked_out_branches();
  if (!checked_out) return fail(checked_out.error());
  std::vector<std::string> both;
  std::ranges::copy_if(holders, std::back_inserter(both), [&](const std::string& ref) {
    return std::ranges::find(*checked_out, ref) != checked_out->end();
  });
  if (both.size() == 1) return both.front();
  return fail(ErrorKind::kUsage,
              fmt::format("several branches hold the modification: {}", fmt::join(holders, ", ")),
              "name the one to undo it on with --onto BRANCH");
}

/// The tree of the branch without the modification.
Result<TreeId> tree_without(const World& world, const Modification& modification,
                            const repo::CommitInfo& tip, std::string_view branch) {
  const auto merged = world.repo.merge_trees(modification.tree, tip.tree, modification.base_tree);
  if (!merged) return fail(merged.error());
  if (!merged->tree) {
    return fail(ErrorKind::kConflict,
                fmt::format("later changes on {} touch the same lines: {}", short_name(branch),
                            printable_line(fmt::format("{}", fmt::join(merged->conflicts, ", ")))),
                "nothing was changed; roll the later changes back first, or revert by hand");
  }
  if (*merged->tree == tip.tree) {
    return fail(ErrorKind::kConflict,
                fmt::format("{} no longer contains the change", short_name(branch)),
                "nothing was changed; there is nothing to take back");
  }
  return *merged->tree;
}

std::string revert_message(const Modification& modification, const CommitId& commit,
                           std::string_view reason) {
  return fmt::format(
      "Revert \"Self-modification: {}\"\n\n{}\n\nThis takes back commit {}.\n\n"
      "Reverted-{}\n",
      printable_line(modification.candidate.summary), wrap(printable(reason), kLineWidth),
      commit.text, id_trailer(modification.id));
}

/// Others were built on it: a commit on a branch of its own undoes it.
Result<store::Rollback> revert(const World& world, const Modification& modification,
                               const store::Application& application, const std::string& branch,
                               std::string_view reason, const Config& config) {
  const auto tip = world.repo.resolve(branch);
  if (!tip) return fail(tip.error());
  const auto tree = tree_without(world, modification, *tip, branch);
  if (!tree) return fail(tree.error());
  const std::string target = revert_branch(modification.id);
  const auto existing = world.repo.read_ref(target);
  if (!existing) return fail(existing.error());
  if (auto kept = world.repo.persist(*tree); !kept) return fail(kept.error());
  const auto commit = world.repo.commit(new_commit(
      world, config, *tree, tip->commit, revert_message(modification, application.commit, reason)));
  if (!commit) return fail(commit.error());
  if (auto free = refuse_checked_out(world, target); !free) return fail(free.error());
  const auto moved =
      world.repo.update_refs({{.ref = target, .before = *existing, .after = *commit}},
                             "automod: revert " + modification.id.text);
  if (!moved) return fail(moved.error());
  return store::Rollback{.modification = modification.id,
                         .reason = {},
                         .method = "revert",
                         .ref = target,
                         .commit = *commit,
                         .restored = *commit,
                         .rolled_back_at = {}};
}

}  // namespace

Result<store::Rollback> rollback(const World& world, const store::ListedModification& listed,
                                 std::string_view reason, const std::optional<std::string>& onto,
                                 const Config& config) {
  const Modification& modification = listed.modification;
  if (listed.status != ModificationStatus::kApplied || !listed.application) {
    const bool before = listed.status == ModificationStatus::kRolledBack;
    return fail(ErrorKind::kUsage,
                fmt::format("modification {} {}", modification.id.text,
                            before ? "was rolled back already" : "was never applied"),
                "run: automod show " + modification.id.text);
  }
  const store::Application& application = *listed.application;
  const auto tip = world.repo.read_ref(application.branch);
  if (!tip) return fail(tip.error());
  const auto held_by = holders(world, application, *tip);
  if (!held_by) return fail(held_by.error());

  Result<store::Rollback> done = fail(ErrorKind::kInternal, "no way to roll back was tried");
  if (held_by->empty()) {
    done = restore(world, application, *tip);
  } else {
    const auto branch = choose_branch(world, *held_by, onto);
    if (!branch) return fail(branch.error());
    done = revert(world, modification, application, *branch, reason, config);
  }
  if (!done) return done;
  done->reason = std::string(reason);
  done->rolled_back_at = iso_time(world.clock.now());
  if (auto added = world.store.add_rollback(*done); !added) return fail(added.error());
  return done;
}

}  // namespace automod::keep
