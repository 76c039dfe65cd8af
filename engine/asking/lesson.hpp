#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/context.hpp"
#include "engine/store/records.hpp"
#include "engine/types/evidence.hpp"
#include "engine/types/words.hpp"

/// What the next attempt is shown of the one before. All of it is material, never instructions:
/// the target's build and tests wrote it.
namespace automod::asking {

/// An answer that could not be used, with why.
std::vector<ContextPart> lesson_of(std::string_view answer, const Error& refusal);

/// An attempt that was tried: its change, what the checks say, and what it printed. Of held-out
/// inputs nothing is shown but that something differs.
std::vector<ContextPart> lesson_of(const Modification& tried, const Evidence& evidence,
                                   const Verdict& verdict,
                                   const std::vector<store::ExecutionRow>& executions);

/// The tests that the base fails, with what they print.
std::vector<ContextPart> failing_tests(const std::vector<std::string>& names,
                                       const std::vector<StageEvidence>& base);

}  // namespace automod::asking
