#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "analyzers/clang/ast.hpp"
#include "analyzers/impact/impact.hpp"
#include "analyzers/index/codebase.hpp"

namespace automod::analyzers {

struct ExactUse {
  SymbolAt from;
  ImpactBy by = ImpactBy::kCall;
  friend auto operator<=>(const ExactUse&, const ExactUse&) = default;
};

/// What clang saw, in the terms of a codebase of the same tree; for this folder's own files. What
/// of it the codebase has no symbol for, as what macros make, is left out.
class ExactUses {
 public:
  /// Borrowed for this call and, `code`, as long as this lives.
  ExactUses(const Codebase& code, const Ast& ast);

  /// One for all declarations and definitions of the same thing.
  SymbolAt canonical(SymbolAt at) const;
  /// Of a canonical one: who calls it, overrides it or derives from it.
  const std::set<ExactUse>& users_of(SymbolAt at) const;
  /// Has clang seen that this call means something else?
  bool refutes(const Link& link) const;

  bool has_seen_include(std::uint32_t from, std::uint32_t to) const;
  const std::set<std::uint32_t>& includers_of(std::uint32_t file) const;

 private:
  using Usrs = std::map<std::string_view, SymbolAt>;

  std::optional<SymbolAt> find(const AstSymbol& symbol) const;
  void know_symbols(const Ast& ast);
  void know_calls(const Ast& ast);
  void know_bases(const Ast& ast);
  std::optional<SymbolAt> of(std::string_view usr) const;

  const Codebase& code_;
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::vector<std::uint32_t>> by_line_;
  Usrs by_usr_;
  std::map<SymbolAt, SymbolAt> canonical_;
  std::map<SymbolAt, std::set<ExactUse>> users_;
  /// What calls of a name by a symbol mean; empty: something outside of the codebase.
  std::map<std::pair<SymbolAt, std::string_view>, std::set<SymbolAt>> resolved_;
  std::map<std::uint32_t, std::set<std::uint32_t>> includers_;
};

}  // namespace automod::analyzers
