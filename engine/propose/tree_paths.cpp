#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <utility>

#include "engine/propose/rules.hpp"

namespace automod::propose {

namespace {

constexpr unsigned kFile = 0100644;
constexpr unsigned kProgram = 0100755;
constexpr unsigned kLink = 0120000;
constexpr std::size_t kLongestPath = 4096;
constexpr int kMostLinks = 40;  // as Linux: then it counts as a loop
constexpr int kMostParts = 2048;

struct Tree {
  std::set<std::string, std::less<>> files;
  std::map<std::string, std::string, std::less<>> links;  // path -> what it points to
};

/// Follows a path part by part, as the kernel would do below /tree.
class Walk {
 public:
  explicit Walk(const Tree& tree) : tree_(tree) {}

  std::optional<std::string> follow(std::string_view path) {
    push(path);
    for (int steps = 0; !pending_.empty(); ++steps) {
      if (steps > kMostParts) return std::nullopt;
      const std::string part = std::move(pending_.back());
      pending_.pop_back();
      if (!step(part)) return std::nullopt;
    }
    std::string file = joined();
    if (!tree_.files.contains(file)) return std::nullopt;
    return file;
  }

 private:
  void push(std::string_view path) {
    std::vector<std::string> parts;
    while (!path.empty()) {
      const std::size_t end = path.find('/');
      if (end != 0) parts.emplace_back(path.substr(0, end));
      path.remove_prefix(end == std::string_view::npos ? path.size() : end + 1);
    }
    std::ranges::move(parts.rbegin(), parts.rend(), std::back_inserter(pending_));
  }

  bool step(const std::string& part) {
    if (part == ".") return true;
    if (part == "..") {
      if (done_.empty()) return false;
      done_.pop_back();
      return true;
    }
    done_.push_back(part);
    const auto link = tree_.links.find(joined());
    if (link == tree_.links.end()) return true;
    if (++links_ > kMostLinks) return false;
    done_.pop_back();
    std::string_view target = link->second;
    if (target.starts_with('/')) {
      if (!target.starts_with("/tree/")) return false;
      target.remove_prefix(6);
      done_.clear();
    }
    push(target);
    return true;
  }

  std::string joined() const {
    std::string path;
    for (const std::string& part : done_) {
      if (!path.empty()) path += '/';
      path += part;
    }
    return path;
  }

  const Tree& tree_;
  std::vector<std::string> done_;
  std::vector<std::string> pending_;  // the next part last
  int links_ = 0;
};

}  // namespace

Result<analyzers::PathResolver> tree_paths(const repo::Repository& repo, const TreeId& tree) {
  const auto entries = repo.list(tree);
  if (!entries) return fail(entries.error());
  // Shared by the copies that a std::function makes; nobody changes it any more.
  const auto known = std::make_shared<Tree>();
  for (const repo::Entry& entry : *entries) {
    if (entry.mode == kFile || entry.mode == kProgram) known->files.insert(entry.path);
    if (entry.mode != kLink || entry.size > kLongestPath) continue;
    auto target = repo.read(tree, entry.path, kLongestPath);
    if (!target) return fail(target.error());
    if (*target) known->links.emplace(entry.path, std::move(**target));
  }
  return [known](std::string_view path) -> std::optional<std::string> {
    if (path.size() > kLongestPath) return std::nullopt;
    return Walk(*known).follow(path);
  };
}

}  // namespace automod::propose
