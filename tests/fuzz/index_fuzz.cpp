#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "analyzers/index/index.hpp"

/// What the index holds, with any of its bytes wrong. The input is a source text, then a byte 0,
/// then pairs of bytes that say where in its facts another byte stands; or, without a 0, all of
/// the bytes as they are.

namespace {

using namespace automod::analyzers;

std::string kept_bytes(std::string_view input) {
  const std::size_t zero = input.find('\0');
  if (zero == input.npos) return std::string(input);
  std::string bytes = encode(facts_of(Language::kPython, input.substr(0, zero)));
  const std::string_view damage = input.substr(zero + 1);
  for (std::size_t i = 0; i + 1 < damage.size() && !bytes.empty(); i += 2) {
    bytes[static_cast<unsigned char>(damage[i]) % bytes.size()] = damage[i + 1];
  }
  return bytes;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes = kept_bytes({reinterpret_cast<const char*>(data), size});
  const auto facts = decode(bytes);
  if (!facts) return 0;
  const auto again = decode(encode(*facts));
  if (!again || *again != *facts) {
    std::fputs("what was read is not what is written\n", stderr);
    std::abort();
  }
  return 0;
}
