#pragma once

#include <string>
#include <vector>

#include "base/error.hpp"

namespace automod::cli {

class Arguments;
class Context;

/// What a shell offers where a value is expected.
enum class Completes { kNothing, kFiles, kFolders, kRevisions, kModifications, kCommands };

/// An option of the program or of one command.
struct Option {
  std::string name;         // "--goal"
  std::string letter = {};  // "-q"; most have none
  std::string value = {};   // what help calls its value; empty: a flag
  std::string help = {};
  std::vector<std::string> choices = {};  // the only values allowed; empty: any
  bool number = false;                    // the value is a whole number from 1
  std::size_t most = 0;                   // with number: no higher; 0: as high as you like
  bool repeats = false;                   // several times; with choices also "a,b"
  bool required = false;
  Completes completes = Completes::kNothing;

  bool is_flag() const { return value.empty(); }
};

/// What stands on the command line without a dash.
struct Operand {
  std::string name;  // "ID"
  std::string help = {};
  bool required = true;
  bool repeats = false;
  Completes completes = Completes::kNothing;
  std::vector<std::string> choices = {};
  /// Words of a language that people speak, which are one argument only in quotes.
  bool prose = false;
  /// A command line of somebody else: from its first word on nothing is ours, options neither.
  bool verbatim = false;
};

struct Example {
  std::string line;   // "automod list --status approved"
  std::string shows;  // what it does, in a few words
};

/// Where a command stands in the overview.
enum class Group { kStart, kRead, kPropose, kProve, kKeep, kSandbox, kCache, kHelp };

/// One row of the table from which help, suggestions, completion and the man page are made.
struct Command {
  std::string name;  // "list"; "sandbox run" for one of a family
  Group group = Group::kHelp;
  std::string summary;      // one line, no period
  std::string description;  // paragraphs separated by an empty line
  std::vector<Operand> operands = {};
  std::vector<Option> options = {};
  std::vector<Example> examples = {};
  /// Does the work; the exit code.
  Result<int> (*run)(Context& context, const Arguments& arguments) = nullptr;
};

}  // namespace automod::cli
