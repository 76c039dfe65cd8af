#pragma once

#include <string>

#include "engine/bench.hpp"

namespace automod::cli {

/// The decisive figures of a report as one drawing: the runs of both sides as dots on a common
/// scale, and below them the change with its interval. Complete in itself, text escaped.
std::string svg_of(const BenchReport& report);

}  // namespace automod::cli
