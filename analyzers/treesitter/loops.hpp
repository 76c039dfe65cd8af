#pragma once

#include <string_view>

/// Loops as the grammars name them; no name means something else in another grammar.
namespace automod::analyzers {

bool is_loop(std::string_view node_type);
/// What has a body of its own, which runs when it is called: functions, closures, classes.
bool is_function(std::string_view node_type);
/// One of these that runs, most often, where it stands.
bool is_closure(std::string_view node_type);
/// Is what a loop has in this field done again in each round?
bool is_repeated(std::string_view field);
/// A row of statements.
bool is_block(std::string_view node_type);
/// A statement after which no round follows: of any loop of the function, or of the innermost.
bool leaves_function(std::string_view node_type);
bool leaves_loop(std::string_view node_type);
/// What a break may leave instead of a loop.
bool is_choice(std::string_view node_type);

}  // namespace automod::analyzers
