#pragma once

#include <set>
#include <string>

#include "base/error.hpp"
#include "engine/repo/repo.hpp"
#include "engine/types/words.hpp"

namespace automod::propose {

/// Where a change writes and what it takes away: a file changed in place is in both, a file
/// moved is in each once.
struct Places {
  std::set<std::string> removed;
  std::set<std::string> written;
};

/// Refuses places that no change may touch, whatever it does there: outside of the tree, git's
/// own files, links and submodules or what lies behind them, names that are two files here and
/// one file elsewhere, files where folders are.
Result<void> check_places(const repo::Repository& repo, const TreeId& base, const Places& places);

}  // namespace automod::propose
