#include "engine/tree_paths.hpp"

#include <algorithm>
#include <deque>
#include <ranges>

namespace automod {

namespace {

constexpr unsigned kSymlink = 0120000;
constexpr unsigned kSubmodule = 0160000;
constexpr int kMostLinks = 40;
constexpr std::size_t kLongestTarget = 4096;

void push_front(std::deque<std::string>& parts, std::string_view path) {
  std::vector<std::string> found;
  for (auto part : path | std::views::split('/')) found.emplace_back(part.begin(), part.end());
  parts.insert(parts.begin(), found.begin(), found.end());
}

}  // namespace

Result<TreePaths> TreePaths::of(const repo::Repository& repo, const TreeId& tree) {
  auto entries = repo.list(tree);
  if (!entries) return fail(entries.error());
  TreePaths paths;
  for (const repo::Entry& entry : *entries) {
    if (entry.mode != kSymlink) continue;
    const auto target = repo.read(tree, entry.path, kLongestTarget);
    if (target && *target) paths.links_.emplace(entry.path, **target);
  }
  paths.entries_ = std::move(*entries);
  return paths;
}

std::optional<std::string> TreePaths::resolve(std::string_view path) const {
  std::deque<std::string> left;
  push_front(left, path);
  std::string done;
  int links = 0;
  while (!left.empty()) {
    const std::string part = left.front();
    left.pop_front();
    if (part.empty() || part == ".") continue;
    if (part == "..") {
      if (done.empty()) return std::nullopt;
      const std::size_t slash = done.rfind('/');
      done.resize(slash == std::string::npos ? 0 : slash);
      continue;
    }
    const std::string next = done.empty() ? part : done + '/' + part;
    const auto link = links_.find(next);
    if (link == links_.end()) {
      done = next;
      continue;
    }
    if (link->second.starts_with('/') || ++links > kMostLinks) return std::nullopt;
    push_front(left, link->second);
  }
  const auto found = std::ranges::lower_bound(entries_, done, {}, &repo::Entry::path);
  if (found == entries_.end() || found->path != done || found->mode == kSubmodule) {
    return std::nullopt;
  }
  return done;
}

}  // namespace automod
