#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace automod::cli {

/// What a piece of text means; how that looks is up to Paint.
enum class Tone { kPlain, kTitle, kDim, kGood, kWarn, kBad, kName, kPlace };

/// Colours text, or leaves it alone where colour is not wanted.
class Paint {
 public:
  explicit Paint(bool on) : on_(on) {}
  bool on() const { return on_; }
  std::string operator()(Tone tone, std::string_view text) const;

 private:
  bool on_;
};

/// Width on a terminal, one column a code point.
std::size_t width_of(std::string_view utf8);

/// At most `width` columns; what was cut is shown by an ellipsis.
std::string clip(std::string_view utf8, std::size_t width);

/// Lines of at most `width` columns, broken at spaces; a longer word keeps its line. Line breaks
/// in `text` stay.
std::vector<std::string> wrap(std::string_view text, std::size_t width);

/// `text` wrapped at `width` with every line indented.
std::string paragraph(std::string_view text, std::size_t indent, std::size_t width);

struct Cell {
  std::string text;
  Tone tone = Tone::kPlain;
  bool right = false;  // aligned to the right
};

/// Rows whose columns line up. The last column is clipped to `width` where that is not 0.
class Table {
 public:
  void add(std::vector<Cell> row) { rows_.push_back(std::move(row)); }
  /// A line between rows that stands for itself.
  void add_heading(std::string text, Tone tone) {
    headings_.emplace(rows_.size(), Cell{std::move(text), tone});
  }
  bool empty() const { return rows_.empty(); }
  std::string text(const Paint& paint, std::size_t indent, std::size_t width) const;

 private:
  std::vector<std::vector<Cell>> rows_;
  std::multimap<std::size_t, Cell> headings_;  // by the row they precede
};

/// "1.2 s", "340 ms", "3 min 5 s".
std::string duration(long long milliseconds);

/// "3.2 MB"
std::string bytes_text(std::uint64_t bytes);

/// "1 file", "3 files".
std::string count(std::size_t number, std::string_view one, std::string_view many = {});

/// Untrusted text on one line, for HTML and SVG: between tags and in quoted attributes.
std::string markup(std::string_view untrusted);

/// A word for /bin/sh: quoted where it must be.
std::string shell_word(std::string_view word);

}  // namespace automod::cli
