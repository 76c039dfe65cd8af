#pragma once

#include <string>
#include <vector>

#include "engine/types/words.hpp"

namespace automod::keep {

/// Names that a change brings into being: defined in its files now and nowhere in them before.
std::vector<std::string> names_introduced(const std::vector<FileChange>& files);

/// Those of `names` that a change uses where it did not before.
std::vector<std::string> names_taken_up(const std::vector<FileChange>& files,
                                        const std::vector<std::string>& names);

}  // namespace automod::keep
