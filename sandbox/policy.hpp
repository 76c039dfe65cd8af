#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "base/error.hpp"
#include "sandbox/sandbox.hpp"

namespace automod::sandbox {

/// Refuses what cannot be enforced or makes no sense, and resolves the paths of the host to
/// absolute ones without links.
Result<Policy> checked(const Policy& policy);

/// Is `path` the folder `above`, or something in it, by their names alone?
bool is_below(const std::filesystem::path& path, const std::filesystem::path& above);

/// Do all changes to the work folder stay in memory, where they can be bounded?
bool is_in_memory(const Policy& policy);

/// All variables the command sees.
std::map<std::string, std::string> full_environment(const Policy& policy);

}  // namespace automod::sandbox
