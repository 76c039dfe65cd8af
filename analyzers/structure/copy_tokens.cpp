#include "analyzers/structure/copy_tokens.hpp"

#include <algorithm>

#include "analyzers/treesitter/nodes.hpp"
#include "analyzers/treesitter/visibility.hpp"

namespace automod::analyzers {

namespace {

std::uint32_t digest_of(std::string_view text) {
  std::uint32_t value = 2166136261U;  // FNV-1a
  for (const char c : text) value = (value ^ static_cast<unsigned char>(c)) * 16777619U;
  return value == 0 ? 1 : value;
}

bool is_name(const SyntaxNode& node) {
  return node.is_named && (node.type.contains("identifier") || node.type == "name");
}

/// A literal is one token, whatever is inside it.
bool is_literal(const SyntaxNode& node) {
  return node.is_named &&
         (node.type.contains("string") || node.type.contains("literal") || node.type == "integer" ||
          node.type == "float" || node.type == "number" || node.type == "char") &&
         !node.type.contains("template") && !node.type.contains("composite") &&
         !node.type.contains("compound") && !node.type.contains("func");
}

CopyToken token_of(const SyntaxNode& node, std::string_view text) {
  CopyToken token{.begin = static_cast<std::uint32_t>(node.begin),
                  .end = static_cast<std::uint32_t>(node.end),
                  .line = static_cast<std::uint32_t>(node.line)};
  if (is_name(node)) {
    token.shape = digest_of("a name");
    token.text = digest_of(text);
  } else if (is_literal(node)) {
    token.shape = digest_of("a literal");
    token.text = digest_of(text);
  } else {
    token.shape = shape_of(text);
  }
  return token;
}

/// Of functions, by place; none overlaps another.
std::vector<Range> heads_of(const FileFacts& facts) {
  std::vector<Range> heads;
  for (const Symbol& symbol : facts.symbols) {
    if (!is_callable(symbol.kind)) continue;
    if (heads.empty() || symbol.head.begin >= heads.back().end) heads.push_back(symbol.head);
  }
  return heads;
}

/// What attributes call a test, as Rust keeps them beside what they try.
std::vector<Range> inline_tests(const SyntaxTree& tree, std::string_view text) {
  std::vector<Range> tests;
  for (std::size_t i = 0; i < tree.nodes.size(); ++i) {
    const SyntaxNode& node = tree.nodes[i];
    if (node.type != "attribute_item") continue;
    const std::string_view written = text.substr(node.begin, node.end - node.begin);
    const bool is_test = written.starts_with("#[cfg(test") ||
                         written.starts_with("#[cfg(all(test") || written.ends_with("test]") ||
                         written.contains("::test(");
    std::size_t item = node.after;
    while (item < tree.nodes.size() && tree.nodes[item].parent == node.parent &&
           (tree.nodes[item].type == node.type || tree.nodes[item].type.contains("comment"))) {
      item = tree.nodes[item].after;
    }
    if (!is_test || item >= tree.nodes.size() || tree.nodes[item].parent != node.parent) continue;
    tests.push_back({.begin = static_cast<std::uint32_t>(tree.nodes[item].begin),
                     .end = static_cast<std::uint32_t>(tree.nodes[item].end)});
  }
  return tests;
}

}  // namespace

std::uint32_t shape_of(std::string_view token) { return digest_of(token); }

std::vector<Range> outermost_functions(const FileFacts& facts) {
  std::vector<Range> found;
  for (const Symbol& symbol : facts.symbols) {
    if (!is_callable(symbol.kind) || !symbol.is_definition) continue;
    if (!found.empty() && symbol.whole.begin < found.back().end) continue;
    found.push_back(symbol.whole);
  }
  return found;
}

std::vector<TokenRow> token_rows(const FileFacts& facts, std::string_view text) {
  const auto functions = outermost_functions(facts);
  std::vector<TokenRow> rows;
  if (functions.empty()) return rows;
  const auto tree = syntax_tree(facts.language, text, text.size());
  if (!tree) return rows;
  rows.resize(functions.size());
  const auto heads = heads_of(facts);
  std::size_t head = 0;
  std::size_t function = 0;
  for (std::size_t i = 0; i < tree->nodes.size();) {
    const SyntaxNode& node = tree->nodes[i];
    while (function < functions.size() && functions[function].end <= node.begin) ++function;
    if (function == functions.size()) break;
    const bool is_within = node.begin >= functions[function].begin &&
                           node.end <= functions[function].end && node.begin < node.end;
    if (node.type.contains("comment") || node.end <= functions[function].begin) {
      i = node.after;
      continue;
    }
    const bool is_token = tree->is_leaf(i) || is_literal(node);
    if (is_within && is_token) {
      while (head < heads.size() && heads[head].end <= node.begin) ++head;
      CopyToken token = token_of(node, text.substr(node.begin, node.end - node.begin));
      token.is_head = head < heads.size() && heads[head].begin <= node.begin;
      rows[function].push_back(token);
    }
    i = is_within && is_token ? node.after : i + 1;
  }
  const auto tests = inline_tests(*tree, text);
  std::erase_if(rows, [&](const TokenRow& row) {
    return row.empty() || std::ranges::any_of(tests, [&](const Range& test) {
             return test.begin <= row.front().begin && row.back().end <= test.end;
           });
  });
  return rows;
}

}  // namespace automod::analyzers
