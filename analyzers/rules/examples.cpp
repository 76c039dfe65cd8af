#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "analyzers/rules/rules.hpp"
#include "base/text.hpp"

namespace automod::analyzers {

namespace {

constexpr std::string_view kOpen = "\xc2\xab";   // «
constexpr std::string_view kClose = "\xc2\xbb";  // »

using Range = std::pair<std::size_t, std::size_t>;

/// A text without its marks, and what was between them.
struct Marked {
  std::string text;
  std::vector<Range> ranges;
};

Marked read_marks(std::string_view marked) {
  Marked read;
  std::vector<std::size_t> open;
  while (!marked.empty()) {
    if (marked.starts_with(kOpen)) {
      open.push_back(read.text.size());
      marked.remove_prefix(kOpen.size());
    } else if (marked.starts_with(kClose) && !open.empty()) {
      read.ranges.emplace_back(open.back(), read.text.size());
      open.pop_back();
      marked.remove_prefix(kClose.size());
    } else {
      read.text += marked.front();
      marked.remove_prefix(1);
    }
  }
  std::ranges::sort(read.ranges);
  return read;
}

std::string shown(std::string_view text) {
  constexpr std::size_t kLongest = 200;
  return printable_line(text.substr(0, kLongest));
}

/// What differs between what is marked and what is found.
void compare(const Marked& marked, const RuleMatches& matches, std::vector<std::string>& wrong) {
  std::vector<Range> found;
  for (const RuleMatch& match : matches.found) found.emplace_back(match.begin, match.end);
  std::ranges::sort(found);
  const auto text = [&](const Range& range) {
    return shown(std::string_view(marked.text).substr(range.first, range.second - range.first));
  };
  for (const Range& range : found) {
    if (std::ranges::find(marked.ranges, range) == marked.ranges.end()) {
      wrong.push_back(fmt::format("found '{}', which is not marked", text(range)));
    }
  }
  for (const Range& range : marked.ranges) {
    if (std::ranges::find(found, range) == found.end()) {
      wrong.push_back(fmt::format("'{}' is marked and was not found", text(range)));
    }
  }
}

std::vector<std::string> problems_of(const RuleExample& example, const RuleSet& set,
                                     Language language) {
  std::vector<std::string> wrong;
  const Marked marked = read_marks(example.marked);
  if (!example.is_clean && marked.ranges.empty()) wrong.emplace_back("nothing in it is marked");
  if (syntax_errors(language, marked.text) != 0u) wrong.emplace_back("it has errors of syntax");
  const RuleMatches matches = set.matches(language, marked.text);
  compare(marked, matches, wrong);
  if (!wrong.empty() || example.is_clean) return wrong;
  const auto good = fixed(language, marked.text, matches.found);
  if (example.good && !good) wrong.emplace_back("no fix was made");
  if (!example.good && good) wrong.push_back(fmt::format("it has a fix: '{}'", shown(*good)));
  if (example.good && good && *example.good != *good) {
    wrong.push_back(
        fmt::format("fixed it is '{}', expected '{}'", shown(*good), shown(*example.good)));
  }
  return wrong;
}

}  // namespace

std::optional<std::string> fixed(Language language, std::string_view text,
                                 const std::vector<RuleMatch>& matches) {
  std::string result;
  std::size_t done = 0;
  bool any = false;
  for (const RuleMatch& match : matches) {
    if (match.fix.empty() || match.fix.front().begin < done) continue;
    for (const TextEdit& edit : match.fix) {
      result += text.substr(done, edit.begin - done);
      result += edit.text;
      done = edit.end;
    }
    any = true;
  }
  result += text.substr(done);
  if (!any || result == text) return std::nullopt;
  const auto before = syntax_errors(language, text);
  const auto after = syntax_errors(language, result);
  if (!before || !after || *after > *before) return std::nullopt;
  return result;
}

std::vector<FailedExample> failed_examples(const Rule& rule) {
  std::vector<FailedExample> failed;
  const RuleSet set({rule});
  std::size_t number = 0;
  for (const RuleExample& example : rule.examples) {
    ++number;
    for (const Language language : rule.languages) {
      if (example.language && *example.language != language) continue;
      for (std::string& what : problems_of(example, set, language)) {
        failed.push_back({number, language, std::move(what)});
      }
    }
  }
  return failed;
}

}  // namespace automod::analyzers
