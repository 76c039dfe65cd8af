#pragma once

#include <optional>
#include <string>
#include <string_view>

/// What a value of automod.toml may be.
namespace automod {

/// What is wrong with a text; nullopt when nothing is.
using TextRule = std::optional<std::string> (*)(std::string_view text);

std::optional<std::string> any_text(std::string_view text);
/// One line that names no placeholder but {build} and {jobs}. May be empty.
std::optional<std::string> command_rule(std::string_view text);
/// The same, but not empty.
std::optional<std::string> benchmark_command_rule(std::string_view text);
std::optional<std::string> benchmark_name_rule(std::string_view text);
/// A path inside the root that needs no quoting in a shell.
std::optional<std::string> build_dir_rule(std::string_view text);
std::optional<std::string> glob_rule(std::string_view text);
/// An absolute path that does not cover what the sandbox mounts itself.
std::optional<std::string> host_folder_rule(std::string_view text);
/// A name or address that fits into a git commit header.
std::optional<std::string> person_rule(std::string_view text);
std::optional<std::string> variable_value(std::string_view text);
/// What is wrong with the name of an environment variable.
std::optional<std::string> variable_problem(std::string_view name);

}  // namespace automod
