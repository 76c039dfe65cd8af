#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "analyzers/treesitter/syntax.hpp"

/// The syntax tree of a text as plain values, for readers that ask more than symbols.hpp answers.
namespace automod::analyzers {

struct SyntaxNode {
  std::string_view type;    // the grammar's word, "call_expression"; valid while the program runs
  std::string_view field;   // what it is to its parent, "function"; empty: nothing named
  std::uint32_t begin = 0;  // bytes of the text
  std::uint32_t end = 0;
  std::uint32_t line = 0;    // from 1
  std::uint32_t parent = 0;  // index in the list; the root is its own
  std::uint32_t next = 0;    // index behind its last descendant
  bool is_named = false;     // not mere punctuation
  bool is_error = false;     // the grammar could not read it
};

/// All nodes in the order of the text, each before what is below it. Never empty where it exists;
/// nullopt when the text is too large, has more than `most` nodes, or took longer than the budget.
std::optional<std::vector<SyntaxNode>> syntax_nodes(Language language, std::string_view text,
                                                    std::size_t most = 1'000'000);

}  // namespace automod::analyzers
