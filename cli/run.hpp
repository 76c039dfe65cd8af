#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/context.hpp"

namespace automod::cli {

/// The program: reads the words after its name, does what they say, reports what went wrong.
/// The exit code; 130 when it was interrupted.
int run(const std::vector<std::string>& words, const World& world);

/// Reports an error as the program does: a line for people on stderr and, with --json among
/// `words`, a document on stdout. The exit code.
int report(const Error& error, const std::vector<std::string>& words, const World& world);

}  // namespace automod::cli
