#pragma once

#include <cstddef>
#include <string_view>

namespace automod::analyzers {

/// Comments of a text that say what is not to be found: "automod-ignore" on a line or on the one
/// before, with ": ID, ID" for these alone. The text is borrowed.
class Ignored {
 public:
  explicit Ignored(std::string_view text);

  bool covers(std::size_t byte, std::string_view id) const;

 private:
  std::string_view line_around(std::size_t byte) const;

  std::string_view text_;
  bool is_used_;
};

}  // namespace automod::analyzers
