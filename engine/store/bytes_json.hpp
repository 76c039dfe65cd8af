#pragma once

#include <optional>
#include <string>
#include <string_view>

/// Bytes in JSON: base64 (RFC 4648, section 4), padded.
namespace automod::store {

std::string to_base64(std::string_view bytes);

/// nullopt unless `text` is what to_base64() gives for some bytes.
std::optional<std::string> from_base64(std::string_view text);

/// Writes or reads one field that holds bytes.
template <class Io>
void describe_bytes(Io& io, const char* key, std::string& bytes) {
  std::string text = to_base64(bytes);
  io(key, text);
  if (auto read = from_base64(text)) {
    bytes = std::move(*read);
  } else {
    io.say(std::string(key) + " is no base64");
  }
}

template <class Io>
void describe_bytes(Io& io, const char* key, std::optional<std::string>& bytes) {
  std::optional<std::string> text;
  if (bytes) text = to_base64(*bytes);
  io(key, text);
  if (!text) {
    bytes.reset();
  } else if (auto read = from_base64(*text)) {
    bytes = std::move(*read);
  } else {
    io.say(std::string(key) + " is no base64");
  }
}

}  // namespace automod::store
