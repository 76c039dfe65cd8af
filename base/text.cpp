#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <numeric>
#include <utility>

namespace automod {

namespace {

struct Decoded {
  char32_t point;
  std::size_t length;  // 0: the byte begins no valid sequence
};

/// Decodes one code point strictly: no overlong forms, no surrogates.
Decoded decode(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return {lead, 1};
  const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc2 ? 2 : 0;
  if (length == 0 || lead > 0xf4 || text.size() < length) return {0, 0};
  char32_t point = lead & (0xffu >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return {0, 0};
    point = (point << 6) | (byte(i) & 0x3fu);
  }
  constexpr char32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
  if (point < kLeast[length] || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)) {
    return {0, 0};
  }
  return {point, length};
}

/// Characters that could move the cursor, hide text or reorder it.
bool is_deceptive(char32_t point) {
  return point < 0x20 || (point >= 0x7f && point < 0xa0) || (point >= 0x2028 && point <= 0x202e) ||
         (point >= 0x2066 && point <= 0x2069) || is_invisible(point);
}

/// The characters of a text one after another, each with what is before it.
class Deceptions {
 public:
  /// Is the character deceptive where it stands? `after` is all of the text behind it.
  bool next(char32_t point, std::string_view after) {
    constexpr char32_t kSelector = 0xfe0f;
    constexpr std::string_view kKeycap = "\u20e3";
    const char32_t before = std::exchange(before_, point);
    if (point == kSelector) return !is_pictograph(before) && !after.starts_with(kKeycap);
    return is_deceptive(point);
  }

 private:
  char32_t before_ = 0;
};

std::string escape(std::string_view text, bool keep_lines) {
  std::string out;
  out.reserve(text.size());
  Deceptions deceptions;
  while (!text.empty()) {
    const auto [point, length] = decode(text);
    const bool deceives = deceptions.next(point, text.substr(length));
    if (length == 0) {
      out += fmt::format("\\x{:02x}", static_cast<unsigned char>(text[0]));
      text.remove_prefix(1);
      continue;
    }
    const bool is_line = point == '\n' || point == '\t';
    if (deceives && !(is_line && keep_lines)) {
      out += point == '\n'   ? "\\n"
             : point == '\t' ? "\\t"
             : point < 0x100 ? fmt::format("\\x{:02x}", static_cast<std::uint32_t>(point))
                             : fmt::format("\\u{:04x}", static_cast<std::uint32_t>(point));
    } else {
      out += text.substr(0, length);
    }
    text.remove_prefix(length);
  }
  return out;
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0);
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0]++;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, change});
    }
  }
  return row[b.size()];
}

}  // namespace

bool is_invisible(char32_t point) {
  struct Range {
    char32_t first;
    char32_t last;
  };
  static constexpr auto kRanges = std::to_array<Range>({{0x00ad, 0x00ad},
                                                        {0x034f, 0x034f},
                                                        {0x061c, 0x061c},
                                                        {0x115f, 0x1160},
                                                        {0x17b4, 0x17b5},
                                                        {0x180b, 0x180f},
                                                        {0x200b, 0x200f},
                                                        {0x2060, 0x2065},
                                                        {0x206a, 0x206f},
                                                        {0x3164, 0x3164},
                                                        {0xfe00, 0xfe0f},
                                                        {0xfeff, 0xfeff},
                                                        {0xffa0, 0xffa0},
                                                        {0xfff9, 0xfffb},
                                                        {0xe0000, 0xe007f},
                                                        {0xe0100, 0xe01ef}});
  if (point < kRanges.front().first) return false;
  return std::ranges::any_of(
      kRanges, [&](const Range& range) { return point >= range.first && point <= range.last; });
}

bool is_pictograph(char32_t point) {
  return (point >= 0x2190 && point <= 0x2bff) || (point >= 0x3030 && point <= 0x303d) ||
         (point >= 0x1f000 && point <= 0x1faff) || point == 0x203c || point == 0x2049 ||
         point == 0x2122 || point == 0x2139 || point == 0xa9 || point == 0xae;
}

std::string printable(std::string_view untrusted) { return escape(untrusted, true); }

std::string printable_line(std::string_view untrusted) { return escape(untrusted, false); }

std::string printable_json(std::string_view json) {
  std::string out;
  out.reserve(json.size());
  Deceptions deceptions;
  while (!json.empty()) {
    const auto [point, found] = decode(json);
    const std::size_t length = std::max<std::size_t>(found, 1);
    const bool deceives = deceptions.next(point, json.substr(length));
    const auto number = static_cast<std::uint32_t>(point);
    if (point == '\n' || !deceives) {
      out += json.substr(0, length);
    } else if (number < 0x10000) {
      out += fmt::format("\\u{:04x}", number);
    } else {  // as a pair of surrogates
      out += fmt::format("\\u{:04x}\\u{:04x}", 0xd7c0 + (number >> 10), 0xdc00 + (number & 0x3ff));
    }
    json.remove_prefix(length);
  }
  return out;
}

std::string valid_utf8(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const std::size_t length = decode(text).length;
    out += length == 0 ? std::string_view("\xef\xbf\xbd") : text.substr(0, length);
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return out;
}

std::string_view head(std::string_view text, std::size_t limit) {
  if (text.size() <= limit) return text;
  constexpr unsigned kMark = 0xC0;
  constexpr unsigned kContinues = 0x80;
  while (limit > 0 && (static_cast<unsigned char>(text[limit]) & kMark) == kContinues) --limit;
  return text.substr(0, limit);
}

std::string_view tail(std::string_view text, std::size_t limit) {
  if (text.size() <= limit) return text;
  text.remove_prefix(text.size() - limit);
  const std::size_t line = text.find('\n');
  if (line != std::string_view::npos && line + 1 < text.size()) text.remove_prefix(line + 1);
  return text;
}

std::optional<std::string> nearest(std::string_view word,
                                   const std::vector<std::string>& candidates) {
  std::optional<std::string> best;
  std::size_t best_distance = std::max<std::size_t>(word.size() / 3, 2) + 1;
  for (const std::string& candidate : candidates) {
    const std::size_t distance = edit_distance(word, candidate);
    if (distance < best_distance && distance < candidate.size()) {
      best = candidate;
      best_distance = distance;
    }
  }
  return best;
}

std::string suggestion(std::string_view word, const std::vector<std::string>& candidates) {
  const auto near = nearest(word, candidates);
  return near ? fmt::format(", did you mean '{}'?", *near) : std::string();
}

std::vector<std::string_view> split_lines(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return lines;
}

std::string in_lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return lower;
}

std::string wrap(std::string_view text, std::size_t width) {
  std::string out;
  std::size_t column = 0;
  bool paragraph_ended = false;
  for (std::string_view line : split_lines(text)) {
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) {
      paragraph_ended = !out.empty();
      continue;
    }
    while (!line.empty()) {
      const std::size_t start = line.find_first_not_of(" \t\r");
      if (start == std::string_view::npos) break;
      line.remove_prefix(start);
      const std::string_view word = line.substr(0, line.find_first_of(" \t\r"));
      line.remove_prefix(word.size());
      if (paragraph_ended)
        out += "\n\n";
      else if (!out.empty())
        out += column + 1 + word.size() > width ? "\n" : " ";
      column = paragraph_ended || out.empty() || out.back() == '\n' ? word.size()
                                                                    : column + 1 + word.size();
      paragraph_ended = false;
      out += word;
    }
  }
  return out;
}

namespace {

/// One step of a pattern.
struct GlobStep {
  enum Kind { kLiteral, kOne, kWithinFolder, kAnything, kWholeFolders } kind;
  char literal = 0;
};

std::vector<GlobStep> glob_steps(std::string_view pattern) {
  std::vector<GlobStep> steps;
  while (!pattern.empty()) {
    std::size_t length = 1;
    if (pattern.starts_with("**/")) {
      steps.push_back({GlobStep::kWholeFolders});
      length = 3;
    } else if (pattern.starts_with("**")) {
      steps.push_back({GlobStep::kAnything});
      length = 2;
    } else if (pattern[0] == '*') {
      steps.push_back({GlobStep::kWithinFolder});
    } else if (pattern[0] == '?') {
      steps.push_back({GlobStep::kOne});
    } else {
      steps.push_back({GlobStep::kLiteral, pattern[0]});
    }
    pattern.remove_prefix(length);
  }
  return steps;
}

/// From where the rest of a pattern matches (`rest[i]`: from path[i] on) to where it does with
/// `step` before it.
std::vector<bool> glob_before(GlobStep step, std::string_view path, const std::vector<bool>& rest) {
  std::vector<bool> here(path.size() + 1);
  for (std::size_t i = path.size() + 1; i-- > 0;) {
    const bool at_end = i == path.size();
    const bool in_name = !at_end && path[i] != '/';
    const bool at_folder = i == 0 || path[i - 1] == '/';
    switch (step.kind) {
      case GlobStep::kLiteral:
        here[i] = !at_end && path[i] == step.literal && rest[i + 1];
        break;
      case GlobStep::kOne:
        here[i] = in_name && rest[i + 1];
        break;
      case GlobStep::kWithinFolder:
        here[i] = rest[i] || (in_name && here[i + 1]);
        break;
      case GlobStep::kAnything:
        here[i] = rest[i] || (!at_end && here[i + 1]);
        break;
      case GlobStep::kWholeFolders:
        here[i] = (at_folder && rest[i]) || (!at_end && here[i + 1]);
        break;
    }
  }
  return here;
}

}  // namespace

bool glob_match(std::string_view pattern, std::string_view path) {
  std::vector<GlobStep> steps = glob_steps(pattern);
  if (pattern.ends_with('/')) steps.push_back({GlobStep::kAnything});
  // Step by step from the end: time grows with pattern times path, whatever the pattern.
  std::vector<bool> rest(path.size() + 1);
  rest[path.size()] = true;
  for (auto step = steps.rbegin(); step != steps.rend(); ++step) {
    rest = glob_before(*step, path, rest);
  }
  return rest[0];
}

namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

bool is_word(char c) { return is_letter(c) || (c >= '0' && c <= '9'); }

}  // namespace

std::vector<Placeholder> placeholders(std::string_view text) {
  std::vector<Placeholder> all;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '{' || (at > 0 && text[at - 1] == '$')) continue;
    std::size_t end = at + 1;
    while (end < text.size() && is_word(text[end])) ++end;
    const std::string_view word = text.substr(at + 1, end - at - 1);
    if (word.empty() || !is_letter(word[0])) continue;
    if (end == text.size() || text[end] != '}') continue;
    all.push_back({at, end + 1 - at, word});
  }
  return all;
}

}  // namespace automod
