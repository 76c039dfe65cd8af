#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>

#include "analyzers/map/map.hpp"
#include "engine/codebase.hpp"
#include "engine/impact.hpp"

/// JSON documents of the commands that say what is known of the code.
namespace automod::cli {

nlohmann::json index_document(const Indexed& indexed, const std::filesystem::path& file);
nlohmann::json map_document(const analyzers::CodeMap& map, const IndexedCode& indexed,
                            std::size_t budget);
nlohmann::json impact_document(const ImpactReport& report);

}  // namespace automod::cli
