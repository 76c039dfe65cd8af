#pragma once

#include <initializer_list>
#include <nlohmann/json_fwd.hpp>
#include <string_view>

#include "base/error.hpp"

namespace automod::sign {

/// A JSON object, read strictly: at most 16 levels deep, no name twice in one object, valid
/// UTF-8, nothing behind it. kRefused says what is wrong; the caller has bounded the size.
Result<nlohmann::json> parse_strict_object(std::string_view text);

/// kRefused unless the object has exactly these members.
Result<void> check_members(const nlohmann::json& object,
                           std::initializer_list<std::string_view> names);

/// A text member that is there; nullptr when it is no text.
const std::string* text_member(const nlohmann::json& object, std::string_view name);

}  // namespace automod::sign
