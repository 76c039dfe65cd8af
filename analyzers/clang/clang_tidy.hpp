#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/cancel.hpp"
#include "base/error.hpp"
#include "sandbox/sandbox.hpp"

/// clang-tidy over a project, inside the sandbox, and what it would change.
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
  std::string checks;                       // clang-tidy's --checks
  unsigned jobs = 2;
};

struct TidyReport {
  std::vector<Diagnostic> diagnostics;    // by path, offset, check
  std::vector<std::string> failed_files;  // clang-tidy crashed, timed out or could not parse them
  std::string log_tail;
};

/// Path of a file as it is in the tree, or nullopt when it lies outside: resolves the symbolic
/// links of the project without asking the file system of the host.
using PathResolver = std::function<std::optional<std::string>(std::string_view path_in_work)>;

/// Calls `progress(done, total, file)` as files finish, from one thread at a time.
Result<TidyReport> run_clang_tidy(
    sandbox::Runner& runner, const TidyJob& job, const PathResolver& resolve,
    const std::function<void(std::size_t, std::size_t, std::string_view)>& progress,
    const CancelToken& cancel);

/// Reads the YAML of --export-fixes. Bounded; what points outside the project is left out.
Result<std::vector<Diagnostic>> read_fixes(std::string_view yaml, const PathResolver& resolve);

/// One diagnostic for each distinct one: the same header seen from many translation units counts
/// once, and a fix that contradicts itself is dropped.
std::vector<Diagnostic> merge_diagnostics(std::vector<Diagnostic> seen);

/// `content` with all replacements made. They must be sorted and must not overlap.
Result<std::string> apply_replacements(std::string_view content,
                                       const std::vector<Replacement>& replacements);

/// The translation units of a compile database that lie in the project, relative to its root.
Result<std::vector<std::string>> translation_units(std::string_view compile_commands_json,
                                                   const PathResolver& resolve);

}  // namespace automod::analyzers
