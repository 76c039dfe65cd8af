#include "analyzers/rules/predicates.hpp"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <span>
#include <utility>

#include "analyzers/treesitter/loops.hpp"
#include "base/text.hpp"

namespace automod::analyzers {

namespace {

using Test = Predicate::Test;

constexpr std::size_t kLongestRegex = 1000;
constexpr int kLargestRegex = 2000;             // of its program
constexpr std::int64_t kRegexMemory = 1 << 20;  // bytes
constexpr std::size_t kLongestMatched = 16384;  // a longer text matches no regular expression

bool is_one_of(const auto& words, const auto& word) {
  return std::ranges::find(words, word) != words.end();
}

/// How a name is built: "not-", "any-" and "any-not-" come before.
struct Kind {
  std::string_view name;
  Test test;
  enum class Takes { kOther, kTexts, kRegex, kKinds, kNothing } takes;
};

using Takes = Kind::Takes;

constexpr std::array kKinds = std::to_array<Kind>({
    {"eq?", Test::kEqual, Takes::kOther},
    {"any-of?", Test::kAnyOf, Takes::kTexts},
    {"match?", Test::kMatch, Takes::kRegex},
    {"same?", Test::kSame, Takes::kOther},
    {"has?", Test::kHas, Takes::kKinds},
    {"mentions?", Test::kMentions, Takes::kOther},
    {"inside?", Test::kInside, Takes::kKinds},
    {"in-loop?", Test::kInLoop, Takes::kNothing},
    {"renewed-in-loop?", Test::kRenewedInLoop, Takes::kNothing},
});

const Kind* kind_of(std::string_view name) {
  const auto found = std::ranges::find(kKinds, name, &Kind::name);
  return found == kKinds.end() ? nullptr : &*found;
}

std::vector<std::string> known_names() {
  std::vector<std::string> all;
  for (const Kind& kind : kKinds) {
    all.push_back(fmt::format("#{}", kind.name));
    all.push_back(fmt::format("#not-{}", kind.name));
  }
  return all;
}

using Read = std::expected<Predicate, std::string>;

std::unexpected<std::string> wrong(std::string text) { return std::unexpected(std::move(text)); }

Read with_kinds(Predicate predicate, const TSLanguage* language,
                const std::vector<Argument>& arguments) {
  for (const Argument& argument : arguments) {
    if (argument.capture) return wrong(fmt::format("found @{}, wanted a kind", argument.text));
    const TSSymbol symbol = ts_language_symbol_for_name(
        language, argument.text.data(), static_cast<std::uint32_t>(argument.text.size()), true);
    if (symbol == 0 || ts_language_symbol_type(language, symbol) != TSSymbolTypeRegular) {
      return wrong(fmt::format("the grammar has no node '{}'{}", printable_line(argument.text),
                               suggestion(argument.text, node_names(language))));
    }
    predicate.kinds.push_back(symbol);
  }
  if (predicate.kinds.empty()) return wrong("wanted a kind of node after the capture");
  return predicate;
}

Read with_regex(Predicate predicate, const std::vector<Argument>& arguments) {
  if (arguments.size() != 1 || arguments[0].capture) return wrong("wanted one regular expression");
  if (arguments[0].text.size() > kLongestRegex) {
    return wrong(fmt::format("the regular expression has {} bytes, expected {} or fewer",
                             arguments[0].text.size(), kLongestRegex));
  }
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(kRegexMemory);
  const re2::StringPiece text(arguments[0].text.data(), arguments[0].text.size());
  predicate.regex = std::make_shared<const re2::RE2>(text, options);
  if (!predicate.regex->ok()) {
    return wrong(fmt::format("the regular expression is wrong: {}",
                             printable_line(predicate.regex->error())));
  }
  if (predicate.regex->ProgramSize() > kLargestRegex) {
    return wrong("the regular expression is too large: fewer repetitions will do");
  }
  return predicate;
}

Read with_other(Predicate predicate, const std::vector<Argument>& arguments) {
  if (arguments.size() != 1) return wrong("wanted a capture and one more, or a text");
  predicate.other = arguments[0].capture;
  if (!predicate.other) predicate.words.emplace_back(arguments[0].text);
  if (predicate.test == Test::kSame && !predicate.other) return wrong("wanted two captures");
  return predicate;
}

Read with_texts(Predicate predicate, const std::vector<Argument>& arguments) {
  for (const Argument& argument : arguments) {
    if (argument.capture) return wrong(fmt::format("found @{}, wanted a text", argument.text));
    predicate.words.emplace_back(argument.text);
  }
  if (predicate.words.empty()) return wrong("wanted texts after the capture");
  return predicate;
}

/// Every leaf below a node, in the order of the text.
class Leaves {
 public:
  Leaves(TSNode node, Budget& budget) : cursor_(ts_tree_cursor_new(node)), budget_(budget) {}
  Leaves(const Leaves&) = delete;
  Leaves& operator=(const Leaves&) = delete;
  ~Leaves() { ts_tree_cursor_delete(&cursor_); }

  /// Comments and what has no text left out; nullopt at the end.
  std::optional<TSNode> next() {
    while (advance()) {
      const TSNode node = ts_tree_cursor_current_node(&cursor_);
      if (ts_node_child_count(node) != 0 || ts_node_is_extra(node)) continue;
      if (ts_node_start_byte(node) != ts_node_end_byte(node)) return node;
    }
    return std::nullopt;
  }

 private:
  bool advance() {
    if (!budget_.spend()) return false;
    if (!std::exchange(begun_, true) || ts_tree_cursor_goto_first_child(&cursor_)) return true;
    while (!ts_tree_cursor_goto_next_sibling(&cursor_)) {
      if (!ts_tree_cursor_goto_parent(&cursor_)) return false;
    }
    return true;
  }

  TSTreeCursor cursor_;
  Budget& budget_;
  bool begun_ = false;
};

bool has_same_leaves(TSNode a, TSNode b, const Scene& scene) {
  Leaves left(a, scene.budget);
  Leaves right(b, scene.budget);
  for (;;) {
    const auto one = left.next();
    const auto other = right.next();
    if (!one || !other) return !one && !other && !scene.budget.is_over();
    if (text_of(*one, scene.text) != text_of(*other, scene.text)) return false;
  }
}

bool mentions(TSNode node, std::string_view name, const Scene& scene) {
  Leaves leaves(node, scene.budget);
  while (const auto leaf = leaves.next()) {
    if (text_of(*leaf, scene.text) == name) return true;
  }
  return false;
}

bool has_below(TSNode node, const std::vector<TSSymbol>& kinds, const Scene& scene) {
  TSTreeCursor cursor = ts_tree_cursor_new(node);
  const auto next = [&] {
    if (ts_tree_cursor_goto_first_child(&cursor)) return true;
    while (!ts_tree_cursor_goto_next_sibling(&cursor)) {
      if (!ts_tree_cursor_goto_parent(&cursor)) return false;
    }
    return true;
  };
  bool found = false;
  while (!found && scene.budget.spend() && next()) {
    found = is_one_of(kinds, ts_node_symbol(ts_tree_cursor_current_node(&cursor)));
  }
  ts_tree_cursor_delete(&cursor);
  return found;
}

/// A node on the way from the root, and what it is to its parent.
struct Step {
  TSNode node;
  std::string_view field;
};

/// From the root to the node itself; empty for one that has no text.
std::vector<Step> way_to(TSNode node, const Scene& scene) {
  std::vector<Step> way;
  if (ts_node_start_byte(node) == ts_node_end_byte(node)) return way;
  Cursor cursor(scene.tree);
  while (scene.budget.spend()) {
    const char* field = cursor.field();
    way.push_back({cursor.node(), field == nullptr ? std::string_view() : field});
    if (ts_node_eq(way.back().node, node)) return way;
    if (!cursor.down_to(ts_node_start_byte(node))) break;
  }
  return {};
}

bool is_inside(TSNode node, const std::vector<TSSymbol>& kinds, const Scene& scene) {
  const std::vector<Step> way = way_to(node, scene);
  return std::ranges::any_of(way, [&](const Step& step) {
    return !ts_node_eq(step.node, node) && is_one_of(kinds, ts_node_symbol(step.node));
  });
}

/// The last statement of a block; null: it has none.
TSNode last_statement(TSNode block) {
  for (std::uint32_t i = ts_node_named_child_count(block); i-- > 0;) {
    TSNode last = ts_node_named_child(block, i);
    if (ts_node_is_extra(last)) continue;  // a comment
    const bool is_wrapped = std::string_view(ts_node_type(last)) == "expression_statement";
    return is_wrapped ? ts_node_named_child(last, 0) : last;
  }
  return {};
}

/// What the block does in the end whenever it does `part`; empty: it may begin another round
/// before.
std::string_view end_after(TSNode part, TSNode block, const Scene& scene) {
  const TSNode last = last_statement(block);
  if (ts_node_is_null(last)) return {};
  const std::size_t from = ts_node_end_byte(part);
  const std::size_t to = ts_node_start_byte(last);
  const bool may_go_on = from < to && scene.text.substr(from, to - from).contains("continue");
  return may_go_on ? std::string_view() : ts_node_type(last);
}

/// Is it done again in each round of a loop of the same function? What is done before the loop is
/// left is done once.
bool is_in_loop(TSNode node, const Scene& scene) {
  const std::vector<Step> way = way_to(node, scene);
  bool breaks = false;
  for (std::size_t i = way.size(); i-- > 1;) {
    const std::string_view parent = ts_node_type(way[i - 1].node);
    if (is_function(parent)) return false;
    if (is_block(parent)) {
      const std::string_view end = end_after(way[i].node, way[i - 1].node, scene);
      if (leaves_function(end)) return false;
      breaks = breaks || leaves_loop(end);
    }
    if (is_choice(parent)) breaks = false;
    if (!is_loop(parent) || !is_repeated(way[i].field)) continue;
    if (!breaks) return true;
    breaks = false;
  }
  return false;
}

/// The innermost loop that does it again in each round; null: there is none.
TSNode loop_around(TSNode node, const Scene& scene) {
  const std::vector<Step> way = way_to(node, scene);
  for (std::size_t i = way.size(); i-- > 1;) {
    const std::string_view parent = ts_node_type(way[i - 1].node);
    if (is_function(parent)) break;
    if (is_loop(parent) && is_repeated(way[i].field)) return way[i - 1].node;
  }
  return {};
}

/// Is the name in it, and not as that of a member of something?
bool uses(TSNode node, std::string_view name, const Scene& scene) {
  Leaves leaves(node, scene.budget);
  while (const auto leaf = leaves.next()) {
    if (text_of(*leaf, scene.text) != name) continue;
    const std::string_view before = scene.text.substr(0, ts_node_start_byte(*leaf));
    if (!before.ends_with('.') || before.ends_with("..")) return true;  // "..." spreads
  }
  return false;
}

TSNode child_in(TSNode node, std::string_view field) {
  return ts_node_child_by_field_name(node, field.data(), static_cast<std::uint32_t>(field.size()));
}

/// An assignment, a declaration or a loop that gives the name in `field` a value which does not
/// come from the one before.
bool gives_new_value(const Step& owner, std::string_view field, std::string_view name,
                     const Scene& scene) {
  constexpr std::array kTargets =
      std::to_array<std::string_view>({"declarator", "left", "name", "pattern"});
  const std::string_view type = ts_node_type(owner.node);
  if (!is_one_of(kTargets, field) || type.contains("augmented")) return false;
  if (is_loop(type) || type == "range_clause") return true;
  if (!type.contains("assign") && !type.contains("declarat") && !type.ends_with("_spec")) {
    return false;
  }
  const TSNode sign = child_in(owner.node, "operator");
  const std::string_view written = ts_node_is_null(sign) ? "=" : text_of(sign, scene.text);
  if (written != "=" && written != ":=") return false;
  const TSNode right = child_in(owner.node, "right");
  const TSNode value = ts_node_is_null(right) ? child_in(owner.node, "value") : right;
  return ts_node_is_null(value) || !uses(value, name, scene);
}

/// Is the name at the end of the way given a new value whenever `node` is reached?
bool is_renewal(const std::vector<Step>& way, TSNode node, const Scene& scene) {
  if (way.empty()) return false;  // the time is over
  std::size_t i = way.size() - 1;
  const std::string_view name = text_of(way[i].node, scene.text);
  const auto is_group = [](std::string_view type) {
    return type.ends_with("_list") || type.ends_with("_pattern");
  };
  while (i > 1 && is_group(ts_node_type(way[i - 1].node))) --i;
  if (i == 0 || !gives_new_value(way[i - 1], way[i].field, name, scene)) return false;
  do {
    --i;
  } while (i > 0 && !is_block(ts_node_type(way[i].node)) && way[i].field != "consequence" &&
           way[i].field != "alternative");
  return ts_node_end_byte(way[i].node) >= ts_node_end_byte(node);
}

/// Does each round of the loop around a name give it a new value before it comes to it?
bool is_renewed_in_loop(TSNode node, const Scene& scene) {
  const TSNode loop = loop_around(node, scene);
  if (ts_node_is_null(loop)) return false;
  const std::string_view name = text_of(node, scene.text);
  Leaves leaves(loop, scene.budget);
  while (const auto leaf = leaves.next()) {
    if (ts_node_start_byte(*leaf) >= ts_node_start_byte(node)) break;
    if (text_of(*leaf, scene.text) != name) continue;
    std::vector<Step> way = way_to(*leaf, scene);
    way.erase(way.begin(), std::ranges::find_if(
                               way, [&](const Step& step) { return ts_node_eq(step.node, loop); }));
    if (is_renewal(way, node, scene)) return true;
  }
  return false;
}

bool matches_regex(const re2::RE2& regex, std::string_view text) {
  return text.size() <= kLongestMatched &&
         re2::RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), regex);
}

/// The text that a predicate compares with.
std::string_view wanted_text(const Predicate& predicate, const Scene& scene) {
  return predicate.other ? scene.text_of(*predicate.other) : predicate.words[0];
}

bool is_true(const Predicate& predicate, TSNode node, const Scene& scene) {
  switch (predicate.test) {
    case Test::kEqual:
      return text_of(node, scene.text) == wanted_text(predicate, scene);
    case Test::kAnyOf:
      return is_one_of(predicate.words, text_of(node, scene.text));
    case Test::kMatch:
      return !scene.budget.is_over() && matches_regex(*predicate.regex, text_of(node, scene.text));
    case Test::kSame:
      return std::ranges::any_of(std::span(scene.match.captures, scene.match.capture_count),
                                 [&](const TSQueryCapture& capture) {
                                   return capture.index == *predicate.other &&
                                          has_same_leaves(node, capture.node, scene);
                                 });
    case Test::kHas:
      return has_below(node, predicate.kinds, scene);
    case Test::kMentions:
      return mentions(node, wanted_text(predicate, scene), scene);
    case Test::kInside:
      return is_inside(node, predicate.kinds, scene);
    case Test::kInLoop:
      return is_in_loop(node, scene);
    case Test::kRenewedInLoop:
      return is_renewed_in_loop(node, scene);
  }
  return false;
}

}  // namespace

std::vector<std::string> node_names(const TSLanguage* language) {
  std::vector<std::string> all;
  for (TSSymbol i = 0; i < ts_language_symbol_count(language); ++i) {
    if (ts_language_symbol_type(language, i) == TSSymbolTypeRegular) {
      all.emplace_back(ts_language_symbol_name(language, i));
    }
  }
  return all;
}

Read read_predicate(const TSLanguage* language, std::string_view name,
                    const std::vector<Argument>& arguments) {
  std::string_view rest = name;
  Predicate predicate;
  const auto take = [&rest](std::string_view prefix) {
    if (kind_of(rest) != nullptr || !rest.starts_with(prefix)) return false;
    rest.remove_prefix(prefix.size());
    return true;
  };
  predicate.any = take("any-");
  predicate.is_wanted = !take("not-");
  const Kind* kind = kind_of(rest);
  if (kind == nullptr) {
    const std::string written = fmt::format("#{}", name);
    return wrong(fmt::format("unknown predicate '{}'{}", printable_line(written),
                             suggestion(written, known_names())));
  }
  if (arguments.empty() || !arguments[0].capture) return wrong("wanted a capture first");
  predicate.test = kind->test;
  predicate.capture = *arguments[0].capture;
  const std::vector<Argument> others(arguments.begin() + 1, arguments.end());
  switch (kind->takes) {
    case Takes::kOther:
      return with_other(std::move(predicate), others);
    case Takes::kTexts:
      return with_texts(std::move(predicate), others);
    case Takes::kRegex:
      return with_regex(std::move(predicate), others);
    case Takes::kKinds:
      return with_kinds(std::move(predicate), language, others);
    case Takes::kNothing:
      break;
  }
  if (!others.empty()) return wrong("wanted one capture and nothing else");
  return predicate;
}

bool Budget::spend() {
  constexpr unsigned kBetweenLooks = 256;
  return ++steps_ % kBetweenLooks == 0 ? !is_over() : !is_over_;
}

bool Budget::is_over() {
  is_over_ = is_over_ || is_past(deadline_);
  return is_over_;
}

std::string_view text_of(TSNode node, std::string_view text) {
  const std::size_t begin = std::min<std::size_t>(ts_node_start_byte(node), text.size());
  const std::size_t end = std::min<std::size_t>(ts_node_end_byte(node), text.size());
  return text.substr(begin, end - begin);
}

std::string_view Scene::text_of(std::uint32_t capture) const {
  std::string_view whole;
  for (const TSQueryCapture& one : std::span(match.captures, match.capture_count)) {
    if (one.index != capture) continue;
    const std::string_view here = analyzers::text_of(one.node, text);
    if (whole.data() == nullptr) whole = here;
    if (here.data() + here.size() > whole.data() + whole.size()) {
      whole = {whole.data(), static_cast<std::size_t>(here.data() + here.size() - whole.data())};
    }
  }
  return whole;
}

bool holds(const Predicate& predicate, const Scene& scene) {
  bool some = false;
  for (const TSQueryCapture& one : std::span(scene.match.captures, scene.match.capture_count)) {
    if (one.index != predicate.capture) continue;
    const bool good = is_true(predicate, one.node, scene) == predicate.is_wanted;
    if (scene.budget.is_over()) return false;
    if (good == predicate.any) return good;
    some = true;
  }
  return !predicate.any || !some;
}

}  // namespace automod::analyzers
