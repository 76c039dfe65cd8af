#pragma once

#include <set>
#include <string_view>

/// What of a file a model is not shown as it stands there.
namespace automod::propose {

using Withheld = std::set<std::string_view>;

/// Adds the lines of a text that may hold a secret, without their ends; they are parts of it.
void withhold_secrets(std::string_view text, Withheld& into);

}  // namespace automod::propose
