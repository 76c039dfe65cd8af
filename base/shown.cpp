#include "base/shown.hpp"

#include <cstddef>
#include <string>

#include "base/text.hpp"

namespace automod {

std::string_view shown_part(std::string_view line) {
  constexpr std::size_t kLongestLine = 4000;
  constexpr std::size_t kMostTildes = 60;
  static const std::string kTooMany(kMostTildes + 1, '~');
  line = head(line, kLongestLine);
  const std::size_t at = line.find(kTooMany);
  return at == std::string_view::npos ? line : line.substr(0, at + kMostTildes);
}

}  // namespace automod
