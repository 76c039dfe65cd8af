#include <fmt/format.h>
#include <fmt/ranges.h>

#include <utility>

#include "base/text.hpp"
#include "engine/keep/carry_out.hpp"
#include "engine/keep/commits.hpp"
#include "engine/keep/message.hpp"
#include "engine/repo/worktree.hpp"

namespace automod::keep {

namespace {

/// What the branch is to hold: the commit to move it to, and who signed it where it is new.
struct Joined {
  CommitId commit;
  std::string signer;
  std::string statement;
};

Result<TreeId> merged_tree(const World& world, const repo::CommitInfo& ours,
                           const repo::CommitInfo& theirs) {
  const auto base = world.repo.merge_base(ours.commit, theirs.commit);
  if (!base) return fail(base.error());
  if (!*base) {
    return fail(ErrorKind::kConflict, "the branch and the modification share no history",
                "nothing was changed");
  }
  const auto ancestor = world.repo.resolve((*base)->text);
  if (!ancestor) return fail(ancestor.error());
  const auto merged = world.repo.merge_trees(ancestor->tree, ours.tree, theirs.tree);
  if (!merged) return fail(merged.error());
  if (merged->tree) return *merged->tree;
  return fail(ErrorKind::kConflict,
              fmt::format("the branch and the modification change the same lines: {}",
                          printable_line(fmt::format("{}", fmt::join(merged->conflicts, ", ")))),
              "nothing was changed; propose the change anew on the branch, or merge it with git");
}

class Merging {
 public:
  Merging(const World& world, const MergeRequest& request) : world_(world), request_(request) {
    operation_.id = world.store.new_operation_id();
    operation_.kind = "merge";
    operation_.at = iso_time(world.clock.now());
  }

  Result<store::Merge> run();

 private:
  Result<Joined> join(const repo::CommitInfo& tip);
  Result<Joined> by_commit(const repo::CommitInfo& tip);
  Result<std::string> take_worktree(const CommitId& from, const CommitId& to);

  const store::Application& application() const { return *request_.listed.application; }

  const World& world_;
  const MergeRequest& request_;
  store::Operation operation_;
};

Result<Joined> Merging::by_commit(const repo::CommitInfo& tip) {
  const Modification& modification = request_.listed.modification;
  const auto theirs = world_.repo.resolve(application().commit.text);
  if (!theirs) return fail(theirs.error());
  const auto tree = merged_tree(world_, tip, *theirs);
  if (!tree) return fail(tree.error());
  if (request_.hooks) {
    if (auto heard = hear_hook(world_, "pre-merge-commit", {}); !heard) return fail(heard.error());
  }
  const auto commit =
      make_commit(world_, request_.config, *tree, {tip.commit, application().commit},
                  merge_message(modification, request_.branch));
  if (!commit) return fail(commit.error());
  const auto trial = world_.store.latest_trial(modification.id);
  if (!trial) return fail(trial.error());
  Statement statement =
      statement_of(modification, (*trial)->evidence, request_.listed.verdict->verdict);
  statement.kind = "merge";
  statement.branch = request_.branch;
  statement.commit = commit->text;
  statement.tree = tree->text;
  Attester attester(world_, request_.config, operation_);
  auto attested = attester.attest(std::move(statement));
  if (!attested) return fail(attested.error());
  if (auto noted = attester.finish(); !noted) return fail(noted.error());
  return Joined{
      .commit = *commit, .signer = world_.signer->identity(), .statement = std::move(*attested)};
}

Result<Joined> Merging::join(const repo::CommitInfo& tip) {
  const auto holds = world_.repo.is_ancestor(application().commit, tip.commit);
  if (!holds) return fail(holds.error());
  if (*holds) {
    return fail(ErrorKind::kUsage, fmt::format("{} holds modification {} already", request_.branch,
                                               application().modification.text));
  }
  const auto forward = world_.repo.is_ancestor(tip.commit, application().commit);
  if (!forward) return fail(forward.error());
  if (*forward) return Joined{.commit = application().commit, .signer = {}, .statement = {}};
  if (request_.only_forward) {
    return fail(
        ErrorKind::kConflict,
        fmt::format("{} has moved on since, and cannot be moved forward to it", request_.branch),
        "leave out --ff-only for a merge commit");
  }
  return by_commit(tip);
}

/// The working tree that has to follow, if the branch is checked out somewhere.
Result<std::string> Merging::take_worktree(const CommitId& from, const CommitId& to) {
  const auto worktree = repo::Worktree::holding(world_.repo, request_.branch);
  if (!worktree) return fail(worktree.error());
  if (!*worktree) return std::string();
  if (auto free = (*worktree)->check(from, to); !free) return fail(free.error());
  std::string root = (*worktree)->root().string();
  operation_.act.worktree = {.path = root, .from = from, .to = to};
  return root;
}

Result<store::Merge> Merging::run() {
  const auto tip = world_.repo.resolve(request_.branch);
  if (!tip) return fail(tip.error());
  const auto joined = join(*tip);
  if (!joined) return fail(joined.error());
  auto worktree = take_worktree(tip->commit, joined->commit);
  if (!worktree) return fail(worktree.error());
  operation_.refs.push_back(
      {.ref = request_.branch, .before = tip->commit, .after = joined->commit});
  store::Merge merge{.modification = request_.listed.modification.id,
                     .branch = request_.branch,
                     .before = tip->commit,
                     .after = joined->commit,
                     .worktree = std::move(*worktree),
                     .signer = joined->signer,
                     .statement = joined->statement,
                     .merged_at = operation_.at,
                     .operation = operation_.id};
  operation_.act.merges.push_back(merge);
  if (auto done = carry_out(world_, operation_); !done) return fail(done.error());
  // Whatever it says comes too late to refuse.
  if (request_.hooks) (void)world_.repo.run_hook("post-merge", {"0"}, world_.cancel);
  return merge;
}

}  // namespace

Result<store::Merge> merge(const World& world, const MergeRequest& request) {
  const store::ListedModification& listed = request.listed;
  if (listed.status != ModificationStatus::kApplied || !listed.application) {
    return fail(ErrorKind::kUsage,
                fmt::format("modification {} is not applied", listed.modification.id.text),
                "run: automod apply " + listed.modification.id.text);
  }
  return Merging(world, request).run();
}

}  // namespace automod::keep
