#include "cli/text.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"

namespace automod::cli {

namespace {

std::string_view code(Tone tone) {
  switch (tone) {
    case Tone::kPlain:
      return "";
    case Tone::kTitle:
      return "1";
    case Tone::kDim:
      return "2";
    case Tone::kGood:
      return "32";
    case Tone::kWarn:
      return "33";
    case Tone::kBad:
      return "31";
    case Tone::kName:
      return "36";
    case Tone::kPlace:
      return "35";
  }
  return "";
}

bool begins_code_point(char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }

void wrap_line(std::string_view line, std::size_t width, std::vector<std::string>& lines) {
  std::string current;
  while (!line.empty()) {
    const std::size_t space = line.find(' ');
    const std::string_view word = line.substr(0, space);
    line.remove_prefix(space == std::string_view::npos ? line.size() : space + 1);
    if (word.empty()) continue;
    if (!current.empty() && width_of(current) + 1 + width_of(word) > width) {
      lines.push_back(std::move(current));
      current.clear();
    }
    if (!current.empty()) current += ' ';
    current += word;
  }
  lines.push_back(std::move(current));
}

/// One row with its columns at their widths; no line ends in blanks.
std::string row_text(const std::vector<Cell>& row, const std::vector<std::size_t>& widths,
                     const Paint& paint, std::size_t indent, std::size_t width) {
  std::string line(indent, ' ');
  std::size_t used = indent;
  std::size_t gap = 0;  // blanks owed before the next text
  for (std::size_t i = 0; i < row.size(); ++i) {
    const bool last = i + 1 == row.size();
    const std::size_t room = width > used + 8 ? width - used : 8;
    const std::string shown = last && width != 0 ? clip(row[i].text, room) : row[i].text;
    const std::size_t fill = widths[i] - std::min(widths[i], width_of(shown));
    const std::size_t before = row[i].right && !last ? fill : 0;
    if (shown.empty()) {
      gap += fill;
    } else {
      line += std::string(gap + before, ' ') + paint(row[i].tone, shown);
      gap = fill - before;
    }
    used += widths[i] + 2;
    gap += 2;
  }
  return line;
}

}  // namespace

std::string Paint::operator()(Tone tone, std::string_view text) const {
  if (!on_ || tone == Tone::kPlain || text.empty()) return std::string(text);
  return fmt::format("\x1b[{}m{}\x1b[0m", code(tone), text);
}

std::size_t width_of(std::string_view utf8) {
  return static_cast<std::size_t>(std::ranges::count_if(utf8, begins_code_point));
}

std::string clip(std::string_view utf8, std::size_t width) {
  if (width_of(utf8) <= width) return std::string(utf8);
  if (width == 0) return {};
  std::size_t seen = 0;
  for (std::size_t i = 0; i < utf8.size(); ++i) {
    if (begins_code_point(utf8[i]) && ++seen == width) {
      return std::string(utf8.substr(0, i)) + "…";
    }
  }
  return std::string(utf8);
}

std::vector<std::string> wrap(std::string_view text, std::size_t width) {
  std::vector<std::string> lines;
  for (const std::string_view line : split_lines(text)) wrap_line(line, width, lines);
  return lines;
}

std::string paragraph(std::string_view text, std::size_t indent, std::size_t width) {
  std::string out;
  for (const std::string& line : wrap(text, width > indent + 20 ? width - indent : 20)) {
    if (!line.empty()) out += std::string(indent, ' ') + line;
    out += '\n';
  }
  return out;
}

std::string Table::text(const Paint& paint, std::size_t indent, std::size_t width) const {
  std::vector<std::size_t> widths;
  for (const auto& row : rows_) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], width_of(row[i].text));
    }
  }
  std::string out;
  for (std::size_t number = 0; number < rows_.size(); ++number) {
    const auto [first, last_heading] = headings_.equal_range(number);
    for (auto at = first; at != last_heading; ++at) {
      out += paint(at->second.tone, at->second.text) + '\n';
    }
    out += row_text(rows_[number], widths, paint, indent, width) + '\n';
  }
  return out;
}

std::string duration(long long milliseconds) {
  if (milliseconds < 1000) return fmt::format("{} ms", milliseconds);
  if (milliseconds < 60'000)
    return fmt::format("{:.1f} s", static_cast<double>(milliseconds) / 1e3);
  return fmt::format("{} min {} s", milliseconds / 60'000, milliseconds / 1000 % 60);
}

std::string bytes_text(std::uint64_t bytes) {
  if (bytes < 1'000'000) return fmt::format("{} kB", (bytes + 500) / 1000);
  if (bytes < 1'000'000'000) return fmt::format("{:.1f} MB", static_cast<double>(bytes) / 1e6);
  return fmt::format("{:.1f} GB", static_cast<double>(bytes) / 1e9);
}

std::string count(std::size_t number, std::string_view one, std::string_view many) {
  if (number == 1) return fmt::format("1 {}", one);
  return many.empty() ? fmt::format("{} {}s", number, one) : fmt::format("{} {}", number, many);
}

std::string markup(std::string_view untrusted) {
  std::string out;
  for (const char c : printable_line(untrusted)) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string shell_word(std::string_view word) {
  const auto safe = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("_-./+:@%,=").find(c) != std::string_view::npos;
  };
  if (!word.empty() && std::ranges::all_of(word, safe)) return std::string(word);
  std::string quoted = "'";
  for (const char c : word) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

}  // namespace automod::cli
