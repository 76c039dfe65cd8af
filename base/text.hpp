#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace automod {

/// Does a character show nothing where it stands alone, so that text can hide in such? Controls and
/// those that turn the direction of text are asked for elsewhere.
bool is_invisible(char32_t point);

/// Pictures and signs that are drawn in colour with U+FE0F behind them.
bool is_pictograph(char32_t point);

/// Text from an untrusted source, safe to print: control characters (newline and tab excepted),
/// bidirectional controls, invisible characters and bytes that are no UTF-8 appear as escapes such
/// as \x1b. One U+FE0F behind a pictograph or in a keycap stays.
std::string printable(std::string_view untrusted);

/// The same on one line: newlines and tabs are escaped as well.
std::string printable_line(std::string_view untrusted);

/// The same JSON, safe to print: such characters are JSON's own escapes, which read back the same.
/// `json` is valid UTF-8 that has none outside its strings but newlines.
std::string printable_json(std::string_view json);

/// `text` as valid UTF-8, invalid bytes replaced by U+FFFD: fit for JSON.
std::string valid_utf8(std::string_view text);

/// At most `limit` bytes from the beginning of `text`, which is UTF-8: no character is cut.
std::string_view head(std::string_view text, std::size_t limit);

/// At most `limit` bytes from the end of `text`, beginning at a line where possible.
std::string_view tail(std::string_view text, std::size_t limit);

/// The candidate nearest to `word` by edit distance, if any is near enough to be meant.
std::optional<std::string> nearest(std::string_view word,
                                   const std::vector<std::string>& candidates);

/// ", did you mean 'x'?" for the nearest candidate, or nothing.
std::string suggestion(std::string_view word, const std::vector<std::string>& candidates);

std::vector<std::string_view> split_lines(std::string_view text);

/// ASCII letters only, whatever the locale.
std::string in_lower(std::string_view text);

/// `text` with lines broken at spaces so that none is longer than `width`, where words allow.
/// Paragraphs (empty lines) stay; everything else is filled anew.
std::string wrap(std::string_view text, std::size_t width);

/// One `{word}` in a text: braces around a letter or underscore and then letters, digits and
/// underscores, with no `$` before. So `${build}`, `{a,b}`, `{}` and `{ print }` are text.
struct Placeholder {
  std::size_t at = 0;
  std::size_t length = 0;  // with the braces
  std::string_view word;   // part of the text
};
std::vector<Placeholder> placeholders(std::string_view text);

/// Does `path` match `pattern`? `*` and `?` stay within one folder, `**` crosses folders, `**/`
/// stands for any number of whole folders, none included; a pattern that ends in '/' means all
/// below it. Takes time in proportion to both lengths.
bool glob_match(std::string_view pattern, std::string_view path);

}  // namespace automod
