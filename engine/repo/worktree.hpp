#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "engine/types/words.hpp"

namespace automod::repo {

class Repository;

/// A working tree of the user's, for the one command that may change it: moves it from what one
/// commit holds to what another does, as a merge does once it is known what comes out. Whatever
/// the two have in common is not touched, and nothing is ever followed out of it.
class Worktree {
 public:
  struct Impl;  // known to this folder's sources alone
  explicit Worktree(std::unique_ptr<Impl> impl);
  Worktree(Worktree&&) noexcept;
  Worktree& operator=(Worktree&&) noexcept;
  ~Worktree();

  /// The one that has `branch` (a full ref) checked out; nullopt when none has. kConflict when
  /// two have. `repo` is borrowed and outlives it.
  static Result<std::optional<Worktree>> holding(const Repository& repo, std::string_view branch);
  /// The one at that place, as `root` told it.
  static Result<Worktree> at(const Repository& repo, const std::filesystem::path& root);
  std::filesystem::path root() const;

  /// A move that can be finished: the index is locked, and nothing stands in the way.
  class Move {
   public:
    struct State;
    explicit Move(std::unique_ptr<State> state);
    Move(Move&&) noexcept;
    Move& operator=(Move&&) noexcept;
    /// Gives the index up; what was not finished stays as it is, for another `begin`.
    ~Move();

    /// Writes the files, then the index. What the user changed since `begin` is not overwritten:
    /// kConflict names it.
    Result<void> finish();

   private:
    std::unique_ptr<State> state_;
  };

  /// Would `begin` succeed? kConflict names what the user has there (changed, staged or untracked
  /// files, an operation under way); kUnavailable says what only git itself can do, such as
  /// running filters. Changes nothing.
  Result<void> check(const CommitId& from, const CommitId& to) const;
  /// Checks, and locks the index. A move that was killed is taken up again: what is as `to` has
  /// it is left alone. The lock bears `id`; see Repository::release_locks, which is called first
  /// after a kill. The caller holds the writer lock; this worktree outlives the move.
  Result<Move> begin(const CommitId& from, const CommitId& to, std::string_view id) const;

 private:
  std::unique_ptr<Impl> impl_;
};

}  // namespace automod::repo
