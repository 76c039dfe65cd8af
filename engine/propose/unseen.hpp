#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>

/// What of a file a model is not shown as it stands there.
namespace automod::propose {

using Withheld = std::set<std::string_view>;

/// Adds the lines of a text that may hold a secret, without their ends; they are parts of it.
void withhold_secrets(std::string_view text, Withheld& into);

/// Why nobody who was shown a file can write all of it: "line 2 of it may hold a secret". nullopt:
/// every line was shown as it stands in `text`.
std::optional<std::string> fault_of_rewriting(std::string_view text);

/// The lines of a text that stand for what was not shown, or that end in a mark for it.
std::set<std::string_view> marks_of_unseen(std::string_view text);

}  // namespace automod::propose
