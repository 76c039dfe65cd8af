#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/text.hpp"
#include "engine/store/store.hpp"
#include "engine/types/evidence.hpp"
#include "engine/types/words.hpp"

/// Words of the engine as text for people. What came from a target is escaped.
namespace automod::cli {

/// The shortest beginning of an id, of at least 13 characters, that names it and nothing else.
std::string short_id(const store::Store& store, const ModificationId& id);

Tone tone_of(Decision decision);
Tone tone_of(ModificationStatus status);

/// "src/rank.cpp:41"; the folder in front of many files; empty where nothing is known.
std::string place_text(const Place& place);
std::string place_text(const Candidate& candidate);

/// "12.3 % faster", "4.0 % slower", "no change", "not measured".
std::string impact_text(const std::optional<double>& impact);

/// "in 2 loops, reached from 14 functions, 8.3 % of the profile"; empty where nothing is known.
std::string weight_text(const Finding& finding);

/// "approved, score 0.97, 12.3 % faster (level conservative)"
std::string verdict_line(const Verdict& verdict, const Paint& paint);

/// A line for each check that did not pass and one for all that did.
std::string checks_text(const Verdict& verdict, const Paint& paint, std::size_t indent,
                        std::size_t width);

/// "ok", "failed (exit code 1)", "killed (signal 9)", "timed out".
std::string stage_result(const StageEvidence& stage);

/// A line for each stage; below a failed one the end of what it printed.
std::string stages_text(const Evidence& evidence, const Paint& paint, std::size_t indent);

/// A line for each benchmark: base, candidate, change with its interval. Empty without any.
std::string figures_text(const Evidence& evidence, const Paint& paint, std::size_t indent);

/// "12 passed", "11 passed, 1 failed (12 passed before)".
std::string tests_text(const Inventory& base, const Inventory& candidate);

/// A unified diff in colours.
std::string diff_text(std::string_view patch, const Paint& paint);

/// One row for each modification under a heading, or an empty text for none.
std::string modifications_text(const std::vector<store::ListedModification>& listed,
                               const store::Store& store, const Paint& paint, std::size_t width);

/// The command that a person would give next to this modification, without "automod"; empty
/// where there is none.
std::string next_step(const store::ListedModification& listed, std::string_view id);

}  // namespace automod::cli
