#pragma once

#include <tree_sitter/api.h>

#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analyzers/treesitter/parse.hpp"

namespace re2 {
class RE2;
}

namespace automod::analyzers {

/// One condition on the captures of a match: docs/rules.md lists them.
struct Predicate {
  // In the order of what they cost.
  enum class Test {
    kEqual,
    kAnyOf,
    kMatch,
    kSame,
    kHas,
    kMentions,
    kInside,
    kInLoop,
    kRenewedInLoop
  };
  Test test = Test::kEqual;
  bool is_wanted = true;  // false: #not-…
  bool any = false;       // of several nodes, one is enough
  std::uint32_t capture = 0;
  std::optional<std::uint32_t> other;     // a second capture
  std::vector<std::string> words;         // texts
  std::vector<TSSymbol> kinds;            // of nodes
  std::shared_ptr<const re2::RE2> regex;  // shared by copies of the predicate
};

/// One argument as it is written.
struct Argument {
  std::optional<std::uint32_t> capture;  // absent: a text
  std::string_view text;                 // of a capture its name
};

/// The error says what is wrong with it.
std::expected<Predicate, std::string> read_predicate(const TSLanguage* language,
                                                     std::string_view name,
                                                     const std::vector<Argument>& arguments);

/// What may still be spent on a text.
class Budget {
 public:
  explicit Budget(Deadline deadline) : deadline_(deadline) {}
  /// Counts one step; false from when the time is over.
  bool spend();
  /// Looks at the clock.
  bool is_over();

 private:
  Deadline deadline_;
  unsigned steps_ = 0;
  bool is_over_ = false;
};

/// A match and the text it was found in.
struct Scene {
  const Tree& tree;
  std::string_view text;
  const TSQueryMatch& match;
  Budget& budget;

  /// Of the first node to the last that the capture stands for; empty for none.
  std::string_view text_of(std::uint32_t capture) const;
};

/// False as well when the budget is spent.
bool holds(const Predicate& predicate, const Scene& scene);

std::string_view text_of(TSNode node, std::string_view text);

/// Every kind of node that a grammar has, for suggestions.
std::vector<std::string> node_names(const TSLanguage* language);

}  // namespace automod::analyzers
