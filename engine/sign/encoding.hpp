#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/sign/secret.hpp"

/// Base64, strictly: what is decoded is what encoding it again would give, so that there is one
/// text for one value. nullopt is returned for everything else, white space included.
namespace automod::sign {

/// The usual alphabet, padded (RFC 4648, section 4).
std::string base64(std::string_view bytes);
std::optional<std::string> from_base64(std::string_view text);

/// The alphabet of URLs, not padded (section 5).
std::string base64_url(std::string_view bytes);
std::optional<std::string> from_base64_url(std::string_view text);

/// The usual alphabet for what must leave no copy. False: not base64, or no room for it.
void append_base64(std::string_view bytes, Secret& to);
bool append_from_base64(std::string_view text, Secret& to);

}  // namespace automod::sign
