#pragma once

#include <ctime>
#include <filesystem>
#include <optional>
#include <vector>

#include "base/files.hpp"
#include "engine/trial/stage.hpp"

namespace automod::trial {

/// One use of a warm base: its checkout with changes on top, which are forgotten with the Side.
/// The base itself is never written to. `world` and `base` are borrowed.
class Side {
 public:
  /// The base as it is. Commands see the same paths and times as the base's own did.
  static Result<Side> open(const World& world, const Base& base);

  /// Writes and deletes files as a change wants it, with the present time. Between commands only.
  Result<void> write(const std::vector<FileChange>& files);
  /// Fails unless each of the files is what `tree` holds, byte for byte.
  Result<void> verify(const TreeId& tree, const std::vector<FileChange>& files) const;

  const Site& site() const { return site_; }

  /// Paths, relative to the root, of files that were written since the side was opened.
  std::vector<std::string> changed() const;
  /// Content of a file as commands see it; links are not followed. nullopt when there is none.
  std::optional<std::string> read(const std::string& path, std::size_t most) const;

 private:
  Side(Site site, TempDir folder) : site_(std::move(site)), folder_(std::move(folder)) {}
  Site site_;
  timespec opened_{};
  TempDir folder_;  // of the changes; without overlays, of a whole copy
};

}  // namespace automod::trial
