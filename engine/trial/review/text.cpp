#include "base/text.hpp"

#include <fmt/format.h>

#include "base/files.hpp"
#include "engine/trial/review/source.hpp"
#include "engine/trial/review/text_parts.hpp"

namespace automod::trial {

namespace {

constexpr std::size_t kMostBytes = 8 * kMiB;

}  // namespace

Point point_at(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
  };
  const unsigned first = byte(at);
  if (first < 0x80) return {first, 1};
  const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 0;
  if (length == 0 || first > 0xf4) return {0xfffd, 1};
  char32_t code = first & (0xffU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(at + i) & 0xc0U) != 0x80) return {0xfffd, 1};
    code = (code << 6) | (byte(at + i) & 0x3fU);
  }
  return {code, length};
}

std::string point_name(char32_t code) {
  return fmt::format("U+{:04X}", static_cast<unsigned>(code));
}

void review_text(const ReviewInput& input, Review& into) {
  const auto added = added_lines(input.files);
  std::vector<TextSide> sides;
  for (std::size_t i = 0; i < input.files.size(); ++i) {
    const FileChange& file = input.files[i];
    add_licenses(file, into);
    if (!file.modified || add_binary(file, into)) continue;
    if (file.modified->size() > kMostBytes) {
      into.left_out.push_back({"static_checks", file.path + " is too large to be read", false});
      continue;
    }
    sides.push_back({.path = file.path,
                     .role = role_of(input.config, file.path),
                     .text = *file.modified,
                     .lines = split_lines(*file.modified),
                     .added = added[i]});
    add_secrets(sides.back(), into);
    add_disguise(sides.back(), into);
  }
  add_homoglyphs(input, sides, into);
}

}  // namespace automod::trial
