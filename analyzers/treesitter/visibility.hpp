#pragma once

#include <optional>
#include <string_view>

#include "analyzers/treesitter/facts.hpp"

/// Who sees a symbol, by the rules of its language.
namespace automod::analyzers {

/// What is known of a symbol's place.
struct Surroundings {
  Language language = Language::kC;
  SymbolKind kind = SymbolKind::kFunction;
  std::string_view name;
  const Symbol* container = nullptr;    // the symbol around it
  std::optional<Visibility> said;       // by what stands around it: an export, a namespace
  std::optional<Visibility> access;     // C++: the last "public:" of the class
  bool is_static = false;               // C and C++
  bool is_member_of_extension = false;  // Rust: in an impl
};
Visibility visibility_of(const Surroundings& place);

/// What a keyword says: "public", "pub(crate)", "private:"; nullopt for others.
std::optional<Visibility> visibility_word(std::string_view word);

bool is_type(SymbolKind kind);
bool is_callable(SymbolKind kind);

}  // namespace automod::analyzers
