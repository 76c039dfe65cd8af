#pragma once

#include <string_view>
#include <vector>

#include "analyzers/index/codebase.hpp"

/// Whether a function may be called without its own project naming it, for this folder's files.
namespace automod::analyzers {

/// What is known of a function that nobody seems to use.
struct Unused {
  SymbolAt at;
  std::string_view text;          // of its file
  bool is_pasted = false;         // "##" stands in the text
  std::vector<SymbolAt> symbols;  // all definitions and declarations of its name
};

enum class Reachable {
  kNot,      // nothing but its name can reach it, and the project is all there is
  kPerhaps,  // a user of the project may
  kWell,     // do not ask any further
};

Reachable reachable_by_others(const Codebase& code, const Unused& function);

}  // namespace automod::analyzers
