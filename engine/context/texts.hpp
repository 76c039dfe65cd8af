#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "analyzers/treesitter/facts.hpp"
#include "engine/codebase.hpp"

/// Texts of a tree as they may be shown to a model.
namespace automod::context {

/// A file with its lines.
class Lines {
 public:
  explicit Lines(std::string text);
  std::size_t count() const { return begins_.size(); }
  /// From 1; of the end, or beyond: the last.
  std::size_t line_of(std::size_t byte) const;
  /// Whole lines; empty where there are none.
  std::string_view slice(std::size_t first, std::size_t last) const;
  const std::string& text() const { return text_; }

 private:
  std::string text_;
  std::vector<std::size_t> begins_;
};

/// First and last line.
struct Span {
  std::size_t first = 0;
  std::size_t last = 0;
};

/// A symbol with the comment before it.
Span lines_of(const analyzers::Symbol& symbol, const Lines& lines);

class Texts {
 public:
  explicit Texts(const PackedTree& tree) : tree_(tree) {}
  /// Read once. Stays where it is.
  Result<const Lines*> of(std::string_view path);

 private:
  const PackedTree& tree_;
  std::map<std::string, Lines, std::less<>> known_;
};

/// What was done to a text before it may be shown.
struct Shown {
  std::string text;
  std::size_t escaped = 0;  // lines with characters that do not show, or that are no UTF-8
  std::size_t secrets = 0;  // lines that may hold one; replaced
  std::size_t cut = 0;      // lines of which only the beginning is shown
};
/// Lines end in "\n" alone; a byte order mark is gone. As many lines as before.
Shown shown(std::string_view text);
/// The same for lines of a file, where a private key may have begun before them.
Shown shown(const Lines& file, std::size_t first, std::size_t last);

}  // namespace automod::context
