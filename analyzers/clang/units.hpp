#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/cancel.hpp"
#include "base/error.hpp"
#include "sandbox/sandbox.hpp"

/// Reading a project's C and C++ files one by one with tools of clang, inside the sandbox. Nothing
/// that the target could have touched is read outside: results come through a tool's output.
namespace automod::analyzers {

bool is_c_family(std::string_view path);
bool is_header(std::string_view path);

/// Search paths for when nobody says how a project is compiled: the folders of its headers, by the
/// paths of its files, and the folders above those.
std::vector<std::string> guessed_flags(const std::vector<std::string>& paths);

/// Path of a file as it is in the tree, or nullopt when it lies outside: resolves the symbolic
/// links of the project without asking the file system of the host. The argument is relative to
/// the root, without empty components and "."; it may contain "..", which has to be followed after
/// the links before it, as the compiler did (propose::tree_paths does all this).
using PathResolver = std::function<std::optional<std::string>(std::string_view path_in_work)>;

/// The text of <folder>/compile_commands.json, read inside the sandbox since the project's own
/// build wrote it; nullopt when there is none.
Result<std::optional<std::string>> load_compile_commands(sandbox::Runner& runner,
                                                         const sandbox::Policy& policy,
                                                         std::string_view folder,
                                                         const CancelToken& cancel);

/// The translation units of a compile database that lie in the project, relative to its root.
Result<std::vector<std::string>> translation_units(std::string_view compile_commands_json,
                                                   const PathResolver& resolve);

/// How one translation unit is compiled, as far as clang needs to know to read it.
struct CompileCommand {
  std::string directory;  // absolute, inside the sandbox
  std::vector<std::string> flags;
};

/// By path in the tree. A file that the database names more than once counts as it is first
/// compiled; one outside the tree is left out.
using CompileCommands = std::map<std::string, CompileCommand>;

/// Of the database in `folder`; none where there is no database, or `folder` is empty.
Result<CompileCommands> commands_in(sandbox::Runner& runner, const sandbox::Policy& policy,
                                    std::string_view folder, const PathResolver& resolve,
                                    const CancelToken& cancel);

/// Where a script of ours runs as `sh -c`, with its arguments.
sandbox::Command shell_command(std::string_view script, std::vector<std::string> arguments,
                               std::string directory = "/tree");

/// Called as files finish, from one thread at a time.
using UnitProgress = std::function<void(std::size_t done, std::size_t total, std::string_view)>;

/// One command for each of several units, so that what ends badly costs one of them.
struct UnitRun {
  sandbox::Policy policy;
  std::vector<std::string> names;  // of the units, for progress
  std::string tool;                // for messages
  unsigned jobs = 2;
  std::function<sandbox::Command(std::size_t unit)> command;                  // from any thread
  std::function<void(std::size_t unit, sandbox::Execution execution)> ended;  // one at a time
};

/// Fails only when the sandbox does, or with kInterrupted.
Result<void> run_units(sandbox::Runner& runner, const UnitRun& run, const UnitProgress& progress,
                       const CancelToken& cancel);

/// "clang-tidy exited with 1", "clang-tidy ended: timed_out".
std::string describe_end(std::string_view tool, const sandbox::Execution& execution);

std::unexpected<Error> interrupted(std::string_view tool);

}  // namespace automod::analyzers
