#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

#include "base/files.hpp"
#include "base/text.hpp"
#include "engine/keep/carry_out.hpp"
#include "engine/keep/commits.hpp"
#include "engine/keep/dependents.hpp"
#include "engine/keep/message.hpp"

namespace automod::keep {

namespace {

using store::ListedModification;

constexpr std::string_view kHeads = "refs/heads/";
constexpr std::size_t kMostRead = kMiB;  // a larger file is data
constexpr unsigned kModeKind = 0170000;
constexpr unsigned kModeFile = 0100000;

std::string revert_branch(const ModificationId& id) { return branch_of({"revert-" + id.text}); }

std::string_view short_name(std::string_view ref) {
  return ref.starts_with(kHeads) ? ref.substr(kHeads.size()) : ref;
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

/// An application that cannot stay when another goes.
struct Dependent {
  ListedModification listed;
  std::string why;
};

/// Applications whose base holds the commit, oldest first.
Result<std::vector<ListedModification>> built_on(const World& world, const CommitId& commit) {
  auto applied = world.store.list({.status = ModificationStatus::kApplied});
  if (!applied) return fail(applied.error());
  std::vector<ListedModification> all;
  for (ListedModification& other : *applied) {
    const auto above = world.repo.is_ancestor(commit, other.modification.base_commit);
    if (!above) return fail(above.error());
    if (*above) all.push_back(std::move(other));
  }
  std::ranges::sort(all, {}, [](const ListedModification& one) {
    return std::pair(one.application->applied_at, one.modification.id.text);
  });
  return all;
}

/// The plain files of a tree that are of a size to be read as code.
class TreeFiles {
 public:
  TreeFiles(const repo::Repository& repo, TreeId tree) : repo_(repo), tree_(std::move(tree)) {}

  Result<std::vector<std::string>> paths() {
    auto entries = repo_.list_unsized(tree_);
    if (!entries) return fail(entries.error());
    std::vector<std::string> all;
    for (repo::Entry& entry : *entries) {
      if ((entry.mode & kModeKind) != kModeFile) continue;
      all.push_back(entry.path);
      entries_.emplace(all.back(), std::move(entry));
    }
    return all;
  }

  Result<std::optional<std::string>> read(const std::string& path) const {
    const auto found = entries_.find(path);
    if (found == entries_.end()) return std::optional<std::string>();
    const auto size = repo_.size_of(found->second);
    if (!size) return fail(size.error());
    if (*size > kMostRead) return std::optional<std::string>();
    return repo_.read(tree_, path, kMostRead);
  }

 private:
  const repo::Repository& repo_;
  const TreeId tree_;
  std::map<std::string, repo::Entry> entries_;
};

/// Why a later application needs an earlier one; empty: it does not.
Result<std::string> why_dependent(const World& world, const Modification& earlier,
                                  const Modification& later) {
  const auto without = world.repo.merge_trees(earlier.tree, later.tree, earlier.base_tree);
  if (!without) return fail(without.error());
  if (!without->tree) {
    return fmt::format("changes the same lines of {}", fmt::join(without->conflicts, ", "));
  }
  TreeFiles files(world.repo, later.tree);
  const auto names =
      definitions_taken_up(earlier.candidate.files, later.candidate.files,
                           {.paths = [&] { return files.paths(); },
                            .read = [&](const std::string& path) { return files.read(path); }});
  if (!names) return fail(names.error());
  return names->empty() ? std::string() : fmt::format("uses {}", fmt::join(*names, ", "));
}

/// All that has to go along, oldest first, with what depends on those in turn.
Result<std::vector<Dependent>> dependents_of(const World& world, const ListedModification& first,
                                             bool only_on_branch) {
  std::vector<Dependent> found;
  std::vector<const Modification*> going = {&first.modification};
  auto later = built_on(world, first.application->commit);
  if (!later) return fail(later.error());
  found.reserve(later->size());  // `going` points into it
  for (ListedModification& other : *later) {
    std::string why = only_on_branch ? "its branch holds it" : "";
    for (std::size_t i = 0; i < going.size() && why.empty(); ++i) {
      auto reason = why_dependent(world, *going[i], other.modification);
      if (!reason) return fail(reason.error());
      why = std::move(*reason);
    }
    if (why.empty()) continue;
    found.push_back({.listed = std::move(other), .why = std::move(why)});
    going.push_back(&found.back().listed.modification);
  }
  return found;
}

Result<void> refuse_dependents(const std::vector<Dependent>& dependents) {
  if (dependents.empty()) return {};
  std::vector<std::string> parts;
  for (const Dependent& one : dependents) {
    parts.push_back(
        fmt::format("{} ({})", one.listed.modification.id.text, printable_line(one.why)));
  }
  return fail(ErrorKind::kConflict,
              fmt::format("{} later modification{} on it: {}", dependents.size(),
                          dependents.size() == 1 ? " builds" : "s build", fmt::join(parts, "; ")),
              "nothing was changed; take them back first, or along with it: --cascade");
}

/// One rollback while it is put together.
class Plan {
 public:
  Plan(const World& world, const RollbackRequest& request)
      : world_(world), request_(request), attester_(world, request.config, operation_) {
    operation_.id = world.store.new_operation_id();
    operation_.kind = "rollback";
    operation_.at = iso_time(world.clock.now());
  }

  Result<std::vector<store::Rollback>> run();

 private:
  using All = std::vector<const ListedModification*>;  // newest first

  Result<std::vector<std::string>> holders(const All& going);
  Result<void> restore(const ListedModification& listed);
  Result<std::string> choose_branch(const std::vector<std::string>& holders);
  Result<void> revert(const All& going, const std::string& branch);
  Result<TreeId> tree_without(const Modification& modification, const TreeId& tree,
                              std::string_view branch);
  Result<CommitId> revert_commit(const ListedModification& listed, const TreeId& tree,
                                 const CommitId& parent, const std::string& target);
  store::Rollback record(const ListedModification& listed) const;
  Result<void> verify() const;

  const World& world_;
  const RollbackRequest& request_;
  store::Operation operation_;
  Attester attester_;
};

store::Rollback Plan::record(const ListedModification& listed) const {
  store::Rollback rollback{.modification = listed.modification.id,
                           .reason = std::string(request_.reason),
                           .method = {},
                           .ref = {},
                           .commit = std::nullopt,
                           .restored = {},
                           .rolled_back_at = operation_.at,
                           .operation = operation_.id};
  const ModificationId& asked = request_.listed.modification.id;
  if (listed.modification.id != asked) rollback.cascade_of = asked;
  return rollback;
}

/// The branches that hold one of the commits, besides the self-mod branches that go with them.
Result<std::vector<std::string>> Plan::holders(const All& going) {
  auto found = world_.repo.refs_containing(request_.listed.application->commit, kHeads);
  if (!found) return found;
  for (const ListedModification* one : going) {
    const auto tip = world_.repo.read_ref(one->application->branch);
    if (!tip) return fail(tip.error());
    if (*tip == one->application->commit) std::erase(*found, one->application->branch);
  }
  return found;
}

/// Nothing was built on it: the branch goes, the commit stays reachable by the undo ref.
Result<void> Plan::restore(const ListedModification& listed) {
  const store::Application& application = *listed.application;
  if (auto free = refuse_checked_out(world_, application.branch); !free) return free;
  const auto tip = world_.repo.read_ref(application.branch);
  if (!tip) return fail(tip.error());
  if (*tip) {
    operation_.refs.push_back({.ref = application.branch, .before = *tip, .after = {}});
  }
  const std::string undo = undo_ref_of(listed.modification.id);
  const auto kept = world_.repo.read_ref(undo);
  if (!kept) return fail(kept.error());
  if (*kept != application.commit) {
    operation_.refs.push_back({.ref = undo, .before = *kept, .after = application.commit});
  }
  store::Rollback rollback = record(listed);
  rollback.method = "restored";
  rollback.ref = application.branch;
  rollback.restored = application.base_commit;
  rollback.verified_tree = listed.modification.base_tree;
  operation_.act.rollbacks.push_back(std::move(rollback));
  return {};
}

/// The branch to undo it on: the one asked for, the only one, or the one that is checked out.
Result<std::string> Plan::choose_branch(const std::vector<std::string>& holders) {
  if (const auto& onto = request_.onto) {
    std::string wanted = onto->starts_with("refs/") ? *onto : std::string(kHeads) + *onto;
    if (std::ranges::find(holders, wanted) != holders.end()) return wanted;
    return fail(ErrorKind::kUsage,
                fmt::format("branch {} does not hold the modification", printable_line(*onto)),
                fmt::format("held by: {}", fmt::join(holders, ", ")));
  }
  if (holders.size() == 1) return holders.front();
  const auto checked_out = world_.repo.checked_out_branches();
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

/// `tree` without what the modification changed.
Result<TreeId> Plan::tree_without(const Modification& modification, const TreeId& tree,
                                  std::string_view branch) {
  const auto merged = world_.repo.merge_trees(modification.tree, tree, modification.base_tree);
  if (!merged) return fail(merged.error());
  if (!merged->tree) {
    return fail(ErrorKind::kConflict,
                fmt::format("later changes on {} touch the same lines as {}: {}",
                            short_name(branch), modification.id.text,
                            printable_line(fmt::format("{}", fmt::join(merged->conflicts, ", ")))),
                "nothing was changed; roll the later changes back first, or revert by hand");
  }
  if (*merged->tree == tree) {
    return fail(ErrorKind::kConflict,
                fmt::format("{} no longer contains the change of {}", short_name(branch),
                            modification.id.text),
                "nothing was changed; there is nothing to take back");
  }
  return *merged->tree;
}

Result<CommitId> Plan::revert_commit(const ListedModification& listed, const TreeId& tree,
                                     const CommitId& parent, const std::string& target) {
  const Modification& modification = listed.modification;
  auto commit =
      make_commit(world_, request_.config, tree, {parent},
                  revert_message(modification, listed.application->commit, request_.reason));
  if (!commit) return commit;
  const auto trial = world_.store.latest_trial(modification.id);
  if (!trial) return fail(trial.error());
  Statement statement = statement_of(modification, (*trial)->evidence, listed.verdict->verdict);
  statement.kind = "revert";
  statement.branch = target;
  statement.commit = commit->text;
  statement.tree = tree.text;
  statement.reason = valid_utf8(request_.reason);
  auto attested = attester_.attest(std::move(statement));
  if (!attested) return fail(attested.error());
  store::Rollback rollback = record(listed);
  rollback.method = "revert";
  rollback.ref = target;
  rollback.commit = *commit;
  rollback.restored = *commit;
  rollback.verified_tree = tree;
  rollback.signer = world_.signer->identity();
  rollback.statement = std::move(*attested);
  operation_.act.rollbacks.push_back(std::move(rollback));
  return commit;
}

/// Others were built on it: commits on a branch of their own undo it, newest first.
Result<void> Plan::revert(const All& going, const std::string& branch) {
  const auto tip = world_.repo.resolve(branch);
  if (!tip) return fail(tip.error());
  const std::string target = revert_branch(request_.listed.modification.id);
  if (auto free = refuse_checked_out(world_, target); !free) return free;
  const auto existing = world_.repo.read_ref(target);
  if (!existing) return fail(existing.error());
  CommitId parent = tip->commit;
  TreeId tree = tip->tree;
  for (const ListedModification* one : going) {
    auto without = tree_without(one->modification, tree, branch);
    if (!without) return fail(without.error());
    tree = std::move(*without);
    auto commit = revert_commit(*one, tree, parent, target);
    if (!commit) return fail(commit.error());
    parent = std::move(*commit);
  }
  operation_.refs.push_back({.ref = target, .before = *existing, .after = parent});
  return attester_.finish();
}

/// What is in force now is what was expected to be.
Result<void> Plan::verify() const {
  for (const store::Rollback& rollback : operation_.act.rollbacks) {
    const auto found = world_.repo.resolve(rollback.restored.text);
    if (!found) return fail(found.error());
    if (found->tree != rollback.verified_tree) {
      return fail(
          ErrorKind::kInternal,
          fmt::format("after the rollback of {} the tree is {}, expected {}",
                      rollback.modification.text, found->tree.text, rollback.verified_tree->text));
    }
  }
  return {};
}

Result<std::vector<store::Rollback>> Plan::run() {
  const ListedModification& asked = request_.listed;
  auto alone = holders({&asked});
  if (!alone) return fail(alone.error());
  const bool on_others = std::ranges::any_of(
      *alone, [](const std::string& ref) { return !ref.starts_with(branch_of({})); });
  auto dependents = dependents_of(world_, asked, !on_others);
  if (!dependents) return fail(dependents.error());
  if (!request_.cascade) {
    if (auto none = refuse_dependents(*dependents); !none) return fail(none.error());
  }
  All going;
  for (const Dependent& one : *dependents) going.insert(going.begin(), &one.listed);
  going.push_back(&asked);
  auto held_by = holders(going);
  if (!held_by) return fail(held_by.error());
  if (held_by->empty()) {
    for (const ListedModification* one : going) {
      if (auto done = restore(*one); !done) return fail(done.error());
    }
  } else {
    const auto branch = choose_branch(*held_by);
    if (!branch) return fail(branch.error());
    if (auto done = revert(going, *branch); !done) return fail(done.error());
  }
  if (auto expected = verify(); !expected) return fail(expected.error());
  if (auto done = carry_out(world_, operation_); !done) return fail(done.error());
  return operation_.act.rollbacks;
}

}  // namespace

Result<std::vector<store::Rollback>> rollback(const World& world, const RollbackRequest& request) {
  const ListedModification& listed = request.listed;
  if (listed.status != ModificationStatus::kApplied || !listed.application) {
    const bool before = listed.status == ModificationStatus::kRolledBack;
    return fail(ErrorKind::kUsage,
                fmt::format("modification {} {}", listed.modification.id.text,
                            before ? "was rolled back already" : "was never applied"),
                "run: automod show " + listed.modification.id.text);
  }
  return Plan(world, request).run();
}

}  // namespace automod::keep
