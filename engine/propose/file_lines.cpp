#include "engine/propose/file_lines.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <optional>

namespace automod::propose {

namespace {

constexpr std::string_view kNewline = "\n";

/// For each line of `wanted`: how many lines before and with it are its beginning once more. What
/// Knuth, Morris and Pratt use to look at no line of a text twice.
std::vector<std::size_t> borders_of(const std::vector<Line>& wanted) {
  std::vector<std::size_t> borders(wanted.size(), 0);
  std::size_t length = 0;
  for (std::size_t i = 1; i < wanted.size(); ++i) {
    while (length > 0 && wanted[i].text != wanted[length].text) length = borders[length - 1];
    if (wanted[i].text == wanted[length].text) ++length;
    borders[i] = length;
  }
  return borders;
}

/// Where in bytes the line with this number begins, from 1.
std::size_t offset_of(std::string_view text, std::size_t number) {
  std::string_view rest = text;
  for (std::size_t i = 1; i < number; ++i) take_line(rest);
  return text.size() - rest.size();
}

/// The ends that lines of a text have, or would have if it went on.
std::vector<std::string_view> ends_of(const std::vector<Line>& lines, std::string_view before) {
  std::vector<std::string_view> ends;
  ends.reserve(lines.size());
  for (const Line& line : lines) {
    if (!line.end.empty()) before = line.end;
    ends.push_back(before.empty() ? kNewline : before);
  }
  return ends;
}

/// Which line of `old` each line of `fresh` is; nullopt for one that is new.
using Kept = std::vector<std::optional<std::size_t>>;

Kept kept_lines(const std::vector<Line>& old, const std::vector<Line>& fresh) {
  Kept kept(fresh.size());
  const std::size_t shorter = std::min(old.size(), fresh.size());
  std::size_t head = 0;
  for (; head < shorter && old[head].text == fresh[head].text; ++head) kept[head] = head;
  std::size_t tail = 0;
  const auto from_end = [&](const std::vector<Line>& lines) {
    return lines[lines.size() - 1 - tail].text;
  };
  for (; tail < shorter - head && from_end(old) == from_end(fresh); ++tail) {
    kept[fresh.size() - 1 - tail] = old.size() - 1 - tail;
  }
  std::map<std::string_view, std::vector<std::size_t>> places;
  for (std::size_t i = head; i < old.size() - tail; ++i) places[old[i].text].push_back(i);
  std::size_t next = head;
  for (std::size_t i = head; i < fresh.size() - tail; ++i) {
    const auto found = places.find(fresh[i].text);
    if (found == places.end()) continue;
    const auto place = std::ranges::lower_bound(found->second, next);
    if (place == found->second.end()) continue;
    kept[i] = *place;
    next = *place + 1;
  }
  return kept;
}

/// The end of each line of `fresh`. `before` is that of the line above, "" when there is none.
std::vector<std::string_view> choose_ends(const std::vector<Line>& old,
                                          const std::vector<Line>& fresh, std::string_view before) {
  const std::vector<std::string_view> had = ends_of(old, before);
  if (had.empty()) return std::vector(fresh.size(), before.empty() ? kNewline : before);
  const bool are_alike = std::ranges::adjacent_find(had, std::ranges::not_equal_to()) == had.end();
  if (are_alike && (before.empty() || before == had.front())) {
    return std::vector(fresh.size(), had.front());
  }
  const Kept kept = kept_lines(old, fresh);
  std::vector<std::string_view> ends;
  ends.reserve(fresh.size());
  std::size_t next = 0;   // of old, the first that nothing stands for yet
  std::size_t until = 0;  // of old, the next that is kept
  std::size_t ahead = 0;  // of fresh, the next that is kept
  for (std::size_t i = 0; i < fresh.size(); ++i) {
    if (i == 0 || i > ahead) {
      ahead = i;
      while (ahead < fresh.size() && !kept[ahead]) ++ahead;
      until = ahead < fresh.size() ? *kept[ahead] : old.size();
    }
    if (kept[i]) next = *kept[i];
    if (kept[i] || next < until) {
      before = had[next++];
    } else if (before.empty()) {
      before = had.front();
    }
    ends.push_back(before);
  }
  return ends;
}

}  // namespace

Line take_line(std::string_view& rest) {
  const std::size_t newline = rest.find('\n');
  if (newline == std::string_view::npos) {
    const Line line{.text = rest, .end = {}};
    rest = {};
    return line;
  }
  const std::size_t text = newline > 0 && rest[newline - 1] == '\r' ? newline - 1 : newline;
  const Line line{.text = rest.substr(0, text), .end = rest.substr(text, newline + 1 - text)};
  rest.remove_prefix(newline + 1);
  return line;
}

std::vector<Line> lines_of(std::string_view text) {
  std::vector<Line> lines;
  while (!text.empty()) lines.push_back(take_line(text));
  return lines;
}

std::string_view last_end(std::string_view text) {
  if (text.ends_with("\r\n")) return text.substr(text.size() - 2);
  if (text.ends_with('\n')) return text.substr(text.size() - 1);
  return {};
}

Found find_lines(std::string_view text, const std::vector<Line>& wanted) {
  Found found;
  const std::vector<std::size_t> borders = borders_of(wanted);
  std::size_t matched = 0;
  std::size_t number = 0;
  for (std::string_view rest = text; !rest.empty();) {
    const Line line = take_line(rest);
    ++number;
    while (matched > 0 && line.text != wanted[matched].text) matched = borders[matched - 1];
    if (line.text == wanted[matched].text) ++matched;
    if (matched < wanted.size()) continue;
    matched = borders[matched - 1];
    ++found.count;
    if (found.numbers.size() == Found::kMostNumbers) continue;
    found.numbers.push_back(number + 1 - wanted.size());
  }
  if (found.count > 0) found.at = offset_of(text, found.numbers.front());
  return found;
}

std::string replace_lines(std::string_view text, std::size_t at, const std::vector<Line>& old,
                          const std::vector<Line>& fresh) {
  std::size_t size = 0;
  for (const Line& line : old) size += line.text.size() + line.end.size();
  const std::string_view after = text.substr(at + size);
  const std::vector<std::string_view> ends = choose_ends(old, fresh, last_end(text.substr(0, at)));
  std::string out(text.substr(0, at));
  for (std::size_t i = 0; i < fresh.size(); ++i) out.append(fresh[i].text).append(ends[i]);
  const bool is_open = !text.empty() && last_end(text).empty();
  if (is_open && after.empty()) {
    out.resize(out.size() - (ends.empty() ? last_end(out).size() : ends.back().size()));
  }
  return out.append(after);
}

}  // namespace automod::propose
