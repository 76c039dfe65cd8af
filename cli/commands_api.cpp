#include "cli/commands.hpp"
#include "cli/handlers.hpp"

namespace automod::cli {

Command api_command() {
  return {
      .name = "api",
      .group = Group::kRead,
      .summary = "what a revision offers to others, and what broke since another",
      .description =
          "Lists what others can build on: of C and C++ what the headers under [api] headers of "
          "automod.toml declare, read by clang in the sandbox with the project's own flags; of "
          "other languages what modules export. The commit is read, never your checkout.\n\n"
          "With --diff every change since REV is shown with what it asks of callers: nothing "
          "(compatible), to be built again (binary), or to be changed (breaking). A header that "
          "clang cannot read on one side is compared by its syntax on both, and said.\n\n"
          "Exits with 0, and with --fail-on with 1 when there is a change as bad as that or worse.",
      .operands = {{.name = "REV",
                    .help = "a revision (default: HEAD)",
                    .required = false,
                    .completes = Completes::kRevisions}},
      .options = {{.name = "--diff",
                   .value = "REV",
                   .help = "show what has changed since this revision",
                   .completes = Completes::kRevisions},
                  {.name = "--fail-on",
                   .value = "IMPACT",
                   .help = "exit with 1 on a change like this or worse",
                   .choices = {"breaking", "binary", "any"}}},
      .examples = {{"automod api", "what HEAD offers"},
                   {"automod api --diff v1.2", "what changed for callers since then"},
                   {"automod api --diff origin/main --fail-on breaking --json",
                    "in CI, for a library whose users build it from source"}},
      .run = run_api};
}

}  // namespace automod::cli
