#include "engine/sign/wire.hpp"

namespace automod::sign {

std::string_view WireReader::raw(std::size_t size) {
  if (!ok_ || size > left_.size()) {
    ok_ = false;
    return {};
  }
  const std::string_view bytes = left_.substr(0, size);
  left_.remove_prefix(size);
  return bytes;
}

std::uint32_t WireReader::number() {
  std::uint32_t number = 0;
  for (const char byte : raw(4)) number = number << 8 | static_cast<unsigned char>(byte);
  return number;
}

std::string_view WireReader::text() { return raw(number()); }

std::string wire_number(std::uint32_t number) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(number >> shift & 0xff);
  return bytes;
}

std::string wire_text(std::string_view text) {
  return wire_number(static_cast<std::uint32_t>(text.size())).append(text);
}

void append_wire_text(std::string_view text, Secret& to) {
  to.append(wire_number(static_cast<std::uint32_t>(text.size())));
  to.append(text);
}

}  // namespace automod::sign
