#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "engine/repo/repo.hpp"
#include "engine/types/words.hpp"

/// Turns what somebody wants to change into candidates. Everything read here is hostile.
namespace automod::propose {

struct PatchLimits {
  std::size_t bytes = 512 * 1024;
  std::size_t files = 50;
};

/// What a patch file says besides its changes (the mail header of `git format-patch`).
struct PatchText {
  std::string subject;
  std::string body;
};

/// The changes of a unified diff or `git format-patch` file against `base`.
///
/// kUsage: it is no such patch, or it does not apply exactly (says where).
/// kRefused: it does something no patch may do: leave the tree, touch .git, .gitmodules or
/// .gitattributes, make or change symbolic links or submodules, write through a symbolic link,
/// carry binary content or control characters in a path, exceed the limits, change nothing.
Result<std::vector<FileChange>> read_patch(const repo::Repository& repo, const TreeId& base,
                                           std::string_view text, const PatchLimits& limits);

PatchText read_patch_header(std::string_view text);

/// The same rules for changes that did not come as a patch.
Result<void> check_changes(const repo::Repository& repo, const TreeId& base,
                           const std::vector<FileChange>& files, const PatchLimits& limits);

}  // namespace automod::propose
