#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "analyzers/clang/ast.hpp"
#include "analyzers/clang/units.hpp"

/// Reads C and C++ with clang, each file in a process and a sandbox of its own: whatever a source
/// does to clang, it costs that file.
namespace automod::analyzers {

struct AstJob {
  sandbox::Policy policy;          // `work` holds the project, configured
  std::vector<std::string> files;  // relative to the root
  std::string compile_commands;    // folder with compile_commands.json, relative; empty: none
  std::vector<std::string> fallback_flags;  // where there is no compile database
  bool smells = false;                      // of units: look for them too
  unsigned jobs = 2;
  std::chrono::milliseconds file_limit{std::chrono::minutes(2)};  // policy's wall bounds it too
};

/// A file of which not all is known.
struct AstGap {
  std::string path;
  std::string why;       // hostile text
  bool is_lost = false;  // nothing of it is known; else what depends on its errors is missing
  friend auto operator<=>(const AstGap&, const AstGap&) = default;
};

struct AstReport {
  Ast facts;
  std::vector<AstGap> gaps;  // by path
};

/// Our program for this, beside the one that runs. kUnavailable when it is not there.
Result<std::filesystem::path> find_ast_program();

/// What translation units define, call, override, throw and include.
Result<AstReport> read_units(sandbox::Runner& runner, const AstJob& job,
                             const PathResolver& resolve, const UnitProgress& progress,
                             const CancelToken& cancel);

/// What headers offer: their declarations and macros, without what bodies do. They are read
/// together, which takes about as long as the longest of them; where that fails, one by one.
Result<AstReport> read_headers(sandbox::Runner& runner, const AstJob& job,
                               const PathResolver& resolve, const UnitProgress& progress,
                               const CancelToken& cancel);

/// How headers are to be read, which no database says: as the source that is named like one of
/// them, else the first, and with the folders that all of them search.
CompileCommand command_for_headers(const std::vector<std::string>& headers,
                                   const CompileCommands& commands,
                                   const std::vector<std::string>& fallback_flags);

}  // namespace automod::analyzers
