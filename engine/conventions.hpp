#pragma once

#include "analyzers/conventions/conventions.hpp"
#include "engine/codebase.hpp"

/// The habits of a target at a revision. Nothing is run and no sandbox is needed.
namespace automod {

struct LearntConventions {
  CommitId commit;
  analyzers::Conventions conventions;
};

/// Brings the index up to date first. Progress and what was left out are for the observer.
Result<LearntConventions> read_conventions(const std::filesystem::path& directory,
                                           std::string_view revision, const EngineWorld& world);

}  // namespace automod
