#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/propose/file_lines.hpp"

namespace automod::propose {

/// Which lines of a text come nearest to ones that do not stand in it, and what is other there, in
/// words for who wrote them: a few lines, fit to be printed; none where nothing comes near. Only
/// the beginning of a very long text is looked at.
std::vector<std::string> near_lines(std::string_view text, const std::vector<Line>& wanted);

/// What a line of a file, by number, has other than the line `wanted` of an answer:
/// "line 41 has 1 tab where the answer has 4 blanks". The two differ.
std::string difference(std::size_t number, std::string_view held, std::string_view wanted);

}  // namespace automod::propose
