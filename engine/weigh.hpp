#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "analyzers/index/codebase.hpp"
#include "analyzers/profile/profile.hpp"
#include "base/error.hpp"
#include "engine/types/words.hpp"

/// How much findings matter where they stand, whoever found them.
namespace automod {

/// Fills in the weight of every finding of the tree that `code` is of. `profile` may be null. What
/// stands in no file, or in one that the codebase has not, weighs nothing.
/// Reach is what the names of calls tell; a name that may mean more than three functions tells
/// nothing. Heat is that of the line, where the profile knows it and the finding is not about the
/// head of a function, else that of the function.
using ReadText = std::function<Result<std::string>(std::uint32_t file)>;
Result<void> weigh(std::vector<Finding>& findings, const analyzers::Codebase& code,
                   const ReadText& read, const analyzers::Profile* profile);

/// Candidates whose findings weigh most come first; those that weigh the same keep their order.
void order_by_weight(std::vector<Candidate>& candidates, const std::vector<Finding>& findings);

std::vector<Finding> heaviest_first(std::vector<Finding> findings);

}  // namespace automod
