#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/toml.hpp"

/// What a value of automod.toml may be.
namespace automod {

/// One line that names no placeholder but {build} and {jobs}. May be empty.
std::optional<std::string> command_rule(std::string_view text);
/// The same, but not empty.
std::optional<std::string> benchmark_command_rule(std::string_view text);
/// The same, with {seed} and {held_out}, too.
std::optional<std::string> held_out_command_rule(std::string_view text);
std::optional<std::string> benchmark_name_rule(std::string_view text);
/// The same, or with a final '*' all that begin so.
std::optional<std::string> rule_name_rule(std::string_view text);
/// A unit of measurement: short, on one line, or empty.
std::optional<std::string> unit_rule(std::string_view text);
/// The name of a file below the root, without a step upwards; or empty.
std::optional<std::string> report_rule(std::string_view text);
/// A path inside the root that needs no quoting in a shell.
std::optional<std::string> build_dir_rule(std::string_view text);
std::optional<std::string> glob_rule(std::string_view text);
/// An absolute path to a place where programs live.
std::optional<std::string> host_folder_rule(std::string_view text);
/// A name or address that fits into a git commit header.
std::optional<std::string> person_rule(std::string_view text);
/// "NAME ssh-ed25519 BASE64": an approver and his public key.
std::optional<std::string> approver_rule(std::string_view text);
/// A variable that the sandbox does not set itself.
std::optional<std::string> variable_rule(std::string_view name);

}  // namespace automod
