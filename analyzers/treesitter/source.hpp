#pragma once

#include <string_view>

#include "analyzers/treesitter/syntax.hpp"

namespace automod::analyzers {

/// A text as it is and as it was parsed: same length, same places, but what the grammars of C and
/// C++ cannot read has become blank (preprocess.hpp).
struct Source {
  Language language = Language::kC;
  std::string_view text;
  std::string_view parsed;
};

}  // namespace automod::analyzers
