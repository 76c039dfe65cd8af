#include "engine/propose/near_lines.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <unordered_map>

#include "base/text.hpp"
#include "engine/propose/mistakes.hpp"

namespace automod::propose {

namespace {

constexpr std::size_t kMostLines = 200'000;  // of a text that are looked at
constexpr std::size_t kMostWanted = 64;      // lines that are looked for
constexpr std::size_t kMostShown = 3;
constexpr std::size_t kHeaviest = 40;    // a longer line does not speak for a place any louder
constexpr std::size_t kLeastWeight = 4;  // a brace alone says nothing
constexpr double kLeastLikeness = 0.4;
constexpr double kLikenessOfPart = 0.5;  // of a line that holds all that was wanted

bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

/// The line without white space around, and every run of it inside as one blank.
std::string folded(std::string_view line) {
  std::string out;
  for (const char c : line) {
    if (!is_blank(c)) {
      out += c;
    } else if (!out.empty() && out.back() != ' ') {
      out += ' ';
    }
  }
  if (out.ends_with(' ')) out.pop_back();
  return out;
}

template <class Visit>
void each_line(std::string_view text, Visit visit) {
  for (std::size_t number = 1; !text.empty() && number <= kMostLines; ++number) {
    visit(number, take_line(text).text);
  }
}

/// Counts how often two neighbouring bytes stand in a line, its two borders among them.
class Pairs {
 public:
  explicit Pairs(std::string_view wanted) : wanted_(wanted), counts_(kPairs, 0) {
    each(wanted, [&](std::size_t pair) { ++counts_[pair]; });
  }

  /// 1 for the same line, 0 for one that has nothing in common with it.
  double likeness(std::string_view line) {
    std::size_t common = 0;
    each(line, [&](std::size_t pair) { common += counts_[pair]-- > 0 ? 1U : 0U; });
    each(line, [&](std::size_t pair) { ++counts_[pair]; });
    const double like =
        2.0 * static_cast<double>(common) / static_cast<double>(wanted_.size() + line.size() + 2);
    if (like >= kLikenessOfPart || line.find(wanted_) == std::string_view::npos) return like;
    return kLikenessOfPart;
  }

 private:
  static constexpr std::size_t kPairs = 65536;

  template <class Visit>
  static void each(std::string_view line, Visit visit) {
    std::size_t before = 0;  // no line that we are asked for holds a zero
    for (const char c : line) {
      const auto byte = static_cast<std::size_t>(static_cast<unsigned char>(c));
      visit(before * 256 + byte);
      before = byte;
    }
    visit(before * 256);
  }

  std::string_view wanted_;
  std::vector<std::int32_t> counts_;
};

/// The wanted line that says most, and the line of the text that is most like it, if any is.
std::optional<std::pair<std::size_t, std::size_t>> most_alike(std::string_view text,
                                                              const std::vector<std::string>& all) {
  const auto longest = std::ranges::max_element(all, {}, &std::string::size);
  if (longest == all.end() || longest->empty()) return std::nullopt;
  Pairs pairs(*longest);
  double best = 0;
  std::size_t at = 0;
  each_line(text, [&](std::size_t number, std::string_view line) {
    const double like = pairs.likeness(folded(line));
    if (like <= best) return;
    best = like;
    at = number;
  });
  if (best < kLeastLikeness) return std::nullopt;
  return std::pair(static_cast<std::size_t>(longest - all.begin()), at);
}

/// The same by lines that differ in white space only: the place for which most of them speak.
std::optional<std::pair<std::size_t, std::size_t>> most_lines(std::string_view text,
                                                              const std::vector<std::string>& all) {
  std::map<std::string, std::size_t, std::less<>> places;  // of each line, where it stands first
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (!all[i].empty()) places.emplace(all[i], i);
  }
  std::unordered_map<std::int64_t, std::size_t> votes;  // of the line at which the first would be
  std::int64_t best = 0;
  std::size_t weight = kLeastWeight - 1;
  each_line(text, [&](std::size_t number, std::string_view line) {
    const auto found = places.find(folded(line));
    if (found == places.end()) return;
    const std::int64_t first =
        static_cast<std::int64_t>(number) - static_cast<std::int64_t>(found->second);
    const std::size_t sum = votes[first] += std::min(found->first.size(), kHeaviest);
    if (sum <= weight) return;
    weight = sum;
    best = first;
  });
  if (weight < kLeastWeight) return std::nullopt;
  // The first of the wanted lines that stands in the text, so that the place can be before it.
  const std::size_t skipped = best < 1 ? static_cast<std::size_t>(1 - best) : 0;
  return std::pair(skipped, best < 1 ? 1 : static_cast<std::size_t>(best));
}

struct Runs {
  std::string words;
  std::size_t length = 0;
};

std::string_view name_of(char c) {
  switch (c) {
    case ' ':
      return "blank";
    case '\t':
      return "tab";
    case '\r':
      return "carriage return";
    default:
      return "control character";
  }
}

/// The white space with which a text begins, in words.
Runs white_space(std::string_view text) {
  constexpr std::size_t kMostRuns = 4;
  Runs runs;
  std::vector<std::string> words;
  while (runs.length < text.size() && is_blank(text[runs.length])) {
    const char c = text[runs.length];
    const std::size_t end = std::min(text.find_first_not_of(c, runs.length), text.size());
    words.push_back(counted(end - runs.length, name_of(c)));
    runs.length = end;
  }
  if (words.size() > kMostRuns) words = {counted(runs.length, "byte") + " of white space"};
  runs.words = words.empty() ? "nothing" : listed(words);
  return runs;
}

bool is_inside_character(char c) { return (static_cast<unsigned char>(c) & 0xc0U) == 0x80U; }

/// The character at a place, by its number where it is none of ASCII; "nothing" at the end.
std::string character_at(std::string_view line, std::size_t at) {
  if (at >= line.size()) return "nothing";
  const auto lead = static_cast<unsigned char>(line[at]);
  if (lead < 0x80) return fmt::format("'{}'", printable_line(line.substr(at, 1)));
  std::size_t length = 1;
  while (at + length < line.size() && is_inside_character(line[at + length])) ++length;
  const std::string_view character = line.substr(at, length);
  if (valid_utf8(character) != character) return fmt::format("the byte \\x{:02x}", lead);
  std::uint32_t point = lead & (0xffU >> (length + 1));
  for (const char c : character.substr(1)) {
    point = (point << 6U) | (static_cast<unsigned char>(c) & 0x3fU);
  }
  return fmt::format("U+{:04X}", point);
}

bool is_ascii_at(std::string_view line, std::size_t at) {
  return at >= line.size() || static_cast<unsigned char>(line[at]) < 0x80;
}

/// At most so many lines from one with this number on.
std::vector<std::string_view> lines_from(std::string_view text, std::size_t number,
                                         std::size_t most) {
  std::vector<std::string_view> lines;
  for (std::size_t i = 1; !text.empty() && lines.size() < most; ++i) {
    const Line line = take_line(text);
    if (i >= number) lines.push_back(line.text);
  }
  return lines;
}

/// What a line of a file, by number, has other than the line `wanted` of an answer:
/// "line 41 has 1 tab where the answer has 4 blanks". The two differ.
std::string difference(std::size_t number, std::string_view held, std::string_view wanted) {
  auto at = static_cast<std::size_t>(std::ranges::mismatch(held, wanted).in1 - held.begin());
  if (folded(held) == folded(wanted)) {
    while (at > 0 && is_blank(held[at - 1])) --at;
    const Runs has = white_space(held.substr(at));
    return fmt::format("line {} has {} where the answer has {}{}", number, has.words,
                       white_space(wanted.substr(at)).words,
                       at + has.length == held.size() ? ", at its end" : "");
  }
  std::string text = fmt::format("line {} is {} where the answer has {}", number, in_quotes(held),
                                 in_quotes(wanted));
  while (at > 0 && at < held.size() && is_inside_character(held[at])) --at;
  if (!is_ascii_at(held, at) || !is_ascii_at(wanted, at)) {
    text += fmt::format(": {} for {}", character_at(held, at), character_at(wanted, at));
  }
  return text;
}

}  // namespace

std::vector<std::string> near_lines(std::string_view text, const std::vector<Line>& wanted,
                                    const Withheld& withheld) {
  std::vector<std::string> all;
  for (std::size_t i = 0; i < std::min(wanted.size(), kMostWanted); ++i) {
    all.push_back(folded(wanted[i].text));
  }
  auto place = most_lines(text, all);
  const bool is_whole = place.has_value();
  if (!place) place = most_alike(text, all);
  if (!place) return {};
  const auto [first, number] = *place;
  const std::size_t most = is_whole ? wanted.size() - std::min(first, wanted.size()) : 1;
  const auto held = lines_from(text, number, most);
  if (!is_whole && held.front() == wanted[first].text) return {};  // says nothing of the others
  std::vector<std::string> words;
  words.push_back(held.size() == 1 ? fmt::format("nearest is line {} of the file", number)
                                   : fmt::format("nearest are lines {} to {} of the file", number,
                                                 number + held.size() - 1));
  std::size_t others = 0;
  for (std::size_t i = 0; i < held.size(); ++i) {
    if (held[i] == wanted[first + i].text) continue;
    if (++others > kMostShown) continue;
    words.push_back(
        withheld.contains(held[i])
            ? fmt::format("line {} may hold a secret: it is not shown, and cannot be searched for",
                          number + i)
            : difference(number + i, held[i], wanted[first + i].text));
  }
  if (others > kMostShown) {
    words.push_back(fmt::format("others that differ there: {}", others - kMostShown));
  }
  if (held.size() < most) words.push_back("there the file ends");
  if (is_whole && first > 0) words.push_back("there the file begins");
  return words;
}

}  // namespace automod::propose
