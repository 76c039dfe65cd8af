#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>

#include "engine/codebase.hpp"

/// JSON documents of the commands that say what is known of the code.
namespace automod::cli {

nlohmann::json index_document(const Indexed& indexed, const std::filesystem::path& file);

}  // namespace automod::cli
