#include "cli/commands.hpp"
#include "cli/common_options.hpp"
#include "cli/handlers.hpp"

namespace automod::cli {

Command context_command() {
  return {
      .name = "context",
      .group = Group::kRead,
      .summary = "what a model would be told of a file, a symbol or a request",
      .description =
          "Prints the code that matters for a change, within so many tokens: what is meant, who "
          "uses it, what it uses, the types and tests that belong to it, the habits of the code "
          "around and a map of the rest, each between fences as a model gets them. What does not "
          "fit is left out by rank. Uses go by name. Nothing is run and nothing is sent.\n\n"
          "Lines that may hold a secret are left out, and characters that do not show are written "
          "as escapes. A token is taken to be three bytes, rather too few than too many.",
      .operands = {{.name = "FILE|SYMBOL",
                    .help = "a file, a symbol, file:symbol or file:line; not needed with --words",
                    .required = false,
                    .repeats = true,
                    .completes = Completes::kFiles}},
      .options = {{.name = "--words",
                   .value = "TEXT",
                   .help = "a request; what it names of the code is meant as well"},
                  {.name = "--budget",
                   .value = "TOKENS",
                   .help = "how long all of it may be (default: 32000)",
                   .number = true},
                  {.name = "--base",
                   .value = "REV",
                   .help = "the revision to look at (default: HEAD)",
                   .completes = Completes::kRevisions}},
      .examples = {{"automod context Index::add", "what has to do with this function?"},
                   {"automod context src/parse.cpp:120 --budget 4000", "around a line, briefly"},
                   {"automod context --words 'make parse_row faster' --json",
                    "what a request would be answered from, for a script"}},
      .run = run_context};
}

std::vector<Command> prompt_commands() {
  return {
      {.name = "prompt list",
       .group = Group::kPropose,
       .summary = "what models are asked for, and whose texts that is",
       .description = "Lists the goals that there are texts for, with the digest of each and the "
                      "files of yours that take the place of ours. The digest is what a question "
                      "of that goal was made from.",
       .examples = {{"automod prompt list", "which texts are in force?"}},
       .run = run_prompt_list},
      {.name = "prompt show",
       .group = Group::kPropose,
       .summary = "exactly what a model was told, or would be",
       .description =
           "Of a goal prints the text that its questions have in common, with {{request}} and "
           "{{material}} where the rest goes. A file of the same name in the folder prompts "
           "of your configuration takes the place of one of ours: preamble.txt, "
           "edit_format.txt, or that of a goal.\n\n"
           "Of a modification that a model made, or of a question by the beginning of its "
           "digest, prints what was sent, and with --answer what came back.",
       .operands = {{.name = "ID|GOAL",
                     .help = "a modification, a question's digest, or bug, performance, "
                             "feature, refactor, repair, review, explain"}},
       .options = {{.name = "--answer", .help = "print what came back instead"},
                   {.name = "--book",
                    .value = "DIR",
                    .help = "where questions are kept (default: in the repository's git folder)",
                    .completes = Completes::kFolders}},
       .examples = {{"automod prompt show performance", "how is a model asked for speed?"},
                    {"automod prompt show 0199c2d4-7f1a", "what was it asked for this change?"},
                    {"automod prompt show 0199c2d4-7f1a --answer", "and what did it say?"}},
       .run = run_prompt_show}};
}

}  // namespace automod::cli
