#include "engine/context/words.hpp"

#include <algorithm>
#include <set>

namespace automod::context {

namespace {

constexpr std::size_t kMostMentions = 100;
constexpr std::size_t kShortest = 2;
constexpr std::size_t kLongest = 300;

bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return is_lower(c) || is_upper(c) || c == '_'; }

/// May it stand in a name or a path?
bool is_part(char c) {
  return is_letter(c) || is_digit(c) || std::string_view("./:-+~$").find(c) != std::string::npos;
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kLeading = ":-+$";
  constexpr std::string_view kTrailing = ".:-+/$~";
  while (!text.empty() && kLeading.find(text.front()) != std::string::npos) text.remove_prefix(1);
  while (!text.empty() && kTrailing.find(text.back()) != std::string::npos) text.remove_suffix(1);
  return text;
}

bool is_written_as_code(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '_' || c == '/') return true;
    if (i == 0) continue;
    const char before = text[i - 1];
    const bool is_inside = is_letter(before) && i + 1 < text.size();
    if (is_lower(before) && is_upper(c)) return true;
    if (is_letter(before) && is_digit(c)) return true;
    if (is_inside && c == '.' && is_letter(text[i + 1])) return true;
    if (c == ':' && before == ':') return true;
  }
  return false;
}

}  // namespace

std::vector<Mention> mentions_in(std::string_view words) {
  std::vector<Mention> all;
  std::set<std::string, std::less<>> known;
  bool is_quoted = false;
  for (std::size_t i = 0; i < words.size() && all.size() < kMostMentions;) {
    if (words[i] == '`') is_quoted = !is_quoted;
    if (!is_part(words[i])) {
      ++i;
      continue;
    }
    std::size_t end = i;
    while (end < words.size() && is_part(words[end])) ++end;
    const std::string_view text = trimmed(words.substr(i, end - i));
    const bool is_called = end < words.size() && words[end] == '(';
    i = end;
    if (text.size() < kShortest || text.size() > kLongest) continue;
    if (std::ranges::none_of(text, is_letter) || !known.emplace(text).second) continue;
    all.push_back({.text = std::string(text),
                   .looks_like_code = is_quoted || is_called || is_written_as_code(text)});
  }
  return all;
}

}  // namespace automod::context
