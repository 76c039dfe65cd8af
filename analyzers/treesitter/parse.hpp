#pragma once

#include <tree_sitter/api.h>

#include <chrono>
#include <memory>
#include <optional>
#include <span>
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

/// The time that this thread has worked: a machine that is busy with other things changes no
/// answer.
struct WorkClock {
  using duration = std::chrono::nanoseconds;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<WorkClock>;
  static constexpr bool is_steady = true;
  static time_point now();
};

/// When the work on a text has to be over.
using Deadline = WorkClock::time_point;
Deadline deadline_from_now();
inline bool is_past(Deadline deadline) { return WorkClock::now() >= deadline; }

/// In the order of their numbers.
std::span<const Language> all_languages();
const TSLanguage* grammar(Language language);

/// What the library can count, with room to spare.
inline constexpr std::size_t kMostBytesParsed = 1u << 30;

/// Null when the text is too large or the deadline passed.
Tree parse_text(Language language, std::string_view text, Deadline deadline);

/// Places that are no sentence of the language; nullopt when the deadline passed.
std::optional<std::size_t> count_errors(const Tree& tree, Deadline deadline);

}  // namespace automod::analyzers
