#pragma once

#include <vector>

#include "engine/store/store.hpp"
#include "engine/types/evidence.hpp"

namespace automod {

/// The rows of modification_metrics that follow from evidence. For each benchmark the medians of
/// execution_time:<name> (ms), memory_usage:<name> (MB) and its other metrics, of fresh rounds
/// where there are such, and error_rate:<name> (share of its runs that failed); error_rate (share
/// of failing tests).
std::vector<store::MetricRow> metrics_of(const Evidence& evidence);

}  // namespace automod
