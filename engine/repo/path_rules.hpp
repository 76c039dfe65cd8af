#pragma once

#include <optional>
#include <string>
#include <string_view>

/// Which paths may stand in a tree of ours. Strict for every file system at once: what is
/// harmless here may be checked out on a system that ignores case or trailing dots.
namespace automod::repo {

inline constexpr std::size_t kLongestPath = 4096;
inline constexpr std::size_t kLongestName = 255;

/// What is wrong with a path that a change wants to write or delete ("leaves the tree"), or
/// nullopt.
std::optional<std::string> fault_of_path(std::string_view path);

/// Does some file system take this name for `.git`? (".GIT", "git~1", ".git ", ".g<U+200C>it")
bool is_dot_git(std::string_view name);

/// The same for `.gitmodules` and `.gitattributes`.
bool is_git_settings(std::string_view name);

/// Two names with one key are one file where case is ignored. Knows ASCII letters and the
/// characters that HFS+ ignores.
std::string case_key(std::string_view name);

}  // namespace automod::repo
