#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/error.hpp"

/// The parts of parse_diff that look at one line at a time.
namespace automod::repo {

/// Walks through a text line by line.
class LineReader {
 public:
  explicit LineReader(std::string_view text) : rest_(text) {}

  bool at_end() const { return rest_.empty(); }
  std::size_t number() const { return number_; }  // of the line that comes next, from 1
  std::string_view rest() const { return rest_; }
  std::string_view peek() const { return line(rest_); }  // without its newline
  std::string_view peek_whole() const;                   // with it
  std::string_view peek_after() const;                   // the line after the next one
  void skip();

 private:
  static std::string_view line(std::string_view text) { return text.substr(0, text.find('\n')); }
  std::string_view rest_;
  std::size_t number_ = 1;
};

/// An error at a line of the patch.
std::unexpected<Error> fail_line(std::size_t line, std::string_view what,
                                 ErrorKind kind = ErrorKind::kUsage, std::string hint = {});

/// The two names of a "diff --git" line as they stand there ("a/x", "b/x"); nullopt when they
/// cannot be told apart, as with a rename to a name with blanks.
std::optional<std::pair<std::string, std::string>> split_names(std::string_view names);

/// The name in a "--- " or "+++ " line, without what comes after it (a time).
std::optional<std::string> header_name(std::string_view rest);

/// The name in a "rename from " line and its like.
std::optional<std::string> plain_name(std::string_view rest);

/// The path in "a/path" and "b/path". Any two different letters will do for a and b, as `git
/// diff` has settings that change them, but they must be there.
std::optional<std::string> common_path(std::string_view old_name, std::string_view new_name);

struct HunkHeader {
  std::size_t old_start = 0;
  std::size_t old_count = 0;
  std::size_t new_start = 0;
  std::size_t new_count = 0;
};

/// "@@ -1,3 +1,4 @@ anything"
std::optional<HunkHeader> parse_hunk_header(std::string_view line);

/// A file mode, 6 octal digits. kRefused for links and submodules.
Result<unsigned> parse_mode(std::string_view text, std::size_t line);

}  // namespace automod::repo
