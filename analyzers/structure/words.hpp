#pragma once

#include <cstddef>
#include <string_view>

namespace automod::analyzers {

inline bool begins_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$' ||
         static_cast<unsigned char>(c) >= 0x80;
}
inline bool continues_word(char c) { return begins_word(c) || (c >= '0' && c <= '9'); }

/// Calls `see(word, at)` for each name-like word of the text, at the byte where it begins.
template <class See>
void for_each_word(std::string_view text, See&& see) {
  for (std::size_t i = 0; i < text.size();) {
    if (!continues_word(text[i])) {
      ++i;
      continue;
    }
    const std::size_t begin = i;
    while (i < text.size() && continues_word(text[i])) ++i;
    if (begins_word(text[begin])) see(text.substr(begin, i - begin), begin);
  }
}

}  // namespace automod::analyzers
