#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/text.hpp"
#include "engine/trial/review/source.hpp"
#include "engine/trial/review/text_parts.hpp"

namespace automod::trial {

namespace {

using namespace std::string_view_literals;

struct Magic {
  std::string_view kind;
  std::string_view begin;
};

constexpr auto kMagic = std::to_array<Magic>({
    {"executable",
     "\x7f"
     "ELF"sv},
    {"executable", "MZ\x90\0"sv},
    {"executable", "\xcf\xfa\xed\xfe"sv},
    {"executable", "\xca\xfe\xba\xbe"sv},
    {"executable", "\0asm"sv},
    {"archive", "!<arch>\n"sv},
    {"archive", "PK\x03\x04"sv},
    {"archive", "\x1f\x8b"sv},
    {"archive",
     "\xfd"
     "7zXZ\0"sv},
    {"archive", "7z\xbc\xaf\x27\x1c"sv},
    {"archive", "\x28\xb5\x2f\xfd"sv},
    {"archive", "BZh9"sv},
    {"archive", "Rar!"sv},
    {"text in UTF-16", "\xff\xfe"sv},
    {"text in UTF-16", "\xfe\xff"sv},
});

/// Pictures, fonts and documents that say what they are by name and by first bytes alike: what
/// they show can be looked at.
struct Known {
  std::string_view ending;
  std::string_view begin;
};
constexpr auto kKnown = std::to_array<Known>({
    {".png", "\x89PNG\r\n\x1a\n"sv},
    {".jpg", "\xff\xd8\xff"sv},
    {".jpeg", "\xff\xd8\xff"sv},
    {".gif", "GIF8"sv},
    {".webp", "RIFF"sv},
    {".ico", "\0\0\1\0"sv},
    {".pdf", "%PDF-"sv},
    {".woff", "wOFF"sv},
    {".woff2", "wOF2"sv},
    {".ttf", "\0\1\0\0"sv},
    {".otf", "OTTO"sv},
});

/// More of the text than a slip is no UTF-8. Old sources in Latin-1 have a few such bytes.
bool is_mostly_unreadable(std::string_view text) {
  std::size_t bad = 0;
  for (std::size_t at = 0; at < text.size();) {
    const Point point = point_at(text, at);
    const bool is_control = point.code < 0x20 && point.code != '\n' && point.code != '\r' &&
                            point.code != '\t' && point.code != '\f' && point.code != 0x1b;
    bad += point.code == 0xfffd || is_control ? 1U : 0U;
    at += point.length;
  }
  return bad * 20 > text.size();
}

/// nullopt: text, or a picture and the like.
std::optional<std::string_view> binary_kind(std::string_view path, std::string_view content) {
  for (const Magic& magic : kMagic) {
    if (content.starts_with(magic.begin)) return magic.kind;
  }
  for (const Known& known : kKnown) {
    if (path.ends_with(known.ending) && content.starts_with(known.begin)) return std::nullopt;
  }
  if (content.find('\0') != content.npos) return "binary content";
  if (is_mostly_unreadable(content.substr(0, 64 * 1024))) return "binary content";
  return std::nullopt;
}

bool is_known_picture(std::string_view path, std::string_view content) {
  return std::ranges::any_of(kKnown, [&](const Known& known) {
    return path.ends_with(known.ending) && content.starts_with(known.begin);
  });
}

bool is_license_file(std::string_view path) {
  static constexpr auto kNames = std::to_array<std::string_view>(
      {"LICENSE", "LICENCE", "COPYING", "COPYRIGHT", "NOTICE", "UNLICENSE"});
  std::string file(path.substr(path.rfind('/') + 1));
  for (char& c : file) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return std::ranges::any_of(kNames, [&](std::string_view name) {
    return file == name || file.starts_with(std::string(name) + ".") ||
           file.starts_with(std::string(name) + "-");
  });
}

/// What a licence line says, years and marks of comments left out: the year may go on.
std::string essence(std::string_view line) {
  std::string made;
  for (const char c : line) {
    const bool is_letter =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || static_cast<unsigned char>(c) >= 0x80;
    if (is_letter) made += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  if (line.find("SPDX") != line.npos) {  // versions of licences are not years
    for (const char c : line) {
      if (c >= '0' && c <= '9') made += c;
    }
  }
  return made;
}

bool is_license_line(std::string_view line) {
  if (line.size() > 400) return false;
  if (line.find("SPDX-License-Identifier") != line.npos) return true;
  if (line.find("SPDX-FileCopyrightText") != line.npos) return true;
  const std::string text = in_lower(line);
  static constexpr auto kPhrases = std::to_array<std::string_view>(
      {"copyright (c)", "copyright ©", "copyright 19", "copyright 20", "licensed under",
       "all rights reserved", "under the terms of the", "permission is hereby granted",
       "redistribution and use in source"});
  return std::ranges::any_of(
      kPhrases, [&](std::string_view phrase) { return text.find(phrase) != text.npos; });
}

/// The licence lines at the head of a file, by what they say.
std::map<std::string, std::pair<std::size_t, std::string>> heading_of(std::string_view text) {
  constexpr std::size_t kHead = 60;
  std::map<std::string, std::pair<std::size_t, std::string>> found;
  const auto lines = split_lines(text.substr(0, 16 * 1024));
  for (std::size_t i = 0; i < lines.size() && i < kHead; ++i) {
    if (is_license_line(lines[i]))
      found.emplace(essence(lines[i]), std::pair(i + 1, shown(lines[i])));
  }
  return found;
}

void add_license_fact(Review& into, const std::string& path, std::size_t line, std::string what,
                      std::string before, std::string after) {
  CodeFact fact;
  fact.kind = FactKind::kLicenseRemoved;
  fact.path = path;
  fact.line = line;
  fact.what = std::move(what);
  fact.before = std::move(before);
  fact.after = std::move(after);
  into.facts.push_back(std::move(fact));
}

}  // namespace

bool add_binary(const FileChange& file, Review& into) {
  const auto kind = binary_kind(file.path, *file.modified);
  if (!kind) return is_known_picture(file.path, *file.modified);
  CodeFact fact;
  fact.kind = FactKind::kBinary;
  fact.path = file.path;
  fact.what = *kind;
  fact.before = file.original ? std::to_string(file.original->size()) + " bytes" : "";
  fact.after = std::to_string(file.modified->size()) + " bytes";
  fact.amount = static_cast<std::int64_t>(file.modified->size());
  into.facts.push_back(std::move(fact));
  return true;
}

void add_licenses(const FileChange& file, Review& into) {
  if (!file.original) return;
  if (is_license_file(file.path)) {
    if (file.modified && essence(*file.modified) == essence(*file.original)) return;
    const std::string first = shown(line_at(*file.original, 1));
    add_license_fact(into, file.path, 0, "licence file", first.empty() ? "licence" : first,
                     file.modified ? "another text" : "");
    return;
  }
  if (!file.modified) return;  // with the file goes its heading
  const auto before = heading_of(*file.original);
  const auto after = heading_of(*file.modified);
  for (const auto& [said, line] : before) {
    if (after.contains(said)) continue;
    const std::string now = after.empty() ? "" : after.begin()->second.second;
    add_license_fact(into, file.path, line.first, "licence heading", line.second, now);
  }
}

}  // namespace automod::trial
