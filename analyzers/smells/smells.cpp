#include "analyzers/smells/smells.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <utility>

#include "analyzers/smells/across.hpp"
#include "base/text.hpp"

namespace automod::analyzers {

namespace smells {

Diagnostic made(std::string_view rule, const AstSmell& at, std::string_view message) {
  return {.check = std::string(rule),
          .message = valid_utf8(message),
          .path = at.place.path,
          .offset = at.offset,
          .level = "Warning",
          .fix = {}};
}

std::string named(const AstPlace& place) { return fmt::format("{}:{}", place.path, place.line); }

}  // namespace smells

namespace {

/// A finding which one function makes alone; {0} is the subject, {1} the detail.
struct Row {
  ast::Smell smell;
  std::string_view rule;
  std::string_view before;  // around the subject, and around the detail
  std::string_view between;
  std::string_view after;
};

constexpr Row kRows[] = {
    {ast::Smell::kGrowth, "cpp-grows-without-reserve", "", " grows to ",
     " elements one by one; reserve them before the loop"},
    {ast::Smell::kTwoLookups, "cpp-key-looked-up-twice", "", " is searched for ",
     " once more, though nothing has changed it since"},
    {ast::Smell::kEraseInLoop, "cpp-erase-in-loop", "each erase moves what is behind it in ", "",
     ""},
    {ast::Smell::kFrontInsert, "cpp-insert-at-front-in-loop", "each insert moves all of ", "", ""},
    {ast::Smell::kStringRebuilt, "cpp-string-rebuilt-in-loop", "", "",
     " is built anew in each round; append to it"},
    {ast::Smell::kInnerBuffer, "cpp-buffer-in-inner-loop", "", "",
     " allocates in each round of an inner loop; one outside of it, cleared, serves all"},
    {ast::Smell::kCopyAtLastUse, "cpp-copied-at-last-use", "", "",
     " is copied where it is used for the last time; move it"},
    {ast::Smell::kSearchInLoop, "cpp-search-in-loop", "each round walks through ", "",
     ", which stays the same"},
    {ast::Smell::kResultDropped, "cpp-result-dropped", "", "() returns ",
     ", which nobody looks at"},
    {ast::Smell::kFailureUnseen, "cpp-failure-unseen", "nobody sees whether ", "", "() has failed"},
    {ast::Smell::kDeadAddress, "cpp-returns-dead-address", "", "", ""},
    {ast::Smell::kDangling, "cpp-dangling", "", "", ""},
    {ast::Smell::kEscapingCapture, "cpp-escaping-capture", "the lambda refers to ", "",
     ", which is gone when it is called"},
    {ast::Smell::kLeftLocked, "cpp-left-locked", "returns with ", "", " locked"},
    {ast::Smell::kLockTwice, "cpp-locked-twice", "", "",
     " is held here already; locking it again never returns"},
};

void add_own(const AstSmell& seen, std::vector<Diagnostic>& found) {
  if (seen.smell == ast::Smell::kRegexMade && seen.loops > 0) {
    found.push_back(smells::made("cpp-regex-each-call", seen,
                                 fmt::format("{} is compiled in each round", seen.subject)));
    return;
  }
  const auto row = std::ranges::find(kRows, seen.smell, &Row::smell);
  if (row == std::end(kRows)) return;
  Diagnostic one = smells::made(
      row->rule, seen,
      fmt::format("{}{}{}{}{}", row->before, seen.subject, row->between, seen.detail, row->after));
  if (seen.smell == ast::Smell::kCopyAtLastUse) {
    one.fix = {{seen.place.path, seen.offset, seen.subject.size(),
                fmt::format("std::move({})", seen.subject)}};
  }
  found.push_back(std::move(one));
}

std::string_view line_around(std::string_view text, std::size_t byte) {
  byte = std::min(byte, text.size());
  const std::size_t before = byte == 0 ? text.npos : text.rfind('\n', byte - 1);
  const std::size_t begin = before == text.npos ? 0 : before + 1;
  return text.substr(begin, std::min(text.find('\n', byte), text.size()) - begin);
}

bool is_word_character(char c) {
  return c == '-' || c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         (c >= '0' && c <= '9');
}

bool has_word(std::string_view text, std::string_view word) {
  for (std::size_t at = 0; (at = text.find(word, at)) != text.npos; at += word.size()) {
    const std::size_t end = at + word.size();
    if ((at == 0 || !is_word_character(text[at - 1])) &&
        (end == text.size() || !is_word_character(text[end]))) {
      return true;
    }
  }
  return false;
}

/// "WORD" alone, or with a list behind `open` up to `close` that has the rule.
bool says(std::string_view line, std::string_view word, char open, char close,
          std::string_view rule) {
  const std::size_t at = line.find(word);
  if (at == line.npos) return false;
  std::string_view rest = line.substr(at + word.size());
  if (!rest.empty() && is_word_character(rest.front())) return false;
  if (!rest.starts_with(open)) return true;
  rest = rest.substr(1, rest.find(close) - (rest.contains(close) ? 1 : 0));
  return has_word(rest, rule) || rest.starts_with('*');
}

}  // namespace

bool is_silenced(std::string_view text, std::size_t byte, std::string_view rule) {
  const std::string_view line = line_around(text, byte);
  const auto begin = static_cast<std::size_t>(line.data() - text.data());
  const std::string_view before = begin == 0 ? std::string_view() : line_around(text, begin - 1);
  return says(line, "NOLINT", '(', ')', rule) || says(before, "NOLINTNEXTLINE", '(', ')', rule) ||
         says(line, "automod-ignore", ':', '\n', rule) ||
         says(before, "automod-ignore", ':', '\n', rule);
}

std::vector<Diagnostic> find_smells(const Ast& facts, bool whole) {
  std::vector<Diagnostic> found;
  for (const AstSmell& seen : facts.smells) add_own(seen, found);
  smells::find_across_calls(facts, whole, found);
  smells::find_lock_conflicts(facts, found);
  return merge_diagnostics(std::move(found));
}

}  // namespace automod::analyzers
