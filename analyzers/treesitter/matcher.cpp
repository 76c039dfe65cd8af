#include "analyzers/treesitter/matcher.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace automod::analyzers {

namespace {

constexpr std::uint32_t kNodesBetweenLooks = 4096;
constexpr TSSymbol kError = static_cast<TSSymbol>(-1);

struct Sibling {
  TSNode node;
  TSSymbol symbol = 0;
  TSFieldId field = 0;
  bool is_named = false;
};

/// The children of one node, read when first asked for.
struct Family {
  const void* parent = nullptr;
  std::vector<Sibling> members;
};

class Matcher {
 public:
  Matcher(const PatternTable& table, const Tree& tree, std::string_view text, Deadline deadline,
          const TakeMatch& take)
      : table_(table),
        text_(text),
        deadline_(deadline),
        take_(take),
        walk_(ts_tree_cursor_new(ts_tree_root_node(tree.get()))),
        look_(ts_tree_cursor_new(ts_tree_root_node(tree.get()))) {}
  Matcher(const Matcher&) = delete;
  Matcher& operator=(const Matcher&) = delete;
  ~Matcher() {
    ts_tree_cursor_delete(&walk_);
    ts_tree_cursor_delete(&look_);
  }

  bool run() {
    for (;;) {
      match(ts_tree_cursor_current_node(&walk_));
      if (is_late()) return false;
      if (ts_tree_cursor_goto_first_child(&walk_)) continue;
      while (!ts_tree_cursor_goto_next_sibling(&walk_)) {
        if (!ts_tree_cursor_goto_parent(&walk_)) return !is_past(deadline_);
      }
    }
  }

 private:
  bool is_late() {
    if (++looked_at_ % kNodesBetweenLooks == 0) is_late_ = is_past(deadline_);
    return is_late_;
  }

  void match(const TSNode& node) {
    families_[0].parent = nullptr;
    nodes_[0] = node;
    for (const std::uint16_t index : table_.of(ts_node_symbol(node))) {
      pattern_ = &table_.pattern(index);
      const PatternStep& step = pattern_->steps[0];
      if (has_absent(step, node) || !says(step, node)) continue;
      match_from(1);
    }
  }

  /// The steps from that one on, those before it being matched. False: in no way.
  bool match_from(std::size_t number) {
    if (number == pattern_->steps.size()) {
      take_(*pattern_, nodes_.data());
      return true;
    }
    const PatternStep& step = pattern_->steps[number];
    const std::vector<Sibling>& siblings = family_of(step.parent);
    bool is_any = false;
    for (std::size_t i = step.previous == PatternStep::kNone ? 0 : places_[step.previous] + 1;
         i < siblings.size() && !is_late(); ++i) {
      if (fits(step, siblings[i])) {
        nodes_[number] = siblings[i].node;
        places_[number] = i;
        is_any = match_from(number + 1) || is_any;
        if (is_any && !step.has_captures) break;
      }
      if (step.is_first && siblings[i].is_named) break;
    }
    return is_any;
  }

  bool fits(const PatternStep& step, const Sibling& one) const {
    if (step.field != 0 && step.field != one.field) return false;
    switch (step.wanted) {
      case PatternStep::Wanted::kSymbol:
        if (one.symbol != step.symbol) return false;
        break;
      case PatternStep::Wanted::kNamed:
        if (!one.is_named || one.symbol == kError) return false;
        break;
      case PatternStep::Wanted::kAny:
        if (one.symbol == kError) return false;
    }
    return !has_absent(step, one.node) && says(step, one.node);
  }

  static bool has_absent(const PatternStep& step, const TSNode& node) {
    return std::ranges::any_of(step.absent, [&](TSFieldId field) {
      return !ts_node_is_null(ts_node_child_by_field_id(node, field));
    });
  }

  bool says(const PatternStep& step, const TSNode& node) const {
    if (step.text.empty()) return true;
    const std::uint32_t begin = ts_node_start_byte(node);
    return text_.substr(begin, ts_node_end_byte(node) - begin) == step.text;
  }

  const std::vector<Sibling>& family_of(std::uint8_t step) {
    Family& family = families_[step];
    const TSNode& parent = nodes_[step];
    if (family.parent == parent.id) return family.members;
    family.parent = parent.id;
    family.members.clear();
    ts_tree_cursor_reset(&look_, parent);
    if (!ts_tree_cursor_goto_first_child(&look_)) return family.members;
    do {
      const TSNode child = ts_tree_cursor_current_node(&look_);
      family.members.push_back({.node = child,
                                .symbol = ts_node_symbol(child),
                                .field = ts_tree_cursor_current_field_id(&look_),
                                .is_named = ts_node_is_named(child)});
    } while (!is_late() && ts_tree_cursor_goto_next_sibling(&look_));
    return family.members;
  }

  const PatternTable& table_;
  std::string_view text_;
  Deadline deadline_;
  const TakeMatch& take_;
  TSTreeCursor walk_;
  TSTreeCursor look_;
  std::uint32_t looked_at_ = 0;
  bool is_late_ = false;
  const Pattern* pattern_ = nullptr;
  // By the number of the step.
  std::array<TSNode, PatternStep::kMost> nodes_{};
  std::array<std::size_t, PatternStep::kMost> places_{};
  std::array<Family, PatternStep::kMost> families_;
};

bool may_begin_with(const Pattern& pattern, TSSymbol symbol, bool is_named) {
  switch (pattern.steps[0].wanted) {
    case PatternStep::Wanted::kSymbol:
      return pattern.steps[0].symbol == symbol;
    case PatternStep::Wanted::kNamed:
      return is_named;
    case PatternStep::Wanted::kAny:
      return true;
  }
  return false;
}

}  // namespace

PatternTable::PatternTable(std::vector<Pattern> patterns, const TSLanguage* language)
    : patterns_(std::move(patterns)) {
  begins_.push_back(0);
  for (std::uint32_t i = 0; i < ts_language_symbol_count(language); ++i) {
    const auto symbol = static_cast<TSSymbol>(i);
    const bool is_named = ts_language_symbol_type(language, symbol) == TSSymbolTypeRegular;
    for (std::size_t k = 0; k < patterns_.size(); ++k) {
      if (may_begin_with(patterns_[k], symbol, is_named)) {
        indices_.push_back(static_cast<std::uint16_t>(k));
      }
    }
    begins_.push_back(static_cast<std::uint32_t>(indices_.size()));
  }
}

std::span<const std::uint16_t> PatternTable::of(TSSymbol symbol) const {
  if (symbol + std::size_t{1} >= begins_.size()) return {};
  return std::span(indices_).subspan(begins_[symbol], begins_[symbol + 1] - begins_[symbol]);
}

bool match_all(const PatternTable& table, const Tree& tree, std::string_view text,
               Deadline deadline, const TakeMatch& take) {
  return Matcher(table, tree, text, deadline, take).run();
}

}  // namespace automod::analyzers
