#pragma once

#include "cli/documents.hpp"

/// One of everything, with fixed ids and times.
namespace automod::testing {

store::ListedModification sample_proposed();
store::ListedModification sample_applied();
Tried sample_tried();
Analysis sample_analysis();
cli::Shown sample_shown();

}  // namespace automod::testing
