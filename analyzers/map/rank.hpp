#pragma once

#include <vector>

#include "analyzers/index/focus.hpp"

/// How much each part of a codebase matters to the others.
namespace automod::analyzers {

struct Ranks {
  std::vector<double> files;                 // its symbols' and what stands outside of them
  std::vector<std::vector<double>> symbols;  // by file
};

/// Personalised PageRank over uses: a symbol matters that is used by what matters, seen from the
/// focus. All ranks of files add up to 1. The same code and focus give the same ranks.
Ranks rank(const Codebase& code, const Focus& focus);

}  // namespace automod::analyzers
