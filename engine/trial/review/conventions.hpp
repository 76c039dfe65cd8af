#pragma once

#include <cstddef>

#include "engine/trial/review/review.hpp"

/// The parts of review_conventions.
namespace automod::trial {

// How much of the base is read to learn its habits.
inline constexpr std::size_t kMostHabitFiles = 400;
inline constexpr std::size_t kMostHabitBytes = 512 * 1024;  // of one file
inline constexpr std::size_t kMostUnlike = 50;              // facts of one sort

/// Names that are written otherwise than those of their kind.
void add_unlike_names(const ReviewInput& input, Review& into);

/// Ways to fail or to allocate that the project does not have.
void add_unlike_failures(const ReviewInput& input, Review& into);

}  // namespace automod::trial
