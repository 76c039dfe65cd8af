#include "analyzers/impact/exact_uses.hpp"

#include <algorithm>

namespace automod::analyzers {

namespace {

bool is_class(ast::Kind kind) {
  return kind == ast::Kind::kClass || kind == ast::Kind::kStruct || kind == ast::Kind::kUnion;
}

bool is_function(SymbolKind kind) {
  return kind == SymbolKind::kFunction || kind == SymbolKind::kMethod;
}

bool is_last_part(std::string_view full, std::string_view name) {
  if (name.empty() || !full.ends_with(name)) return false;
  return full.size() == name.size() || full.substr(0, full.size() - name.size()).ends_with("::");
}

/// "push_back" of "c:@N@std@S@vector@F@push_back#&1#"; empty where it names no plain function.
std::string_view function_in(std::string_view usr) {
  constexpr std::string_view kMark = "@F@";
  const std::size_t at = usr.rfind(kMark);
  if (at == std::string_view::npos) return {};
  const std::string_view rest = usr.substr(at + kMark.size());
  return rest.substr(0, rest.find('#'));
}

/// "lib::Shape" of "lib::Shape<int>".
std::string_view without_arguments(std::string_view type) { return type.substr(0, type.find('<')); }

}  // namespace

ExactUses::ExactUses(const Codebase& code, const Ast& ast) : code_(code) {
  for (std::uint32_t file = 0; file < code.files().size(); ++file) {
    const auto& symbols = code.files()[file].facts.symbols;
    for (std::uint32_t i = 0; i < symbols.size(); ++i)
      by_line_[{file, symbols[i].line}].push_back(i);
  }
  know_symbols(ast);
  know_calls(ast);
  know_bases(ast);
  for (const AstInclude& include : ast.includes) {
    const auto from = code.find(include.from);
    const auto to = code.find(include.to);
    if (include.in_project && from && to && *from != *to) includers_[*to].insert(*from);
  }
}

std::optional<SymbolAt> ExactUses::find(const AstSymbol& symbol) const {
  const auto file = code_.find(symbol.place.path);
  if (!file) return std::nullopt;
  const auto found = by_line_.find({*file, symbol.place.line});
  if (found == by_line_.end()) return std::nullopt;
  std::vector<SymbolAt> functions;
  for (const std::uint32_t i : found->second) {
    const SymbolAt at{.file = *file, .symbol = i};
    if (is_last_part(symbol.name, code_.name(at))) return at;
    if (is_function(code_.symbol(at).kind)) functions.push_back(at);
  }
  // A macro that defines a function gives it a name of its own: TEST(words) { … }
  const bool is_only_one = functions.size() == 1 && symbol.kind <= ast::Kind::kConversion;
  return is_only_one ? std::optional(functions.front()) : std::nullopt;
}

/// Definitions stand for what is declared elsewhere.
void ExactUses::know_symbols(const Ast& ast) {
  std::vector<std::pair<std::string_view, SymbolAt>> known;
  for (const AstSymbol& symbol : ast.symbols) {
    const auto at = find(symbol);
    if (!at || symbol.usr.empty()) continue;
    known.emplace_back(symbol.usr, *at);
    const auto [first, is_new] = by_usr_.try_emplace(symbol.usr, *at);
    if (!is_new && !code_.symbol(first->second).is_definition && code_.symbol(*at).is_definition) {
      first->second = *at;
    }
  }
  for (const auto& [usr, at] : known) {
    if (const SymbolAt stands = by_usr_.at(usr); stands != at) canonical_.try_emplace(at, stands);
  }
}

std::optional<SymbolAt> ExactUses::of(std::string_view usr) const {
  const auto found = by_usr_.find(usr);
  if (found == by_usr_.end()) return std::nullopt;
  return found->second;
}

void ExactUses::know_calls(const Ast& ast) {
  std::map<std::string_view, std::vector<std::string_view>> overriders;
  for (const AstOverride& one : ast.overrides) {
    overriders[one.overridden].push_back(one.method);
    const auto method = of(one.method);
    const auto overridden = of(one.overridden);
    if (method && overridden && *method != *overridden) {
      users_[*overridden].insert({*method, ImpactBy::kOverride});
    }
  }
  for (const AstCall& call : ast.calls) {
    const auto from = of(call.caller);
    if (!from) continue;
    std::vector<std::string_view> may_run = {call.callee};
    std::set<std::string_view> seen = {call.callee};
    for (std::size_t i = 0; call.is_virtual && i < may_run.size(); ++i) {
      const auto found = overriders.find(may_run[i]);
      if (found == overriders.end()) continue;
      for (const std::string_view one : found->second) {
        if (seen.insert(one).second) may_run.push_back(one);
      }
    }
    if (const auto name = function_in(call.callee); !name.empty()) resolved_[{*from, name}];
    for (const std::string_view one : may_run) {
      const auto to = of(one);
      if (!to || *to == *from) continue;
      users_[*to].insert({*from, call.is_virtual ? ImpactBy::kVirtualCall : ImpactBy::kCall});
      resolved_[{*from, code_.name(*to)}].insert(*to);
    }
  }
}

void ExactUses::know_bases(const Ast& ast) {
  std::map<std::string_view, SymbolAt> classes;
  for (const AstSymbol& symbol : ast.symbols) {
    if (!is_class(symbol.kind)) continue;
    if (const auto at = of(symbol.usr)) classes.try_emplace(symbol.name, *at);
  }
  for (const AstSymbol& symbol : ast.symbols) {
    const auto derived = symbol.bases.empty() ? std::nullopt : of(symbol.usr);
    if (!derived) continue;
    for (const AstBase& base : symbol.bases) {
      const auto found = classes.find(without_arguments(base.type));
      if (found == classes.end() || found->second == *derived) continue;
      users_[found->second].insert({*derived, ImpactBy::kType});
    }
  }
}

SymbolAt ExactUses::canonical(SymbolAt at) const {
  const auto found = canonical_.find(at);
  return found == canonical_.end() ? at : found->second;
}

const std::set<ExactUse>& ExactUses::users_of(SymbolAt at) const {
  static const std::set<ExactUse> kNobody;
  const auto found = users_.find(at);
  return found == users_.end() ? kNobody : found->second;
}

bool ExactUses::refutes(const Link& link) const {
  if (link.use != Use::kCall || link.from.symbol == kNone) return false;
  if (!is_function(code_.symbol(link.to).kind)) return false;
  const auto found = resolved_.find({canonical(link.from), code_.name(link.to)});
  return found != resolved_.end() && !found->second.contains(canonical(link.to));
}

bool ExactUses::has_seen_include(std::uint32_t from, std::uint32_t to) const {
  return includers_of(to).contains(from);
}

const std::set<std::uint32_t>& ExactUses::includers_of(std::uint32_t file) const {
  static const std::set<std::uint32_t> kNobody;
  const auto found = includers_.find(file);
  return found == includers_.end() ? kNobody : found->second;
}

}  // namespace automod::analyzers
