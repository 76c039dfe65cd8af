#pragma once

#include <string>
#include <vector>

#include "engine/engine.hpp"

namespace automod::cli {

/// The verdicts as a JUnit report: a suite for each change; in it a case for the verdict, which
/// fails unless it is approved, and one for each check. A check that only warns, or that did not
/// keep the change from being approved, passes and says in its output what it saw.
std::string junit_of(const std::vector<Gated>& all);

}  // namespace automod::cli
