#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

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

bool is_c_family(std::string_view path);
bool is_header(std::string_view path);

/// Search paths for when nobody says how a project is compiled: the folders of its headers, by the
/// paths of its files, and the folders above those.
std::vector<std::string> guessed_flags(const std::vector<std::string>& paths);

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

/// Path of a file as it is in the tree, or nullopt when it lies outside: resolves the symbolic
/// links of the project without asking the file system of the host. The argument is relative to
/// the root, without empty components and "."; it may contain "..", which has to be followed after
/// the links before it, as the compiler did (propose::tree_paths does all this).
using PathResolver = std::function<std::optional<std::string>(std::string_view path_in_work)>;

/// The clang-tidy inside a sandbox.
struct TidyTool {
  std::string program;  // "clang-tidy-19"
  std::string version;  // "19.1.7"
};

/// kUnavailable, with how to get it, when there is none of version 19 or later.
Result<TidyTool> find_clang_tidy(sandbox::Runner& runner, const sandbox::Policy& policy,
                                 const CancelToken& cancel);

/// The text of <folder>/compile_commands.json, read inside the sandbox since the project's own
/// build wrote it; nullopt when there is none.
Result<std::optional<std::string>> load_compile_commands(sandbox::Runner& runner,
                                                         const sandbox::Policy& policy,
                                                         std::string_view folder,
                                                         const CancelToken& cancel);

/// Calls `progress(done, total, file)` as files finish, from one thread at a time.
/// kUnavailable: no clang-tidy. kInterrupted: the token was raised. A file that cannot be analyzed
/// is no error.
Result<TidyReport> run_clang_tidy(
    sandbox::Runner& runner, const TidyJob& job, const PathResolver& resolve,
    const std::function<void(std::size_t, std::size_t, std::string_view)>& progress,
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

/// The translation units of a compile database that lie in the project, relative to its root.
Result<std::vector<std::string>> translation_units(std::string_view compile_commands_json,
                                                   const PathResolver& resolve);

}  // namespace automod::analyzers
