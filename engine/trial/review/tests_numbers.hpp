#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/trial/review/tests_words.hpp"

/// Numbers in assertions: tolerances, bounds, rounds, times.
namespace automod::trial {

/// 0 where the text is no number.
double number_of(std::string text);

/// Does a function of that name ask for an upper (1) or a lower (-1) bound? 0: neither.
int bound_by_name(std::string_view function);

/// How an assertion says less with other numbers than before; nullopt when it does not, or when
/// more than numbers differs.
std::optional<std::string> loosened_numbers(const Statement& before, const Statement& after,
                                            bool is_inverted);

}  // namespace automod::trial
