#pragma once

#include <string>

#include "cli/command.hpp"
#include "cli/text.hpp"

namespace automod::cli {

/// Every command in one line each, and where to read on. Fits 80 columns.
std::string overview(const Paint& paint);

/// One command with its options and examples. Fits 80 columns.
std::string command_help(const Command& command, const Paint& paint);

/// "automod try [OPTIONS] ID..."
std::string usage_line(const Command& command);

/// The manual page automod(1), as input for man.
std::string man_page();

}  // namespace automod::cli
