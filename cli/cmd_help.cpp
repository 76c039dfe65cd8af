#include <fmt/format.h>
#include <fmt/ranges.h>

#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "cli/commands.hpp"
#include "cli/completion.hpp"
#include "cli/context.hpp"
#include "cli/documents.hpp"
#include "cli/handlers.hpp"
#include "cli/help.hpp"

namespace automod::cli {

Result<int> run_completion(Context& context, const Arguments& arguments) {
  const std::string shell = arguments.operand(0);
  const std::string script = shell == "bash"  ? bash_completion()
                             : shell == "zsh" ? zsh_completion()
                                              : fish_completion();
  if (context.json()) {
    context.print(completion_document(shell, script));
  } else {
    context.out() << script;
  }
  return kDone;
}

namespace {

/// "prompt shwo" is a wrong word of a family, as where it is to be run.
std::unexpected<Error> unknown_command(const std::vector<std::string>& words) {
  const Family* family = words.size() > 1 ? find_family(words.front()) : nullptr;
  const std::string name = fmt::format("{}", fmt::join(words, " "));
  return fail(ErrorKind::kUsage,
              fmt::format("unknown command '{}'{}", printable_line(name),
                          family ? suggestion(words[1], family->members)
                                 : suggestion(name, command_names())),
              family ? fmt::format("see 'automod help {}'", family->name) : "see 'automod help'");
}

}  // namespace

Result<int> run_help(Context& context, const Arguments& arguments) {
  const Command* command = nullptr;
  const Family* family = nullptr;
  if (!arguments.operands().empty()) {
    const std::string name = fmt::format("{}", fmt::join(arguments.operands(), " "));
    command = find_command(name);
    family = find_family(name);
    if (!command && !family) return unknown_command(arguments.operands());
  }
  if (context.json()) {
    context.print(family ? help_document(*family) : help_document(command));
  } else if (arguments.has("--man")) {
    context.out() << man_page();
  } else if (family) {
    context.out() << family_help(*family, context.paint());
  } else if (command) {
    context.out() << command_help(*command, context.paint());
  } else {
    context.out() << overview(context.paint());
  }
  return kDone;
}

}  // namespace automod::cli
