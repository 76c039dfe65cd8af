#include "engine/propose/mail.hpp"

#include <algorithm>
#include <optional>

#include "base/text.hpp"

namespace automod::propose {

namespace {

std::optional<unsigned> digit(char c, unsigned base) {
  unsigned value = 0;
  if (c >= '0' && c <= '9')
    value = static_cast<unsigned>(c - '0');
  else if (c >= 'A' && c <= 'F')
    value = static_cast<unsigned>(c - 'A') + 10;
  else if (c >= 'a' && c <= 'f')
    value = static_cast<unsigned>(c - 'a') + 10;
  else
    return std::nullopt;
  if (value >= base) return std::nullopt;
  return value;
}

std::optional<std::string> decode_q(std::string_view text) {
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '=') {
      bytes += text[i] == '_' ? ' ' : text[i];
      continue;
    }
    if (text.size() - i < 3) return std::nullopt;
    const auto high = digit(text[i + 1], 16);
    const auto low = digit(text[i + 2], 16);
    if (!high || !low) return std::nullopt;
    bytes += static_cast<char>(*high * 16 + *low);
    i += 2;
  }
  return bytes;
}

std::optional<std::string> decode_b(std::string_view text) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string bytes;
  unsigned held = 0;
  unsigned bits = 0;
  while (text.ends_with('=')) text.remove_suffix(1);
  for (const char c : text) {
    const std::size_t value = kDigits.find(c);
    if (value == std::string_view::npos) return std::nullopt;
    held = ((held << 6) | static_cast<unsigned>(value)) & 0xffffU;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes += static_cast<char>((held >> bits) & 0xffU);
    }
  }
  return bytes;
}

std::string from_latin1(std::string_view bytes) {
  std::string text;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      text += c;
    } else {
      text += static_cast<char>(0xc0U | (byte >> 6));
      text += static_cast<char>(0x80U | (byte & 0x3fU));
    }
  }
  return text;
}

struct Word {
  std::string bytes;
  std::string charset;
  std::size_t length = 0;  // of what it was decoded from
};

/// "=?UTF-8?q?na=C3=AFve?=" at the beginning of `text`.
std::optional<Word> take_word(std::string_view text) {
  if (!text.starts_with("=?")) return std::nullopt;
  const std::size_t charset_end = text.find('?', 2);
  if (charset_end == std::string_view::npos || text.size() < charset_end + 3 ||
      text[charset_end + 2] != '?') {
    return std::nullopt;
  }
  const std::size_t begin = charset_end + 3;
  const std::size_t end = text.find("?=", begin);
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view payload = text.substr(begin, end - begin);
  if (payload.find(' ') != std::string_view::npos) return std::nullopt;
  const char encoding = text[charset_end + 1];
  std::optional<std::string> bytes;
  if (encoding == 'q' || encoding == 'Q') bytes = decode_q(payload);
  if (encoding == 'b' || encoding == 'B') bytes = decode_b(payload);
  const std::string charset = in_lower(text.substr(2, charset_end - 2));
  const bool known = charset == "utf-8" || charset == "us-ascii" || charset == "iso-8859-1";
  if (!bytes || !known) return std::nullopt;
  return Word{.bytes = std::move(*bytes), .charset = charset, .length = end + 2};
}

std::string unfold(std::string_view value) {
  std::string line;
  for (const char c : value) {
    const bool blank = c == ' ' || c == '\t' || c == '\r' || c == '\n';
    if (!blank)
      line += c;
    else if (!line.empty() && line.back() != ' ')
      line += ' ';
  }
  while (line.ends_with(' ')) line.pop_back();
  return line;
}

}  // namespace

std::string decode_header(std::string_view value) {
  const std::string line = unfold(value);
  std::string decoded;
  std::string pending;  // bytes of UTF-8 words: a character may be split between two of them
  for (std::size_t i = 0; i < line.size();) {
    const auto word = take_word(std::string_view(line).substr(i));
    if (!word) {
      decoded += pending;
      pending.clear();
      decoded += line[i++];
      continue;
    }
    pending += word->charset == "iso-8859-1" ? from_latin1(word->bytes) : word->bytes;
    i += word->length;
    const bool another = i + 1 < line.size() && line[i] == ' ' &&
                         take_word(std::string_view(line).substr(i + 1)).has_value();
    if (another) ++i;  // the blank between two such words is not part of the text
  }
  decoded += pending;
  return unfold(valid_utf8(decoded));
}

std::string_view strip_patch_tag(std::string_view subject) {
  while (subject.starts_with('[')) {
    const std::size_t end = subject.find(']');
    if (end == std::string_view::npos) break;
    const std::string tag = in_lower(subject.substr(1, end - 1));
    if (tag.find("patch") == std::string::npos && tag.find("rfc") == std::string::npos) break;
    subject.remove_prefix(end + 1);
    while (subject.starts_with(' ')) subject.remove_prefix(1);
  }
  return subject;
}

}  // namespace automod::propose
