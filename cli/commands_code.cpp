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

Command map_command() {
  return {
      .name = "map",
      .group = Group::kRead,
      .summary = "the codebase in so many tokens, what matters most first",
      .description =
          "Prints the definitions that most of the code leans on, with their signatures, so that a "
          "person or a model knows where things are. What matters is found by following who uses "
          "whom (personalised PageRank over references); with --focus it is seen from there. Uses "
          "go by name, narrowed by imports, so the order is a good guess and no proof.\n\n"
          "A token is taken to be three bytes, rather too few than too many.",
      .operands = {{.name = "REV",
                    .help = "the revision to draw (default: HEAD)",
                    .required = false,
                    .completes = Completes::kRevisions}},
      .options = {{.name = "--budget",
                   .value = "TOKENS",
                   .help = "how long the map may be (default: 2000)",
                   .number = true},
                  {.name = "--focus",
                   .value = "FILE|SYMBOL",
                   .help = "a file, a folder, a symbol or file:symbol from which to look; may be "
                           "repeated",
                   .repeats = true,
                   .completes = Completes::kFiles}},
      .examples = {{"automod map", "what is this project made of?"},
                   {"automod map --budget 8000 --focus src/parse.cpp", "all that parsing touches"},
                   {"automod map --focus Index::add --json", "around one function, for a script"}},
      .run = run_map};
}

}  // namespace

std::vector<Command> code_commands() { return {index_command(), map_command(), conventions_command(), api_command()}; }

}  // namespace automod::cli
