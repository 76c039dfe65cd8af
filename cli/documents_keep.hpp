#pragma once

#include <nlohmann/json_fwd.hpp>

#include "engine/store/records.hpp"

/// The records of keeping and taking back, as every document shows them.
namespace automod::cli {

nlohmann::json application_json(const store::Application& application);
nlohmann::json rollback_json(const store::Rollback& rollback);
nlohmann::json merge_json(const store::Merge& merge);
nlohmann::json approval_json(const store::Approval& approval);

}  // namespace automod::cli
