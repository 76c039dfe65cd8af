#pragma once

#include <string_view>

#include "base/error.hpp"
#include "engine/repo/repo.hpp"
#include "engine/types/words.hpp"

namespace automod {

struct Target;

/// Is `path` the file or below the folder that `scope` names? Everything is in an empty one.
bool in_scope(std::string_view path, std::string_view scope);

/// kUsage, with what comes nearest, for a scope that no file of the target is in.
Result<void> check_scope(const repo::Repository& repo, const Target& target,
                         std::string_view scope);

}  // namespace automod
