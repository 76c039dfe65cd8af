// Helpers for plain ASCII text.
#pragma once

#include <string>
#include <vector>

namespace wordrank {

inline bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

inline char to_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

inline std::string lower(std::string text) {
  for (char& c : text) c = to_lower(c);
  return text;
}

inline bool contains(const std::vector<std::string>& words, const std::string& wanted) {
  for (auto word : words) {
    if (word == wanted) return true;
  }
  return false;
}

inline std::string join(const std::vector<std::string>& parts, std::string separator) {
  std::string joined;
  for (const auto& part : parts) {
    if (!joined.empty()) joined += separator;
    joined += part;
  }
  return joined;
}

}  // namespace wordrank
