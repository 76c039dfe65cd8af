#include "engine/propose/rule_sources.hpp"

#include <algorithm>
#include <utility>

#include "base/files.hpp"

namespace automod::propose {

namespace {

constexpr std::size_t kLargestSource = 4 * kMiB;

bool mostly_crlf(std::string_view text) {
  std::size_t lines = 0;
  std::size_t crlf = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\n') continue;
    ++lines;
    if (i > 0 && text[i - 1] == '\r') ++crlf;
  }
  return crlf * 2 > lines;
}

std::string with_crlf(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\n' && (i == 0 || text[i - 1] != '\r')) result += '\r';
    result += text[i];
  }
  return result;
}

}  // namespace

Source::Source(std::string_view path, std::string text, bool is_executable)
    : text_(std::move(text)),
      is_executable_(is_executable),
      language_(analyzers::language_of(path)),
      line_starts_{0},
      ends_lines_with_crlf_(mostly_crlf(text_)) {
  for (std::size_t i = 0; i < text_.size(); ++i) {
    if (text_[i] == '\n') line_starts_.push_back(i + 1);
  }
}

std::size_t Source::line(std::size_t offset) const {
  const auto after = std::ranges::upper_bound(line_starts_, offset);
  return static_cast<std::size_t>(after - line_starts_.begin());
}

std::size_t Source::column(std::size_t offset) const {
  return offset - line_starts_[line(offset) - 1] + 1;
}

std::optional<std::size_t> Source::errors_before() {
  if (!std::exchange(counted_, true)) errors_ = analyzers::syntax_errors(*language_, text_);
  return errors_;
}

std::optional<std::string> Source::edited(const std::vector<analyzers::Replacement>& replacements) {
  std::vector<analyzers::Replacement> wanted = replacements;
  if (ends_lines_with_crlf_) {
    for (analyzers::Replacement& one : wanted) one.text = with_crlf(one.text);
  }
  auto result = analyzers::apply_replacements(text_, wanted);
  if (!result || *result == text_) return std::nullopt;
  if (language_) {
    const auto before = errors_before();
    const auto after = analyzers::syntax_errors(*language_, *result);
    // What could be parsed in time before and cannot now is no better than an error.
    if (before && (!after || *after > *before)) return std::nullopt;
  }
  return std::move(*result);
}

Result<Sources> Sources::open(const repo::Repository& repo, const TreeId& tree) {
  auto entries = repo.list(tree);
  if (!entries) return fail(std::move(entries.error()));
  Sources sources(repo, tree);
  for (repo::Entry& entry : *entries) {
    std::string path = entry.path;
    sources.entries_.emplace(std::move(path), std::move(entry));
  }
  return sources;
}

Result<Source*> Sources::find(const std::string& path) {
  const auto known = read_.find(path);
  if (known != read_.end()) return known->second ? &*known->second : nullptr;
  std::optional<Source>& source = read_[path];
  const auto entry = entries_.find(path);
  if (entry == entries_.end()) return nullptr;
  constexpr unsigned kFile = 0100644;
  constexpr unsigned kProgram = 0100755;
  const unsigned mode = entry->second.mode;
  if ((mode != kFile && mode != kProgram) || entry->second.size > kLargestSource) return nullptr;
  auto text = repo_->read(tree_, path, kLargestSource);
  if (!text) return fail(std::move(text.error()).within("reading " + path));
  if (*text) source.emplace(path, std::move(**text), mode == kProgram);
  return source ? &*source : nullptr;
}

}  // namespace automod::propose
