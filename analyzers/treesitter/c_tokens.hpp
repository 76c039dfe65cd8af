#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

/// C and C++ as a preprocessor sees them: words, literals, punctuation and directives.
namespace automod::analyzers {

/// What a word is for the purpose of telling macros from what belongs to a declaration.
enum class Word : std::uint8_t {
  kPlain,      // an identifier
  kType,       // int, void, auto: begins or is a type
  kSpecifier,  // static, inline, virtual, typedef: stands before a type
  kClass,      // class, struct, union
  kEnum,
  kNamespace,
  kTemplate,   // template, using, friend: begins a declaration
  kQualifier,  // const, volatile
  kAfter,      // noexcept, override, final: follows a function's parameters
  kOperator,
  kControl,    // if, return, sizeof: what follows is no declaration
  kAccess,     // public, protected, private
  kGone,       // __extension__, __restrict: grammars do better without
  kAttribute,  // __attribute__, __declspec: likewise, with their arguments
};

enum class Directive : std::uint8_t { kIf, kElif, kElse, kEnd, kOther };

struct Token {
  enum class Kind : std::uint8_t { kWord, kLiteral, kPunctuation, kDirective };

  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  std::uint32_t line = 0;
  std::uint32_t partner = 0;  // of a parenthesis: the index of the other, or of itself
  Kind kind = Kind::kPunctuation;
  Word word = Word::kPlain;
  Directive directive = Directive::kOther;
  char sign = 0;               // of punctuation: the first character; ':' twice for "::" is 'S'
  bool is_macro_like = false;  // LIKE_THIS
  bool is_hidden = false;      // has been decided to be blank

  bool is(char c) const { return kind == Kind::kPunctuation && sign == c; }
  bool is_plain() const { return kind == Kind::kWord && word == Word::kPlain; }
  bool is_word(Word which) const { return kind == Kind::kWord && word == which; }
};

/// Puts the tokens of a text, comments left out, into the list. What is not closed ends with its
/// line or with the text.
void tokenize(std::string_view text, std::vector<Token>& tokens);

}  // namespace automod::analyzers
