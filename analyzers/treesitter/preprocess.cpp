#include "analyzers/treesitter/preprocess.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "analyzers/treesitter/c_conditionals.hpp"
#include "analyzers/treesitter/c_macros.hpp"
#include "analyzers/treesitter/c_tokens.hpp"

namespace automod::analyzers {

namespace {

/// Words that are no C, and hardly a name there.
constexpr std::array<std::string_view, 20> kWordsOfCpp = {
    "auto",     "class",    "consteval", "constexpr",        "decltype",
    "explicit", "friend",   "mutable",   "namespace",        "noexcept",
    "nullptr",  "operator", "override",  "static_cast",      "template",
    "typename", "using",    "virtual",   "reinterpret_cast", "dynamic_cast"};

std::string_view text_of(std::string_view text, const Token& token) {
  return text.substr(token.begin, token.end - token.begin);
}

bool is_word_of_cpp(std::string_view text, const Token& token) {
  if (token.word == Word::kPlain) {
    const std::string_view word = text_of(text, token);
    return word == "mutable" || word == "constinit";
  }
  return std::ranges::find(kWordsOfCpp, text_of(text, token)) != kWordsOfCpp.end();
}

/// "int& x", "int &x", and no conjunction.
bool is_reference(const Token& before, const Token& sign, const Token& after) {
  if (!sign.is('&') || before.kind != Token::Kind::kWord || after.kind != Token::Kind::kWord) {
    return false;
  }
  if (before.word == Word::kControl || before.is_macro_like || after.is_macro_like) return false;
  const bool is_left = before.end == sign.begin && sign.end < after.begin;
  const bool is_right = before.end < sign.begin && sign.end == after.begin;
  return is_left || (is_right && before.word != Word::kPlain);
}

bool is_system_header_of_cpp(std::string_view directive) {
  const std::size_t open = directive.find('<');
  return directive.find("include") != directive.npos && open != directive.npos &&
         directive.find('.', open) == directive.npos;
}

/// Is there something that only C++ has?
bool has_cpp(std::string_view text, const std::vector<Token>& tokens) {
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const Token& token = tokens[i];
    if (token.is_hidden) continue;
    if (token.is('S')) return true;
    if (token.kind == Token::Kind::kDirective && is_system_header_of_cpp(text_of(text, token))) {
      return true;
    }
    if (token.kind == Token::Kind::kWord) {
      if (is_word_of_cpp(text, token)) return true;
      const bool is_access =
          token.word == Word::kAccess && i + 1 < tokens.size() && tokens[i + 1].is(':');
      if (is_access) return true;
    }
    if (i > 0 && i + 1 < tokens.size() && is_reference(tokens[i - 1], token, tokens[i + 1])) {
      return true;
    }
  }
  return false;
}

bool is_part(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/// "#define NAME(a) …"; nullopt for other directives.
std::optional<Preprocessed::Define> define_of(std::string_view text, const Token& token) {
  const std::string_view directive = text_of(text, token);
  const std::size_t word = directive.find_first_not_of("# \t");
  if (word == directive.npos || !directive.substr(word).starts_with("define")) return std::nullopt;
  const std::size_t name = directive.find_first_not_of(" \t", word + 6);
  if (name == directive.npos) return std::nullopt;
  std::size_t end = name;
  while (end < directive.size() && is_part(directive[end])) ++end;
  if (end == name) return std::nullopt;
  std::size_t head = end;
  if (head < directive.size() && directive[head] == '(') {
    head = std::min(directive.find(')', head), directive.size() - 1) + 1;
  }
  const std::size_t whole = directive.find_last_not_of(" \t\r") + 1;
  const auto at = [&](std::size_t offset) {
    return token.begin + static_cast<std::uint32_t>(offset);
  };
  return Preprocessed::Define{.whole = {token.begin, at(whole)},
                              .name = {at(name), at(end)},
                              .head = {token.begin, at(std::min(head, whole))},
                              .line = token.line};
}

std::string with_blanks(std::string_view text, const std::vector<Token>& tokens) {
  std::string blank;
  for (const Token& token : tokens) {
    if (!token.is_hidden) continue;
    if (blank.empty()) blank = text;
    for (std::uint32_t i = token.begin; i < token.end; ++i) {
      if (blank[i] != '\n') blank[i] = ' ';
    }
  }
  return blank;
}

}  // namespace

Preprocessed preprocess(Language language, std::string_view text, bool is_known) {
  thread_local std::vector<Token> tokens;  // keeps its memory for the next text
  tokenize(text, tokens);
  Preprocessed result{.language = language};
  // As C first, so that what is there for C++ only tells nothing.
  hide_branches(Language::kC, text, tokens);
  const bool may_be_c = language == Language::kCpp && !is_known;
  if (may_be_c && !has_cpp(text, tokens)) result.language = Language::kC;
  if (result.language == Language::kCpp) hide_branches(Language::kCpp, text, tokens);
  std::vector<bool> was_hidden;
  was_hidden.reserve(tokens.size());
  for (const Token& token : tokens) was_hidden.push_back(token.is_hidden);
  hide_macros(text, tokens);
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    Token& token = tokens[i];
    if (token.kind == Token::Kind::kDirective) {
      const auto define = define_of(text, token);
      if (define) result.defines.push_back(*define);
      token.is_hidden = token.is_hidden || define;
    }
    if (!token.is_hidden || was_hidden[i] || !token.is_plain()) continue;
    const bool is_call = i + 1 < tokens.size() && tokens[i + 1].is('(');
    result.macros.push_back({token.begin, token.end, token.line, is_call});
  }
  result.text = with_blanks(text, tokens);
  return result;
}

}  // namespace automod::analyzers
