#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

/// Texts as lines that keep their own ends. A carriage return ends a line only together with the
/// newline after it; elsewhere it is a byte like any other.
namespace automod::propose {

struct Line {
  std::string_view text;
  std::string_view end;  // "\n", "\r\n"; "" where the text ends without one
};

/// Takes the first line off a text that is not empty.
Line take_line(std::string_view& rest);

std::vector<Line> lines_of(std::string_view text);

/// "\n" or "\r\n", as the last line of `text` ends; "" when it has none.
std::string_view last_end(std::string_view text);

/// Where whole lines stand that are the same but for their ends.
struct Found {
  static constexpr std::size_t kMostNumbers = 5;
  std::size_t count = 0;             // of all places, which may overlap
  std::vector<std::size_t> numbers;  // of the first line of the first few, from 1
  std::size_t at = 0;                // of the first, in bytes
};

/// In time that grows with both lengths, whatever they hold. `wanted` must not be empty.
Found find_lines(std::string_view text, const std::vector<Line>& wanted);

/// `text` with the lines `old`, which are parts of it and stand at `at`, replaced by `fresh`. Of
/// `fresh` the words count, not the ends: those are written as the text writes them there.
///
/// Lines that are alike at the beginning of both, and then at the end, stay as they are. Between
/// them a line that stands in `old` as well keeps its end, in order. Of the lines between two such,
/// the first takes the end of the first of `old` that stood there, the second of the second; what
/// is left over, that of the line before it, or on top of a text of the one after it. A text whose
/// last line had no end has none afterwards.
std::string replace_lines(std::string_view text, std::size_t at, const std::vector<Line>& old,
                          const std::vector<Line>& fresh);

}  // namespace automod::propose
