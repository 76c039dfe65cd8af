#pragma once

#include <cstddef>
#include <string>

#include "cli/text.hpp"
#include "engine/api.hpp"

/// What `api` found, in words.
namespace automod::cli {

/// Every declaration by file, or with another side what changed, the worst first.
std::string api_text(const ApiReport& report, const Paint& paint, std::size_t width);

}  // namespace automod::cli
