#include "cli/commands.hpp"
#include "cli/common_options.hpp"
#include "cli/handlers.hpp"
#include "engine/store/ledger.hpp"

namespace automod::cli {

namespace {

Command log_command() {
  return {
      .name = "log",
      .group = Group::kKeep,
      .summary = "the ledger: what was proposed, judged, applied and taken back",
      .description =
          "Prints the append-only record, newest first; with an ID only what is about that "
          "modification or session. Every entry holds the hash of the one before it. --verify "
          "recomputes them all and compares every entry with the record that came with it: it "
          "names everything that was edited, removed or put elsewhere, and exits with 70.\n\n"
          "With --follow new entries are printed as they come, oldest first, until interrupted; "
          "with --json one document a line.",
      .operands = {{.name = "ID",
                    .help = "id of a modification or session, or the beginning of one",
                    .required = false,
                    .completes = Completes::kModifications}},
      .options = {{.name = "--kind",
                   .value = "KIND",
                   .help = "only entries of this kind",
                   .choices = store::ledger_kinds(),
                   .repeats = true},
                  {.name = "--since",
                   .value = "TIME",
                   .help = "only entries from then on: 2026-01-31, 2026-01-31T12:00, or how long "
                           "ago: 90m, 12h, 7d"},
                  limit_option("at most N entries (default: all; with --follow the last 10)"),
                  {.name = "--follow", .help = "print what is added, until interrupted"},
                  {.name = "--verify", .help = "is everything as it was written?"}},
      .examples = {{"automod log --limit 20", "the last twenty entries"},
                   {"automod log 0199c2d4-7f1a", "what became of one modification"},
                   {"automod log --kind application,rollback --since 7d",
                    "what was kept and taken back this week"},
                   {"automod log --verify", "was the record changed behind our back?"}},
      .run = run_log};
}

Command export_command() {
  return {
      .name = "log export",
      .group = Group::kKeep,
      .summary = "write the ledger with its records as one file",
      .description =
          "Writes a bundle: the whole ledger, and for the modifications named, or for all, their "
          "patches, evidence, verdicts, approvals and attestations. Who has it can check the "
          "record "
          "on another machine, and make a lost database anew.",
      .operands = {{.name = "ID",
                    .help = "modifications whose records are in it (default: all)",
                    .required = false,
                    .repeats = true,
                    .completes = Completes::kModifications}},
      .options = {{.name = "--to",
                   .value = "FILE",
                   .help = "where to write it (default: standard output)",
                   .completes = Completes::kFiles}},
      .examples = {{"automod log export --to record.json", "everything, for safe keeping"},
                   {"automod log export 0199c2d4-7f1a", "what a reviewer needs of one"}},
      .run = run_log_export};
}

}  // namespace

std::vector<Command> log_commands() { return {log_command(), export_command()}; }

}  // namespace automod::cli
