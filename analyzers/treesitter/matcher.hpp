#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "analyzers/treesitter/parse.hpp"
#include "analyzers/treesitter/patterns.hpp"

namespace automod::analyzers {

/// Patterns by the kind of node that they begin with.
class PatternTable {
 public:
  PatternTable() = default;
  PatternTable(std::vector<Pattern> patterns, const TSLanguage* language);

  bool empty() const { return patterns_.empty(); }
  const Pattern& pattern(std::uint16_t index) const { return patterns_[index]; }
  /// Indices of those that a node of that kind may match.
  std::span<const std::uint16_t> of(TSSymbol symbol) const;

 private:
  std::vector<Pattern> patterns_;
  std::vector<std::uint16_t> indices_;  // one kind after the other
  std::vector<std::uint32_t> begins_;   // of each kind in them, and the end of the last
};

/// The nodes are those of the pattern's steps.
using TakeMatch = std::function<void(const Pattern& pattern, const TSNode* nodes)>;

/// Walks the tree once and hands on each way to match, parents before their children. Ways that
/// differ only in nodes that no capture names are one. False when the deadline passed.
bool match_all(const PatternTable& table, const Tree& tree, std::string_view text,
               Deadline deadline, const TakeMatch& take);

}  // namespace automod::analyzers
