#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "analyzers/index/codebase.hpp"
#include "engine/repo/repo.hpp"
#include "engine/types/words.hpp"

namespace automod {

/// What a commit has that the last ancestor it shares with another has not.
class ChangesSince {
 public:
  /// kUsage when `since` is nothing, or shares no ancestor with `at`.
  static Result<ChangesSince> find(const repo::Repository& repo, std::string_view since,
                                   const CommitId& at);

  const CommitId& from() const { return from_; }
  bool touches(std::string_view path) const;
  /// By its line; a place without one by its file.
  bool holds(const Place& place) const;

  /// The units to read so that all that has changed is seen: changed ones, and for each changed
  /// header the nearest that includes it.
  std::vector<std::string> units_among(const std::vector<std::string>& units,
                                       const analyzers::Codebase& code) const;

 private:
  const repo::ChangedLines* lines_of(std::string_view path) const;

  CommitId from_;
  std::vector<repo::ChangedLines> files_;  // by path
};

}  // namespace automod
