#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "engine/trial/review/review.hpp"

/// A change to be read, and what was seen in it.
namespace automod::testing {

/// Base files by path, and what the change makes of them. An absent file is neither named.
struct Change {
  std::map<std::string, std::string> base;
  std::map<std::string, std::string> now;  // of the changed files only
  std::vector<std::string> deleted;
  std::string goal;
  Config config;

  using Part = void (*)(const trial::ReviewInput&, trial::Review&);
  trial::Review read(Part part) const {
    std::vector<FileChange> files;
    std::set<std::string> paths;
    for (const auto& [path, text] : now) paths.insert(path);
    for (const auto& path : deleted) paths.insert(path);
    for (const auto& path : paths) {
      FileChange file;
      file.path = path;
      if (const auto old = base.find(path); old != base.end()) file.original = old->second;
      if (const auto made = now.find(path); made != now.end()) file.modified = made->second;
      files.push_back(std::move(file));
    }
    trial::ReviewInput input{.config = config,
                             .type = ModificationType::kRefactor,
                             .goal = goal,
                             .files = files,
                             .base_paths = {},
                             .read_base = [this](std::string_view path) {
                               const auto found = base.find(std::string(path));
                               return found == base.end() ? std::optional<std::string>()
                                                          : found->second;
                             }};
    for (const auto& [path, text] : base) input.base_paths.push_back(path);
    trial::Review review;
    part(input, review);
    return review;
  }

  /// "capability_process system:3" for each fact, in the order found.
  std::vector<std::string> facts(Part part) const {
    std::vector<std::string> all;
    for (const auto& fact : read(part).facts) {
      all.push_back(std::string(name(fact.kind)) + " " + fact.what + ":" +
                    std::to_string(fact.line));
    }
    return all;
  }
};

}  // namespace automod::testing
