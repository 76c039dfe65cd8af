#include "cli/commands.hpp"
#include "cli/handlers.hpp"

namespace automod::cli {

namespace {

Command list_command() {
  return {.name = "rules list",
          .group = Group::kPropose,
          .summary = "what analyze looks for",
          .description =
              "Lists the checks of clang-tidy and the rules that analyze uses: those that automod "
              "brings, and those of the automod.toml here as it is on disk, with the rule files "
              "that it names. What it switches off is left out.",
          .options = {{.name = "--language",
                       .value = "NAME",
                       .help = "only those for this language",
                       .choices = {"c", "cpp", "python", "javascript", "typescript", "tsx", "go",
                                   "rust", "java"}}},
          .examples = {{"automod rules list --language python", "what is looked for in Python?"},
                       {"automod rules list --json", "the same for a script"}},
          .run = run_rules_list};
}

Command show_command() {
  return {.name = "rules show",
          .group = Group::kPropose,
          .summary = "one rule: what it finds, why that matters, how it is mended",
          .description = "Shows a rule with its query and its examples, or a check of clang-tidy.",
          .operands = {{.name = "ID", .help = "id of a rule, or name of a check"}},
          .examples = {{"automod rules show py-is-with-literal", "why is that wrong?"}},
          .run = run_rules_show};
}

Command test_command() {
  return {.name = "rules test",
          .group = Group::kPropose,
          .summary = "hold rules against their own examples",
          .description =
              "Reads rule files strictly and looks whether each rule finds what its examples mark, "
              "mends it as they say, and finds nothing in clean ones. Without FILE, that is the "
              "automod.toml here as it is on disk, with the rule files that it names. Exits with 1 "
              "when an example does not hold.",
          .operands = {{.name = "FILE",
                        .help = "a rule file (default: the project's own rules)",
                        .required = false,
                        .repeats = true,
                        .completes = Completes::kFiles}},
          .examples = {{"automod rules test lint/ours.toml", "does the new rule work?"},
                       {"automod rules test", "in continuous integration"}},
          .run = run_rules_test};
}

}  // namespace

std::vector<Command> rules_commands() { return {list_command(), show_command(), test_command()}; }

}  // namespace automod::cli
