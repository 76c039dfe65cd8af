#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "engine/ask.hpp"

/// What the attempts at one request are worth.
namespace automod {

/// The one with the best verdict, then with the best effect; the first of equals. nullopt when none
/// was judged.
std::optional<std::size_t> best_of(const std::vector<Attempt>& attempts);

/// Of the tests that are to pass, the first that does not.
std::optional<std::string> still_failing(const std::vector<std::string>& tests,
                                         const Evidence& evidence);

/// Nothing stands against it but that a reviewer gave no answer, which no other change would mend.
bool wants_reviewer_alone(const Tried& tried);

}  // namespace automod
