#pragma once

#include <vector>

#include "engine/store/store.hpp"
#include "engine/types/evidence.hpp"

namespace automod {

/// The rows of modification_metrics that follow from evidence: medians of execution_time:<name>
/// (ms) and memory_usage:<name> (MB), and error_rate (share of failing tests).
std::vector<store::MetricRow> metrics_of(const Evidence& evidence);

}  // namespace automod
