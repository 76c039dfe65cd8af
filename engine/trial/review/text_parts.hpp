#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "engine/trial/review/review.hpp"

/// The parts of review_text.
namespace automod::trial {

/// The new side of a changed file.
struct TextSide {
  std::string path;
  FileRole role = FileRole::kOther;
  std::string_view text;
  std::vector<std::string_view> lines;
  std::vector<bool> added;  // by line
};

/// Facts of one sort from one file: more say nothing new, and would push others out.
inline constexpr std::size_t kMostAlike = 100;

void add_secrets(const TextSide& side, Review& into);

/// Characters that make text look like what it is not.
void add_disguise(const TextSide& side, Review& into);

/// Names that look like others.
void add_homoglyphs(const ReviewInput& input, const std::vector<TextSide>& sides, Review& into);

/// Content that nobody can read. true: it is no text, and is not to be read as such.
bool add_binary(const FileChange& file, Review& into);

void add_licenses(const FileChange& file, Review& into);

struct Point {
  char32_t code = 0;       // U+FFFD where the bytes are no UTF-8
  std::size_t length = 1;  // in bytes
};
/// The code point that begins at `at`.
Point point_at(std::string_view text, std::size_t at);

/// "U+202E".
std::string point_name(char32_t code);

}  // namespace automod::trial
