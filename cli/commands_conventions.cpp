#include "cli/commands.hpp"
#include "cli/handlers.hpp"

namespace automod::cli {

Command conventions_command() {
  return {
      .name = "conventions",
      .group = Group::kRead,
      .summary = "the habits of the project, learnt with counts and examples",
      .description =
          "Counts how the project names things, reports and handles failures, owns memory, works "
          "at the same time, lays out its text, tests and comments. What is seen five times or "
          "more, and alike in four of five cases or more, is a convention; else the split is "
          "shown. Vendored and generated files do not count, nor do tests for failures and "
          "memory. It goes by syntax: nothing of the target is run and no sandbox is needed.",
      .operands = {{.name = "REV",
                    .help = "the revision to read (default: HEAD)",
                    .required = false,
                    .completes = Completes::kRevisions}},
      .options = {{.name = "--brief",
                   .value = {},
                   .help = "a line for each topic and language, as for a prompt"}},
      .examples = {{"automod conventions", "how are things done here?"},
                   {"automod conventions --brief", "the same in a few lines, for a model"},
                   {"automod conventions v1.2 --json", "of an older revision, for a script"}},
      .run = run_conventions};
}

}  // namespace automod::cli
