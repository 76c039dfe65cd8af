#pragma once

#include "engine/trial/review/review.hpp"

/// What review_tests() is made of.
namespace automod::trial {

void review_test_files(const ReviewInput& input, Review& into);
/// How CMake files make, run and judge tests.
void review_test_registration(const ReviewInput& input, Review& into);
/// The lines of other build, CI and configuration files that run them.
void review_test_commands(const ReviewInput& input, Review& into);

}  // namespace automod::trial
