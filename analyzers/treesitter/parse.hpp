#pragma once

#include <tree_sitter/api.h>

#include <chrono>
#include <memory>
#include <string_view>

#include "analyzers/treesitter/syntax.hpp"

/// What the sources of this folder share; tree-sitter's types stay inside it.
namespace automod::analyzers {

struct DeleteTree {
  void operator()(TSTree* tree) const { ts_tree_delete(tree); }
};
using Tree = std::unique_ptr<TSTree, DeleteTree>;

/// Walks a tree without recursion; frees itself.
class Cursor {
 public:
  explicit Cursor(const Tree& tree) : cursor_(ts_tree_cursor_new(ts_tree_root_node(tree.get()))) {}
  Cursor(const Cursor&) = delete;
  Cursor& operator=(const Cursor&) = delete;
  ~Cursor() { ts_tree_cursor_delete(&cursor_); }

  TSNode node() const { return ts_tree_cursor_current_node(&cursor_); }
  /// What the node is to its parent; null where the grammar has no name for it.
  const char* field() const { return ts_tree_cursor_current_field_name(&cursor_); }
  bool down() { return ts_tree_cursor_goto_first_child(&cursor_); }
  bool down_to(std::uint32_t byte) {
    return ts_tree_cursor_goto_first_child_for_byte(&cursor_, byte) >= 0;
  }
  bool next() { return ts_tree_cursor_goto_next_sibling(&cursor_); }
  bool up() { return ts_tree_cursor_goto_parent(&cursor_); }

 private:
  TSTreeCursor cursor_;
};

/// When the work on a text has to be over.
using Deadline = std::chrono::steady_clock::time_point;
Deadline deadline_from_now();

/// Null when the text is too large or the deadline passed.
Tree parse_text(Language language, std::string_view text, Deadline deadline);

}  // namespace automod::analyzers
