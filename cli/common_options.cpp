#include "cli/common_options.hpp"

#include "engine/types/words.hpp"

namespace automod::cli {

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
              "score, never raise it"};
}

}  // namespace automod::cli
