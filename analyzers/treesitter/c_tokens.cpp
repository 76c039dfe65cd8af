#include "analyzers/treesitter/c_tokens.hpp"

#include <algorithm>
#include <initializer_list>
#include <string>
#include <unordered_map>

namespace automod::analyzers {

namespace {

constexpr std::size_t kLongestKeyword = 16;

const std::unordered_map<std::string_view, Word>& keywords() {
  static const std::unordered_map<std::string_view, Word> kWords = [] {
    std::unordered_map<std::string_view, Word> words;
    const auto add = [&](Word word, std::initializer_list<std::string_view> names) {
      for (const std::string_view name : names) words.emplace(name, word);
    };
    add(Word::kType, {"auto", "bool", "char", "char16_t", "char32_t", "char8_t", "double", "float",
                      "int", "long", "short", "signed", "unsigned", "void", "wchar_t", "_Bool",
                      "__signed__", "decltype", "typename"});
    add(Word::kSpecifier, {"static", "inline", "virtual", "explicit", "constexpr", "consteval",
                           "constinit", "extern", "typedef", "register", "mutable", "thread_local",
                           "__inline", "__inline__", "__forceinline", "__thread"});
    add(Word::kClass, {"class", "struct", "union"});
    add(Word::kEnum, {"enum"});
    add(Word::kNamespace, {"namespace"});
    add(Word::kTemplate, {"template", "using", "friend", "static_assert", "concept"});
    add(Word::kQualifier, {"const", "volatile", "__const", "__volatile__"});
    add(Word::kAfter, {"noexcept", "override", "final", "try", "requires", "throw"});
    add(Word::kOperator, {"operator"});
    add(Word::kControl,
        {"if",        "else",     "for",         "while",        "do",         "switch",
         "case",      "default",  "return",      "goto",         "break",      "continue",
         "sizeof",    "alignof",  "new",         "delete",       "this",       "catch",
         "co_return", "co_await", "co_yield",    "and",          "or",         "not",
         "xor",       "bitand",   "bitor",       "compl",        "true",       "false",
         "nullptr",   "alignas",  "static_cast", "dynamic_cast", "const_cast", "reinterpret_cast"});
    add(Word::kAccess, {"public", "protected", "private"});
    add(Word::kGone, {"__extension__", "__restrict", "__restrict__", "restrict", "_Complex",
                      "__complex__", "_Noreturn", "__noreturn__"});
    add(Word::kAttribute,
        {"__attribute__", "__attribute", "__declspec", "__asm__", "__asm", "asm"});
    return words;
  }();
  return kWords;
}

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_start(char c) {
  return (c >= 'a' && c <= 'z') || is_upper(c) || c == '_' || c == '$' ||
         static_cast<unsigned char>(c) >= 0x80;
}
bool is_part(char c) { return is_start(c) || is_digit(c); }

class Tokenizer {
 public:
  Tokenizer(std::string_view text, std::vector<Token>& tokens) : text_(text), tokens_(tokens) {}

  void run() {
    tokens_.clear();
    while (at_ < text_.size()) step();
  }

 private:
  char peek(std::size_t ahead) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }

  void step() {
    const char c = text_[at_];
    if (c == '\n') {
      ++line_;
      ++at_;
      is_line_start_ = true;
    } else if (is_blank(c) || c == '\\') {
      ++at_;
    } else if (c == '/' && (peek(1) == '/' || peek(1) == '*')) {
      skip_comment();
    } else if (c == '#' && is_line_start_) {
      take_directive();
    } else {
      is_line_start_ = false;
      take_token(c);
    }
  }

  void take_token(char c) {
    if (is_start(c)) return take_word();
    if (is_digit(c) || (c == '.' && is_digit(peek(1)))) return take_number();
    if (c == '"' || c == '\'') return take_quoted(at_);
    std::size_t size = 1;
    char sign = c;
    if (c == ':' && peek(1) == ':') {
      size = 2;
      sign = 'S';
    } else if (c == '-' && peek(1) == '>') {
      size = 2;
      sign = 'A';
    }
    add(Token::Kind::kPunctuation, at_, at_ + size).sign = sign;
    at_ += size;
    if (c == '(') {
      open_.push_back(tokens_.size() - 1);
    } else if (c == ')' && !open_.empty()) {
      tokens_.back().partner = static_cast<std::uint32_t>(open_.back());
      tokens_[open_.back()].partner = static_cast<std::uint32_t>(tokens_.size() - 1);
      open_.pop_back();
    } else if (c == ';') {
      open_.clear();  // what is not closed by now never will be
    }
  }

  Token& add(Token::Kind kind, std::size_t begin, std::size_t end) {
    tokens_.push_back({.begin = static_cast<std::uint32_t>(begin),
                       .end = static_cast<std::uint32_t>(end),
                       .line = line_,
                       .partner = static_cast<std::uint32_t>(tokens_.size()),
                       .kind = kind});
    return tokens_.back();
  }

  void take_word() {
    const std::size_t begin = at_;
    bool has_lower = false;
    bool has_upper = false;
    for (; at_ < text_.size() && is_part(text_[at_]); ++at_) {
      has_upper = has_upper || is_upper(text_[at_]);
      has_lower = has_lower || (text_[at_] >= 'a' && text_[at_] <= 'z');
    }
    const std::string_view word = text_.substr(begin, at_ - begin);
    if (peek(0) == '"' && word.ends_with('R') && word.size() <= 3) return take_raw(begin);
    if ((peek(0) == '"' || peek(0) == '\'') && word.size() <= 2) return take_quoted(begin);
    Token& token = add(Token::Kind::kWord, begin, at_);
    token.is_macro_like = has_upper && !has_lower && word.size() > 1;
    if (!has_lower || word.size() > kLongestKeyword) return;
    const auto known = keywords().find(word);
    if (known != keywords().end()) token.word = known->second;
  }

  void take_number() {
    const std::size_t begin = at_;
    while (at_ < text_.size() &&
           (is_part(text_[at_]) || text_[at_] == '.' || (text_[at_] == '\'' && is_part(peek(1))) ||
            ((text_[at_] == '+' || text_[at_] == '-') && is_exponent(text_[at_ - 1])))) {
      ++at_;
    }
    add(Token::Kind::kLiteral, begin, at_);
  }

  static bool is_exponent(char c) { return c == 'e' || c == 'E' || c == 'p' || c == 'P'; }

  void take_quoted(std::size_t begin) {
    const char quote = text_[at_++];
    while (at_ < text_.size() && text_[at_] != quote && text_[at_] != '\n') {
      if (text_[at_] == '\\' && peek(1) != '\0') {
        if (peek(1) == '\n') ++line_;
        ++at_;
      }
      ++at_;
    }
    at_ = std::min(at_, text_.size());
    if (at_ < text_.size() && text_[at_] == quote) ++at_;
    add(Token::Kind::kLiteral, begin, at_);
  }

  void take_raw(std::size_t begin) {
    const std::size_t open = text_.find('(', at_);
    if (open == text_.npos || open - at_ > 17) return take_quoted(begin);
    const std::string close = ")" + std::string(text_.substr(at_ + 1, open - at_ - 1)) + "\"";
    const std::size_t end = std::min(text_.find(close, open), text_.size());
    const std::size_t after = std::min(end + close.size(), text_.size());
    add(Token::Kind::kLiteral, begin, after);
    line_ += static_cast<std::uint32_t>(std::ranges::count(text_.substr(at_, after - at_), '\n'));
    at_ = after;
  }

  void skip_comment() {
    const bool is_block = text_[at_ + 1] == '*';
    if (is_block) {
      const std::size_t close = text_.find("*/", at_ + 2);
      const std::size_t end = close == text_.npos ? text_.size() : close + 2;
      line_ += static_cast<std::uint32_t>(std::ranges::count(text_.substr(at_, end - at_), '\n'));
      at_ = end;
      return;
    }
    skip_line();
  }

  /// To the end of a line that a backslash at its end continues.
  void skip_line() {
    while (at_ < text_.size() && text_[at_] != '\n') {
      if (text_[at_] == '\\' && (peek(1) == '\n' || (peek(1) == '\r' && peek(2) == '\n'))) {
        at_ += peek(1) == '\r' ? 2 : 1;
        ++line_;
      }
      ++at_;
    }
    at_ = std::min(at_, text_.size());
  }

  void take_directive() {
    const std::size_t begin = at_;
    std::size_t word = at_ + 1;
    while (word < text_.size() && is_blank(text_[word])) ++word;
    std::size_t end = word;
    while (end < text_.size() && is_part(text_[end])) ++end;
    const std::string_view name = text_.substr(word, end - word);
    Token& token = add(Token::Kind::kDirective, begin, begin);
    token.directive = directive_of(name);
    const std::size_t index = tokens_.size() - 1;
    at_ = end;
    std::size_t stop = text_.size();  // where a comment begins
    while (at_ < text_.size() && text_[at_] != '\n') {
      if (text_[at_] == '/' && (peek(1) == '/' || peek(1) == '*')) {
        stop = std::min(stop, at_);
        skip_comment();
      } else if (text_[at_] == '\\' && (peek(1) == '\n' || peek(1) == '\r')) {
        at_ += peek(1) == '\r' ? 3 : 2;
        ++line_;
      } else if (text_[at_] == '"' || text_[at_] == '\'') {
        skip_quoted();
      } else {
        ++at_;
      }
    }
    at_ = std::min(at_, text_.size());
    tokens_[index].end = static_cast<std::uint32_t>(std::min(stop, at_));
  }

  void skip_quoted() {
    const char quote = text_[at_++];
    while (at_ < text_.size() && text_[at_] != '\n' && text_[at_] != quote) {
      at_ += text_[at_] == '\\' && peek(1) != '\n' && peek(1) != '\0' ? 2 : 1;
    }
    if (at_ < text_.size() && text_[at_] == quote) ++at_;
  }

  static Directive directive_of(std::string_view name) {
    if (name == "if" || name == "ifdef" || name == "ifndef") return Directive::kIf;
    if (name == "elif" || name == "elifdef" || name == "elifndef") return Directive::kElif;
    if (name == "else") return Directive::kElse;
    return name == "endif" ? Directive::kEnd : Directive::kOther;
  }

  std::string_view text_;
  std::vector<Token>& tokens_;
  std::vector<std::size_t> open_;
  std::size_t at_ = 0;
  std::uint32_t line_ = 1;
  bool is_line_start_ = true;
};

}  // namespace

void tokenize(std::string_view text, std::vector<Token>& tokens) { Tokenizer(text, tokens).run(); }

}  // namespace automod::analyzers
