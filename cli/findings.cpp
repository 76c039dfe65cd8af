#include "cli/findings.hpp"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "base/text.hpp"
#include "cli/text.hpp"

namespace automod::cli {

namespace {

constexpr std::size_t kLinesBefore = 1;
constexpr std::size_t kTab = 4;
constexpr std::size_t kWidestMark = 60;
constexpr std::size_t kNear = 4096;  // bytes of a line that are looked at on each side of a place

constexpr std::pair<ModificationType, std::string_view> kTitles[] = {
    {ModificationType::kBugFix, "bugs"},
    {ModificationType::kPerformance, "performance"},
    {ModificationType::kRefactor, "structure"},
    {ModificationType::kFeatureAdd, "features"},
};

auto order(const Finding& finding) {
  return std::tuple(-finding.value(), std::string_view(finding.place.path), finding.place.line,
                    finding.place.column, std::string_view(finding.message));
}

bool matters_more(const Finding& a, const Finding& b) { return order(a) < order(b); }

FindingGroup group_of(const std::vector<Finding>& findings, ModificationType type,
                      std::string_view title) {
  FindingGroup group{.type = type, .title = title};
  std::map<std::string_view, RuleFindings> by_rule;
  for (const Finding& finding : findings) {
    if (finding.type != type) continue;
    by_rule[finding.rule].places.push_back(&finding);
    ++group.count;
  }
  for (auto& [rule, found] : by_rule) {
    std::ranges::sort(found.places,
                      [](const Finding* a, const Finding* b) { return matters_more(*a, *b); });
    group.rules.push_back(std::move(found));
  }
  std::ranges::sort(group.rules, [](const RuleFindings& a, const RuleFindings& b) {
    return matters_more(a.first(), b.first());
  });
  return group;
}

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/// Is it a byte of a character, and not its first?
bool is_inner(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

/// Bytes of the token that begins there: a word, or one character.
std::size_t token_length(std::string_view line, std::size_t from) {
  std::size_t end = from;
  while (end < line.size() && is_word(line[end])) ++end;
  if (end > from) return end - from;
  ++end;
  while (end < line.size() && is_inner(line[end])) ++end;
  return std::min(end, line.size()) - std::min(from, line.size());
}

/// The text without its first `columns`.
std::string_view behind(std::string_view utf8, std::size_t columns) {
  std::size_t at = 0;
  for (; columns > 0 && at < utf8.size(); --columns) {
    ++at;
    while (at < utf8.size() && is_inner(utf8[at])) ++at;
  }
  return utf8.substr(at);
}

/// Where the next character begins, `at` itself included.
std::size_t character_from(std::string_view text, std::size_t at) {
  for (int passed = 0; passed < 3 && at < text.size() && is_inner(text[at]); ++passed) ++at;
  return std::min(at, text.size());
}

/// What stands near a column of a line, which may be as long as its file.
std::string_view near(std::string_view line, std::size_t column) {
  const std::size_t begin = character_from(line, column > kNear ? column - kNear : 0);
  return line.substr(begin, character_from(line, begin + 2 * kNear) - begin);
}

/// Takes from the front of all lines what would push the mark out of sight.
void scroll(Excerpt& excerpt, std::size_t columns) {
  const std::size_t needed = excerpt.before + excerpt.width;
  const std::size_t cut = needed > columns ? needed - columns + columns / 4 : 0;
  for (Excerpt::Line& line : excerpt.lines) {
    line.text = clip(behind(line.text, std::min(cut, excerpt.before)), columns);
  }
  excerpt.before -= std::min(cut, excerpt.before);
}

}  // namespace

std::string printable_source(std::string_view line) {
  std::string spaced;
  for (const char c : line) {
    if (c == '\t') {
      spaced.append(kTab - spaced.size() % kTab, ' ');
    } else if (c != '\r') {
      spaced += c;
    }
  }
  return printable_line(spaced);
}

std::vector<FindingGroup> grouped(const std::vector<Finding>& findings) {
  std::vector<FindingGroup> groups;
  for (const auto& [type, title] : kTitles) {
    FindingGroup group = group_of(findings, type, title);
    if (group.count > 0) groups.push_back(std::move(group));
  }
  return groups;
}

std::optional<Excerpt> excerpt_of(std::string_view text, const Place& place, std::size_t columns) {
  const std::vector<std::string_view> lines = split_lines(text);
  if (place.line == 0 || place.line > lines.size()) return std::nullopt;
  Excerpt excerpt;
  const std::size_t first = place.line - std::min(kLinesBefore, place.line - 1);
  for (std::size_t number = first; number <= place.line; ++number) {
    excerpt.lines.push_back({number, printable_source(near(lines[number - 1], place.column))});
  }
  excerpt.marked = excerpt.lines.size() - 1;
  const std::string_view whole = lines[place.line - 1];
  if (place.column != 0 && place.column <= whole.size()) {
    const std::string_view line = near(whole, place.column);
    const std::size_t from =
        place.column - 1 - static_cast<std::size_t>(line.data() - whole.data());
    const std::size_t to = from + token_length(line, from);
    excerpt.before = width_of(printable_source(line.substr(0, from)));
    const std::size_t end = width_of(printable_source(line.substr(0, to)));
    excerpt.width = std::clamp<std::size_t>(end - std::min(end, excerpt.before), 1,
                                            std::min(kWidestMark, columns));
  }
  scroll(excerpt, columns);
  return excerpt;
}

std::optional<Excerpt> excerpt_of(const Analysis& analysis, const Finding& finding,
                                  std::size_t columns) {
  const auto source = analysis.sources.find(finding.place.path);
  if (source == analysis.sources.end()) return std::nullopt;
  return excerpt_of(source->second, finding.place, columns);
}

std::string mark_of(const Excerpt& excerpt) {
  if (excerpt.width == 0) return {};
  return std::string(excerpt.before, ' ') + '^' + std::string(excerpt.width - 1, '~');
}

}  // namespace automod::cli
