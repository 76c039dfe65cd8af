#include "analyzers/treesitter/nodes.hpp"

#include "analyzers/treesitter/parse.hpp"

namespace automod::analyzers {

namespace {

constexpr std::size_t kMostNodes = 1'000'000;

SyntaxNode value_of(const Cursor& cursor, std::size_t parent) {
  const TSNode node = cursor.node();
  const char* field = cursor.field();
  SyntaxNode value;
  value.type = ts_node_type(node);
  value.field = field == nullptr ? std::string_view() : std::string_view(field);
  value.begin = ts_node_start_byte(node);
  value.end = ts_node_end_byte(node);
  value.line = ts_node_start_point(node).row + 1;
  value.parent = parent;
  value.is_named = ts_node_is_named(node);
  value.is_error = ts_node_is_error(node) || ts_node_is_missing(node);
  return value;
}

}  // namespace

std::optional<SyntaxTree> syntax_tree(Language language, std::string_view text, std::size_t most) {
  if (text.size() > most) return std::nullopt;
  const Deadline deadline = deadline_from_now();
  const Tree parsed = parse_text(language, text, deadline);
  if (!parsed) return std::nullopt;
  SyntaxTree tree;
  auto& nodes = tree.nodes;
  std::vector<std::size_t> open;  // the path from the root to the present node
  Cursor cursor(parsed);
  for (;;) {
    const std::size_t index = nodes.size();
    if (index >= kMostNodes) return std::nullopt;
    if (index % 1024 == 0 && is_past(deadline)) return std::nullopt;
    nodes.push_back(value_of(cursor, open.empty() ? 0 : open.back()));
    tree.has_errors = tree.has_errors || nodes.back().is_error;
    if (cursor.down()) {
      open.push_back(index);
      continue;
    }
    nodes[index].after = index + 1;
    while (!cursor.next()) {
      if (!cursor.up()) return tree;
      nodes[open.back()].after = nodes.size();
      open.pop_back();
    }
  }
}

}  // namespace automod::analyzers
