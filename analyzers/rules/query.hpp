#pragma once

#include <tree_sitter/api.h>

#include <cstddef>
#include <expected>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "analyzers/rules/predicates.hpp"
#include "analyzers/treesitter/syntax.hpp"

namespace automod::analyzers {

inline constexpr std::string_view kFound = "found";

/// What is wrong with a query, and at which byte of it.
struct QueryProblem {
  std::size_t byte = 0;
  std::string what;
};

/// A query of one or more patterns, compiled with the conditions on their captures.
class RuleQuery {
 public:
  /// Refuses what tree-sitter does not understand, unknown predicates, and patterns without
  /// @found.
  static std::expected<RuleQuery, QueryProblem> compile(Language language, std::string_view text);

  const TSQuery* get() const { return query_.get(); }
  std::size_t patterns() const { return predicates_.size(); }
  const std::vector<Predicate>& predicates(std::size_t pattern) const {
    return predicates_[pattern];
  }
  std::uint32_t found() const { return found_; }
  /// nullopt when no pattern has it.
  std::optional<std::uint32_t> capture(std::string_view name) const;
  std::vector<std::string> captures() const;

 private:
  struct Delete {
    void operator()(TSQuery* query) const { ts_query_delete(query); }
  };

  std::unique_ptr<TSQuery, Delete> query_;
  std::vector<std::vector<Predicate>> predicates_;  // of each pattern, the cheap ones first
  std::uint32_t found_ = 0;
};

}  // namespace automod::analyzers
