#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "analyzers/clang/clang_tidy.hpp"

namespace automod::analyzers {

/// How one translation unit is compiled, as far as clang needs to know to read it.
struct CompileCommand {
  std::string directory;  // absolute, inside the sandbox
  std::vector<std::string> flags;
};

/// By path in the tree. A file that the database names more than once counts as it is first
/// compiled; one outside the tree is left out.
Result<std::map<std::string, CompileCommand>> read_compile_commands(std::string_view json,
                                                                    const PathResolver& resolve);

/// A command line split as a POSIX shell would, without any expansion.
std::vector<std::string> split_command(std::string_view command);

/// What of a compiler's arguments decides how the source is read (search paths, macros, language)
/// and is understood by clang. All else goes: output, warnings, plugins, response files, options
/// of other compilers.
std::vector<std::string> flags_for_clang(const std::vector<std::string>& arguments,
                                         std::string_view file);

}  // namespace automod::analyzers
