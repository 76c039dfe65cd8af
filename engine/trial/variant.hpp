#pragma once

#include "engine/trial/trial.hpp"

/// The builds of a target that are made beside the plain one: with address and undefined-behaviour
/// sanitizers, and with coverage. The target's own commands make them; what differs is which
/// compiler they find first.
namespace automod::trial {

/// Sanitizers write what they see to files whose names begin so, at the root of the tree, and end
/// the process with this status.
inline constexpr std::string_view kSanitizerReport = ".automod-sanitizer";
inline constexpr int kSanitizerStatus = 86;

/// Interpreters write here which lines have run, at the root of the tree.
inline constexpr std::string_view kCoverageFolder = ".automod-coverage";

/// Adds to a policy what commands of a variant need: folders of our own tools, shown read-only,
/// and variables. Nothing for Variant::kPlain.
Result<void> add_variant(const World& world, const Config& config, Variant variant,
                         sandbox::Policy& policy);

/// By how much longer commands may take in it.
int slowness(Variant variant);

/// Everything of the variant that decides what a build of it holds, for the key of its base.
std::string fingerprint(Variant variant);

}  // namespace automod::trial
