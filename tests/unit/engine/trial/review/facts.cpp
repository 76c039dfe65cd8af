#include "tests/unit/engine/trial/review/facts.hpp"

#include <fmt/format.h>

#include <set>

namespace automod::testing {

FileChange edit(std::string path, std::string before, std::string after) {
  FileChange file;
  file.path = std::move(path);
  file.original = std::move(before);
  file.modified = std::move(after);
  return file;
}

std::vector<CodeFact> facts_of(const std::vector<FileChange>& files,
                               void (*part)(const trial::ReviewInput&, trial::Review&)) {
  const Config config;
  trial::Review review;
  part({.config = config, .goal = "", .files = files, .base_paths = {}, .read_base = {}}, review);
  return review.facts;
}

std::string kinds_of(const std::vector<CodeFact>& facts) {
  std::set<std::string> kinds;
  for (const auto& fact : facts) kinds.emplace(name(fact.kind));
  std::string all;
  for (const auto& kind : kinds) all += (all.empty() ? "" : " ") + kind;
  return all;
}

std::string listed(const std::vector<CodeFact>& facts) {
  std::string all;
  for (const auto& fact : facts) {
    all += fmt::format("{} {}:{} {}\n    - {}\n    + {}\n", name(fact.kind), fact.path, fact.line,
                       fact.what, fact.before, fact.after);
  }
  return all;
}

}  // namespace automod::testing
