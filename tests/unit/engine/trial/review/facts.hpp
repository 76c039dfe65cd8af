#pragma once

#include <string>
#include <utility>
#include <vector>

#include "engine/trial/review/review.hpp"

namespace automod::testing {

FileChange edit(std::string path, std::string before, std::string after);

/// All that reading the change shows, in the order it is found.
std::vector<CodeFact> facts_of(const std::vector<FileChange>& files,
                               void (*part)(const trial::ReviewInput&, trial::Review&));

/// The names of the kinds, each once, sorted: "test_added test_removed".
std::string kinds_of(const std::vector<CodeFact>& facts);

/// One fact on each line, for messages.
std::string listed(const std::vector<CodeFact>& facts);

}  // namespace automod::testing
