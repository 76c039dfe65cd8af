#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "engine/repo/impl.hpp"
#include "engine/repo/own_locks.hpp"
#include "engine/repo/reflog.hpp"

namespace automod::repo {

/// One update of refs: locks all, checks all, then moves them. What fails half-way is moved back
/// before the locks go, which they do with it.
class RefTransaction {
 public:
  RefTransaction(const Repository::Impl& impl, std::vector<RefUpdate> updates,
                 std::string_view reason);

  /// Everything is locked and as expected, and what is to be renamed is on the disk.
  Result<void> prepare(std::string_view id);
  /// Moves the refs, or leaves all as they were and says why.
  Result<void> commit();

 private:
  Result<void> write_own_files(std::string_view id);
  /// No ref stands where a folder of refs is wanted, or the other way round.
  Result<void> check_way() const;
  Result<void> check_before() const;
  Result<void> write_logs();
  Result<void> move();
  Result<void> move_packed();
  Result<void> remove_deleted();
  /// The refs that could not be moved back.
  std::vector<std::string> move_back();
  std::set<std::string> deleted() const;

  const Repository::Impl& impl_;
  std::vector<RefUpdate> updates_;
  std::string reason_;
  std::optional<OwnLocks> locks_;
  std::vector<Logged> logged_;
  std::size_t moved_ = 0;  // so many of updates_ are at `after`, deleted ones aside
  bool deletion_begun_ = false;
};

/// What an update that was killed left to do: no log without its ref.
void finish_deletions(const std::filesystem::path& common_dir, const OwnLocks& locks);

}  // namespace automod::repo
