#pragma once

#include <string_view>
#include <vector>

#include "analyzers/clang/ast.hpp"
#include "analyzers/clang/clang_tidy.hpp"

/// What is better done otherwise, by what the code means: findings of one function as automod-clang
/// saw them, and those that only several functions together make.
namespace automod::analyzers {

/// Findings by path and offset; the check of each is the id of a rule. `whole`: the facts are
/// those of all units, so that what is not among them is not there.
std::vector<Diagnostic> find_smells(const Ast& facts, bool whole);

/// Does a comment at the line of this byte, or at the one before, silence the rule? NOLINT,
/// NOLINTNEXTLINE and automod-ignore do, with the rule's id or without any.
bool is_silenced(std::string_view text, std::size_t byte, std::string_view rule);

}  // namespace automod::analyzers
