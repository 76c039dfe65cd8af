#include "engine/propose/answer_marks.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"

namespace automod::propose {

namespace {

constexpr std::string_view kBlanks = " \t\r\n";
constexpr std::size_t kMarkerLength = 7;

constexpr std::array kForms{
    Form{EditKind::kReplace, "<<<<<<< SEARCH", ">>>>>>> REPLACE"},
    Form{EditKind::kWhole, "<<<<<<< FILE", ">>>>>>> FILE"},
    Form{EditKind::kDelete, "<<<<<<< DELETE", ">>>>>>> DELETE"},
    Form{EditKind::kRename, "<<<<<<< RENAME", ">>>>>>> RENAME"},
};

std::string_view without_blanks_after(std::string_view text) {
  return text.substr(0, text.find_last_not_of(kBlanks) + 1);
}

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/// In any letters.
bool is_word_of_marker(std::string_view text) {
  constexpr std::array<std::string_view, 5> kWords{"search", "replace", "file", "delete", "rename"};
  return std::ranges::find(kWords, in_lower(text)) != kWords.end();
}

/// How often the first character stands in a row.
std::size_t run_length(std::string_view text) {
  return std::min(text.find_first_not_of(text.front()), text.size());
}

/// Takes one layer of what stands around a path off both ends.
bool take_off(std::string_view mark, std::string_view& text) {
  const bool has = text.size() > 2 * mark.size() && text.starts_with(mark) && text.ends_with(mark);
  if (has) text = text.substr(mark.size(), text.size() - 2 * mark.size());
  return has;
}

}  // namespace

const Form* form_opened_by(std::string_view line) {
  const auto* form = std::ranges::find(kForms, without_blanks_after(line), &Form::open);
  return form == kForms.end() ? nullptr : form;
}

bool closes_block(std::string_view line) {
  return std::ranges::find(kForms, without_blanks_after(line), &Form::close) != kForms.end();
}

bool is_separator(std::string_view line) { return without_blanks_after(line) == kSeparator; }

bool is_like_marker(std::string_view line) {
  constexpr std::size_t kFewest = 5;  // fewer are signs of code: ">>> search" of a doctest
  const std::string_view text = trimmed(line);
  if (!text.starts_with('<') && !text.starts_with('>')) return false;
  const std::size_t length = run_length(text);
  const std::string_view rest = text.substr(length);
  if (length == kMarkerLength) {
    return rest.empty() || is_letter(rest.front()) || kBlanks.find(rest.front()) != kBlanks.npos;
  }
  return length >= kFewest && is_word_of_marker(trimmed(rest));
}

bool is_fence(std::string_view line) {
  const std::string_view text = trimmed(line);
  if (text.starts_with("~~~")) return true;
  if (!text.starts_with("```")) return false;
  return text.substr(run_length(text)).find('`') == text.npos;
}

bool is_bare_fence(std::string_view line) {
  const std::string_view text = trimmed(line);
  return is_fence(text) && run_length(text) == text.size();
}

std::string_view trimmed(std::string_view line) {
  line = without_blanks_after(line);
  return line.substr(std::min(line.find_first_not_of(kBlanks), line.size()));
}

std::string_view undecorated(std::string_view line) {
  line = trimmed(line);
  take_off("**", line);
  while (take_off("`", line)) {
  }
  take_off("**", line);
  return line;
}

}  // namespace automod::propose
