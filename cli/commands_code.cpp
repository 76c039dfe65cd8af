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

Command impact_command() {
  return {
      .name = "impact",
      .group = Group::kRead,
      .summary = "what depends on a file, a symbol or a modification",
      .description =
          "Follows who imports a file and who calls, overrides or otherwise uses a symbol, over "
          "any "
          "number of steps, and says of each by what, over how many steps and how sure that is. Of "
          "a modification its changed symbols are asked about, at its base. Tests that are reached "
          "and what of it others build on are listed apart.\n\n"
          "Uses go by name, narrowed by imports; nothing is run. With --exact clang says for C and "
          "C++ what calls mean, virtual ones included, and CMake, CTest and the notes of the last "
          "build say which targets and tests are made of what is reached; all of that in the "
          "sandbox.",
      .operands = {{.name = "FILE|SYMBOL|ID",
                    .help = "a file, a folder, a symbol, file:symbol, or a modification",
                    .required = true,
                    .completes = Completes::kFiles}},
      .options = {{.name = "--base",
                   .value = "REV",
                   .help = "the revision to look at (default: HEAD, or the modification's base)",
                   .completes = Completes::kRevisions},
                  {.name = "--depth",
                   .value = "N",
                   .help = "follow so many steps (default: all)",
                   .number = true},
                  {.name = "--exact", .help = "ask clang and the build, in the sandbox"},
                  {.name = "--all", .help = "list everything, however much it is"}},
      .examples = {{"automod impact src/parse.cpp", "who needs this file?"},
                   {"automod impact Index::add --depth 1", "who calls it directly?"},
                   {"automod impact 0199c2d4-7f1a --exact", "what a change could break"}},
      .run = run_impact};
}

}  // namespace

std::vector<Command> code_commands() {
  return {index_command(),  map_command(), conventions_command(),
          impact_command(), api_command(), context_command()};
}

}  // namespace automod::cli
