#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/repo/repo.hpp"

namespace automod {

/// The paths of one tree, symbolic links followed within it: what a tool that ran on a checkout
/// calls a file, and what the tree calls it.
class TreePaths {
 public:
  static Result<TreePaths> of(const repo::Repository& repo, const TreeId& tree);

  /// The tracked regular file that `path` (relative to the root, may hold `..`) leads to; nullopt
  /// when it leads out of the tree, in circles, or to nothing that is tracked.
  std::optional<std::string> resolve(std::string_view path) const;

  const std::vector<repo::Entry>& entries() const { return entries_; }

 private:
  std::vector<repo::Entry> entries_;
  std::map<std::string, std::string, std::less<>> links_;  // link to its target text
};

}  // namespace automod
