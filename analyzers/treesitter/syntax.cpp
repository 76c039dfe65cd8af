#include "analyzers/treesitter/syntax.hpp"

#include "analyzers/treesitter/parse.hpp"
#include "base/files.hpp"

namespace automod::analyzers {

namespace {

constexpr std::size_t kMostBytes = 8 * kMiB;

/// To the next node that is not below the present one; false at the end of the tree.
bool step_over(Cursor& cursor) {
  while (!cursor.next()) {
    if (!cursor.up()) return false;
  }
  return true;
}

}  // namespace

std::optional<std::size_t> count_errors(const Tree& tree, Deadline deadline) {
  if (!ts_node_has_error(ts_tree_root_node(tree.get()))) return 0;
  std::size_t errors = 0;
  std::size_t visited = 0;
  Cursor cursor(tree);
  for (;;) {
    const TSNode node = cursor.node();
    if (ts_node_is_error(node) || ts_node_is_missing(node)) ++errors;
    if (++visited % 1024 == 0 && is_past(deadline)) return std::nullopt;
    if (ts_node_has_error(node) && cursor.down()) continue;
    if (!step_over(cursor)) return errors;
  }
}

std::optional<std::size_t> syntax_errors(Language language, std::string_view text) {
  if (text.size() > kMostBytes) return std::nullopt;
  const Deadline deadline = deadline_from_now();
  const Tree tree = parse_text(language, text, deadline);
  if (!tree) return std::nullopt;
  return count_errors(tree, deadline);
}

}  // namespace automod::analyzers
