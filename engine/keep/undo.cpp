#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "engine/keep/carry_out.hpp"
#include "engine/repo/worktree.hpp"

namespace automod::keep {

namespace {

/// What the operation did to each modification, to be recorded as taken back.
std::vector<store::Undo> undos_of(const store::Operation& done, const store::Operation& undoing,
                                  std::string_view reason) {
  std::vector<store::Undo> all;
  const auto add = [&](const ModificationId& id, std::string_view what) {
    all.push_back({.modification = id,
                   .undone = done.id,
                   .what = std::string(what),
                   .reason = std::string(reason),
                   .undone_at = undoing.at,
                   .operation = undoing.id});
  };
  for (const auto& one : done.act.applications) add(one.modification, "application");
  for (const auto& one : done.act.rollbacks) add(one.modification, "rollback");
  for (const auto& one : done.act.merges) add(one.modification, "merge");
  return all;
}

/// The branch that an application made goes; that is a rollback like any other.
store::Rollback rollback_of(const store::Application& application, const store::Operation& undoing,
                            std::string_view reason) {
  return {.modification = application.modification,
          .reason = std::string(reason),
          .method = "undo",
          .ref = application.branch,
          .commit = std::nullopt,
          .restored = application.base_commit,
          .rolled_back_at = undoing.at,
          .operation = undoing.id};
}

/// The refs as they stood before. What is only ever added to, such as the notes, stays.
std::vector<store::RefMove> backwards(const store::Operation& done) {
  std::vector<store::RefMove> moves;
  for (const store::RefMove& move : done.refs) {
    if (!move.ref.starts_with("refs/heads/")) continue;
    moves.push_back({.ref = move.ref, .before = move.after, .after = move.before});
  }
  return moves;
}

/// What was applied stays reachable although its branch goes.
Result<void> keep_reachable(const World& world, const store::Operation& done,
                            store::Operation& undoing) {
  for (const auto& one : done.act.applications) {
    std::string ref = undo_ref_of(one.modification);
    const auto now = world.repo.read_ref(ref);
    if (!now) return fail(now.error());
    if (*now == one.commit) continue;
    undoing.refs.push_back({.ref = std::move(ref), .before = *now, .after = one.commit});
  }
  return {};
}

Result<void> check_refs(const World& world, const store::Operation& undoing) {
  const auto checked_out = world.repo.checked_out_branches();
  if (!checked_out) return fail(checked_out.error());
  for (const store::RefMove& move : undoing.refs) {
    const auto now = world.repo.read_ref(move.ref);
    if (!now) return fail(now.error());
    if (*now != move.before) {
      return fail(ErrorKind::kConflict,
                  fmt::format("{} has moved since; nothing was changed", move.ref),
                  "take back what came later first, or run: automod rollback ID");
    }
    const bool is_out = std::ranges::find(*checked_out, move.ref) != checked_out->end();
    if (is_out && !undoing.act.worktree) {
      return fail(ErrorKind::kConflict, fmt::format("{} is checked out", move.ref),
                  "switch to another branch first, such as: git switch -");
    }
  }
  return {};
}

/// Where a checked-out branch goes back, its files do.
Result<void> take_worktree(const World& world, const store::Operation& done,
                           store::Operation& undoing) {
  for (const store::Merge& merge : done.act.merges) {
    const auto worktree = repo::Worktree::holding(world.repo, merge.branch);
    if (!worktree) return fail(worktree.error());
    if (!*worktree) continue;
    if (auto free = (*worktree)->check(merge.after, merge.before); !free) return free;
    undoing.act.worktree = {
        .path = (*worktree)->root().string(), .from = merge.after, .to = merge.before};
  }
  return {};
}

}  // namespace

Result<store::Operation> undo(const World& world, std::string_view reason) {
  const auto last = world.store.last_undoable();
  if (!last) return fail(last.error());
  if (!*last) {
    return fail(ErrorKind::kUsage, "there is nothing to undo", "automod log shows what was done");
  }
  const store::Operation& done = **last;
  store::Operation undoing{.id = world.store.new_operation_id(),
                           .kind = "undo",
                           .refs = backwards(done),
                           .at = iso_time(world.clock.now())};
  if (auto kept = keep_reachable(world, done, undoing); !kept) return fail(kept.error());
  if (auto taken = take_worktree(world, done, undoing); !taken) return fail(taken.error());
  if (auto free = check_refs(world, undoing); !free) return fail(free.error());
  undoing.act.undos = undos_of(done, undoing, reason);
  for (const auto& one : done.act.applications) {
    undoing.act.rollbacks.push_back(rollback_of(one, undoing, reason));
  }
  if (auto carried = carry_out(world, undoing); !carried) return fail(carried.error());
  return done;
}

}  // namespace automod::keep
