#include <fmt/format.h>

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

CheckOutcome protected_path(const Evidence& evidence) {
  std::vector<std::string> deleted_tests;
  std::vector<std::string> touched;
  std::vector<std::string> strange;
  std::vector<std::string> welcome;
  for (const auto& file : evidence.files) {
    if (!file.is_protected) continue;
    if (file.change == "deleted" && looks_like_test(file.path)) {
      deleted_tests.push_back(file.path);
    } else if (file.change != "added") {
      touched.push_back(fmt::format("{} ({})", file.path, file.change));
    } else {
      (is_plain_test(file) ? welcome : strange).push_back(file.path);
    }
  }
  if (!deleted_tests.empty()) {
    return blocks(0.8, "deletes what tests the target: " + listed("file", deleted_tests));
  }
  if (!touched.empty()) {
    return asks(0.1, "changes what the verdict rests on: " + listed("protected file", touched));
  }
  if (!strange.empty()) {
    return asks(0.1, "adds to what the verdict rests on: " + listed("protected file", strange));
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
