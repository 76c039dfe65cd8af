#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "cli/command.hpp"
#include "cli/commands.hpp"

namespace automod::cli {

/// What stood on the command line, checked against the table: an option with choices holds only
/// those, a number is one, what is required is there.
class Arguments {
 public:
  bool has(std::string_view option) const;
  std::optional<std::string> value(std::string_view option) const;
  /// All values in order; comma lists taken apart.
  std::vector<std::string> values(std::string_view option) const;
  /// `fallback` where the option was not given.
  std::size_t number(std::string_view option, std::size_t fallback) const;
  const std::vector<std::string>& operands() const { return operands_; }
  /// Empty where it was not given.
  std::string operand(std::size_t index) const;

 private:
  friend class ArgumentReader;
  std::map<std::string, std::vector<std::string>, std::less<>> options_;
  std::vector<std::string> operands_;
};

struct CommandLine {
  const Command* command = nullptr;  // nullptr: none was named
  const Family* family = nullptr;    // only a family was named, and --help: help for all of it
  Arguments arguments;
};

/// Reads the words after the program's name. kUsage names what is wrong, with the nearest
/// spelling that would be right. With --help or --version nothing is required.
Result<CommandLine> read_command_line(const std::vector<std::string>& words);

/// Whether a flag, such as --json, is among the words that are ours, for reporting a command line
/// that could not be read.
bool has_word(const std::vector<std::string>& words, std::string_view flag);

}  // namespace automod::cli
