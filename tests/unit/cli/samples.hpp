#pragma once

#include "cli/documents.hpp"

/// One of everything, with fixed ids and times.
namespace automod::testing {

store::ListedModification sample_proposed();
store::ListedModification sample_applied();
Tried sample_tried();
Gated sample_gated();
/// Commits of a range: one judged, one that could not be, one that changes nothing.
std::vector<Gated> sample_commits();
cli::CacheView sample_cache();
sign::PublicKey sample_key();
cli::KeyList sample_keys();
Analysis sample_analysis();
cli::RuleRow sample_rule();
cli::Shown sample_shown();

}  // namespace automod::testing
