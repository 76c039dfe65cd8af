#pragma once

#include <cstdint>
#include <vector>

#include "analyzers/index/codebase.hpp"
#include "analyzers/structure/file_kind.hpp"
#include "base/cancel.hpp"

/// What including costs in C and C++. Headers of the project only: what the system's bring is not
/// known.
namespace automod::analyzers {

struct HeaderCost {
  std::uint32_t header = 0;
  std::uint32_t units = 0;    // that include it, directly or not
  std::uint32_t headers = 0;  // that it includes, directly or not
  std::uint64_t lines = 0;    // its own and theirs
  /// Among the five that cost most, in at least twenty units and a third of all.
  bool stands_out = false;

  std::uint64_t lines_in_all() const { return lines * units; }
};

struct IncludeCosts {
  std::vector<HeaderCost> headers;  // the most lines in all units together first
  std::uint32_t units = 0;          // of the project, tests included
};

IncludeCosts include_costs(const Codebase& code);

struct UnusedInclude {
  std::uint32_t file = 0;
  std::uint32_t line = 0;
  std::uint32_t header = 0;
  std::uint64_t lines = 0;  // that would no longer be read, of headers that come in no other way
};

/// Includes in files that are compiled by themselves, of headers none of whose names, nor of what
/// they include, stands anywhere in the file. Left out is whatever leaves a doubt: headers that
/// bring in what others of the file may lean on, that define operators, specialisations or types
/// only declared elsewhere, or that were not understood. By place. kInterrupted: the token was
/// raised.
Result<std::vector<UnusedInclude>> unused_includes(const Codebase& code, const ReadText& read,
                                                   const CancelToken& cancel);

}  // namespace automod::analyzers
