#pragma once

#include <vector>

#include "engine/store/bundle.hpp"

namespace automod::store {

/// Everything that any of them holds, each record once. Where two differ, the first counts.
Bundle merge_bundles(const std::vector<const Bundle*>& bundles);

}  // namespace automod::store
