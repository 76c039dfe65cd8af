#pragma once

#include <string_view>

/// Text of a target as a model is shown it: what stands for the rest.
namespace automod {

/// A line that stands for lines that are not shown.
inline constexpr std::string_view kLinesLeftOut = "[…]";

/// How a line begins that stands for one that may hold a secret.
inline constexpr std::string_view kLineLeftOut = "[… a line is left out";

/// The end of a line that is not shown whole.
inline constexpr std::string_view kLineCut = " […]";

/// What of a line is shown where it is very long, its beginning: at most 4000 bytes, and of more
/// than 60 tildes in a row, for which a fence would have to be longer, the first 60. `line` is
/// UTF-8, of which no character is cut.
std::string_view shown_part(std::string_view line);

}  // namespace automod
