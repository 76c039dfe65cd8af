#include "cli/common_options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "engine/model/settings.hpp"
#include "engine/types/words.hpp"

namespace automod::cli {

std::vector<Option> joined(std::vector<Option> first, std::vector<Option> more) {
  std::ranges::move(more, std::back_inserter(first));
  return first;
}

Operand id_operand(bool repeats) {
  return {.name = "ID",
          .help = "a modification: its id or any unique beginning of it",
          .repeats = repeats,
          .completes = Completes::kModifications};
}

Option base_option() {
  return {.name = "--base",
          .value = "REV",
          .help = "commit that the change is made against (default: HEAD)",
          .completes = Completes::kRevisions};
}

Option limit_option(std::string help) {
  return {.name = "--limit", .value = "N", .help = std::move(help), .number = true};
}

Option safety_option() {
  return {.name = "--safety",
          .value = "LEVEL",
          .help = "how much proof is asked for (default: the configuration's level)",
          .choices = names<SafetyLevel>()};
}

Option type_option(std::string_view fallback) {
  return {.name = "--type",
          .value = "TYPE",
          .help = "what the change claims to be (default: " + std::string(fallback) + ")",
          .choices = names<ModificationType>()};
}

Option sarif_option() {
  return {.name = "--sarif",
          .value = "FILE",
          .help = "also write the results as SARIF 2.1.0 to FILE",
          .completes = Completes::kFiles};
}

Option review_option() {
  return {.name = "--review",
          .value = "NAME",
          .help =
              "ask a model of your settings for a second opinion; it can veto and lower the "
              "score, never raise it; 'none': nobody"};
}

Option model_option(std::string_view which) {
  return {.name = "--model",
          .value = "NAME",
          .help = fmt::format("{} (default: config.toml's)", which)};
}

std::vector<Option> spending_options() {
  return {{.name = "--dollars",
           .value = "X",
           .help = "the most that this session may cost (default: config.toml's)"},
          {.name = "--tokens",
           .value = "N",
           .help = "the most that it may send and receive (default: config.toml's)",
           .number = true},
          {.name = "--book",
           .value = "DIR",
           .help = "record of questions and answers to use (default: the repository's own)",
           .completes = Completes::kFolders},
          {.name = "--replay", .help = "ask nobody: take all answers from the record"},
          {.name = "--fresh", .help = "ask again what the record has an answer to"}};
}

std::vector<Option> asking_options() {
  std::vector<Option> all = {
      safety_option(),
      base_option(),
      {.name = "--only",
       .value = "GLOB",
       .help = "use no answer that changes another file; may be repeated",
       .repeats = true},
      model_option("the model to ask, or several with commas"),
      {.name = "--review",
       .value = "NAME",
       .help = "a model that looks at what passed and may veto it; 'none': nobody "
               "(default: config.toml's)"},
      {.name = "--attempts",
       .value = "N",
       .help = fmt::format("answers to one line of thought, the first included; 1 to {} "
                           "(default: config.toml's)",
                           model::kMostAttempts),
       .number = true,
       .most = model::kMostAttempts},
      {.name = "--candidates",
       .value = "K",
       .help = fmt::format("lines of thought, each from the beginning; 1 to {} "
                           "(default: config.toml's)",
                           model::kMostCandidates),
       .number = true,
       .most = model::kMostCandidates}};
  all = joined(std::move(all), spending_options());
  return joined(
      std::move(all),
      {{.name = "--resume", .help = "go on with the latest session that was interrupted"},
       {.name = "--session", .value = "ID", .help = "with --resume: the session to go on with"},
       {.name = "--dry-run", .help = "print the first question instead of asking it"}});
}

}  // namespace automod::cli
