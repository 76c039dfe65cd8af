#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "engine/sign/secret.hpp"

/// How SSH writes values one after the other (RFC 4251): numbers of 32 bits, most significant
/// byte first, and strings behind their length.
namespace automod::sign {

/// Reads such values from bytes, which must outlive it. Once something is not there every read
/// gives nothing, so that callers look once, at the end.
class WireReader {
 public:
  explicit WireReader(std::string_view bytes) : left_(bytes) {}
  std::uint32_t number();
  std::string_view text();
  std::string_view raw(std::size_t size);
  std::string_view rest() const { return left_; }

  bool ok() const { return ok_; }
  /// Everything was there, and nothing is left.
  bool is_finished() const { return ok_ && left_.empty(); }

 private:
  std::string_view left_;
  bool ok_ = true;
};

std::string wire_number(std::uint32_t number);
std::string wire_text(std::string_view text);
void append_wire_text(std::string_view text, Secret& to);

}  // namespace automod::sign
