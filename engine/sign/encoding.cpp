#include "engine/sign/encoding.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace automod::sign {

namespace {

constexpr std::string_view kUsual =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kOfUrls =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

using Values = std::array<std::int8_t, 256>;  // -1: not in the alphabet

constexpr Values values_of(std::string_view alphabet) {
  Values values{};
  for (std::int8_t& value : values) value = -1;
  for (std::size_t i = 0; i < alphabet.size(); ++i) {
    values[static_cast<unsigned char>(alphabet[i])] = static_cast<std::int8_t>(i);
  }
  return values;
}

constexpr Values kUsualValues = values_of(kUsual);
constexpr Values kUrlValues = values_of(kOfUrls);

std::uint32_t byte_at(std::string_view bytes, std::size_t index) {
  return index < bytes.size() ? static_cast<unsigned char>(bytes[index]) : 0;
}

/// Without padding. `To` has append(char): a string, or a Secret.
template <class To>
void encode(std::string_view bytes, std::string_view alphabet, To& to) {
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::uint32_t group =
        byte_at(bytes, i) << 16 | byte_at(bytes, i + 1) << 8 | byte_at(bytes, i + 2);
    const std::size_t digits = std::min<std::size_t>(bytes.size() - i, 3) + 1;
    for (std::size_t digit = 0; digit < digits; ++digit) {
      to.append(std::string_view(&alphabet[group >> (18 - 6 * digit) & 63], 1));
    }
  }
}

/// Digits without padding; false when they are not what encode() writes.
template <class To>
bool decode(std::string_view digits, const Values& values, To& to) {
  if (digits.size() % 4 == 1) return false;
  std::uint32_t held = 0;  // bits that make no whole byte yet
  unsigned bits = 0;
  for (const char digit : digits) {
    const std::int8_t value = values[static_cast<unsigned char>(digit)];
    if (value < 0) return false;
    held = (held << 6 | static_cast<std::uint32_t>(value)) & 0xffff;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    const char byte = static_cast<char>(held >> bits & 0xff);
    to.append(std::string_view(&byte, 1));
  }
  return (held & ((1U << bits) - 1)) == 0;
}

std::string_view padding_for(std::size_t bytes) {
  return std::string_view("==").substr(0, (3 - bytes % 3) % 3);
}

/// The digits of a padded text; nullopt when its padding is wrong.
std::optional<std::string_view> without_padding(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  for (int i = 0; i < 2 && text.ends_with('='); ++i) text.remove_suffix(1);
  return text;
}

}  // namespace

std::string base64(std::string_view bytes) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  encode(bytes, kUsual, text);
  return text.append(padding_for(bytes.size()));
}

std::optional<std::string> from_base64(std::string_view text) {
  const auto digits = without_padding(text);
  std::string bytes;
  if (!digits || !decode(*digits, kUsualValues, bytes)) return std::nullopt;
  return bytes;
}

std::string base64_url(std::string_view bytes) {
  std::string text;
  encode(bytes, kOfUrls, text);
  return text;
}

std::optional<std::string> from_base64_url(std::string_view text) {
  std::string bytes;
  if (!decode(text, kUrlValues, bytes)) return std::nullopt;
  return bytes;
}

void append_base64(std::string_view bytes, Secret& to) {
  encode(bytes, kUsual, to);
  to.append(padding_for(bytes.size()));
}

bool append_from_base64(std::string_view text, Secret& to) {
  const auto digits = without_padding(text);
  return digits && digits->size() / 4 * 3 + 2 <= to.room() && decode(*digits, kUsualValues, to);
}

}  // namespace automod::sign
