#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "engine/repo/repo.hpp"

/// How often the files of a repository were changed.
namespace automod::repo {

/// One file, by the name it has at the end of the history. Merges do not count: what they bring
/// was changed by the commits behind them. Neither do commits that touch very many files.
struct PathChurn {
  std::string path;
  std::uint32_t commits = 0;
  std::uint32_t authors = 0;  // told apart by their addresses
  long long last_change = 0;  // seconds since the epoch, by the author's own account
};

struct Churn {
  std::vector<PathChurn> paths;  // by path; files that are gone by now included
  std::size_t commits = 0;       // that were looked at
  bool is_whole = true;          // false: a limit or the end of a shallow clone was met
};

struct ChurnLimits {
  std::size_t commits = 2000;
  std::size_t files = 500;               // that one commit may touch
  std::chrono::milliseconds time{5000};  // then no further commit is looked at
};

}  // namespace automod::repo
