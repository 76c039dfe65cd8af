#pragma once

#include <optional>
#include <string_view>

#include "analyzers/treesitter/facts.hpp"

/// How names are written.
namespace automod::analyzers {

// Shown and stored by their names: never rename.
enum class NameStyle {
  kSnake,      // snake_case
  kCamel,      // camelCase
  kPascal,     // PascalCase
  kConstant,   // kPascalCase
  kUpper,      // UPPER_CASE
  kUpperSnake  // Upper_Snake
};
std::string_view name(NameStyle style);

/// What a member has before or behind its name.
enum class NameAffix { kPlain, kTrailing, kLeading, kMemberPrefix };
std::string_view name(NameAffix affix);

/// Symbols that are named alike, in plural: "functions", "private members".
std::string_view naming_group(const FileFacts& facts, const Symbol& symbol);

/// nullopt for what its author did not choose or what tells nothing: operators, constructors, names
/// of a language's or library's own, and single words that are right in several styles.
std::optional<NameStyle> name_style(const FileFacts& facts, const Symbol& symbol);

/// Of fields; nullopt for all else.
std::optional<NameAffix> name_affix(const FileFacts& facts, const Symbol& symbol);

}  // namespace automod::analyzers
