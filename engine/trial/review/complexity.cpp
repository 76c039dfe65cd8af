#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <vector>

#include "analyzers/treesitter/nodes.hpp"
#include "base/files.hpp"
#include "engine/trial/review/review.hpp"

namespace automod::trial {

namespace {

using analyzers::Language;
using analyzers::SyntaxTree;

constexpr std::size_t kMostBytes = 2 * kMiB;
constexpr std::int64_t kGrowth = 8;
constexpr std::int64_t kNew = 15;

template <std::size_t N>
bool is_one_of(std::string_view word, const std::array<std::string_view, N>& words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

bool is_function(std::string_view type) {
  static constexpr std::array<std::string_view, 7> kTypes = {
      "function_definition", "function_declaration", "generator_function_declaration",
      "method_definition",   "method_declaration",   "constructor_declaration",
      "function_item"};
  return is_one_of(type, kTypes);
}

bool is_branch(std::string_view type) {
  static constexpr std::array<std::string_view, 28> kTypes = {"if_statement",
                                                              "elif_clause",
                                                              "for_statement",
                                                              "for_range_loop",
                                                              "for_in_statement",
                                                              "while_statement",
                                                              "do_statement",
                                                              "enhanced_for_statement",
                                                              "case_statement",
                                                              "switch_case",
                                                              "expression_case",
                                                              "type_case",
                                                              "communication_case",
                                                              "case_clause",
                                                              "match_arm",
                                                              "except_clause",
                                                              "catch_clause",
                                                              "goto_statement",
                                                              "if_expression",
                                                              "conditional_expression",
                                                              "while_expression",
                                                              "ternary_expression",
                                                              "for_expression",
                                                              "switch_block_statement_group",
                                                              "&&",
                                                              "||",
                                                              "and",
                                                              "or"};
  return is_one_of(type, kTypes);
}

struct Function {
  std::string name;
  std::size_t line = 0;
  std::int64_t branches = 1;
};

/// Branches count for the innermost named function around them.
std::vector<Function> functions_of(Language language, std::string_view text) {
  std::vector<Function> functions;
  const auto tree = analyzers::syntax_tree(language, text, kMostBytes);
  if (!tree) return functions;
  std::vector<std::size_t> offsets;
  std::vector<std::pair<std::size_t, std::size_t>> open;  // where it ends, which it is
  for (std::size_t i = 0; i < tree->nodes.size(); ++i) {
    const auto& node = tree->nodes[i];
    while (!open.empty() && open.back().first <= i) open.pop_back();
    if (is_function(node.type)) {
      open.emplace_back(node.after, functions.size());
      functions.push_back({"", node.line});
      // The last byte is inside the body, whatever stands in front of the name.
      offsets.push_back(node.end - 1);
    } else if (is_branch(node.type) && !open.empty()) {
      ++functions[open.back().second].branches;
    }
  }
  const auto names = analyzers::enclosing_symbols(language, text, offsets);
  for (std::size_t i = 0; i < functions.size(); ++i) functions[i].name = names[i];
  return functions;
}

void compare(const FileChange& file, Language language, std::vector<CodeFact>& facts) {
  std::map<std::string, std::vector<std::int64_t>> before;
  for (const auto& function : functions_of(language, file.original.value_or(""))) {
    before[function.name].push_back(function.branches);
  }
  std::map<std::string, std::size_t> seen;
  for (const auto& function : functions_of(language, *file.modified)) {
    const auto& known = before[function.name];
    const std::size_t at = seen[function.name]++;
    const bool is_new = at >= known.size();
    const std::int64_t was = is_new ? 0 : known[at];
    const std::int64_t growth = function.branches - was;
    if (growth < (is_new ? kNew : kGrowth)) continue;
    CodeFact fact;
    fact.kind = FactKind::kComplexity;
    fact.path = file.path;
    fact.line = function.line;
    fact.what = function.name.empty() ? "a function" : function.name;
    if (!is_new) fact.before = std::to_string(was);
    fact.after = std::to_string(function.branches);
    fact.amount = growth;
    facts.push_back(std::move(fact));
  }
}

}  // namespace

void review_complexity(const ReviewInput& input, Review& into) {
  for (const auto& file : input.files) {
    const auto language = analyzers::language_of(file.path);
    if (language && file.modified) compare(file, *language, into.facts);
  }
}

}  // namespace automod::trial
