#pragma once

#include <string>
#include <vector>

#include "analyzers/clang/ast.hpp"
#include "analyzers/clang/clang_tidy.hpp"

/// Findings that need facts of several functions.
namespace automod::analyzers::smells {

/// A finding at the place of a fact.
Diagnostic made(std::string_view rule, const AstSmell& at, std::string_view message);

/// "a.cpp:12"
std::string named(const AstPlace& place);

/// Calls in loops that make the work grow with the square of the input, or that are virtual
/// without need; the latter only where all units are known.
void find_across_calls(const Ast& facts, bool whole, std::vector<Diagnostic>& into);

/// Mutexes taken in both orders, or again by a function that is called while they are held.
void find_lock_conflicts(const Ast& facts, std::vector<Diagnostic>& into);

}  // namespace automod::analyzers::smells
