#include "analyzers/smells/across.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <string_view>

namespace automod::analyzers::smells {

namespace {

using enum ast::Smell;

/// Names for people, by USR.
class Names {
 public:
  explicit Names(const Ast& facts) {
    for (const AstSymbol& symbol : facts.symbols) names_.emplace(symbol.usr, symbol.name);
  }
  std::string of(const std::string& usr) const {
    const auto found = names_.find(usr);
    return found == names_.end() ? "it" : std::string(found->second);
  }

 private:
  std::map<std::string_view, std::string_view> names_;
};

/// A function that walks through what it is given, called in a loop that gives it the same.
void find_quadratic(const Ast& facts, const Names& names, std::vector<Diagnostic>& into) {
  using Walked = std::pair<std::string_view, std::string_view>;  // function, and what of it
  std::map<Walked, const AstSmell*> searches;
  for (const AstSmell& seen : facts.smells) {
    if (seen.smell == kSearches) searches.emplace(Walked(seen.function, seen.subject), &seen);
  }
  for (const AstSmell& seen : facts.smells) {
    if (seen.smell != kHandsOver) continue;
    const auto search = searches.find(Walked(seen.subject, seen.detail));
    if (search == searches.end()) continue;
    const AstSmell& there = *search->second;
    into.push_back(made("cpp-search-behind-call", seen,
                        fmt::format("each round walks through {}{} by {} ({})", seen.other,
                                    seen.detail == "this" ? fmt::format(".{}", there.detail) : "",
                                    names.of(seen.subject), named(there.place))));
  }
}

void find_regexes(const Ast& facts, const Names& names, std::vector<Diagnostic>& into) {
  std::map<std::string_view, const AstCall*> called_in_loop;
  for (const AstCall& call : facts.calls) {
    if (call.loops > 0 && call.caller != call.callee) called_in_loop.emplace(call.callee, &call);
  }
  for (const AstSmell& seen : facts.smells) {
    if (seen.smell != kRegexMade || seen.loops > 0) continue;
    const auto call = called_in_loop.find(seen.function);
    if (call == called_in_loop.end()) continue;
    into.push_back(
        made("cpp-regex-each-call", seen,
             fmt::format("{} is compiled in each call, and {} calls {} in a loop", seen.subject,
                         named(call->second->place), names.of(seen.function))));
  }
}

struct Methods {
  std::map<std::string_view, const AstSymbol*> by_usr;
  std::map<std::string_view, const AstSymbol*> classes;  // by qualified name
  std::set<std::string_view> overridden;
};

Methods methods_of(const Ast& facts) {
  Methods found;
  for (const AstSymbol& symbol : facts.symbols) {
    if (symbol.kind == ast::Kind::kMethod && symbol.is(ast::kVirtual)) {
      found.by_usr.emplace(symbol.usr, &symbol);
    }
    const bool is_class = symbol.kind == ast::Kind::kClass || symbol.kind == ast::Kind::kStruct;
    if (is_class && symbol.is(ast::kDefinition)) found.classes.emplace(symbol.name, &symbol);
  }
  for (const AstOverride& one : facts.overrides) found.overridden.insert(one.overridden);
  return found;
}

/// Virtual, though no class gives it another meaning. Of a class that overrides something itself:
/// there somebody wanted the virtual call, and only `final` is missing.
bool could_be_final(const Methods& methods, const AstSymbol& method) {
  if (method.is(ast::kPure) || method.is(ast::kFinal) || method.is(ast::kTemplate)) return false;
  const auto owner = methods.classes.find(method.scope);
  return owner != methods.classes.end() && !owner->second->is(ast::kFinal) &&
         !owner->second->is(ast::kTemplate) && !methods.overridden.contains(method.usr);
}

void find_virtual_calls(const Ast& facts, std::vector<Diagnostic>& into) {
  const Methods methods = methods_of(facts);
  for (const AstSmell& seen : facts.smells) {
    if (seen.smell != kVirtualCall) continue;
    const auto method = methods.by_usr.find(seen.subject);
    if (method == methods.by_usr.end() || !could_be_final(methods, *method->second)) continue;
    into.push_back(made("cpp-virtual-call-in-loop", seen,
                        fmt::format("{} is called virtually in a loop, and nothing overrides it; "
                                    "make it final",
                                    method->second->name)));
  }
}

}  // namespace

void find_across_calls(const Ast& facts, bool whole, std::vector<Diagnostic>& into) {
  const Names names(facts);
  find_quadratic(facts, names, into);
  find_regexes(facts, names, into);
  if (whole) find_virtual_calls(facts, into);
}

}  // namespace automod::analyzers::smells
