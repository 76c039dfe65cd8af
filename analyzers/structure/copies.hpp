#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "analyzers/index/codebase.hpp"
#include "analyzers/structure/file_kind.hpp"
#include "base/cancel.hpp"

/// Code that stands in several places.
namespace automod::analyzers {

struct CopyPlace {
  std::uint32_t file = 0;
  std::uint32_t begin = 0;  // bytes
  std::uint32_t end = 0;
  std::uint32_t line = 0;  // from 1
  std::uint32_t last_line = 0;
};

/// Places that say the same, by path and line.
struct CopyGroup {
  std::vector<CopyPlace> places;  // two or more, apart from each other
  std::uint32_t tokens = 0;       // that the shortest of them has
};

struct CopyLimits {
  std::uint32_t tokens = 60;          // fewer are no copy
  std::uint32_t lines = 8;            // likewise
  std::size_t all_tokens = 12 << 20;  // of the whole codebase
  std::size_t file_bytes = 2 << 20;   // larger files are left out
};

struct Copies {
  std::vector<CopyGroup> groups;  // the largest first
  bool is_whole = true;           // false: a limit was met, or a text could not be read
};

/// What functions of one language have in common but for names and literals, which may be others
/// as long as each stands for the same other one throughout, most being the same. Tests, vendored
/// and generated files are left out. kInterrupted: the token was raised.
Result<Copies> find_copies(const Codebase& code, const ReadText& read, const CopyLimits& limits,
                           unsigned jobs, const CancelToken& cancel);

}  // namespace automod::analyzers
