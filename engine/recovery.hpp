#pragma once

#include <filesystem>
#include <vector>

#include "engine/engine.hpp"
#include "engine/repo/repo.hpp"
#include "engine/store/recover.hpp"

namespace automod {

/// Does the repository itself show that automod has worked in it?
bool shows_traces(const repo::Repository& repo);

/// How the database of the repository that `directory` lies in does. Changes nothing.
Result<store::Diagnosis> diagnose_database(const std::filesystem::path& directory);

/// Makes a damaged or lost database anew, of what can be read of it, of exported bundles, and of
/// refs and notes of the repository. kConflict where there is nothing to recover.
Result<store::Rebuilt> recover_database(const std::filesystem::path& directory,
                                        const EngineWorld& world,
                                        const std::vector<std::filesystem::path>& bundles);

}  // namespace automod
