#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/command.hpp"

namespace automod::cli {

/// Every command, in the order of the overview.
const std::vector<Command>& commands();

/// Options that every command takes, before or after its name.
const std::vector<Option>& global_options();

/// nullptr when there is none.
const Command* find_command(std::string_view name);

/// Names of all commands, for suggestions.
std::vector<std::string> command_names();

std::string_view title(Group group);

/// Exit codes and variables as help and the man page show them.
struct Explained {
  std::string_view name;
  std::string_view meaning;
};
const std::vector<Explained>& exit_codes();
const std::vector<Explained>& environment_variables();

}  // namespace automod::cli
