#pragma once

#include <nlohmann/json_fwd.hpp>

#include "engine/engine.hpp"

namespace automod::cli {

/// A trial and its verdict, as every document shows them.
nlohmann::json tried_json(const Tried& tried);

}  // namespace automod::cli
