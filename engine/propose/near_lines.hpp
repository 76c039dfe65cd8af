#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/propose/file_lines.hpp"
#include "engine/propose/unseen.hpp"

namespace automod::propose {

/// Which lines of a text come nearest to ones that do not stand in it, and what is other there, in
/// words for who wrote them: a few lines, fit to be printed; none where nothing comes near. Of a
/// line that is withheld they say no more than that it is. Only the beginning of a very long text
/// is looked at.
std::vector<std::string> near_lines(std::string_view text, const std::vector<Line>& wanted,
                                    const Withheld& withheld);

}  // namespace automod::propose
