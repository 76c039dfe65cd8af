#pragma once

#include <optional>
#include <string>
#include <vector>

#include "analyzers/impact/build_graph.hpp"
#include "engine/clang_site.hpp"

namespace automod {

/// What the configured base says of its build.
struct BuildSeen {
  std::optional<analyzers::BuildGraph> graph;  // absent: nothing is known
  std::vector<std::string> notes;              // what is not known, and why
};

/// Asks CMake for its targets, CTest for its tests and the last build for what it noted, each by a
/// command in the sandbox whose writes are forgotten. What they say wrongly is a note.
Result<BuildSeen> see_build(const ClangSite& site, const Config& config, const CancelToken& cancel);

}  // namespace automod
