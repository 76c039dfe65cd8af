#pragma once

#include <cstddef>
#include <limits>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "base/error.hpp"

namespace automod {

/// A JSON text from somebody else, read strictly: valid UTF-8, at most `deepest` levels, no name
/// twice in one object, nothing behind it. kUsage says what is wrong and nothing has been built
/// before; the caller has bounded the size. A value may take dozens of times the room of its text:
/// who reads what a stranger sends bounds their number, too.
Result<nlohmann::json> parse_strictly(
    std::string_view text, std::size_t deepest,
    std::size_t most_values = std::numeric_limits<std::size_t>::max());

/// A document as text that is safe to print, as printable_json() makes it; bytes that are no UTF-8
/// become U+FFFD. `indent` -1: all on one line.
std::string json_text(const nlohmann::json& document, int indent);

}  // namespace automod
