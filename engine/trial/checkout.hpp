#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/cancel.hpp"
#include "engine/repo/repo.hpp"

/// A tree of git made real in a folder that untrusted code may have written to before. Every
/// name is looked up in a folder that is held open; no link is followed.
namespace automod::trial {

/// Writes and deletes files as a change wants it, with the present time, so that builds see them
/// as new. What stands in the way, such as a link or a folder of the same name, is removed.
Result<void> write_changes(const std::filesystem::path& folder,
                           const std::vector<FileChange>& files);

/// Fails unless each of the files is in the folder what the tree holds, byte for byte, and those
/// that were deleted are gone.
Result<void> verify_changes(const repo::Repository& repo, const TreeId& tree,
                            const std::filesystem::path& folder,
                            const std::vector<FileChange>& files);

/// Sets right every file of the tree that a build has changed or removed; their paths.
Result<std::vector<std::string>> restore_tracked(const repo::Repository& repo, const TreeId& tree,
                                                 const std::filesystem::path& folder,
                                                 const CancelToken& cancel);

}  // namespace automod::trial
