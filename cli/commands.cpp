#include "cli/commands.hpp"

#include <algorithm>
#include <array>
#include <iterator>

#include "cli/common_options.hpp"
#include "cli/handlers.hpp"
#include "engine/types/words.hpp"

namespace automod::cli {

namespace {

constexpr std::array kGroups{Group::kStart, Group::kRead,    Group::kPropose, Group::kProve,
                             Group::kKeep,  Group::kSandbox, Group::kCache,   Group::kHelp};

Command init_command() {
  return {
      .name = "init",
      .group = Group::kStart,
      .summary = "detect build, test and benchmark commands; write automod.toml",
      .description =
          "Looks at the files of the project, works out how it is configured, built, tested and "
          "measured, and writes automod.toml at its root, explained by comments. Where it had to "
          "guess, it says what it guessed and why. Read the file, correct it, commit it: trials "
          "use the one in the base commit.",
      .options = {{.name = "--force", .help = "replace an automod.toml that is already there"}},
      .examples = {{"automod init", "write automod.toml for this repository"},
                   {"automod init --force", "detect again and replace it"}},
      .run = run_init};
}

Command doctor_command() {
  return {.name = "doctor",
          .group = Group::kStart,
          .summary = "what this machine can enforce and run, and what is missing",
          .description =
              "Tries the sandbox for real, looks for the tools that trials and analyzers need, and "
              "says for everything that is missing how to get it. Exits with 3 when no trial can "
              "run on this machine.",
          .examples = {{"automod doctor", "check this machine"},
                       {"automod doctor --json", "the same for a script"}},
          .run = run_doctor};
}

Option parallel_option() {
  return {.name = "--parallel",
          .value = "N",
          .help = "trials at once (default: half the jobs)",
          .number = true};
}

Command analyze_command() {
  return {
      .name = "analyze",
      .group = Group::kPropose,
      .summary = "find problems and propose fixes",
      .description =
          "Reads the base commit, lists what the analyzers found and records a modification for "
          "every finding that comes with a fix. PATH limits it to a folder or file. Rules look at "
          "the syntax of every language; for C and C++ the project is configured inside the "
          "sandbox and read by clang-tidy as well. 'automod rules list' shows what is looked "
          "for. Each finding has a weight: how many loops are around it, how much of the code "
          "leads to it, and with --profile how much of the running time it has.\n\n"
          "With --proposer model a language model is asked about what rules find and cannot "
          "repair, "
          "once for each finding, at most ten of them unless --limit says otherwise; --model and "
          "the options after it go with that.\n\n"
          "With --since only lines count that the base has and the last commit it shares with REV "
          "has not. With --try each modification is tried and judged at once.",
      .operands = {{.name = "PATH",
                    .help = "folder or file to analyze (default: the whole project)",
                    .required = false,
                    .completes = Completes::kFiles}},
      .options = joined(
          {{.name = "--goal",
            .value = "GOAL",
            .help = "what to look for; may be repeated or a list with commas "
                    "(default: improve_performance,fix_bugs)",
            .choices = names<Goal>(),
            .repeats = true},
           safety_option(),
           {.name = "--proposer",
            .value = "NAME",
            .help = "who proposes (default: rules)",
            .choices = names<ProposerKind>()},
           {.name = "--patch",
            .value = "FILE",
            .help = "a patch for --proposer patch; may be repeated",
            .repeats = true,
            .completes = Completes::kFiles},
           limit_option("propose at most N modifications, for the findings that weigh most "
                        "(default: no limit)"),
           {.name = "--profile",
            .value = "FILE",
            .help = "what runs most: output of 'perf script' or a file of callgrind",
            .completes = Completes::kFiles},
           {.name = "--since", .value = "REV", .help = "only what has changed since this commit"},
           {.name = "--try", .help = "try every modification that was proposed"},
           parallel_option(),
           {.name = "--all", .help = "show every place, with its source"},
           {.name = "--html",
            .value = "FILE",
            .help = "write a report for a browser as well, with a map of the files",
            .completes = Completes::kFiles},
           sarif_option(),
           base_option(),
           model_option("the model to ask")},
          spending_options()),
      .examples = {{"automod analyze --goal fix_bugs", "look for bugs everywhere"},
                   {"automod analyze src --goal improve_performance --limit 5 --try",
                    "at most five faster versions, proved at once"},
                   {"automod analyze --goal refactor --sarif found.sarif",
                    "results for a code scanning service"},
                   {"automod analyze --since main --html report.html",
                    "what this branch brings, as a page"}},
      .run = run_analyze};
}

Command propose_command() {
  return {
      .name = "propose",
      .group = Group::kPropose,
      .summary = "record a patch as a modification",
      .description =
          "Takes a unified diff or a `git format-patch` file, checks it strictly and records it "
          "against a base commit. Nothing is run. A patch that leaves the tree, touches .git, "
          "makes symbolic links or exceeds the limits is refused; one that does not apply exactly "
          "is a usage error.",
      .options = {{.name = "--patch",
                   .value = "FILE",
                   .help = "the patch; - reads standard input",
                   .required = true,
                   .completes = Completes::kFiles},
                  type_option("refactor"),
                  {.name = "--reason", .value = "TEXT", .help = "why the change is wanted"},
                  base_option()},
      .examples = {{"automod propose --patch fix.patch --type bug_fix", "record a patch file"},
                   {"git diff | automod propose --patch - --reason 'faster lookup'",
                    "record what you changed in your working tree"}},
      .run = run_propose};
}

Command list_command() {
  return {.name = "list",
          .group = Group::kPropose,
          .summary = "list modifications, newest first",
          .description = "Lists the modifications that are recorded in this repository.",
          .options = {{.name = "--status",
                       .value = "STATUS",
                       .help = "only those with this status",
                       .choices = names<ModificationStatus>()},
                      {.name = "--session",
                       .value = "ID",
                       .help = "only those of one call of analyze or propose"},
                      limit_option("at most N (default: all)"),
                      {.name = "--ids",
                       .help = "short ids and summaries, separated by a tab, for scripts"}},
          .examples = {{"automod list", "everything"},
                       {"automod list --status approved --limit 10", "what is ready to apply"}},
          .run = run_list};
}

Command show_command() {
  return {.name = "show",
          .group = Group::kPropose,
          .summary = "everything known of one modification",
          .description =
              "Shows where a modification comes from, why it was proposed, its verdict with the "
              "checks behind it, the figures that were measured and every execution.",
          .operands = {id_operand(false)},
          .options = {{.name = "--diff", .help = "also show the change itself"}},
          .examples = {{"automod show 0199c2d4-7f1a --diff", "with the change"}},
          .run = run_show};
}

Command try_command() {
  return {
      .name = "try",
      .group = Group::kProve,
      .summary = "run the trial of modifications and print the verdicts",
      .description =
          "Builds and tests each modification on a private copy of its base commit, inside the "
          "sandbox, and judges what was measured. A modification that was tried before, or that "
          "gives the same tree as one that was, is answered from evidence, without running "
          "anything. Several are tried at once where there are processors for it; benchmarks never "
          "run beside anything.",
      .operands = {id_operand(true)},
      .options = {{.name = "--fresh", .help = "run again what was tried before"},
                  {.name = "--together",
                   .help = "try them as one change, and find who is to blame when it is rejected"},
                  parallel_option(),
                  safety_option(),
                  review_option()},
      .examples = {{"automod try 0199c2d4-7f1a", "one trial"},
                   {"automod try 0199c2d4-7f1a 0199c2d4-8e02 --safety moderate",
                    "two, judged at another level"},
                   {"automod try 0199c2d4-7f1a 0199c2d4-8e02 --together", "both as one change"},
                   {"automod try 0199c2d4-7f1a --review eyes",
                    "ask the model that you call eyes for a second opinion"}},
      .run = run_try};
}

Command explain_command() {
  return {
      .name = "explain",
      .group = Group::kProve,
      .summary = "why a modification got its verdict, recomputed from evidence",
      .description =
          "Recomputes the verdict from the stored evidence and says what was run, what was "
          "seen and what would change the answer. Exits with 70 when the stored verdict is not "
          "what the evidence says. With --model a language model of your settings says in plain "
          "words what the change does; what it says proves nothing.",
      .operands = {id_operand(false)},
      .options = {{.name = "--model",
                   .value = "NAME",
                   .help = "have a model explain the change in plain words as well"}},
      .examples = {{"automod explain 0199c2d4-7f1a", "the reasons behind a verdict"},
                   {"automod explain 0199c2d4-7f1a --model mine", "and in a model's words"}},
      .run = run_explain};
}

Command completion_command() {
  return {
      .name = "completion",
      .group = Group::kHelp,
      .summary = "print the completion script of a shell",
      .description =
          "Prints a script that lets the shell complete commands, options, their "
          "values and ids of modifications.",
      .operands = {{.name = "SHELL", .help = "the shell", .choices = {"bash", "zsh", "fish"}}},
      .examples = {{"automod completion bash > ~/.local/share/bash-completion/completions/automod",
                    "install it for bash"},
                   {"automod completion fish > ~/.config/fish/completions/automod.fish",
                    "install it for fish"}},
      .run = run_completion};
}

Command help_command() {
  return {.name = "help",
          .group = Group::kHelp,
          .summary = "help for automod or one of its commands",
          .description = "Without a name, lists the commands. The same text is printed by --help.",
          .operands = {{.name = "COMMAND",
                        .help = "the command",
                        .required = false,
                        .repeats = true,
                        .completes = Completes::kCommands}},
          .options = {{.name = "--man", .help = "print the manual page, for `man -l -`"}},
          .examples = {{"automod help try", "help for one command"},
                       {"automod help sandbox run", "help for one of several"},
                       {"automod help --man | man -l -", "the manual page"}},
          .run = run_help};
}

}  // namespace

const std::vector<Command>& commands() {
  static const std::vector<Command> kAll = [] {
    std::vector<Command> all = {init_command(), doctor_command(), analyze_command(),
                                propose_command()};
    std::ranges::move(model_commands(), std::back_inserter(all));
    std::ranges::move(std::vector<Command>{list_command(), show_command(), try_command(),
                                           explain_command(), bench_command(), gate_command()},
                      std::back_inserter(all));
    std::ranges::move(code_commands(), std::back_inserter(all));
    std::ranges::move(keep_commands(), std::back_inserter(all));
    std::ranges::move(log_commands(), std::back_inserter(all));
    std::ranges::move(prompt_commands(), std::back_inserter(all));
    std::ranges::move(rules_commands(), std::back_inserter(all));
    std::ranges::move(key_commands(), std::back_inserter(all));
    std::ranges::move(sandbox_commands(), std::back_inserter(all));
    std::ranges::move(cache_commands(), std::back_inserter(all));
    all.push_back(completion_command());
    all.push_back(help_command());
    return all;
  }();
  return kAll;
}

const std::vector<Option>& global_options() {
  static const std::vector<Option> kAll = {
      {.name = "-C",
       .value = "DIR",
       .help = "work on the repository that DIR lies in (default: .)",
       .completes = Completes::kFolders},
      {.name = "--json", .help = "print one JSON document instead of text"},
      {.name = "--quiet", .letter = "-q", .help = "no progress and no remarks; results and errors"},
      {.name = "--no-color", .help = "no colour, even on a terminal"},
      {.name = "--jobs",
       .letter = "-j",
       .value = "N",
       .help = "how much may run at once (default: the number of processors)",
       .number = true},
      {.name = "--help", .letter = "-h", .help = "help for the command"},
      {.name = "--version", .help = "version of automod and of everything linked into it"}};
  return kAll;
}

const Command* find_command(std::string_view name) {
  for (const Command& command : commands()) {
    if (command.name == name) return &command;
  }
  return nullptr;
}

const std::vector<Family>& families() {
  static const std::vector<Family> kAll = [] {
    std::vector<Family> all = {{.name = "prompt",
                                .group = Group::kPropose,
                                .summary = "what a model was told, or would be",
                                .members = {}},
                               {.name = "rules",
                                .group = Group::kPropose,
                                .summary = "what analyze looks for, and rules of your own",
                                .members = {}},
                               {.name = "key",
                                .group = Group::kKeep,
                                .summary = "the keys that sign what is kept",
                                .members = {}},
                               {.name = "sandbox",
                                .group = Group::kSandbox,
                                .summary = "run, test and name sandboxes without the rest",
                                .members = {}},
                               {.name = "cache",
                                .group = Group::kCache,
                                .summary = "what is kept warm for trials, and how to empty it",
                                .members = {}}};
    for (Family& family : all) {
      for (const Command& command : commands()) {
        if (is_of(command, family)) {
          family.members.push_back(command.name.substr(family.name.size() + 1));
        }
      }
    }
    return all;
  }();
  return kAll;
}

const Family* find_family(std::string_view name) {
  for (const Family& family : families()) {
    if (family.name == name) return &family;
  }
  return nullptr;
}

bool is_of(const Command& command, const Family& family) {
  return command.name.starts_with(family.name + " ");
}

std::vector<std::string> command_names() {
  std::vector<std::string> all;
  for (const OverviewRow& row : overview_rows()) {
    if (row.name.find(' ') == std::string::npos) all.push_back(row.name);
  }
  return all;
}

std::vector<OverviewRow> overview_rows() {
  std::vector<OverviewRow> rows;
  for (const Command& command : commands()) {
    const Family* family = find_family(command.name.substr(0, command.name.find(' ')));
    if (!family) {
      rows.push_back({command.name, command.group, command.summary});
    } else if (rows.empty() || rows.back().name != family->name) {
      rows.push_back({family->name, family->group, family->summary});
    }
  }
  // Commands of one group need not be declared together.
  std::vector<OverviewRow> ordered;
  for (const Group group : kGroups) {
    std::ranges::copy_if(rows, std::back_inserter(ordered),
                         [&](const OverviewRow& row) { return row.group == group; });
  }
  return ordered;
}

std::string_view title(Group group) {
  switch (group) {
    case Group::kStart:
      return "getting started";
    case Group::kRead:
      return "knowing the code";
    case Group::kPropose:
      return "changes";
    case Group::kProve:
      return "proof";
    case Group::kKeep:
      return "keeping and taking back";
    case Group::kSandbox:
      return "the sandbox by itself";
    case Group::kCache:
      return "housekeeping";
    case Group::kHelp:
      return "help";
  }
  return "";
}

const std::vector<Explained>& exit_codes() {
  static const std::vector<Explained> kAll = {
      {"0", "done, or approved"},
      {"1", "rejected, or nothing could be kept"},
      {"2", "usage: the command line or its input is wrong"},
      {"3", "this machine cannot: no sandbox, a missing tool"},
      {"4", "needs approval by a person"},
      {"5", "conflict: the target moved, or somebody holds a lock"},
      {"70", "internal error"},
      {"130", "interrupted"}};
  return kAll;
}

const std::vector<Explained>& environment_variables() {
  static const std::vector<Explained> kAll = {
      {"NO_COLOR", "when set and not empty: no colour"},
      {"TERM", "'dumb': no colour and no moving progress line"},
      {"COLUMNS", "width of the output where the terminal does not tell"},
      {"GITHUB_STEP_SUMMARY", "a file to which gate adds its summary as Markdown"},
      {"GIT_INDEX_FILE", "the index that gate --staged reads (default: the checkout's)"},
      {"XDG_CACHE_HOME", "where snapshots and builds are cached (default: ~/.cache)"},
      {"XDG_CONFIG_HOME", "where keys and user settings live (default: ~/.config)"},
      {"XDG_STATE_HOME", "where it is kept what models have cost (default: ~/.local/state)"}};
  return kAll;
}

}  // namespace automod::cli
