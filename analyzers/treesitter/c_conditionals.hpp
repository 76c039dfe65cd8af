#pragma once

#include <string_view>
#include <vector>

#include "analyzers/treesitter/c_tokens.hpp"
#include "analyzers/treesitter/syntax.hpp"

namespace automod::analyzers {

/// Hides what a grammar cannot read of "#if … #else … #endif". Conditionals around whole sentences
/// stay, with all their branches. Of those that begin or end within a sentence, or hold braces that
/// do not match, the first branch stays without its directives; in a list, all branches do. What
/// is decided by the language itself ("#ifdef __cplusplus", "#if 0") is decided. Other directives
/// within a sentence are hidden too.
void hide_branches(Language language, std::string_view text, std::vector<Token>& tokens);

/// Is this the directive of a conditional that is true in C++ only? nullopt: it is about something
/// else, or about more than that.
enum class Cplusplus : std::uint8_t { kUnrelated, kOnly, kNever };
Cplusplus about_cplusplus(std::string_view directive);

}  // namespace automod::analyzers
