#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "engine/ask.hpp"

/// A request as it is kept while it is worked on, so that it can be given again.
namespace automod::asking {

std::string text_of(const AskRequest& request);
/// kInternal when it is not what text_of() writes.
Result<AskRequest> request_of(std::string_view text);

}  // namespace automod::asking
