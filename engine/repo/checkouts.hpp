#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "engine/repo/impl.hpp"

namespace automod::repo {

/// A worktree, the main one or a linked one, as git's own folder knows it.
struct Checkout {
  std::filesystem::path git_dir;        // where its HEAD and index are
  std::optional<std::string> branch;    // that HEAD names, as a full ref
  std::optional<std::string> rebasing;  // that a rebase under way will come back to
};

/// All of them; none in a bare repository without linked ones.
Result<std::vector<Checkout>> list_checkouts(const Repository::Impl& impl);

}  // namespace automod::repo
