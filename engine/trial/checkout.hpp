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

/// The same for a folder that is only looked at: the changes go to `layer`, the upper one of an
/// overlay, with its own marks for what is gone.
Result<void> write_layer(const std::filesystem::path& folder, const std::filesystem::path& layer,
                         const std::vector<FileChange>& files);

/// The file is in `top`, a folder or a layer, what the change wants, byte for byte; or gone.
bool holds_change(const std::filesystem::path& top, const FileChange& file);

/// The layer says that nothing shows through at `path`, which it does not hold itself.
bool hides(const std::filesystem::path& layer, const std::string& path);

/// Sets right every file of the tree that a build has changed or removed; their paths.
Result<std::vector<std::string>> restore_tracked(const repo::Repository& repo, const TreeId& tree,
                                                 const std::filesystem::path& folder,
                                                 const CancelToken& cancel);

}  // namespace automod::trial
