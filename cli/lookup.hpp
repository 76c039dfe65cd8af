#pragma once

#include <string>

#include "base/error.hpp"
#include "engine/store/store.hpp"

/// What users name by the beginning of an id.
namespace automod::cli {

/// kUsage when none or several sessions begin so.
Result<SessionId> find_session(const store::Store& store, const std::string& prefix);

/// The whole id of the modification or session that begins so.
Result<std::string> find_subject(const store::Store& store, const std::string& prefix);

}  // namespace automod::cli
