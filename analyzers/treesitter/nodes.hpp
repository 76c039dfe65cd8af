#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "analyzers/treesitter/syntax.hpp"

/// The syntax tree of a text as plain values, for readers that ask more than symbols answer.
namespace automod::analyzers {

struct SyntaxNode {
  std::string_view type;   // the grammar's word, "call_expression"; valid while the program runs
  std::string_view field;  // what it is to its parent, "function"; empty: nothing named
  std::size_t begin = 0;   // bytes of the text
  std::size_t end = 0;
  std::size_t line = 0;    // from 1
  std::size_t parent = 0;  // index in the list; the root is its own
  std::size_t after = 0;   // index of the first node that is not below this one
  bool is_named = false;   // not mere punctuation
  bool is_error = false;   // the grammar could not read it
};

struct SyntaxTree {
  std::vector<SyntaxNode> nodes;  // in the order of the text, each before what is below it
  bool has_errors = false;        // somewhere the text is no sentence of the language

  bool is_leaf(std::size_t i) const { return nodes[i].after == i + 1; }
};

/// Has at least the root. nullopt when the text has more bytes than `most`, too many nodes, or
/// took longer than the budget.
std::optional<SyntaxTree> syntax_tree(Language language, std::string_view text, std::size_t most);

}  // namespace automod::analyzers
