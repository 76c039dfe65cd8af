#include "analyzers/treesitter/imports.hpp"

#include <string>
#include <string_view>
#include <utility>

namespace automod::analyzers {

namespace {

constexpr std::size_t kMostEnds = 1000;
constexpr std::size_t kDeepestList = 16;

std::string_view unquoted(std::string_view text) {
  constexpr std::string_view kQuotes = "\"'`";
  if (text.size() < 2) return text;
  const bool is_quoted = kQuotes.find(text.front()) != kQuotes.npos && text.back() == text.front();
  const bool is_system = text.front() == '<' && text.back() == '>';
  return is_quoted || is_system ? text.substr(1, text.size() - 2) : text;
}

/// Takes a Rust path with lists apart: "a::{b, c::{d, e as f}}".
class Paths {
 public:
  std::vector<std::string> run(std::string_view text) {
    for (std::size_t i = 0; i < text.size() && ends_.size() < kMostEnds; ++i) step(text, i);
    finish();
    return std::move(ends_);
  }

 private:
  void step(std::string_view text, std::size_t& i) {
    const char c = text[i];
    if (c == '{') {
      if (prefixes_.size() < kDeepestList) prefixes_.push_back(path_);
      is_open_ = false;
    } else if (c == ',' || c == '}') {
      finish();
      if (c == '}' && !prefixes_.empty()) prefixes_.pop_back();
      path_ = prefixes_.empty() ? std::string() : prefixes_.back();
    } else if (text.substr(i, 2) == "//") {
      i = std::min(text.find('\n', i), text.size());
    } else if (c == ' ' || c == '\n' || c == '\t' || c == '\r') {
      if (text.substr(i + 1, 3) == "as ") is_alias_ = true;
    } else if (!is_alias_) {
      path_ += c;
      is_open_ = true;
    }
  }

  void finish() {
    if (is_open_ && !path_.empty()) ends_.push_back(path_);
    is_open_ = is_alias_ = false;
  }

  std::vector<std::string> prefixes_;
  std::vector<std::string> ends_;
  std::string path_;
  bool is_open_ = false;
  bool is_alias_ = false;
};

}  // namespace

std::vector<Import> imports_of(const Source& source, const std::vector<Mark>& marks) {
  std::vector<Import> imports;
  for (const Mark& mark : marks) {
    const std::string_view text = source.text.substr(mark.begin, mark.end - mark.begin);
    if (source.language == Language::kRust) {
      for (std::string& path : Paths().run(text)) imports.push_back({std::move(path), mark.line});
      continue;
    }
    const std::string_view target = unquoted(text);
    const bool is_system = text.starts_with('<');
    imports.push_back({std::string(target), mark.line, is_system});
  }
  return imports;
}

}  // namespace automod::analyzers
