#pragma once

#include <string>
#include <string_view>

namespace automod::propose {

/// The value of one mail header, folded lines joined, words of RFC 2047 in UTF-8, US-ASCII or
/// Latin-1 decoded; what cannot be decoded stays as it is. Valid UTF-8 on one line.
std::string decode_header(std::string_view value);

/// "[PATCH v2 1/3] subject" -> "subject"
std::string_view strip_patch_tag(std::string_view subject);

}  // namespace automod::propose
