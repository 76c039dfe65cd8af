#pragma once

#include <string>

#include "cli/command.hpp"
#include "cli/commands.hpp"
#include "cli/text.hpp"

namespace automod::cli {

/// Every command, or family of commands, in one line each, and where to read on. Fits 80 columns.
std::string overview(const Paint& paint);

/// One command with its options and examples. Fits 80 columns.
std::string command_help(const Command& command, const Paint& paint);

/// The commands of a family in one line each. Fits 80 columns.
std::string family_help(const Family& family, const Paint& paint);

/// "automod try [OPTIONS] ID..."
std::string usage_line(const Command& command);

/// The manual page automod(1), as input for man.
std::string man_page();

}  // namespace automod::cli
