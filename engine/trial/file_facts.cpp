#include "engine/trial/file_facts.hpp"

#include <algorithm>
#include <charconv>

#include "analyzers/treesitter/syntax.hpp"
#include "base/text.hpp"
#include "engine/trial/review/review.hpp"

namespace automod::trial {

namespace {

struct Lines {
  std::size_t added = 0;
  std::size_t removed = 0;
};

/// The number behind ',' in "-12,3": absent means 1.
std::size_t count_in(std::string_view range) {
  const auto comma = range.find(',');
  if (comma == range.npos) return 1;
  std::size_t count = 0;
  std::from_chars(range.data() + comma + 1, range.data() + range.size(), count);
  return count;
}

/// Lines added and removed for each file of a diff. Counts of the hunk headers decide what is
/// content, so that a changed line may look like anything.
std::vector<Lines> lines_of(std::string_view diff) {
  std::vector<Lines> files;
  std::size_t old_left = 0;
  std::size_t new_left = 0;
  for (const auto line : split_lines(diff)) {
    if (old_left > 0 || new_left > 0) {
      const char sign = line.empty() ? ' ' : line[0];
      if (sign == '\\') continue;  // no newline at the end
      if (sign != '+' && old_left > 0) --old_left;
      if (sign != '-' && new_left > 0) --new_left;
      if (files.empty()) continue;
      if (sign == '+') ++files.back().added;
      if (sign == '-') ++files.back().removed;
    } else if (line.starts_with("diff --git ")) {
      files.emplace_back();
    } else if (line.starts_with("@@ -")) {
      const auto plus = line.find(" +");
      const auto end = line.find(" @@", plus == line.npos ? 0 : plus);
      if (plus == line.npos || end == line.npos) continue;
      old_left = count_in(line.substr(3, plus - 3));
      new_left = count_in(line.substr(plus + 2, end - plus - 2));
    }
  }
  return files;
}

std::size_t whole(const std::optional<std::string>& text) {
  return text ? split_lines(*text).size() : 0;
}

std::string change_of(const FileChange& file) {
  if (!file.original) return "added";
  return file.modified ? "modified" : "deleted";
}

void add_syntax(const FileChange& file, FileFacts& facts) {
  const auto language = analyzers::language_of(file.path);
  if (!language) return;
  facts.language = analyzers::name(*language);
  if (!file.modified) return;
  // Where one side takes too long to be read, nothing can be said of either.
  const auto after = analyzers::syntax_errors(*language, *file.modified);
  const auto before = file.original ? analyzers::syntax_errors(*language, *file.original)
                                    : std::optional<std::size_t>(0);
  if (!after || !before) return;
  facts.syntax_errors_before = *before;
  facts.syntax_errors_after = *after;
}

}  // namespace

std::vector<FileFacts> file_facts(const Config& config, const std::vector<FileChange>& files,
                                  std::string_view diff) {
  const auto lines = lines_of(diff);
  std::vector<FileFacts> all;
  for (std::size_t i = 0; i < files.size(); ++i) {
    const auto& file = files[i];
    FileFacts facts;
    facts.path = file.path;
    facts.change = change_of(file);
    facts.is_protected = is_protected(config, file.path);
    facts.role = role_of(config, file.path);
    const bool is_matched = lines.size() == files.size();
    facts.lines_added = is_matched ? lines[i].added : whole(file.modified);
    facts.lines_removed = is_matched ? lines[i].removed : whole(file.original);
    add_syntax(file, facts);
    all.push_back(std::move(facts));
  }
  return all;
}

bool wants_configure(const std::vector<FileFacts>& facts) {
  return std::any_of(facts.begin(), facts.end(), [](const FileFacts& file) {
    return file.change != "modified" || file.language.empty();
  });
}

}  // namespace automod::trial
