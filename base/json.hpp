#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "base/error.hpp"

namespace automod {

/// A JSON text from somebody else, read strictly: valid UTF-8, at most `deepest` levels, no name
/// twice in one object, nothing behind it. kUsage says what is wrong and nothing has been built
/// before; the caller has bounded the size.
Result<nlohmann::json> parse_strictly(std::string_view text, std::size_t deepest);

/// A document as text that is safe to print, as printable_json() makes it; bytes that are no UTF-8
/// become U+FFFD. `indent` -1: all on one line.
std::string json_text(const nlohmann::json& document, int indent);

}  // namespace automod
