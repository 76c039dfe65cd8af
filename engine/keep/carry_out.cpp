#include "engine/keep/carry_out.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/text.hpp"
#include "engine/repo/worktree.hpp"

namespace automod::keep {

namespace {

enum class Where { kBefore, kAfter, kBoth, kElsewhere };

struct Standing {
  Where where = Where::kBoth;
  std::string ref;  // that is elsewhere
};

/// Where one ref stands. `kBoth`: the operation leaves it where it is.
Result<Where> standing_of(const repo::Repository& repo, const store::RefMove& move) {
  const auto now = repo.read_ref(move.ref);
  if (!now) return fail(now.error());
  const bool before = *now == move.before;
  const bool after = *now == move.after;
  if (before && after) return Where::kBoth;
  if (before) return Where::kBefore;
  return after ? Where::kAfter : Where::kElsewhere;
}

/// Where all of them stand together: kAfter as soon as one has moved.
Result<Standing> standing_of(const repo::Repository& repo,
                             const std::vector<store::RefMove>& moves) {
  Standing all;
  for (const store::RefMove& move : moves) {
    const auto one = standing_of(repo, move);
    if (!one) return fail(one.error());
    if (*one == Where::kElsewhere) return Standing{.where = *one, .ref = move.ref};
    if (*one == Where::kAfter) all.where = Where::kAfter;
    if (*one == Where::kBefore && all.where == Where::kBoth) all.where = Where::kBefore;
  }
  return all;
}

Result<void> move_refs(const World& world, const store::Operation& operation) {
  std::vector<repo::RefUpdate> updates;
  for (const store::RefMove& move : operation.refs) {
    const auto now = standing_of(world.repo, move);
    if (!now) return fail(now.error());
    if (*now == Where::kAfter || *now == Where::kBoth) continue;
    updates.push_back({.ref = move.ref, .before = move.before, .after = move.after});
  }
  if (updates.empty()) return {};
  return world.repo.update_refs(updates, "automod: " + operation.kind, operation.id.text);
}

/// Lets the files of a checked-out branch follow. `began`: some of them may have been changed.
Result<void> move_files(const World& world, const store::Operation& operation, bool& began) {
  const auto& files = operation.act.worktree;
  if (!files) return {};
  const auto worktree = repo::Worktree::at(world.repo, files->path);
  if (!worktree) return fail(worktree.error());
  auto move = worktree->begin(files->from, files->to, operation.id.text);
  if (!move) return fail(move.error());
  began = true;
  return move->finish();
}

/// What is left to do once the operation is written down.
Result<void> complete(const World& world, const store::Operation& operation, bool& began) {
  if (auto moved = move_files(world, operation, began); !moved) return moved;
  if (auto moved = move_refs(world, operation); !moved) return moved;
  began = true;
  if (auto flushed = world.repo.flush(); !flushed) return flushed;
  return world.store.finish(operation.id);
}

Result<void> call_off(const World& world, const store::Operation& operation, std::string_view why) {
  if (auto released = world.repo.release_locks(operation.id.text); !released) return released;
  return world.store.abort(operation.id, why);
}

/// Calls the operation off if nothing of it has happened; else it stays pending.
Error gave_up(const World& world, const store::Operation& operation, bool began, Error error) {
  const auto now = standing_of(world.repo, operation.refs);
  const bool untouched = !began && now && now->where == Where::kBefore;
  if (untouched && call_off(world, operation, error.message)) return error;
  error.hint =
      "part of it may have been done; the next command that writes finishes it or takes "
      "it back" +
      (error.hint.empty() ? std::string() : "; " + error.hint);
  return error;
}

}  // namespace

Result<void> carry_out(const World& world, const store::Operation& operation) {
  if (auto flushed = world.repo.flush(); !flushed) return flushed;
  if (auto prepared = world.store.prepare(operation); !prepared) return prepared;
  bool began = false;
  auto done = complete(world, operation, began);
  if (!done) return fail(gave_up(world, operation, began, std::move(done.error())));
  return {};
}

Result<Recovered> recover(const World& world) {
  const auto pending = world.store.pending();
  if (!pending) return fail(pending.error());
  if (!*pending) {
    if (auto swept = world.repo.sweep_locks(); !swept) return fail(swept.error());
    return Recovered{};
  }
  const store::Operation& operation = **pending;
  const auto now = standing_of(world.repo, operation.refs);
  if (!now) return fail(now.error());
  if (now->where == Where::kElsewhere) {
    return fail(ErrorKind::kConflict,
                fmt::format("an interrupted {} cannot be finished: {} was moved since",
                            operation.kind, printable_line(now->ref)),
                fmt::format("look at it with: git log {}; then put it back to where one of both "
                            "sides had it, and try again",
                            printable_line(now->ref)));
  }
  // The files of a working tree move before its refs do, so that they may have moved alone.
  bool began = now->where != Where::kBefore || operation.act.worktree.has_value();
  if (auto released = world.repo.release_locks(operation.id.text); !released) {
    return fail(released.error());
  }
  const bool finishes = began;
  auto done = finishes ? complete(world, operation, began)
                       : call_off(world, operation, "interrupted before anything had moved");
  if (!done) {
    return fail(std::move(done.error())
                    .within(fmt::format("recovering an interrupted {}", operation.kind)));
  }
  return Recovered{.operation = operation, .finished = finishes};
}

}  // namespace automod::keep
