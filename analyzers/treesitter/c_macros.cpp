#include "analyzers/treesitter/c_macros.hpp"

#include <algorithm>
#include <array>

namespace automod::analyzers {

namespace {

/// What braces are around a token.
enum class Inside : std::uint8_t { kNamespace, kClass, kEnum, kFunction };

constexpr int kMostMacros = 8;  // in a row
constexpr Token kNothing{.kind = Token::Kind::kDirective};

class Macros {
 public:
  Macros(std::string_view text, std::vector<Token>& tokens) : text_(text), tokens_(tokens) {
    for (std::size_t i = 0; i < tokens.size(); ++i) {
      if (!tokens[i].is_hidden) shown_.push_back(static_cast<std::uint32_t>(i));
    }
    partners_.assign(tokens.size(), 0);
    for (std::size_t i = 0; i < shown_.size(); ++i) {
      partners_[shown_[i]] = static_cast<std::uint32_t>(i);
    }
  }

  void run() {
    inside_.push_back({});
    for (std::size_t i = 0; i < shown_.size(); ++i) {
      if (!at(i).is_hidden) visit(i);
      if (at(i).is_hidden) continue;
      follow(i);
      trail_.push_back(static_cast<std::uint32_t>(i));
    }
  }

 private:
  /// Tokens that count, numbered without those that were hidden before we began.
  Token& at(std::size_t i) { return tokens_[shown_[i]]; }
  const Token& peek(std::size_t i) const {
    return i < shown_.size() ? tokens_[shown_[i]] : kNothing;
  }
  std::string_view word(std::size_t i) const {
    const Token& token = peek(i);
    return text_.substr(token.begin, token.end - token.begin);
  }
  Inside inside() const { return inside_.back().what; }

  /// The last token before this one that is not hidden; beyond all tokens: there is none.
  std::size_t before(std::size_t i) const {
    const auto after = std::ranges::lower_bound(trail_, i);
    return after == trail_.begin() ? shown_.size() : *(after - 1);
  }

  /// Behind a word and the arguments that may follow it.
  std::size_t past(std::size_t i) const {
    if (!peek(i + 1).is('(')) return i + 1;
    const std::uint32_t partner = peek(i + 1).partner;
    if (partner == shown_[i + 1]) return i + 1;  // not closed
    const std::size_t close = partners_[partner];
    return close > i + 1 ? close + 1 : i + 1;
  }

  void hide(std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end && i < shown_.size(); ++i) at(i).is_hidden = true;
  }

  void visit(std::size_t i) {
    const Token& token = at(i);
    if (token.kind == Token::Kind::kWord) return visit_word(i);
    if (token.is(')') && inside() != Inside::kFunction) visit_close(i);
  }

  void visit_word(std::size_t i) {
    switch (at(i).word) {
      case Word::kGone:
        return hide(i, i + 1);
      case Word::kAttribute:
        return hide(i, past(i));
      case Word::kNamespace:
        return visit_namespace(i);
      case Word::kClass:
        return visit_class(i + 1, word(i) == "class");
      case Word::kEnum:
        return visit_class(peek(i + 1).is_word(Word::kClass) ? i + 2 : i + 1, false);
      case Word::kPlain:
        return visit_plain(i);
      default:
        return;
    }
  }

  /// "namespace std MACRO(x) {"
  void visit_namespace(std::size_t i) {
    std::size_t name = i + 1;
    if (!peek(name).is_plain()) return;
    while (peek(name + 1).is('S') && peek(name + 2).is_plain()) name += 2;
    std::size_t end = name + 1;
    for (int k = 0; k < kMostMacros && peek(end).is_plain(); ++k) end = past(end);
    if (end > name + 1 && peek(end).is('{')) hide(name + 1, end);
  }

  /// "class MACRO Name {", "struct Name MACRO {": `i` is behind the keyword.
  void visit_class(std::size_t i, bool is_surely_class) {
    while (peek(i).is_word(Word::kAttribute) || peek(i).is_word(Word::kGone)) {
      const std::size_t next = past(i);
      hide(i, next);
      i = next;
    }
    for (int k = 0; k < kMostMacros && peek(i).is_plain(); ++k) {
      const std::size_t next = past(i);
      if (!peek(next).is_plain() || (next > i + 1 && !at(i).is_macro_like)) return;
      const Token& then = peek(past(next));
      const bool opens = then.is('{') || then.is(':') || then.is_word(Word::kAfter);
      const bool names = opens || then.is('<') || then.is('S') || then.is_plain();
      if (peek(next).is_macro_like && !at(i).is_macro_like && opens) {
        return hide(next, past(next));
      }
      const bool is_macro = at(i).is_macro_like && (names || (is_surely_class && then.is(';')));
      // "struct stat info{};" is a variable.
      const bool is_head =
          opens && inside() != Inside::kFunction && (is_surely_class || !then.is('{'));
      if (!is_macro && !(is_head && next == i + 1)) return;
      hide(i, next);
      i = next;
    }
  }

  void visit_plain(std::size_t i) {
    const std::size_t prior = before(i);
    const Token& previous = prior < shown_.size() ? peek(prior) : kNothing;
    if (previous.is('S') || previous.is('A') || previous.is('.') ||
        previous.is_word(Word::kClass) || previous.is_word(Word::kEnum) ||
        previous.is_word(Word::kNamespace) || previous.is_word(Word::kControl)) {
      return;
    }
    if (inside() == Inside::kEnum) return visit_enumerator(i, previous);
    if (is_alone(i, previous) || is_prefix(i, previous, 0) || is_suffix(i, previous)) {
      return hide(i, past(i));
    }
    if (at(i).is_macro_like && peek(i + 1).is('(')) unwrap(i, previous);
  }

  /// "kName MACRO(x) = 1,"
  void visit_enumerator(std::size_t i, const Token& previous) {
    const Token& then = peek(past(i));
    if (previous.is_plain() && (then.is(',') || then.is('=') || then.is('}'))) hide(i, past(i));
  }

  bool is_boundary(const Token& token) const {
    return token.kind == Token::Kind::kDirective || token.is(';') || token.is('{') ||
           token.is('}') || token.is(':');
  }

  /// A macro alone on its line, and no type that stands above its declarator.
  bool is_alone(std::size_t i, const Token& previous) {
    const Token& token = at(i);
    if (!token.is_macro_like || !is_boundary(previous)) return false;
    const std::size_t end = past(i);
    const Token& next = peek(end);
    const std::uint32_t last_line = peek(end - 1).line;
    if (next.kind != Token::Kind::kDirective && next.line <= last_line) return false;
    const bool has_arguments = end > i + 1;
    if (has_arguments && inside() == Inside::kFunction) return false;
    if (next.kind == Token::Kind::kDirective || next.is('}')) return true;
    if (next.kind != Token::Kind::kWord) return next.is('~') || next.is('[');
    return has_arguments || !next.is_plain() || !peek(end + 1).is('(');
  }

  /// A macro in front of a declaration: "EXPORT int f();", "EXPORT type *f();"
  bool is_prefix(std::size_t i, const Token& previous, int depth) {
    const Token& token = at(i);
    const std::size_t end = past(i);
    const bool has_arguments = end > i + 1;
    if (has_arguments && !(token.is_macro_like && is_start(previous))) return false;
    const Token& next = peek(end);
    if (next.kind == Token::Kind::kWord && begins_declaration(next.word)) {
      return token.is_macro_like ? !is_operand(previous) : is_sure_type(end) && is_start(previous);
    }
    if (!token.is_macro_like || inside() == Inside::kFunction || !is_start(previous)) return false;
    if (next.is('~') || (next.is('[') && peek(end + 1).is('['))) return true;
    if (next.is_word(Word::kOperator)) return is_conversion(end);
    if (!next.is_plain()) return false;
    if (next.is_macro_like && depth < kMostMacros && is_prefix(end, previous, depth + 1)) {
      return true;
    }
    const Token& then = peek(end + 1);
    if (then.is('(')) return word(end) == inside_.back().name;  // a constructor
    return then.is_plain() || then.is('*') || then.is('&') || then.is('S') || then.is('<') ||
           then.is_word(Word::kOperator) || (then.is_word(Word::kQualifier));
  }

  static bool begins_declaration(Word word) {
    return word == Word::kType || word == Word::kSpecifier || word == Word::kClass ||
           word == Word::kEnum || word == Word::kTemplate || word == Word::kNamespace;
  }

  /// Words that follow no type in any declaration.
  bool is_sure_type(std::size_t i) const {
    const std::string_view type = word(i);
    return type != "auto" && peek(i).word == Word::kType && type != "decltype";
  }

  /// In front of what begins a declaration.
  bool is_start(const Token& token) const {
    return is_boundary(token) || token.is('>') || token.is(']') ||
           token.is_word(Word::kSpecifier) || token.is_word(Word::kTemplate) ||
           token.is_word(Word::kAttribute) || token.is('"') || token.kind == Token::Kind::kLiteral;
  }

  static bool is_operand(const Token& token) {
    return token.is('=') || token.is('+') || token.is('-') || token.is('/') || token.is('?');
  }

  /// "operator bool", and no operator of a symbol.
  bool is_conversion(std::size_t i) const {
    const Token& next = peek(i + 1);
    return next.kind == Token::Kind::kWord && next.word != Word::kControl;
  }

  /// Between a type and what it declares, or behind that: "int WINAPI f()", "int x GUARDED(m);"
  bool is_suffix(std::size_t i, const Token& previous) {
    const Token& token = at(i);
    if (inside() == Inside::kFunction) return false;
    const bool has_type = previous.is_word(Word::kType) || previous.is_plain() ||
                          previous.is('*') || previous.is('&') || previous.is(']');
    if (!has_type) return false;
    const bool is_called = peek(i + 1).is('(') && !peek(i + 2).is('(');
    const bool is_reserved = word(i).starts_with("__") && !is_called;
    if (!token.is_macro_like && !is_reserved) return false;
    const Token& next = peek(past(i));
    if (is_called && next.is('{')) return false;
    if (token.is_macro_like && next.is_word(Word::kOperator)) return true;
    if (token.is_macro_like && next.is_plain() && past(i) == i + 1 && !previous.is(']')) {
      const Token& then = peek(i + 2);
      return then.is('(') || then.is(';') || then.is('=') || then.is('[') || then.is(',');
    }
    if (!previous.is_plain() && !previous.is(']')) return false;
    const std::size_t name = before(i);
    const std::size_t type = before(name);
    const bool is_declared = previous.is(']') || (type < shown_.size() && may_be_type(peek(type)));
    return is_declared &&
           (next.is(';') || next.is('=') || next.is(',') || next.is('{') || next.is(')'));
  }

  static bool may_be_type(const Token& token) {
    return token.is_plain() || token.is_word(Word::kType) || token.is('*') || token.is('&') ||
           token.is('>');
  }

  /// "EXPORT(int) f();" is "int f();", and "int CALLBACK(f)(int);" is "int f(int);"
  void unwrap(std::size_t i, const Token& previous) {
    const std::size_t end = past(i);
    if (inside() == Inside::kFunction || end <= i + 2) return;
    const bool is_name =
        end == i + 4 && peek(i + 2).is_plain() && peek(end).is('(') && may_be_type(previous);
    if (!is_name && !(is_start(previous) && is_wrapped_type(i, end))) return;
    hide(i, i + 2);
    hide(end - 1, end);
  }

  bool is_wrapped_type(std::size_t i, std::size_t end) const {
    if (end <= i + 3 || !peek(end).is_plain()) return false;
    if (!peek(end + 1).is('(') && !peek(end + 1).is(';') && !peek(end + 1).is('[')) return false;
    for (std::size_t k = i + 2; k + 1 < end; ++k) {
      const Token& token = peek(k);
      if (token.kind == Token::Kind::kWord || token.is('*') || token.is('&') || token.is('S')) {
        continue;
      }
      return false;
    }
    return true;
  }

  /// "f(int) MACRO MACRO(x);": behind the parameters of a function.
  void visit_close(std::size_t i) {
    const std::size_t open = partners_[at(i).partner];
    if (open >= i || open == 0) return;
    const std::size_t prior = before(open);
    if (prior >= shown_.size()) return;
    const Token& name = peek(prior);
    if (!name.is_plain() && !name.is(')') && !name.is('>') && !is_operator(prior)) return;
    std::size_t end = i + 1;
    bool has_macros = false;
    for (int k = 0; k < kMostMacros && is_behind(end); ++k) {
      has_macros = has_macros || peek(end).is_plain();
      end = past(end);
    }
    const Token& next = peek(end);
    const bool ends = next.is(';') || next.is('{') || next.is('=') || next.is(':') ||
                      next.is(',') || next.is('A') || next.is_word(Word::kSpecifier) ||
                      next.is_word(Word::kTemplate);
    if (!has_macros || !ends) return;
    for (std::size_t k = i + 1; k < end;) {
      const std::size_t after = past(k);
      if (peek(k).is_plain() || peek(k).is_word(Word::kAttribute)) hide(k, after);
      k = after;
    }
  }

  /// The end of "operator==", "operator new[]".
  bool is_operator(std::size_t i) const {
    for (int k = 0; k < 4 && i < shown_.size(); ++k, i = before(i)) {
      if (peek(i).is_word(Word::kOperator)) return true;
    }
    return false;
  }

  /// May this stand behind parameters? A plain word may if it looks like a macro.
  bool is_behind(std::size_t i) const {
    const Token& token = peek(i);
    if (token.is('&')) return true;
    if (token.kind != Token::Kind::kWord) return false;
    if (token.word == Word::kQualifier || token.word == Word::kAttribute) return true;
    if (token.word == Word::kAfter) return word(i) != "try" && word(i) != "requires";
    return token.is_plain() && (token.is_macro_like || word(i).starts_with("__"));
  }

  /// Keeps account of braces and of the sentence that opens them.
  void follow(std::size_t i) {
    const Token& token = at(i);
    if (token.is('{')) {
      inside_.push_back({opened(), sentence_.name});
      sentence_ = {};
    } else if (token.is('}')) {
      if (inside_.size() > 1) inside_.pop_back();
      sentence_ = {};
    } else if (token.is(';')) {
      sentence_ = {};
    } else if (token.is('(')) {
      sentence_.has_parens = true;
    } else if (token.is('=')) {
      sentence_.has_value = true;
    } else if (token.is(':')) {
      sentence_.has_bases = !sentence_.has_parens;
    } else if (token.kind == Token::Kind::kWord) {
      note(i, token.word);
    } else if (token.kind == Token::Kind::kLiteral) {
      sentence_.is_linkage = sentence_.is_extern;
    }
  }

  void note(std::size_t i, Word which) {
    const bool is_type =
        which == Word::kEnum || (which == Word::kClass && sentence_.last != Word::kEnum);
    if (is_type) {
      sentence_ = {.head = which == Word::kEnum ? Inside::kEnum : Inside::kClass};
    } else if (which == Word::kNamespace) {
      sentence_.head = Inside::kNamespace;
    } else if (which == Word::kSpecifier) {
      sentence_.is_extern = word(i) == "extern";
    } else if (which == Word::kPlain && sentence_.head == Inside::kClass && !sentence_.has_bases &&
               !peek(before(i)).is('<') && sentence_.name.empty()) {
      sentence_.name = word(i);
    }
    sentence_.last = which;
  }

  Inside opened() const {
    const bool is_type = sentence_.head == Inside::kClass || sentence_.head == Inside::kEnum;
    if (inside() == Inside::kFunction && !is_type) return Inside::kFunction;
    if (sentence_.is_linkage && !sentence_.has_parens) return Inside::kNamespace;
    if (is_type && sentence_.has_bases) return sentence_.head;
    return sentence_.has_parens || sentence_.has_value ? Inside::kFunction : sentence_.head;
  }

  struct Braces {
    Inside what = Inside::kNamespace;
    std::string_view name;  // of a class
  };
  struct Sentence {
    Inside head = Inside::kFunction;  // what its brace opens
    std::string_view name;
    Word last = Word::kPlain;
    bool has_parens = false;
    bool has_value = false;
    bool has_bases = false;
    bool is_extern = false;
    bool is_linkage = false;
  };

  std::string_view text_;
  std::vector<Token>& tokens_;
  std::vector<std::uint32_t> shown_;     // the tokens that are left
  std::vector<std::uint32_t> partners_;  // of all tokens: their number among these
  std::vector<std::uint32_t> trail_;     // those passed that stay
  std::vector<Braces> inside_;
  Sentence sentence_;
};

}  // namespace

void hide_macros(std::string_view text, std::vector<Token>& tokens) { Macros(text, tokens).run(); }

}  // namespace automod::analyzers
