#pragma once

#include <nlohmann/json_fwd.hpp>

#include "engine/conventions.hpp"

namespace automod::cli {

nlohmann::json conventions_document(const LearntConventions& learnt);

}  // namespace automod::cli
