#include "analyzers/treesitter/patterns.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

namespace automod::analyzers {

namespace {

constexpr int kDeepest = 32;
constexpr std::size_t kMostWays = 256;

using Steps = std::vector<PatternStep>;
/// The ways to match one thing: alternatives multiply.
using Ways = std::vector<Steps>;

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '.' || c == '-';
}

class PatternReader {
 public:
  PatternReader(const TSLanguage* language, std::string_view text)
      : language_(language), text_(text) {}

  Result<Patterns> run() {
    for (skip_blanks(); at_ < text_.size(); skip_blanks()) {
      auto ways = read_one(0);
      if (failed_) return fail(std::move(*failed_));
      add(std::move(ways));
    }
    return std::move(patterns_);
  }

 private:
  void add(Ways ways) {
    for (Steps& steps : ways) {
      for (std::size_t i = steps.size(); i-- > 0;) {
        PatternStep& step = steps[i];
        step.has_captures = step.has_captures || !step.captures.empty();
        if (i > 0 && step.has_captures) steps[step.parent].has_captures = true;
      }
      patterns_.all.push_back({.number = number_, .steps = std::move(steps)});
    }
    ++number_;
  }

  /// A node, a text or alternatives, with their captures.
  Ways read_one(int depth) {
    Ways ways;
    const char c = peek();
    if (depth > kDeepest || c == '\0') return refuse("that is no query");
    if (c == '(') {
      ways = read_node(depth);
    } else if (c == '[') {
      ways = read_alternatives(depth);
    } else if (c == '"') {
      const std::size_t begin = at_;
      const std::string literal = read_string();
      ways = {{leaf(PatternStep::Wanted::kSymbol, symbol(literal, false, begin))}};
    } else if (read_word() == "_") {
      ways = {{leaf(PatternStep::Wanted::kAny, 0)}};
    } else {
      return refuse("that is no query");
    }
    for (skip_blanks(); peek() == '@'; skip_blanks()) {
      const std::uint8_t capture = read_capture();
      for (Steps& steps : ways) steps[0].captures.push_back(capture);
    }
    return failed_ ? Ways{} : ways;
  }

  Ways read_alternatives(int depth) {
    Ways ways;
    ++at_;
    for (skip_blanks(); !failed_ && peek() != ']'; skip_blanks()) {
      std::ranges::move(read_one(depth + 1), std::back_inserter(ways));
    }
    ++at_;
    if (ways.empty()) return refuse("that is no query");
    return ways;
  }

  /// "(kind …)", or a pattern in further parentheses for the sake of a predicate.
  Ways read_node(int depth) {
    ++at_;
    skip_blanks();
    Ways ways;
    if (peek() == '(' || peek() == '[') {
      ways = read_one(depth + 1);
    } else {
      const std::size_t begin = at_;
      const std::string_view kind = read_word();
      ways = {{kind == "_" ? leaf(PatternStep::Wanted::kNamed, 0)
                           : leaf(PatternStep::Wanted::kSymbol, symbol(kind, true, begin))}};
    }
    for (skip_blanks(); !failed_ && peek() != ')'; skip_blanks()) read_part(depth, ways);
    ++at_;
    return failed_ ? Ways{} : ways;
  }

  /// A child, "!field" or a predicate.
  void read_part(int depth, Ways& ways) {
    if (peek() == '!') {
      const std::size_t begin = ++at_;
      const TSFieldId absent = field(read_word(), begin);
      for (Steps& steps : ways) steps[0].absent.push_back(absent);
      return;
    }
    if (text_.substr(at_).starts_with("(#")) return read_predicate(ways);
    bool is_first = false;
    if (peek() == '.') {
      ++at_;
      skip_blanks();
      is_first = true;
      const bool has_sibling = std::ranges::any_of(
          ways, [](const Steps& steps) { return last_child(steps) != PatternStep::kNone; });
      if (has_sibling || peek() == ')') {
        refuse("a '.' may stand before the first child only");
        return;
      }
    }
    TSFieldId of_field = 0;
    const std::size_t begin = at_;
    const std::string_view word = read_word();
    skip_blanks();
    if (!word.empty() && peek() == ':') {
      of_field = field(word, begin);
      ++at_;
      skip_blanks();
    } else {
      at_ = begin;
    }
    Ways children = read_one(depth + 1);
    for (Steps& child : children) {
      child[0].field = of_field;
      child[0].is_first = is_first;
    }
    if (!failed_) ways = products(ways, children);
  }

  static std::uint8_t last_child(const Steps& steps) {
    std::uint8_t last = PatternStep::kNone;
    for (std::size_t i = 1; i < steps.size(); ++i) {
      if (steps[i].parent == 0) last = static_cast<std::uint8_t>(i);
    }
    return last;
  }

  Ways products(const Ways& parents, const Ways& children) {
    Ways ways;
    for (const Steps& parent : parents) {
      for (const Steps& child : children) {
        if (parent.size() + child.size() > PatternStep::kMost || ways.size() == kMostWays)
          return refuse("the pattern is too large");
        Steps steps = parent;
        const auto shift = static_cast<std::uint8_t>(parent.size());
        for (PatternStep step : child) {
          if (step.parent != PatternStep::kNone) {
            step.parent += shift;
            if (step.previous != PatternStep::kNone) step.previous += shift;
          } else {
            step.parent = 0;
            step.previous = last_child(parent);
          }
          steps.push_back(std::move(step));
        }
        ways.push_back(std::move(steps));
      }
    }
    return ways;
  }

  void read_predicate(Ways& ways) {
    at_ += 2;
    const std::string_view name = read_word();
    skip_blanks();
    const bool is_known = name == "eq" && peek() == '?';
    if (is_known) ++at_;
    skip_blanks();
    const std::uint8_t capture = is_known && peek() == '@' ? read_capture() : PatternStep::kNone;
    skip_blanks();
    const std::string text = peek() == '"' ? read_string() : std::string();
    skip_blanks();
    if (capture == PatternStep::kNone || text.empty() || peek() != ')') {
      refuse(fmt::format("pattern {} has a predicate that is not understood", number_ + 1),
             "one (#eq? @capture \"text\") a pattern is");
      return;
    }
    ++at_;
    for (Steps& steps : ways) {
      for (PatternStep& step : steps) {
        if (std::ranges::find(step.captures, capture) != step.captures.end()) step.text = text;
      }
    }
  }

  static PatternStep leaf(PatternStep::Wanted wanted, TSSymbol symbol) {
    PatternStep step;
    step.wanted = wanted;
    step.symbol = symbol;
    return step;
  }

  TSSymbol symbol(std::string_view kind, bool is_named, std::size_t begin) {
    const TSSymbol found = ts_language_symbol_for_name(
        language_, kind.data(), static_cast<std::uint32_t>(kind.size()), is_named);
    if (found == 0 && !failed_) {
      at_ = begin;
      refuse(kind.empty() ? "that is no query" : "there is no such node in the grammar");
    }
    return found;
  }

  TSFieldId field(std::string_view name, std::size_t begin) {
    const TSFieldId found = ts_language_field_id_for_name(language_, name.data(),
                                                          static_cast<std::uint32_t>(name.size()));
    if (found == 0 && !failed_) {
      at_ = begin;
      refuse("there is no such field in the grammar");
    }
    return found;
  }

  std::uint8_t read_capture() {
    ++at_;
    const std::string_view name = read_word();
    auto& known = patterns_.captures;
    const auto found = std::ranges::find(known, name);
    if (found == known.end() && known.size() == PatternStep::kNone)
      refuse("too many names of captures");
    const auto index = static_cast<std::uint8_t>(found - known.begin());
    if (found == known.end()) known.emplace_back(name);
    return index;
  }

  std::string read_string() {
    std::string text;
    for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_) {
      if (text_[at_] == '\\') ++at_;
      if (at_ < text_.size()) text += text_[at_];
    }
    if (at_ >= text_.size()) refuse("that is no query");
    ++at_;
    return text;
  }

  std::string_view read_word() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && is_word(text_[at_])) ++at_;
    return text_.substr(begin, at_ - begin);
  }

  void skip_blanks() {
    while (at_ < text_.size()) {
      if (text_[at_] == ';') {
        at_ = std::min(text_.find('\n', at_), text_.size());
      } else if (std::string_view(" \t\r\n").contains(text_[at_])) {
        ++at_;
      } else {
        return;
      }
    }
  }

  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  /// The first thing that is wrong counts.
  Ways refuse(std::string what, std::string hint = {}) {
    if (failed_) return {};
    const std::string_view before = text_.substr(0, at_);
    const std::string_view rest = text_.substr(before.size());
    failed_ =
        Error{.kind = ErrorKind::kRefused,
              .message = fmt::format("line {}, at '{}': {}", std::ranges::count(before, '\n') + 1,
                                     rest.substr(0, rest.find('\n')), what),
              .hint = std::move(hint)};
    return {};
  }

  const TSLanguage* language_;
  std::string_view text_;
  std::size_t at_ = 0;
  std::uint16_t number_ = 0;
  Patterns patterns_;
  std::optional<Error> failed_;
};

}  // namespace

Result<Patterns> read_patterns(const TSLanguage* language, std::string_view text) {
  return PatternReader(language, text).run();
}

}  // namespace automod::analyzers
