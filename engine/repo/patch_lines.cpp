#include "engine/repo/patch_lines.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/text.hpp"

namespace automod::repo {

std::string_view LineReader::peek_whole() const {
  const std::size_t end = rest_.find('\n');
  return end == std::string_view::npos ? rest_ : rest_.substr(0, end + 1);
}

std::string_view LineReader::peek_after() const { return line(rest_.substr(peek_whole().size())); }

void LineReader::skip() {
  rest_.remove_prefix(peek_whole().size());
  ++number_;
}

std::unexpected<Error> fail_line(std::size_t line, std::string_view what, ErrorKind kind,
                                 std::string hint) {
  return fail(kind, fmt::format("line {} of the patch: {}", line, what), std::move(hint));
}

namespace {

/// What git writes in quotes; removes it from `text`.
std::optional<std::string> take_quoted(std::string_view& text) {
  constexpr std::string_view kLetters = "abtnvfr\"\\";
  constexpr std::string_view kMeant = "\a\b\t\n\v\f\r\"\\";
  std::string name;
  if (!text.starts_with('"')) return std::nullopt;
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '"') {
      text.remove_prefix(i + 1);
      return name;
    }
    if (text[i] != '\\') {
      name += text[i];
      continue;
    }
    if (++i == text.size()) return std::nullopt;
    if (const std::size_t at = kLetters.find(text[i]); at != std::string_view::npos) {
      name += kMeant[at];
      continue;
    }
    unsigned value = 0;
    const std::string_view digits = text.substr(i, 3);
    const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), value, 8);
    if (digits.size() != 3 || parsed.ec != std::errc() ||
        parsed.ptr != digits.data() + digits.size() || value > 0xff) {
      return std::nullopt;
    }
    name += static_cast<char>(value);
    i += 2;
  }
  return std::nullopt;
}

using Names = std::pair<std::string, std::string>;

std::optional<Names> split_quoted_first(std::string_view names) {
  auto first = take_quoted(names);
  if (!first || !names.starts_with(' ')) return std::nullopt;
  names.remove_prefix(1);
  auto second = plain_name(names);
  if (!second) return std::nullopt;
  return Names{std::move(*first), std::move(*second)};
}

bool take_number(std::string_view& text, std::size_t& value) {
  constexpr std::size_t kMost = 100'000'000;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  if (parsed.ec != std::errc() || value > kMost) return false;
  text.remove_prefix(static_cast<std::size_t>(parsed.ptr - text.data()));
  return true;
}

/// "12,3" or "12", which means "12,1".
bool take_range(std::string_view& text, std::size_t& start, std::size_t& count) {
  count = 1;
  if (!take_number(text, start)) return false;
  if (!text.starts_with(',')) return true;
  text.remove_prefix(1);
  return take_number(text, count);
}

bool take(std::string_view& text, std::string_view expected) {
  if (!text.starts_with(expected)) return false;
  text.remove_prefix(expected.size());
  return true;
}

}  // namespace

std::optional<Names> split_names(std::string_view names) {
  if (names.starts_with('"')) return split_quoted_first(names);
  if (names.ends_with('"')) {
    const std::size_t quote = names.find(" \"");
    if (quote == std::string_view::npos) return std::nullopt;
    auto second = plain_name(names.substr(quote + 1));
    if (!second) return std::nullopt;
    return Names{std::string(names.substr(0, quote)), std::move(*second)};
  }
  // Nothing marks where the first ends, but both are one path behind prefixes of one length.
  const std::size_t half = names.size() / 2;
  if (names.size() % 2 == 0 || names[half] != ' ') return std::nullopt;
  Names split{names.substr(0, half), names.substr(half + 1)};
  if (!common_path(split.first, split.second)) return std::nullopt;
  return split;
}

std::optional<std::string> header_name(std::string_view rest) {
  if (!rest.starts_with('"')) return std::string(rest.substr(0, rest.find('\t')));
  auto name = take_quoted(rest);
  if (!rest.empty() && !rest.starts_with('\t')) return std::nullopt;
  return name;
}

std::optional<std::string> plain_name(std::string_view rest) {
  if (!rest.starts_with('"')) return std::string(rest);
  auto name = take_quoted(rest);
  if (!rest.empty()) return std::nullopt;
  return name;
}

std::optional<std::string> common_path(std::string_view old_name, std::string_view new_name) {
  const auto is_prefix = [](std::string_view name) {
    return name.size() > 2 && name[1] == '/' &&
           ((name[0] >= 'a' && name[0] <= 'z') || (name[0] >= '1' && name[0] <= '2'));
  };
  if (!is_prefix(old_name) || !is_prefix(new_name) || old_name[0] == new_name[0]) {
    return std::nullopt;
  }
  if (old_name.substr(2) != new_name.substr(2)) return std::nullopt;
  return std::string(old_name.substr(2));
}

std::optional<HunkHeader> parse_hunk_header(std::string_view line) {
  HunkHeader header;
  const bool fits = take(line, "@@ -") && take_range(line, header.old_start, header.old_count) &&
                    take(line, " +") && take_range(line, header.new_start, header.new_count) &&
                    take(line, " @@") && (line.empty() || line.starts_with(' '));
  if (!fits) return std::nullopt;
  return header;
}

Result<unsigned> parse_mode(std::string_view text, std::size_t line) {
  if (text == "100644") return 0100644U;
  if (text == "100755") return 0100755U;
  if (text == "120000") {
    return fail_line(line, "symbolic links may not be made or changed", ErrorKind::kRefused);
  }
  if (text == "160000") {
    return fail_line(line, "submodules may not be added or changed", ErrorKind::kRefused);
  }
  return fail_line(line, fmt::format("file mode '{}', expected 100644 or 100755",
                                     printable_line(text.substr(0, 40))));
}

}  // namespace automod::repo
