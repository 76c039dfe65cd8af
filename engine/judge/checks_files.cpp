#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "engine/judge/checks.hpp"

namespace automod::judge {

namespace {

constexpr std::size_t kLargeLines = 400;
constexpr std::size_t kHugeLines = 2000;

/// Adding a test is welcome. Anything else that lands among protected files may change how they
/// are built or run: pytest reads conftest.py from every folder.
bool is_plain_test(const FileFacts& file) {
  return looks_like_test(file.path) && !file.language.empty() &&
         !glob_match("**/conftest.py", "/" + file.path);
}

}  // namespace

bool looks_like_test(std::string_view path) {
  static constexpr std::array<std::string_view, 14> kGlobs = {
      "**/test/**",  "**/tests/**",  "**/testing/**", "**/spec/**",  "**/__tests__/**",
      "**/*_test.*", "**/*_tests.*", "**/test_*.*",   "**/*.test.*", "**/*.spec.*",
      "**/*-test.*", "**/*Test.*",   "**/*Tests.*",   "**/*_spec.*"};
  const std::string rooted = "/" + std::string(path);
  for (const auto glob : kGlobs) {
    if (glob_match(glob, rooted) || glob_match(glob, path)) return true;
  }
  return false;
}

namespace {

/// Evidence from format 3 on says what a file is; before, its path has to tell.
bool is_test(const FileFacts& file) {
  return file.role ? *file.role == FileRole::kTest : looks_like_test(file.path);
}

/// What decides how things are built, run and measured counts whether or not it is listed.
bool is_foundation(const FileFacts& file) {
  if (file.is_protected) return true;
  if (!file.role) return false;
  switch (*file.role) {
    case FileRole::kBuild:
    case FileRole::kCi:
    case FileRole::kConfig:
      return true;
    case FileRole::kTest:
    case FileRole::kBenchmark:
      return file.change != "added" || !file.language.empty();
    case FileRole::kSource:
    case FileRole::kDocument:
    case FileRole::kOther:
      return false;
  }
  return false;
}

/// A test file that only gained lines, none of which takes anything from the tests that are there.
bool only_gains(const Evidence& evidence, const FileFacts& file) {
  const bool has_gained = file.role == FileRole::kTest && file.change == "modified" &&
                          !file.language.empty() && file.lines_removed == 0;
  return has_gained && std::ranges::none_of(evidence.facts, [&](const CodeFact& fact) {
           const bool is_loss =
               fact.kind == FactKind::kTestRemoved || fact.kind == FactKind::kTestDisabled ||
               fact.kind == FactKind::kTestLoosened || fact.kind == FactKind::kTestExpectation;
           return is_loss && fact.path == file.path;
         });
}

bool is_plain_new_test(const FileFacts& file) {
  if (!file.role) return is_plain_test(file);
  return *file.role == FileRole::kTest && !file.language.empty();
}

}  // namespace

CheckOutcome protected_path(const Evidence& evidence) {
  std::vector<std::string> deleted_tests;
  std::vector<std::string> touched;
  std::vector<std::string> strange;
  std::vector<std::string> welcome;
  for (const auto& file : evidence.files) {
    if (!is_foundation(file)) continue;
    if (file.change == "deleted" && is_test(file)) {
      deleted_tests.push_back(file.path);
    } else if (only_gains(evidence, file)) {
      welcome.push_back(file.path);
    } else if (file.change != "added") {
      touched.push_back(fmt::format("{} ({})", file.path, file.change));
    } else {
      (is_plain_new_test(file) ? welcome : strange).push_back(file.path);
    }
  }
  if (!deleted_tests.empty()) {
    return blocks(0.8, "deletes what tests the target: " + listed("file", deleted_tests));
  }
  if (!touched.empty()) {
    return asks(0.1, "changes what the verdict rests on: " + listed("file", touched));
  }
  if (!strange.empty()) {
    return asks(0.1, "adds to what the verdict rests on: " + listed("file", strange));
  }
  if (!welcome.empty()) return passes("adds only new tests there: " + listed("file", welcome));
  return passes("no protected file is touched");
}

CheckOutcome too_large(const Evidence& evidence) {
  std::size_t lines = 0;
  for (const auto& file : evidence.files) lines += file.lines_added + file.lines_removed;
  const std::string size =
      counted(lines, "changed line") + " in " + counted(evidence.files.size(), "file");
  if (lines > kHugeLines) return asks(0.2, size + ": too much to be judged by tests alone");
  if (lines > kLargeLines) {
    return warns(0.1,
                 fmt::format("{}: more than the {} that are easily reviewed", size, kLargeLines));
  }
  return passes(size);
}

}  // namespace automod::judge
