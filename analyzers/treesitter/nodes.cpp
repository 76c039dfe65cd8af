#include "analyzers/treesitter/nodes.hpp"

#include "analyzers/treesitter/parse.hpp"

namespace automod::analyzers {

namespace {

SyntaxNode value_of(const Cursor& cursor, std::uint32_t parent) {
  const TSNode node = cursor.node();
  SyntaxNode value;
  value.type = ts_node_type(node);
  value.field = cursor.field();
  value.begin = ts_node_start_byte(node);
  value.end = ts_node_end_byte(node);
  value.line = ts_node_start_point(node).row + 1;
  value.parent = parent;
  value.is_named = ts_node_is_named(node);
  value.is_error = ts_node_is_error(node) || ts_node_is_missing(node);
  return value;
}

}  // namespace

std::optional<std::vector<SyntaxNode>> syntax_nodes(Language language, std::string_view text,
                                                    std::size_t most) {
  const Deadline deadline = deadline_from_now();
  const Tree tree = parse_text(language, text, deadline);
  if (!tree) return std::nullopt;
  std::vector<SyntaxNode> nodes;
  std::vector<std::uint32_t> open;  // the path from the root to the present node
  Cursor cursor(tree);
  for (;;) {
    const auto index = static_cast<std::uint32_t>(nodes.size());
    if (nodes.size() >= most) return std::nullopt;
    if (index % 1024 == 0 && std::chrono::steady_clock::now() >= deadline) return std::nullopt;
    nodes.push_back(value_of(cursor, open.empty() ? 0 : open.back()));
    if (cursor.down()) {
      open.push_back(index);
      continue;
    }
    nodes[index].next = index + 1;
    while (!cursor.next()) {
      if (!cursor.up()) return nodes;
      nodes[open.back()].next = static_cast<std::uint32_t>(nodes.size());
      open.pop_back();
    }
  }
}

}  // namespace automod::analyzers
