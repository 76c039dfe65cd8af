#include <fmt/format.h>

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

Result<int> run_help(Context& context, const Arguments& arguments) {
  const Command* command = nullptr;
  if (const std::string name = arguments.operand(0); !name.empty()) {
    command = find_command(name);
    if (!command) {
      return fail(ErrorKind::kUsage,
                  fmt::format("unknown command '{}'{}", printable_line(name),
                              suggestion(name, command_names())),
                  "see 'automod help'");
    }
  }
  if (context.json()) {
    context.print(help_document(command));
  } else if (arguments.has("--man")) {
    context.out() << man_page();
  } else if (command) {
    context.out() << command_help(*command, context.paint());
  } else {
    context.out() << overview(context.paint());
  }
  return kDone;
}

}  // namespace automod::cli
