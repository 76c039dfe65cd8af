#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.hpp"

/// Folders and files inside git's own folder.
namespace automod::repo {

/// Makes the folders that `relative` lies in, below `root`, which is there. A folder in a
/// repository shared by a group is open to the group as well.
Result<void> make_parents(const std::filesystem::path& root, std::string_view relative);

/// Removes the folders that `relative` lies in, innermost first, as long as they are empty. The
/// first `kept` of its folders stay in any case.
void remove_empty_parents(const std::filesystem::path& root, std::string_view relative,
                          std::size_t kept);

/// Removes a folder that holds nothing but folders; a file in it, however deep, stops it and is
/// returned. nullopt when nothing is there any more. Does not follow links.
std::optional<std::filesystem::path> remove_empty_folders(const std::filesystem::path& folder);

/// Makes `file` as open to the group as a shared repository wants, if `folder` tells it is one.
void share_like(const std::filesystem::path& file, const std::filesystem::path& folder);

Result<void> write_whole(int fd, std::string_view content, const std::string& doing);

/// Reaches the disk before it is renamed somewhere.
Result<void> flush_file(const std::filesystem::path& file);

}  // namespace automod::repo
