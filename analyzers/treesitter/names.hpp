#pragma once

#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "analyzers/treesitter/syntax.hpp"

namespace automod::analyzers {

/// The names in a text, each without what it is qualified by.
struct Names {
  std::set<std::string, std::less<>> defined;  // functions, types, macros; no local variables
  std::set<std::string, std::less<>> used;     // all identifiers, those that are defined included
};

/// nullopt where the text cannot be read within bounds; `most` bytes at most.
std::optional<Names> names_in(Language language, std::string_view text, std::size_t most);

}  // namespace automod::analyzers
