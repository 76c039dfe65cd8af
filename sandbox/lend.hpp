#pragma once

#include <sys/types.h>

#include <filesystem>

#include "base/error.hpp"

namespace automod::sandbox {

/// A tree of files given to another user while the owner of this lives, for file systems that
/// cannot map owners at the mount. Afterwards all belongs to the owner of the tree's root again,
/// without set-id bits. Follows no links.
class LentTree {
 public:
  LentTree() = default;
  LentTree(LentTree&& other) noexcept;
  LentTree& operator=(LentTree&& other) noexcept;
  ~LentTree();

  static Result<LentTree> lend(const std::filesystem::path& root, uid_t uid, gid_t gid);

 private:
  std::filesystem::path root_;
  uid_t owner_ = 0;
  gid_t group_ = 0;
};

}  // namespace automod::sandbox
