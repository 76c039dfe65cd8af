#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "analyzers/clang/units.hpp"
#include "base/cancel.hpp"
#include "base/error.hpp"
#include "sandbox/sandbox.hpp"

/// clang-tidy over a project, inside the sandbox, and what it would change. Nothing that the
/// target could have touched is read outside the sandbox: results come through its output.
namespace automod::analyzers {

/// Bytes [offset, offset + length) of `path` become `text`.
struct Replacement {
  std::string path;  // relative to the root of the project, free of symbolic links
  std::size_t offset = 0;
  std::size_t length = 0;
  std::string text;
  friend auto operator<=>(const Replacement&, const Replacement&) = default;
};

/// One diagnostic, however many translation units saw it.
struct Diagnostic {
  std::string check;
  std::string message;
  std::string path;  // relative to the root
  std::size_t offset = 0;
  std::string level;             // Warning, Error, Remark
  std::vector<Replacement> fix;  // sorted, free of duplicates and overlaps; empty: no fix-it
};

struct TidyJob {
  sandbox::Policy policy;          // `work` holds the project, configured
  std::vector<std::string> files;  // to analyze, relative to the root
  std::string compile_commands;    // folder with compile_commands.json, relative; empty: none
  std::vector<std::string> fallback_flags;  // where there is no compile database
  std::string checks;                       // its --checks; the target's .clang-tidy is not read
  unsigned jobs = 2;
  std::chrono::milliseconds file_limit{std::chrono::minutes(3)};  // policy's wall bounds it too
};

struct TidyReport {
  std::vector<Diagnostic> diagnostics;    // by path, offset, check
  std::vector<std::string> failed_files;  // clang-tidy crashed, timed out or could not parse them;
                                          // what it said of them all the same is without fixes
  std::string log_tail;                   // why they failed: hostile text
};

/// The clang-tidy inside a sandbox.
struct TidyTool {
  std::string program;  // "clang-tidy-19"
  std::string version;  // "19.1.7"
};

/// kUnavailable, with how to get it, when there is none of version 19 or later.
Result<TidyTool> find_clang_tidy(sandbox::Runner& runner, const sandbox::Policy& policy,
                                 const CancelToken& cancel);

/// kUnavailable: no clang-tidy. kInterrupted: the token was raised. A file that cannot be analyzed
/// is no error.
Result<TidyReport> run_clang_tidy(sandbox::Runner& runner, const TidyJob& job,
                                  const PathResolver& resolve, const UnitProgress& progress,
                                  const CancelToken& cancel);

/// Reads the YAML of --export-fixes. Bounded; a diagnostic outside the project is left out, a fix
/// of which any part lies outside, or whose text did not survive the YAML, is dropped. Fixes in
/// notes are ignored: clang-tidy offers those as alternatives. kRefused: it is no such YAML.
Result<std::vector<Diagnostic>> read_fixes(std::string_view yaml, const PathResolver& resolve);

/// One diagnostic for each distinct one, by path, offset, check: the same header seen from many
/// translation units counts once. A fix that contradicts itself, or that another translation unit
/// contradicts (by another fix, or by offering none), is dropped and the diagnostic kept.
std::vector<Diagnostic> merge_diagnostics(std::vector<Diagnostic> seen);

/// `content` with all replacements made. They must be of one file and sorted; kRefused when they
/// overlap or reach beyond its end.
Result<std::string> apply_replacements(std::string_view content,
                                       const std::vector<Replacement>& replacements);

}  // namespace automod::analyzers
