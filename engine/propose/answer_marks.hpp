#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/propose/answer.hpp"

/// What single lines of an answer are.
namespace automod::propose {

inline constexpr std::string_view kSeparator = "=======";

/// How a block begins and ends.
struct Form {
  EditKind kind;
  std::string_view open;
  std::string_view close;
};

/// Markers begin their line; blanks and a carriage return may follow. nullptr: it opens none.
const Form* form_opened_by(std::string_view line);
bool closes_block(std::string_view line);
bool is_separator(std::string_view line);

/// Could somebody have meant this line as a marker, or is it one of a conflict? Indented, in other
/// letters or, where nothing stands behind its word, with a few signs too many or too few. Then
/// what stands around it may mean two things.
bool is_like_marker(std::string_view line);

/// ``` or ~~~, with or without a language behind.
bool is_fence(std::string_view line);
bool is_bare_fence(std::string_view line);

/// Without white space around.
std::string_view trimmed(std::string_view line);

/// Without the white space, backticks and asterisks that stand around a path.
std::string_view undecorated(std::string_view line);

}  // namespace automod::propose
