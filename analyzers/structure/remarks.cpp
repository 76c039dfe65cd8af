#include "analyzers/structure/remarks.hpp"

#include <re2/re2.h>

#include <algorithm>

#include "analyzers/treesitter/nodes.hpp"
#include "base/files.hpp"
#include "base/text.hpp"

namespace automod::analyzers {

namespace {

constexpr std::size_t kMostBytes = 4 * kMiB;
constexpr std::size_t kMostRemarks = 200;
constexpr std::size_t kLongestRemark = 400;  // bytes that belong to one marker
constexpr std::size_t kLongestShown = 120;

const re2::RE2& marker() {
  static const re2::RE2 kMarker(R"(\b(TODO|FIXME|XXX|HACK)\b)");
  return kMarker;
}

const re2::RE2& risk() {
  static const re2::RE2 kRisk(
      "(?i)\\b("
      "rac(?:es?|y)|race conditions?|data race|deadlocks?|(?:not|isn't|is not|un) ?-?"
      "thread[ -]?safe|thread[ -]?unsafe|thread[ -]safety|not reentrant|"
      "leak(?:s|ed|ing|age)?|use[ -]after[ -]free|double[ -]free|never freed|dangling|"
      "(?:over|under)flow(?:s|ed)?|overruns?|out[ -]of[ -]bounds|"
      "secur(?:e|ity)|insecure|unsafe(?:ly)?|vulnerab(?:le|ility)|injections?|exploit(?:s|able)?|"
      "undefined behaviou?r|uninitiali[sz]ed|unchecked "
      "(?:access|cast|index|input|result|return)|unvalidated|not validated|"
      "corrupt(?:s|ed|ion)?|data loss|loses data|crash(?:es|ed)?|infinite loop|hangs|"
      "temporar(?:y|ily)|workaround for"
      ")\\b");
  return kRisk;
}

/// Comments that belong together.
struct Comment {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::size_t last_line = 0;
};

/// Comments of one line each that follow each other are one.
std::vector<Comment> comments_of(const SyntaxTree& tree, std::string_view text) {
  std::vector<Comment> all;
  for (std::size_t i = 0; i < tree.nodes.size(); ++i) {
    const SyntaxNode& node = tree.nodes[i];
    if (!node.type.contains("comment") || node.end > text.size()) continue;
    const std::string_view own = text.substr(node.begin, node.end - node.begin);
    const std::size_t last = node.line + static_cast<std::size_t>(std::ranges::count(own, '\n')) -
                             (own.ends_with('\n') ? 1 : 0);
    if (!all.empty() && node.begin < all.back().end) continue;  // a part of the one before
    const bool goes_on =
        !all.empty() && node.line == all.back().last_line + 1 &&
        text.substr(all.back().end, node.begin - all.back().end).find_first_not_of(" \t\r\n") ==
            std::string_view::npos;
    if (goes_on) {
      all.back().end = node.end;
      all.back().last_line = last;
    } else {
      all.push_back({.begin = node.begin, .end = node.end, .last_line = last});
    }
  }
  return all;
}

/// Without what makes it a comment, on one line.
std::string plain(std::string_view remark) {
  std::string line;
  for (const char c : remark) {
    const bool is_blank =
        c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '*' || c == '/' || c == '#';
    if (!is_blank) {
      line += c;
    } else if (!line.empty() && line.back() != ' ') {
      line += ' ';
    }
  }
  while (line.ends_with(' ')) line.pop_back();
  if (line.size() > kLongestShown) {
    std::size_t end = line.rfind(' ', kLongestShown);
    if (end == std::string::npos || end == 0) end = kLongestShown;
    line = line.substr(0, end) + " ...";
  }
  return printable_line(line);
}

/// The first match at or behind `from`; empty: there is none.
std::string_view next(const re2::RE2& wanted, std::string_view text, std::size_t from) {
  re2::StringPiece found;
  const re2::StringPiece whole(text.data(), text.size());
  if (!wanted.Match(whole, from, text.size(), re2::RE2::UNANCHORED, &found, 1)) return {};
  return text.substr(static_cast<std::size_t>(found.data() - text.data()), found.size());
}

/// "Tests TODO": the word says of what is before it, on a line of its own, that it is missing.
bool ends_a_heading(std::string_view word, std::string_view text) {
  const auto begin = static_cast<std::size_t>(word.data() - text.data());
  const std::string_view before = text.substr(0, begin);
  const std::string_view line = before.substr(before.rfind('\n') + 1);
  const std::string_view after = text.substr(begin + word.size());
  const std::size_t next = after.find_first_not_of(" \t\r:");
  return next != std::string_view::npos && after[next] == '\n' && line.ends_with(' ') &&
         line.find_first_not_of(" \t/*#") != std::string_view::npos;
}

void look_in(const Comment& comment, std::string_view text, std::vector<RiskyRemark>& found) {
  const std::string_view upto = text.substr(0, comment.end);
  const auto place = [&](std::string_view part) {
    return static_cast<std::size_t>(part.data() - text.data());
  };
  std::string_view word = next(marker(), upto, comment.begin);
  while (!word.empty() && found.size() < kMostRemarks) {
    const std::size_t begin = place(word);
    const std::string_view after = next(marker(), upto, begin + word.size());
    std::size_t end = after.empty() ? comment.end : place(after);
    end = std::min(end, begin + kLongestRemark);
    const std::string_view said = next(risk(), text.substr(0, end), begin + word.size());
    if (!said.empty() && !ends_a_heading(word, text)) {
      const auto lines = std::ranges::count(text.substr(0, begin), '\n');
      found.push_back({.begin = begin,
                       .line = 1 + static_cast<std::size_t>(lines),
                       .marker = std::string(word),
                       .risk = printable_line(said),
                       .text = plain(text.substr(begin, end - begin))});
    }
    word = after;
  }
}

}  // namespace

std::vector<RiskyRemark> risky_remarks(Language language, std::string_view text) {
  std::vector<RiskyRemark> found;
  if (next(marker(), text, 0).empty() || next(risk(), text, 0).empty()) return found;
  const auto tree = syntax_tree(language, text, kMostBytes);
  if (!tree) return found;
  for (const Comment& comment : comments_of(*tree, text)) look_in(comment, text, found);
  return found;
}

}  // namespace automod::analyzers
