#include "cli/commands.hpp"
#include "cli/handlers.hpp"

namespace automod::cli {

Command bench_command() {
  return {
      .name = "bench",
      .group = Group::kProve,
      .summary = "measure the benchmarks of a revision, or of two in turn",
      .description =
          "Runs the benchmarks of automod.toml in the sandbox. With --against, base and candidate "
          "run in turn, and the base once more beside itself, until the change is clear or the "
          "time is over; what counts is the configuration of the side that is compared against, "
          "never the candidate's. A modification is compared with its base commit unless another "
          "is named. Without anything to compare with, the figures of the one revision are shown "
          "with their spread.\n\n"
          "Nothing is recorded, and there is no verdict. Exits with 1 when a benchmark failed.",
      .operands = {{.name = "REV",
                    .help = "a revision or the id of a modification (default: HEAD)",
                    .required = false,
                    .completes = Completes::kRevisions}},
      .options = {{.name = "--against",
                   .value = "REV",
                   .help = "compare with this revision or modification",
                   .completes = Completes::kRevisions},
                  {.name = "--only",
                   .value = "NAME",
                   .help = "only this benchmark; may be repeated",
                   .repeats = true},
                  {.name = "--rounds",
                   .value = "N",
                   .help = "exactly N rounds (default: until the answer is clear)",
                   .number = true},
                  {.name = "--seconds",
                   .value = "N",
                   .help = "at most N seconds for each benchmark (default: the configuration's)",
                   .number = true},
                  {.name = "--svg",
                   .value = "FILE",
                   .help = "also draw the runs and the change to FILE",
                   .completes = Completes::kFiles}},
      .examples = {{"automod bench --against main", "is what is checked out faster than main?"},
                   {"automod bench 0199c2d4-7f1a --svg change.svg",
                    "a modification against its base, with a drawing"},
                   {"automod bench --only rank --rounds 30", "thirty rounds of one benchmark"}},
      .run = run_bench};
}

}  // namespace automod::cli
