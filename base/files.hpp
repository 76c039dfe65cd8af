#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/error.hpp"

namespace automod {

inline constexpr std::size_t kMiB = 1024 * 1024;

/// The whole file. Fails when it is missing, not a regular file, or larger than `limit`.
Result<std::string> read_file(const std::filesystem::path& path, std::size_t limit);

/// The same for a file that untrusted code may have put there: `relative` must stay below
/// `root`, lead through no symbolic link and no other file system, and be a plain file.
Result<std::string> read_file_beneath(const std::filesystem::path& root,
                                      const std::filesystem::path& relative, std::size_t limit);

/// Replaces `path` by `content` in one step: a reader sees the old file or the new one, and
/// after return the new one survives a crash. Creates missing parent folders.
Result<void> write_file(const std::filesystem::path& path, std::string_view content,
                        unsigned mode = 0644);

/// The same for a file that is not there yet; kConflict when it is, whatever it is.
Result<void> create_file(const std::filesystem::path& path, std::string_view content,
                         unsigned mode = 0644);

/// A folder of our own that is removed, with all it holds, when the owner goes.
class TempDir {
 public:
  static Result<TempDir> create(const std::filesystem::path& parent, std::string_view prefix);
  TempDir(TempDir&& other) noexcept;
  TempDir& operator=(TempDir&& other) noexcept;
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;
  ~TempDir();

  const std::filesystem::path& path() const { return path_; }
  /// Gives up ownership: the folder stays.
  std::filesystem::path keep();

 private:
  explicit TempDir(std::filesystem::path path) : path_(std::move(path)) {}
  std::filesystem::path path_;
};

/// Removes a tree that untrusted code wrote: never follows links, copes with folders without
/// permissions. A missing tree is no error.
Result<void> remove_tree(const std::filesystem::path& path);

/// $XDG_CACHE_HOME/automod (default ~/.cache/automod); created when missing.
Result<std::filesystem::path> cache_dir();

/// $XDG_STATE_HOME/automod (default ~/.local/state/automod); created when missing, for the user
/// alone.
Result<std::filesystem::path> state_dir();

/// $XDG_CONFIG_HOME/automod (default ~/.config/automod); not created.
Result<std::filesystem::path> config_dir();

}  // namespace automod
