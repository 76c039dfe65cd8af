#include <algorithm>
#include <array>
#include <set>

#include "analyzers/treesitter/syntax.hpp"
#include "base/text.hpp"
#include "engine/trial/review/review.hpp"
#include "engine/trial/review/tests_compare.hpp"
#include "engine/trial/review/tests_parts.hpp"
#include "engine/trial/review/tests_words.hpp"

namespace automod::trial {

namespace {

constexpr std::size_t kMostBytes = 1 << 20;

template <std::size_t N>
bool contains_any(std::string_view line, const std::array<std::string_view, N>& words) {
  return std::any_of(words.begin(), words.end(),
                     [&](std::string_view word) { return line.find(word) != line.npos; });
}

std::string_view trimmed(std::string_view line) {
  const auto first = line.find_first_not_of(" \t\r");
  if (first == line.npos) return {};
  return line.substr(first, line.find_last_not_of(" \t\r") - first + 1);
}

/// The command's outcome does not count any more.
bool is_forgiven(std::string_view path, std::string_view line) {
  static constexpr std::array<std::string_view, 8> kWays = {"|| true",
                                                            "||true",
                                                            "|| :",
                                                            "|| exit 0",
                                                            "; true",
                                                            "; exit 0",
                                                            "continue-on-error: true",
                                                            "allow_failure: true"};
  const bool is_make = path.ends_with("akefile") || path.ends_with(".mk");
  const bool is_ignored = is_make && line.size() > 2 && (line[0] == '-' || line.starts_with("@-"));
  return is_ignored || contains_any(line, kWays);
}

/// Some tests are not run any more.
bool is_narrowed(std::string_view line) {
  static constexpr std::array<std::string_view, 9> kWays = {
      "--ignore",       "--deselect",      "passWithNoTests", "testPathIgnorePatterns",
      "collect_ignore", "testNamePattern", "--exclude",       "norecursedirs",
      "no-run"};
  return contains_any(line, kWays);
}

void compare(const FileChange& file, std::vector<CodeFact>& facts) {
  std::set<std::string_view> known;
  for (const auto line : split_lines(*file.original)) known.insert(trimmed(line));
  std::size_t number = 0;
  for (const auto whole : split_lines(*file.modified)) {
    ++number;
    const std::string_view line = trimmed(whole);
    if (line.empty() || line[0] == '#' || known.contains(line)) continue;
    const bool is_about_tests = in_lower(line).find("test") != std::string::npos;
    const bool is_switch = line.find("continue-on-error") != line.npos ||
                           line.find("allow_failure") != line.npos ||
                           line.find("--deselect") != line.npos;
    if (!is_about_tests && !is_switch) continue;
    const bool forgives = is_forgiven(file.path, line);
    if (!forgives && !is_narrowed(line)) continue;
    CodeFact fact;
    fact.kind = forgives ? FactKind::kTestLoosened : FactKind::kTestDisabled;
    fact.path = file.path;
    fact.line = number;
    fact.what = forgives ? "the test command: its failure does not count"
                         : "the test command: some tests are left out";
    fact.after = brief(line);
    facts.push_back(std::move(fact));
  }
}

}  // namespace

void review_test_commands(const ReviewInput& input, Review& into) {
  for (const auto& file : input.files) {
    const FileRole role = role_of(input.config, file.path);
    const bool has_commands =
        role == FileRole::kBuild || role == FileRole::kCi || role == FileRole::kConfig;
    if (!has_commands || !file.original || !file.modified) continue;
    const bool is_large = file.original->size() > kMostBytes || file.modified->size() > kMostBytes;
    if (!is_large && !analyzers::language_of(file.path)) compare(file, into.facts);
  }
}

}  // namespace automod::trial
