#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "analyzers/index/codebase.hpp"

/// Where work goes that is hard to do: files that are changed often and branch much.
namespace automod::analyzers {

/// What a history says of one file, whatever it was called before.
struct FileHistory {
  std::uint32_t changes = 0;  // commits that touch it, merges not counted
  std::uint32_t authors = 0;
  long long last_change = 0;  // seconds since the epoch
};

struct ComplexFunction {
  std::string name;  // with all that encloses it
  std::uint32_t line = 0;
  std::uint32_t name_begin = 0;  // byte
  Metrics metrics;
};

struct Hotspot {
  std::string path;
  std::uint32_t changes = 0;  // in the history that was looked at
  std::uint32_t authors = 0;
  long long last_change = 0;  // seconds since the epoch; 0: not in that history
  std::uint32_t lines = 0;
  std::uint32_t complexity = 0;  // branches of all its functions together
  double score = 0;              // 0 to 1: its changes times its complexity, against the most
  bool stands_out = false;       // in both among the upper tenth, and changed three times or more
  std::vector<ComplexFunction> functions;  // the most branched ones, at most three
};

/// All files of the codebase, the highest score first, then by path. A file that `history` does
/// not name was not changed.
std::vector<Hotspot> hotspots(const Codebase& code,
                              const std::map<std::string, FileHistory>& history);

}  // namespace automod::analyzers
