#include "engine/scope.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "base/text.hpp"
#include "engine/engine.hpp"

namespace automod {

namespace {

/// Files and all folders that they lie in.
std::vector<std::string> names_of(const std::vector<repo::Entry>& entries) {
  std::set<std::string> names;
  for (const repo::Entry& entry : entries) {
    for (std::size_t end = entry.path.find('/'); end != std::string::npos;
         end = entry.path.find('/', end + 1)) {
      names.insert(entry.path.substr(0, end));
    }
    names.insert(entry.path);
  }
  return {names.begin(), names.end()};
}

}  // namespace

bool in_scope(std::string_view path, std::string_view scope) {
  return scope.empty() || path == scope ||
         (path.starts_with(scope) && path.size() > scope.size() && path[scope.size()] == '/');
}

Result<void> check_scope(const repo::Repository& repo, const Target& target,
                         std::string_view scope) {
  if (scope.empty()) return {};
  const auto entries = repo.list_unsized(target.tree);
  if (!entries) return fail(entries.error());
  const bool any = std::ranges::any_of(
      *entries, [&](const repo::Entry& entry) { return in_scope(entry.path, scope); });
  if (any) return {};
  return fail(
      ErrorKind::kUsage,
      fmt::format("'{}' is no file or folder of {}{}", printable_line(scope),
                  target.commit.text.substr(0, 12), suggestion(scope, names_of(*entries))),
      "what is read is that commit, not the working tree: commit the file, or name another --base");
}

}  // namespace automod
