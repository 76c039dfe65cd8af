#include "cli/commands.hpp"
#include "cli/handlers.hpp"

namespace automod::cli {

namespace {

Command index_command() {
  return {
      .name = "index",
      .group = Group::kRead,
      .summary = "read what is new into the index of the code",
      .description =
          "Reads every file of a revision that a grammar is there for and keeps what it defines, "
          "uses and imports, by content: what has not changed is never read twice, in whatever "
          "revision or clone it stands. Commands that need the index do this by themselves; by "
          "itself it is for CI and for looking at what was left out. Nothing of the target is run "
          "and no sandbox is needed.",
      .operands = {{.name = "REV",
                    .help = "the revision to read (default: HEAD)",
                    .required = false,
                    .completes = Completes::kRevisions}},
      .examples = {{"automod index", "read what is new in HEAD"},
                   {"automod index v1.2 --json", "an older revision, for a script"}},
      .run = run_index};
}

}  // namespace

std::vector<Command> code_commands() { return {index_command()}; }

}  // namespace automod::cli
