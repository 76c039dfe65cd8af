#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/types/evidence.hpp"

/// Where in the change a check saw something: what evidence says of places, sorted by check.
namespace automod::judge {

/// A place in the candidate (in the base for what is gone). The texts are the target's: escape
/// them before they are shown.
struct Spot {
  std::string path;
  std::size_t line = 0;       // from 1; 0: the whole file
  std::size_t last_line = 0;  // the same as `line` for a single one
  std::string what;           // "test removed: adds an empty line"
};

/// In the order of the evidence; empty for checks that are about no place, and for what they did
/// not look at.
std::vector<Spot> spots_of(const Evidence& evidence, std::string_view check);

/// A fact in one line: its kind, what it is about, how it was before and is now.
std::string describe(const CodeFact& fact);

}  // namespace automod::judge
