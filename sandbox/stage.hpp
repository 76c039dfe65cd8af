#pragma once

#include <sys/types.h>

#include <filesystem>

#include "base/error.hpp"
#include "base/fd.hpp"
#include "base/files.hpp"

namespace automod::sandbox {

/// A folder for what one foreign container needs: its description, its program's state, and the
/// places at which the launcher mounts. Everybody can walk to it, nobody but its user can enter.
/// Removed when the owner goes; sweep_stages() removes those whose owner was killed.
class Stage {
 public:
  static Result<Stage> create(uid_t uid, gid_t gid);

  const std::filesystem::path& path() const { return folder_.path(); }
  /// Gives all that was written to it to its user.
  Result<void> hand_over();

 private:
  Stage(TempDir folder, Fd lock, uid_t uid, gid_t gid)
      : folder_(std::move(folder)), lock_(std::move(lock)), uid_(uid), gid_(gid) {}

  TempDir folder_;
  Fd lock_;  // held for as long as the stage is in use
  uid_t uid_;
  gid_t gid_;
};

void sweep_stages();

}  // namespace automod::sandbox
