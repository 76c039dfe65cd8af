#pragma once

#include <string>
#include <vector>

#include "analyzers/clang/clang_tidy.hpp"
#include "engine/codebase.hpp"
#include "engine/impl.hpp"

/// What only shows when all files of a target are seen together: history, copies, what nobody
/// uses. Nothing is run and no sandbox is needed.
namespace automod {

struct StructureReport {
  std::vector<analyzers::Diagnostic> diagnostics;  // by rule, the gravest first
  std::vector<Hotspot> hotspots;                   // see Analysis
};

/// Looks for the rules of propose::Reader::kStructure that `rules` names. What could not be had is
/// noted and left out; kInterrupted alone is an error.
Result<StructureReport> read_structure(Engine::Impl& engine, const Target& target,
                                       const IndexedCode& code,
                                       const std::vector<std::string>& rules);

}  // namespace automod
