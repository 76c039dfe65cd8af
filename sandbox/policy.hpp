#pragma once

#include <map>
#include <string>

#include "base/error.hpp"
#include "sandbox/sandbox.hpp"

namespace automod::sandbox {

/// Refuses what cannot be enforced or makes no sense, and resolves the paths of the host to
/// absolute ones without links.
Result<Policy> checked(const Policy& policy);

/// All variables the command sees.
std::map<std::string, std::string> full_environment(const Policy& policy);

}  // namespace automod::sandbox
