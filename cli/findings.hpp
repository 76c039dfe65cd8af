#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/engine.hpp"

/// What an analysis found, in the order and with the pieces of source in which reports show it.
namespace automod::cli {

/// All findings of one rule, those that matter most first. Never empty.
struct RuleFindings {
  std::vector<const Finding*> places;
  const Finding& first() const { return *places.front(); }
};

/// All findings of one kind, by rule, the rule of the finding that matters most first.
struct FindingGroup {
  ModificationType type = ModificationType::kRefactor;
  std::string_view title;  // "performance", "bugs"
  std::size_t count = 0;
  std::vector<RuleFindings> rules;
};

/// Groups that are not empty. Point into `findings`.
std::vector<FindingGroup> grouped(const std::vector<Finding>& findings);

/// Lines of source around a place, fit to be printed: no tabs, no control characters.
struct Excerpt {
  struct Line {
    std::size_t number = 0;
    std::string text;
  };
  std::vector<Line> lines;
  std::size_t marked = 0;  // which of the lines
  std::size_t before = 0;  // columns of it in front of the mark
  std::size_t width = 0;   // columns of the mark; 0: the column is not known
};

/// nullopt when the text has no such line. No line is wider than `columns`; the mark is in sight.
std::optional<Excerpt> excerpt_of(std::string_view text, const Place& place, std::size_t columns);

/// Of a finding of the analysis, where its source is at hand.
std::optional<Excerpt> excerpt_of(const Analysis& analysis, const Finding& finding,
                                  std::size_t columns);

/// A line of source without its end, fit to be printed: tabs as spaces.
std::string printable_source(std::string_view line);

/// What a modification is called: short and clear, as the store can tell.
using IdText = std::function<std::string(const ModificationId& id)>;

/// "^~~~" under the mark; empty where there is none.
std::string mark_of(const Excerpt& excerpt);

}  // namespace automod::cli
