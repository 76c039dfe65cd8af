#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "engine/repo/unified_diff.hpp"

namespace automod::repo {

/// How many lines may be looked at in search of hunks that are not where they say; one budget
/// bounds the work of a whole patch.
using SearchBudget = std::size_t;
inline constexpr SearchBudget kSearchBudget = 20'000'000;

/// The text that `original` becomes by the hunks, which are in order. Each must fit exactly: where
/// it says, or else at the one other place where all its old lines stand. kUsage, naming the file
/// and the hunk, when there is none or there are several.
Result<std::string> apply_hunks(std::string_view original, const std::vector<Hunk>& hunks,
                                std::string_view path, SearchBudget& budget);

}  // namespace automod::repo
