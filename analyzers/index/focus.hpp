#pragma once

#include <string_view>
#include <vector>

#include "analyzers/index/codebase.hpp"
#include "base/error.hpp"

namespace automod::analyzers {

/// Parts of a codebase that somebody asks about; empty: all of it alike.
struct Focus {
  std::vector<std::uint32_t> files;
  std::vector<SymbolAt> symbols;
};

/// What a word on the command line means: the path of a file; a folder, for all files below it; a
/// symbol by its name or the end of its full name, wherever it is defined or declared; or
/// "path:symbol". kUsage, with what comes nearest, where it is none of them.
Result<Focus> find_focus(const Codebase& code, std::string_view word);

}  // namespace automod::analyzers
