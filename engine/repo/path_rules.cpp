#include "engine/repo/path_rules.hpp"

#include <fmt/format.h>
#include <git2.h>
#include <git2/sys/path.h>

#include <algorithm>
#include <cstdint>

#include "base/text.hpp"

namespace automod::repo {

namespace {

/// The character that valid UTF-8 begins with; removes it.
char32_t take_character(std::string_view& text) {
  const auto lead = static_cast<unsigned char>(text.front());
  const std::size_t length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  char32_t value = length == 1 ? lead : lead & (0xffU >> (length + 1));
  for (std::size_t i = 1; i < length && i < text.size(); ++i) {
    value = (value << 6) | (static_cast<unsigned char>(text[i]) & 0x3fU);
  }
  text.remove_prefix(std::min(length, text.size()));
  return value;
}

bool between(char32_t c, char32_t first, char32_t last) { return first <= c && c <= last; }

bool is_control(char32_t c) { return c < 0x20 || between(c, 0x7f, 0x9f); }

bool turns_text(char32_t c) {
  return between(c, 0x200e, 0x200f) || between(c, 0x202a, 0x202e) || between(c, 0x2066, 0x2069) ||
         between(c, 0x2028, 0x2029);
}

bool hfs_ignores(char32_t c) {
  return between(c, 0x200c, 0x200f) || between(c, 0x202a, 0x202e) || between(c, 0x206a, 0x206f) ||
         c == 0xfeff;
}

std::optional<std::string> fault_of_characters(std::string_view path) {
  if (valid_utf8(path) != path) return "is not UTF-8";
  while (!path.empty()) {
    const char32_t c = take_character(path);
    if (is_control(c)) return "contains a control character";
    if (turns_text(c)) return "contains a character that changes the direction of text";
    if (c == '\\') return "contains a backslash";
  }
  return std::nullopt;
}

std::optional<std::string> fault_of_name(std::string_view name) {
  if (name.empty()) return "has an empty component";
  if (name == "." || name == "..") return "leaves the tree or names it twice";
  if (is_dot_git(name)) return "touches .git";
  if (name.size() > kLongestName) {
    return fmt::format("has a component of more than {} bytes", kLongestName);
  }
  if (name.ends_with('.') || name.ends_with(' ')) {
    return "has a component that ends in a dot or a space";
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> fault_of_path(std::string_view path) {
  if (path.empty()) return "is empty";
  if (path.size() > kLongestPath) return fmt::format("has more than {} bytes", kLongestPath);
  if (path.starts_with('/')) return "is absolute";
  if (auto fault = fault_of_characters(path)) return fault;
  for (;;) {
    const std::size_t slash = path.find('/');
    if (auto fault = fault_of_name(path.substr(0, slash))) return fault;
    if (slash == std::string_view::npos) return std::nullopt;
    path.remove_prefix(slash + 1);
  }
}

std::string case_key(std::string_view name) {
  std::string key;
  while (!name.empty()) {
    std::string_view rest = name;
    if (!hfs_ignores(take_character(rest))) key += name.substr(0, name.size() - rest.size());
    name = rest;
  }
  return in_lower(key);
}

bool is_dot_git(std::string_view name) {
  const char first = name.empty() ? '\0' : name.front();
  const bool possible = first == '.' || first == 'g' || first == 'G' || (first & 0x80) != 0;
  if (!possible) return false;  // nearly always, and asked for every file of every tree
  std::string key = case_key(name);
  key.resize(std::min(key.find(':'), key.size()));  // ".git::$INDEX_ALLOCATION"
  while (key.ends_with('.') || key.ends_with(' ')) key.pop_back();
  if (key == ".git") return true;
  const std::string_view number =
      std::string_view(key).substr(std::min<std::size_t>(4, key.size()));
  return key.starts_with("git~") && !number.empty() &&
         std::ranges::all_of(number, [](char c) { return c >= '0' && c <= '9'; });
}

bool is_git_settings(std::string_view name) {
  for (const git_path_gitfile file :
       {GIT_PATH_GITFILE_GITMODULES, GIT_PATH_GITFILE_GITATTRIBUTES}) {
    if (git_path_is_gitfile(name.data(), name.size(), file, GIT_PATH_FS_GENERIC) > 0) return true;
  }
  return false;
}

}  // namespace automod::repo
