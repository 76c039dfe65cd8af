#include "cli/commands.hpp"
#include "cli/common_options.hpp"
#include "cli/handlers.hpp"

namespace automod::cli {

namespace {

Option files_option() {
  return {.name = "--files",
          .value = "FOCUS",
          .help =
              "what it is about: a path, a symbol, path:symbol or path:line; may be repeated "
              "(default: what the words name)",
          .repeats = true,
          .completes = Completes::kFiles};
}

Command ask_command() {
  return {
      .name = "ask",
      .group = Group::kPropose,
      .summary = "ask a language model for a change, and prove what it answers",
      .description =
          "Tells a model of yours what is wanted, with the code that it concerns, and tries what "
          "it answers in the sandbox like any other patch. What went wrong is shown to the model, "
          "which may answer anew, so many times; each answer is a modification with the one "
          "before as its parent. The best of them is shown at the end; nothing is kept before "
          "'automod apply'.\n\n"
          "Models are named in config.toml: 'automod models' lists them. The model gets text and "
          "gives text. It has no tool, no key and no path outside of the target, and what it says "
          "is believed as little as any patch. Every question and answer is recorded as it comes, "
          "so that a session that was interrupted goes on with --resume without asking anything "
          "twice.\n\n"
          "Exits with 0 when the best is approved, with 4 when it needs approval, and with 1 when "
          "it is rejected or there is none.",
      .operands = {{.name = "WORDS",
                    .help = "what is wanted, in plain words; - reads standard input. None with "
                            "--resume",
                    .required = false,
                    .prose = true}},
      .options = joined({files_option(), type_option("by its first verb, else feature_add")},
                        asking_options()),
      .examples = {{"automod ask 'make parse_row faster'", "find it, and have it made faster"},
                   {"automod ask 'reject negative amounts' --files src/entry.cpp --type bug_fix",
                    "say where, and what it is to be"},
                   {"automod ask 'split this function' --files src/rank.cpp:120 --dry-run",
                    "see what would be sent"},
                   {"automod ask --resume --dollars 2", "go on, with another budget"}},
      .run = run_ask};
}

Command fix_command() {
  return {
      .name = "fix",
      .group = Group::kPropose,
      .summary = "ask a language model to mend a test that fails",
      .description =
          "Runs the tests of the base in the sandbox, takes the one that fails and asks a model "
          "for a change that makes it pass, with what it printed. Refuses to start from a test "
          "that passes. The test itself is protected: a change that weakens it is rejected. "
          "Otherwise as 'automod ask'.",
      .operands = {{.name = "WORDS",
                    .help = "what you know of it; - reads standard input",
                    .required = false,
                    .prose = true}},
      .options = joined(
          {{.name = "--test", .value = "NAME", .help = "the test to mend (default: all that fail)"},
           files_option()},
          asking_options()),
      .examples = {{"automod fix", "mend the test that fails"},
                   {"automod fix --test query.phrase_at_end --attempts 5", "this one, five times"},
                   {"automod fix 'it began with the new tokenizer' --files src/tokenizer.cpp",
                    "say what you know"}},
      .run = run_fix};
}

Command optimize_command() {
  return {
      .name = "optimize",
      .group = Group::kPropose,
      .summary = "ask a language model to make a benchmark faster",
      .description =
          "Asks a model to save time where a benchmark, or a profile of it, says that it goes, and "
          "measures what it answers against the base: a gain counts when it is beyond the noise. "
          "Without FOCUS the places are those that the profile or the benchmarks name. Otherwise "
          "as 'automod ask'.",
      .operands = {{.name = "FOCUS",
                    .help = "what to make faster: a path, a symbol, path:symbol or path:line",
                    .required = false,
                    .repeats = true,
                    .completes = Completes::kFiles}},
      .options = joined(
          {{.name = "--bench", .value = "NAME", .help = "the benchmark that counts (default: all)"},
           {.name = "--profile",
            .value = "FILE",
            .help = "where the time goes: output of 'perf script' or a file of "
                    "callgrind",
            .completes = Completes::kFiles}},
          asking_options()),
      .examples = {{"automod optimize rank --bench rank", "one function, one benchmark"},
                   {"automod optimize --profile bench.callgrind --candidates 3",
                    "three ideas for what takes most time"}},
      .run = run_optimize};
}

Command models_command() {
  return {
      .name = "models",
      .group = Group::kPropose,
      .summary = "the language models that may be asked, and what they have cost",
      .description =
          "Lists the models of config.toml with where they are, whether their key is there and "
          "whether their price is known, and what was spent today. A key is never shown. With "
          "--check one of them is asked one small question, which costs what it costs. Exits with "
          "3 when no model is configured.",
      .options = {{.name = "--check",
                   .value = "NAME",
                   .help = "ask this one a small question: does it answer, and how fast?"}},
      .examples = {{"automod models", "who may be asked?"},
                   {"automod models --check mine", "does that one work?"}},
      .run = run_models};
}

}  // namespace

std::vector<Command> model_commands() {
  return {ask_command(), fix_command(), optimize_command(), models_command()};
}

}  // namespace automod::cli
