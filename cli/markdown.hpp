#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/engine.hpp"

namespace automod::cli {

/// The verdicts for people, as GitHub and GitLab show Markdown: a table of the changes; for each
/// what did not pass, where, and what was run. Bounded.
std::string markdown_of(const std::vector<Gated>& all);

/// Text of a target in Markdown: shown as it is, in the face of code. Nothing in it is markup, a
/// link or the name of a person.
std::string markdown_code(std::string_view text);

}  // namespace automod::cli
