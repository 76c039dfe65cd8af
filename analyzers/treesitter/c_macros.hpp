#pragma once

#include <string_view>
#include <vector>

#include "analyzers/treesitter/c_tokens.hpp"

namespace automod::analyzers {

/// Hides macros that stand where the grammars of C and C++ know no word: in front of declarations
/// and behind them, between "class" and its name, alone on a line. docs/notes/analyzers.md has the
/// list. What might be a type or a call stays.
void hide_macros(std::string_view text, std::vector<Token>& tokens);

}  // namespace automod::analyzers
