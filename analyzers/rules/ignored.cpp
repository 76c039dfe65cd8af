#include "analyzers/rules/ignored.hpp"

#include <algorithm>

namespace automod::analyzers {

namespace {

constexpr std::string_view kIgnore = "automod-ignore";

bool says(std::string_view line, std::string_view id) {
  const std::size_t at = line.find(kIgnore);
  if (at == line.npos) return false;
  std::string_view rest = line.substr(at + kIgnore.size());
  if (!rest.starts_with(':')) return true;
  while (!rest.empty()) {
    rest.remove_prefix(std::min(rest.find_first_not_of(":, \t"), rest.size()));
    const std::size_t end = std::min(rest.find_first_of(", \t\r"), rest.size());
    if (rest.substr(0, end) == id) return true;
    rest.remove_prefix(end);
  }
  return false;
}

}  // namespace

Ignored::Ignored(std::string_view text) : text_(text), is_used_(text.contains(kIgnore)) {}

bool Ignored::covers(std::size_t byte, std::string_view id) const {
  if (!is_used_) return false;
  const std::string_view line = line_around(byte);
  if (says(line, id)) return true;
  const auto begin = static_cast<std::size_t>(line.data() - text_.data());
  return begin > 0 && says(line_around(begin - 1), id);
}

std::string_view Ignored::line_around(std::size_t byte) const {
  const std::size_t before = byte == 0 ? text_.npos : text_.rfind('\n', byte - 1);
  const std::size_t begin = before == text_.npos ? 0 : before + 1;
  return text_.substr(begin, std::min(text_.find('\n', byte), text_.size()) - begin);
}

}  // namespace automod::analyzers
