#pragma once

#include <cstdint>
#include <optional>

#include "analyzers/treesitter/facts.hpp"
#include "analyzers/treesitter/parse.hpp"

/// C and C++, where names lie below nested declarators.
namespace automod::analyzers {

inline bool is_c_family(Language language) {
  return language == Language::kC || language == Language::kCpp;
}

/// What a declarator, or the name of a type, declares.
struct Declared {
  Range name;
  Range scope;  // "a::C<T>" before the name; empty: none
  std::uint32_t line = 0;
  bool is_function = false;
  bool is_indirect = false;  // a pointer, an array, a reference
};

/// nullopt where there is no one name: abstract declarators, structured bindings.
std::optional<Declared> declared_by(Language language, TSNode declarator);

/// What stands before a declarator in its declaration.
struct Specifiers {
  bool is_static = false;
  bool is_extern = false;
  bool is_const = false;  // const before or after the type, not of what a pointer points to
  bool is_constexpr = false;
  bool has_type_body = false;  // "struct S { int a; } s;": a type is defined along with it
  bool has_type_name = false;
  SymbolKind type_kind = SymbolKind::kType;
  Range type;
};
Specifiers specifiers_of(Language language, TSNode declaration, TSNode declarator,
                         std::string_view text);

/// Is this a declaration of a class or enumeration that stands for itself: "class A;"?
bool is_forward(TSNode specifier, std::string_view text);

/// Is this a function without a body of its own: "~A() = 0;"?
bool is_pure(Language language, TSNode function);

/// nullopt: it has none.
std::optional<Declared> parameter_name(Language language, TSNode parameter);

}  // namespace automod::analyzers
