#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "analyzers/treesitter/facts.hpp"

/// What stands between the text of C and C++ and their grammars: a preprocessor that never runs.
namespace automod::analyzers {

struct Preprocessed {
  /// Of the grammar to take. A text of kCpp that has nothing of C++ in it, comments, strings,
  /// directives and "#ifdef __cplusplus" left aside, is C: that grammar is faster, and right where
  /// C++ has taken a name for itself.
  Language language = Language::kC;
  /// The text with blanks, byte for byte, in place of what no grammar can read: macros that stand
  /// where no word may, their definitions, and branches of conditionals that begin or end within a
  /// sentence. Empty: nothing had to go.
  std::string text;

  /// A macro that went: a use of its name all the same.
  struct Macro {
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
    std::uint32_t line = 0;
    bool is_call = false;
  };
  std::vector<Macro> macros;

  /// A "#define". All of them go: they may stand within a sentence, and no grammar reads on after
  /// every one.
  struct Define {
    Range whole;
    Range name;
    Range head;
    std::uint32_t line = 0;
  };
  std::vector<Define> defines;
};
/// With `is_known`, the language is taken as it is given.
Preprocessed preprocess(Language language, std::string_view text, bool is_known = false);

}  // namespace automod::analyzers
