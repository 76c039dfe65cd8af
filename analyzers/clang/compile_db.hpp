#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "analyzers/clang/units.hpp"

namespace automod::analyzers {

Result<CompileCommands> read_compile_commands(std::string_view json, const PathResolver& resolve);

/// A command line split as a POSIX shell would, without any expansion.
std::vector<std::string> split_command(std::string_view command);

/// What of a compiler's arguments decides how the source is read (search paths, macros, language)
/// and is understood by clang. All else goes: output, warnings, plugins, response files, options
/// of other compilers.
std::vector<std::string> flags_for_clang(const std::vector<std::string>& arguments,
                                         std::string_view file);

}  // namespace automod::analyzers
