#include "cli/commands.hpp"
#include "cli/handlers.hpp"

namespace automod::cli {

namespace {

Command show_command() {
  return {.name = "cache show",
          .group = Group::kCache,
          .summary = "list the warm bases, their sizes and their last use",
          .description =
              "Trials keep each base that they built, so that the next one need not: this says "
              "which there are, how far each was taken, how large it is and when it was last of "
              "use. Nothing in the cache is needed; what is missing is built again.",
          .examples = {{"automod cache show", "what takes room?"},
                       {"automod cache show --json", "the same for a script"}},
          .run = run_cache_show};
}

Command prune_command() {
  return {
      .name = "cache prune",
      .group = Group::kCache,
      .summary = "remove warm bases, the least recently used first",
      .description =
          "Removes bases until what is left fits, and what crashed programs left behind. "
          "Without an option that is the bound which trials keep by themselves: 8 bases, "
          "20 GB. What somebody is using stays.",
      .options = {{.name = "--all",
                   .help = "remove all that nobody is using, and the index of the code"},
                  {.name = "--keep", .value = "N", .help = "leave at most N bases", .number = true},
                  {.name = "--max-bytes",
                   .value = "N",
                   .help = "leave at most N bytes; K, M or G behind the number multiplies it"}},
      .examples = {{"automod cache prune --max-bytes 5G", "make room"},
                   {"automod cache prune --all", "start afresh"}},
      .run = run_cache_prune};
}

}  // namespace

std::vector<Command> cache_commands() { return {show_command(), prune_command()}; }

}  // namespace automod::cli
