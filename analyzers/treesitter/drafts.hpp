#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "analyzers/treesitter/declarators.hpp"
#include "analyzers/treesitter/events.hpp"
#include "analyzers/treesitter/source.hpp"

namespace automod::analyzers {

/// All that a definition says of a symbol by itself, wherever it stands.
struct Draft {
  Range whole;
  Range name;
  Range scope;  // empty: none is written
  Range head;
  Range body;                  // empty: none
  Range own;                   // of a C declarator: without the type that is defined along with it
  Range type_before;           // that type; empty: none
  const void* node = nullptr;  // the same for all that one declaration declares
  std::uint32_t line = 0;
  std::uint32_t lines = 0;
  SymbolKind kind = SymbolKind::kFunction;
  bool is_definition = true;
  bool is_callable = false;
  bool is_c = false;
  bool has_type = false;  // of a C function: what it returns is said
  bool is_static = false;
  bool is_forward = false;  // "class A;"
};

/// `span` is where the definition stands with what is wrapped around it. nullopt for what turns
/// out to define nothing.
std::optional<Draft> draft_of(const Source& source, const Definition& definition,
                              const Range& span);

/// "operator==", "~Index": without blanks that mean nothing.
std::string_view clean_name(std::string_view text);

/// "a::C" of "a::C<T>": what a scope is called, without its arguments.
std::string_view clean_scope(std::string_view text);

/// LIKE_THIS, as constants are named.
bool is_capital(std::string_view name);

}  // namespace automod::analyzers
