#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/context.hpp"
#include "engine/types/config.hpp"
#include "engine/types/words.hpp"
#include "prompts/prompts.hpp"

/// What is asked of a model, before anything is known of who is asked and of the code.
namespace automod::asking {

struct Task {
  prompts::Purpose purpose = prompts::Purpose::kFeature;
  ModificationType type = ModificationType::kFeatureAdd;
  std::string summary;  // one line, for people and for the commit
  std::string request;  // for the model
  std::vector<std::string> focus;
  std::string words;               // to find a focus in
  std::vector<ContextPart> more;   // figures and evidence
  std::vector<std::string> tests;  // that are to pass in the end
};

prompts::Purpose purpose_of(ModificationType type);

/// By the words that stand first for a kind of work: "fix", "faster", "rename"; else feature_add.
ModificationType type_of_words(std::string_view words);

Task task_of_words(std::string_view words, ModificationType type);
Task task_of_finding(const Finding& finding);
/// `flaky`: those among `tests` that do not fail every time. `words` is what the user adds.
Task task_of_failing(const std::vector<std::string>& tests, const std::vector<std::string>& flaky,
                     std::string_view words);
Task task_of_benchmarks(const std::vector<Benchmark>& benchmarks, std::string_view words);

/// What a further line of thought is told, so that it is not the first one once more; `line` from
/// 1, the first is told nothing.
std::string angle(ModificationType type, std::size_t line);
/// Further lines of thought are asked for at rising temperatures; absent: the settings'.
std::optional<double> temperature_of(std::size_t line);

}  // namespace automod::asking
