#include "analyzers/treesitter/syntax.hpp"

#include "analyzers/treesitter/parse.hpp"

namespace automod::analyzers {

namespace {

/// To the next node that is not below the present one; false at the end of the tree.
bool step_over(Cursor& cursor) {
  while (!cursor.next()) {
    if (!cursor.up()) return false;
  }
  return true;
}

}  // namespace

std::optional<std::size_t> syntax_errors(Language language, std::string_view text) {
  const Deadline deadline = deadline_from_now();
  const Tree tree = parse_text(language, text, deadline);
  if (!tree) return std::nullopt;
  std::size_t errors = 0;
  std::size_t visited = 0;
  Cursor cursor(tree);
  for (;;) {
    const TSNode node = cursor.node();
    if (ts_node_is_error(node) || ts_node_is_missing(node)) ++errors;
    if (++visited % 1024 == 0 && std::chrono::steady_clock::now() >= deadline) return std::nullopt;
    if (ts_node_has_error(node) && cursor.down()) continue;
    if (!step_over(cursor)) return errors;
  }
}

}  // namespace automod::analyzers
