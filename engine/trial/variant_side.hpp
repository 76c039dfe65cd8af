#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "engine/trial/inventory.hpp"
#include "engine/trial/stages.hpp"

/// What the stages that build a target a second time have in common.
namespace automod::trial {

/// The base in another variant, built. Nothing, with a LeftOut for `stage`, when it does not build
/// so.
Result<std::optional<Base>> variant_base(const TrialContext& context, Variant variant,
                                         std::string_view stage, StageOutput& out);

/// A side of such a base with the candidate's files, configured again where that is wanted, and
/// built. Nothing when it does not build; the stages tell.
Result<std::optional<Side>> variant_candidate(const TrialContext& context, const Base& base,
                                              const Evidence& evidence, StageOutput& out);

/// Runs the tests on a side. The records are added to `out` where there is one.
Result<TestRun> variant_tests(const Side& side, StageOutput* out);

/// What was found out about a base, kept beside it for as long as it is kept. `measure` is asked
/// once, whoever wants it.
Result<std::string> noted(const World& world, const Base& base, std::string_view stage,
                          const std::function<Result<std::string>()>& measure);

/// Is one of the changed files written in C or C++?
bool changes_c_family(const TrialSpec& spec);

}  // namespace automod::trial
