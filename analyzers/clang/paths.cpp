#include "analyzers/clang/paths.hpp"

namespace automod::analyzers {

namespace {

constexpr std::size_t kLongestPath = 4096;

/// Without empty components and "."; begins with no slash.
std::string tidied(std::string_view path) {
  std::string result;
  while (!path.empty()) {
    const std::size_t end = path.find('/');
    const std::string_view part = path.substr(0, end);
    path.remove_prefix(end == std::string_view::npos ? path.size() : end + 1);
    if (part.empty() || part == ".") continue;
    if (!result.empty()) result += '/';
    result += part;
  }
  return result;
}

}  // namespace

std::optional<std::string> path_in_tree(std::string_view path, std::string_view directory,
                                        const PathResolver& resolve) {
  if (path.empty() || path.size() + directory.size() > kLongestPath ||
      path.find('\0') != std::string_view::npos) {
    return std::nullopt;
  }
  std::string absolute;
  if (!path.starts_with('/')) {
    absolute = directory;
    absolute += '/';
  }
  absolute += path;
  constexpr std::string_view kRoot = "tree/";
  const std::string full = tidied(absolute);
  if (!full.starts_with(kRoot)) return std::nullopt;
  return resolve(std::string_view(full).substr(kRoot.size()));
}

}  // namespace automod::analyzers
