#pragma once

#include <filesystem>
#include <string_view>

#include "base/fd.hpp"
#include "base/files.hpp"
#include "engine/trial/trial.hpp"

/// Folders below the cache and who may use them, across processes. A lock dies with its process,
/// so whatever a crash leaves behind can be told from what is in use.
namespace automod::trial {

/// Waits for an exclusive lock on the file (created when missing); kInterrupted when the user
/// stops. The lock lasts as long as the descriptor.
Result<Fd> lock_file(const std::filesystem::path& path, const CancelToken& cancel);

/// The same for a lock that several may hold.
Result<Fd> share_file(const std::filesystem::path& path, const CancelToken& cancel);

/// A shared lock on an existing folder, taken at once; nothing when it is gone or about to go.
Fd hold_folder(const std::filesystem::path& folder);

/// An exclusive lock on an existing folder; nothing when somebody holds it.
Fd claim_folder(const std::filesystem::path& folder);

/// This process's part of the folder `work` below the cache.
class Workspace {
 public:
  /// The first call in a process removes what dead processes have left.
  static Result<Workspace> open(const std::filesystem::path& cache);

  /// A new empty folder, gone with its owner.
  Result<TempDir> folder(std::string_view prefix);

 private:
  explicit Workspace(std::filesystem::path path) : path_(std::move(path)) {}
  std::filesystem::path path_;
};

}  // namespace automod::trial
