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

/// Commands whose names begin with the same word, "sandbox".
struct Family {
  std::string name;
  Group group = Group::kHelp;
  std::string summary;
  std::vector<std::string> members;  // second words
};
const std::vector<Family>& families();
const Family* find_family(std::string_view name);
bool is_of(const Command& command, const Family& family);

/// First words of all commands, for suggestions: families once.
std::vector<std::string> command_names();

/// What a line of the overview says: a command, or a family as a whole.
struct OverviewRow {
  std::string name;
  Group group = Group::kHelp;
  std::string summary;
};
std::vector<OverviewRow> overview_rows();  // those of a group together

Command api_command();
Command conventions_command();
Command bench_command();
Command gate_command();
/// Changes asked of language models, and which models there are.
std::vector<Command> model_commands();
/// Keeping, merging, taking back, and who lets it pass.
std::vector<Command> keep_commands();
/// "log", which is a command itself, and what begins with it.
std::vector<Command> log_commands();
/// What is known of the code.
std::vector<Command> code_commands();
Command context_command();
/// The rows of the families "prompt", "rules", "key", "sandbox" and "cache".
std::vector<Command> prompt_commands();
std::vector<Command> rules_commands();
std::vector<Command> key_commands();
std::vector<Command> sandbox_commands();
std::vector<Command> cache_commands();

std::string_view title(Group group);

/// Exit codes and variables as help and the man page show them.
struct Explained {
  std::string_view name;
  std::string_view meaning;
};
const std::vector<Explained>& exit_codes();
const std::vector<Explained>& environment_variables();

}  // namespace automod::cli
