#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "engine/types/evidence.hpp"
#include "engine/types/words.hpp"
#include "prompts/prompts.hpp"

/// A second pair of eyes: what a model is shown of a finished trial, and how its answer is read.
namespace automod::asking {

/// What is asked for, in our words alone.
std::string_view review_request();

/// What the change is said to be, the code it changes as it stands on the base, the patch, and what
/// the trial measured: all of it material, within `most` bytes. The code is left out, or some of
/// it, where there is no room for it. nullopt where there is none for the rest: nobody can say that
/// nothing speaks against what he was not shown.
std::optional<std::vector<prompts::Section>> review_sections(const Modification& modification,
                                                             const Evidence& evidence,
                                                             std::size_t most);

/// Reads an answer. Its last line that is not empty says "VERDICT: nothing against it", "VERDICT:
/// doubtful" or "VERDICT: veto", in whatever case, with or without emphasis and a full stop; what
/// is before it is the reason. Where several lines say a verdict, the worst counts, and a veto
/// counts wherever it stands: a patch may have got the model to repeat a line. kUnanswered for
/// anything else. `reviewer` and `question` are left empty.
Opinion opinion_of(std::string_view answer);

/// `text` as the reason of an opinion: valid UTF-8, without white space around it, cut to
/// kMostReason.
std::string reason_of(std::string_view text);

}  // namespace automod::asking
