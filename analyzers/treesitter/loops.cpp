#include "analyzers/treesitter/loops.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>

#include "analyzers/treesitter/declarators.hpp"
#include "analyzers/treesitter/parse.hpp"
#include "analyzers/treesitter/preprocess.hpp"
#include "base/files.hpp"

namespace automod::analyzers {

namespace {

constexpr std::size_t kMostBytes = 8 * kMiB;

constexpr std::array kLoops = std::to_array<std::string_view>(
    {"dictionary_comprehension", "do_statement", "enhanced_for_statement", "for_expression",
     "for_in_statement", "for_range_loop", "for_statement", "generator_expression",
     "list_comprehension", "loop_expression", "set_comprehension", "while_expression",
     "while_statement"});
/// Parts of loops that have parts of their own.
constexpr std::array kLoopHeads =
    std::to_array<std::string_view>({"for_clause", "for_in_clause", "range_clause"});
constexpr std::array kRepeated =
    std::to_array<std::string_view>({"body", "condition", "increment", "update"});
/// What loops do once, before the first round or after the last.
constexpr std::array kOnce =
    std::to_array<std::string_view>({"alternative", "init", "initializer", "right", "value"});
constexpr std::array kFunctions = std::to_array<std::string_view>(
    {"class_body", "class_definition", "compact_constructor_declaration", "constructor_declaration",
     "function_declaration", "function_definition", "function_item", "generator_function",
     "generator_function_declaration", "method_declaration", "method_definition"});
constexpr std::array kClosures = std::to_array<std::string_view>(
    {"arrow_function", "async_block", "closure_expression", "func_literal", "function_expression",
     "lambda", "lambda_expression"});

constexpr std::array kBlocks = std::to_array<std::string_view>(
    {"block", "compound_statement", "statement_block", "statement_list"});
constexpr std::array kLeavesFunction = std::to_array<std::string_view>(
    {"raise_statement", "return_expression", "return_statement", "throw_statement"});
constexpr std::array kLeavesLoop =
    std::to_array<std::string_view>({"break_expression", "break_statement"});

bool is_in(const auto& words, std::string_view word) {
  return std::ranges::find(words, word) != words.end();
}

/// From the root to the innermost node at `offset`.
std::size_t loops_at(const Tree& tree, std::size_t offset) {
  Cursor cursor(tree);
  std::size_t loops = 0;
  for (;;) {
    const TSNode node = cursor.node();
    const std::string_view type = ts_node_type(node);
    if (is_function(type) && !is_closure(type)) loops = 0;
    const bool repeats = is_loop(type) && ts_node_start_byte(node) < offset;
    if (!cursor.down_to(static_cast<std::uint32_t>(offset))) return loops;
    if (ts_node_start_byte(cursor.node()) > offset) return loops;
    const char* field = cursor.field();
    const bool is_once = is_in(kOnce, field == nullptr ? std::string_view() : field);
    if (repeats && !is_once && ts_node_is_named(cursor.node())) ++loops;
    if (is_in(kLoopHeads, type) && is_once && loops > 0) --loops;
  }
}

}  // namespace

bool is_loop(std::string_view node_type) { return is_in(kLoops, node_type); }
bool is_closure(std::string_view node_type) { return is_in(kClosures, node_type); }
bool is_function(std::string_view node_type) {
  return is_in(kFunctions, node_type) || is_closure(node_type);
}
bool is_repeated(std::string_view field) { return is_in(kRepeated, field); }
bool is_block(std::string_view node_type) { return is_in(kBlocks, node_type); }
bool leaves_function(std::string_view node_type) { return is_in(kLeavesFunction, node_type); }
bool leaves_loop(std::string_view node_type) { return is_in(kLeavesLoop, node_type); }
bool is_choice(std::string_view node_type) {
  return node_type.contains("switch") || node_type == "select_statement";
}

std::vector<std::size_t> loops_around(Language language, std::string_view text,
                                      const std::vector<std::size_t>& offsets) {
  std::vector<std::size_t> loops(offsets.size());
  if (text.size() > kMostBytes) return loops;
  const Deadline deadline = deadline_from_now();
  Preprocessed preprocessed;
  std::string_view parsed = text;
  if (is_c_family(language)) {
    preprocessed = preprocess(language, text);
    language = preprocessed.language;
    if (!preprocessed.text.empty()) parsed = preprocessed.text;
  }
  const Tree tree = parse_text(language, parsed, deadline);
  if (!tree) return loops;
  for (std::size_t i = 0; i < offsets.size() && !is_past(deadline); ++i) {
    if (offsets[i] < text.size()) loops[i] = loops_at(tree, offsets[i]);
  }
  return loops;
}

}  // namespace automod::analyzers
