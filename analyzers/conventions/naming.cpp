#include "analyzers/conventions/naming.hpp"

#include <algorithm>
#include <array>

#include "analyzers/treesitter/visibility.hpp"

namespace automod::analyzers {

namespace {

/// Names that libraries ask for, whatever a project's own style is.
constexpr auto kGivenNames = std::to_array<std::string_view>({"value_type",
                                                              "size_type",
                                                              "difference_type",
                                                              "const_reference",
                                                              "const_pointer",
                                                              "const_iterator",
                                                              "reverse_iterator",
                                                              "iterator_category",
                                                              "iterator_concept",
                                                              "allocator_type",
                                                              "key_type",
                                                              "mapped_type",
                                                              "element_type",
                                                              "result_type",
                                                              "is_transparent",
                                                              "is_always_equal",
                                                              "promise_type",
                                                              "push_back",
                                                              "emplace_back",
                                                              "pop_back",
                                                              "push_front",
                                                              "max_size",
                                                              "to_json",
                                                              "from_json",
                                                              "hash_value",
                                                              "await_ready",
                                                              "await_suspend",
                                                              "await_resume",
                                                              "setUp",
                                                              "tearDown",
                                                              "setUpClass",
                                                              "tearDownClass",
                                                              "toString",
                                                              "hashCode",
                                                              "compareTo",
                                                              "toJSON",
                                                              "valueOf"});

bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string_view without_affixes(std::string_view text) {
  while (text.starts_with('_')) text.remove_prefix(1);
  while (text.ends_with('_')) text.remove_suffix(1);
  const bool is_prefixed =
      text.size() > 2 && text[1] == '_' && (text[0] == 'm' || text[0] == 's' || text[0] == 'g');
  if (is_prefixed) text.remove_prefix(2);
  return text;
}

/// Of a name that has neither affixes nor odd characters.
std::optional<NameStyle> style_of(std::string_view text, bool one_word_tells) {
  const bool has_lower = std::ranges::any_of(text, is_lower);
  const bool has_upper = std::ranges::any_of(text, is_upper);
  if (text.contains('_')) {
    if (!has_upper) return NameStyle::kSnake;
    if (!has_lower) return NameStyle::kUpper;
    return is_upper(text[0]) ? std::optional(NameStyle::kUpperSnake) : std::nullopt;
  }
  if (!has_upper) return one_word_tells ? std::optional(NameStyle::kSnake) : std::nullopt;
  if (!has_lower) return one_word_tells ? std::optional(NameStyle::kUpper) : std::nullopt;
  if (is_upper(text[0])) return NameStyle::kPascal;
  const bool is_constant = text.size() > 2 && text[0] == 'k' && is_upper(text[1]);
  return is_constant ? NameStyle::kConstant : NameStyle::kCamel;
}

bool is_chosen(const FileFacts& facts, const Symbol& symbol) {
  const std::string& text = facts.names[symbol.name];
  const bool is_plain = std::ranges::all_of(
      text, [](char c) { return is_lower(c) || is_upper(c) || is_digit(c) || c == '_'; });
  if (!is_plain || (text.starts_with("__") && text.ends_with("__"))) return false;
  if (std::ranges::find(kGivenNames, text) != kGivenNames.end() || text.starts_with("Java_")) {
    return false;
  }
  if (symbol.kind != SymbolKind::kMethod && symbol.kind != SymbolKind::kFunction) return true;
  if (text.starts_with("operator")) return false;
  const bool is_scoped = symbol.scope != kNone && facts.names[symbol.scope] == text;
  const bool is_constructor = symbol.within != kNone &&
                              is_type(facts.symbols[symbol.within].kind) &&
                              facts.names[facts.symbols[symbol.within].name] == text;
  return !is_scoped && !is_constructor;
}

/// In a kind where a single word in small letters is a choice against a capital.
bool one_word_tells(SymbolKind kind) {
  return is_type(kind) || kind == SymbolKind::kType || kind == SymbolKind::kMacro ||
         kind == SymbolKind::kEnumerator;
}

std::string_view group_of_field(const Symbol& symbol) {
  const bool is_hidden =
      symbol.visibility == Visibility::kPrivate || symbol.visibility == Visibility::kProtected;
  return is_hidden ? "private members" : "public members";
}

}  // namespace

std::string_view name(NameStyle style) {
  switch (style) {
    case NameStyle::kSnake:
      return "snake_case";
    case NameStyle::kCamel:
      return "camelCase";
    case NameStyle::kPascal:
      return "PascalCase";
    case NameStyle::kConstant:
      return "kPascalCase";
    case NameStyle::kUpper:
      return "UPPER_CASE";
    case NameStyle::kUpperSnake:
      break;
  }
  return "Upper_Snake";
}

std::string_view name(NameAffix affix) {
  switch (affix) {
    case NameAffix::kPlain:
      return "no affix";
    case NameAffix::kTrailing:
      return "trailing underscore";
    case NameAffix::kLeading:
      return "leading underscore";
    case NameAffix::kMemberPrefix:
      break;
  }
  return "m_ prefix";
}

std::string_view naming_group(const FileFacts& facts, const Symbol& symbol) {
  const bool is_exported =
      facts.language == Language::kGo && symbol.visibility == Visibility::kPublic;
  switch (symbol.kind) {
    case SymbolKind::kNamespace:
      return "namespaces";
    case SymbolKind::kClass:
    case SymbolKind::kStruct:
    case SymbolKind::kUnion:
    case SymbolKind::kInterface:
    case SymbolKind::kEnum:
    case SymbolKind::kType:
      return is_exported ? "exported types" : "types";
    case SymbolKind::kEnumerator:
      return "enumerators";
    case SymbolKind::kFunction:
      return is_exported ? "exported functions" : "functions";
    case SymbolKind::kMethod:
      return is_exported ? "exported methods" : "methods";
    case SymbolKind::kField:
      return group_of_field(symbol);
    case SymbolKind::kVariable:
      return is_exported ? "exported variables" : "variables";
    case SymbolKind::kConstant:
      return is_exported ? "exported constants" : "constants";
    case SymbolKind::kMacro:
      break;
  }
  return "macros";
}

std::optional<NameStyle> name_style(const FileFacts& facts, const Symbol& symbol) {
  if (!is_chosen(facts, symbol)) return std::nullopt;
  const std::string_view text = without_affixes(facts.names[symbol.name]);
  if (text.size() < 2) return std::nullopt;
  const auto style = style_of(text, one_word_tells(symbol.kind));
  // What the grammars of C take for a function is a macro then.
  const bool is_macro = style == NameStyle::kUpper && is_callable(symbol.kind) &&
                        (facts.language == Language::kC || facts.language == Language::kCpp);
  return is_macro ? std::nullopt : style;
}

std::optional<NameAffix> name_affix(const FileFacts& facts, const Symbol& symbol) {
  const std::string& text = facts.names[symbol.name];
  if (symbol.kind != SymbolKind::kField || text.size() < 2 || !is_chosen(facts, symbol)) {
    return std::nullopt;
  }
  if (text.starts_with("m_") && text.size() > 2) return NameAffix::kMemberPrefix;
  if (text.ends_with('_')) return NameAffix::kTrailing;
  return text.starts_with('_') ? NameAffix::kLeading : NameAffix::kPlain;
}

}  // namespace automod::analyzers
