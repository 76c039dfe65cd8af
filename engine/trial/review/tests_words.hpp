#pragma once

#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/trial/review/outline.hpp"

/// What the statements of tests say, judged by their words alone, whatever the framework.
namespace automod::trial {

/// Names of functions and macros of a test file that make assertions themselves.
using Checking = std::set<std::string, std::less<>>;

/// Does a call of this name assert something?
bool is_assertion_name(std::string_view name);

/// How many assertions a statement makes.
std::size_t count_assertions(const Statement& statement, const Checking& checking);

/// Reports a failure or leaves with one: "++failures", "return 1", "throw".
bool is_failure(const Statement& statement);

/// Ends a test early: "return", "t.Skip()", "exit(0)".
bool leaves(const Statement& statement);

/// Waits, or says how long to wait.
bool is_about_time(const Statement& statement);

/// A condition that never holds: "if (false)", "#if 0".
bool is_never(const Statement& header);

/// Runs its block more than once.
bool is_loop(const Statement& header);

/// Introduces a function of its own, whose returns do not leave the test.
bool is_function(const Statement& header);

/// An assertion that cannot fail. With `is_inverted`: a condition for failing that never holds.
bool is_tautology(const Statement& statement, bool is_inverted);

/// Why `after` asserts less than `before`; nullopt where that cannot be said.
std::optional<std::string> loosened(const Statement& before, const Statement& after,
                                    bool is_inverted);

/// The two differ by numbers only, and one of them grew.
bool has_larger_number(const Statement& before, const Statement& after);

/// The tokens of `part` occur in `whole` in that order, and what lies between them are whole
/// elements of lists.
bool is_part_of_list(const Statement& part, const Statement& whole);

// Tokens between brackets.
using Tokens = std::span<const Lexeme>;
bool opens(std::string_view text);
bool closes(std::string_view text);
/// The parts between commas that are in no bracket.
std::vector<Tokens> arguments(Tokens tokens);
/// What is between the bracket at `open` and its partner.
Tokens inside(Tokens tokens, std::size_t open);

bool contains_word(const Statement& statement, std::string_view word);
/// The statement calls something of that name.
bool calls(const Statement& statement, std::string_view name);

}  // namespace automod::trial
