#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "engine/store/bundle.hpp"

/// Any bytes at all as a bundle. Whatever is accepted must be written as a text that reads as the
/// same bundle, and can be checked.

namespace {

[[noreturn]] void give_up(const char* what) {
  std::fprintf(stderr, "%s\n", what);
  std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace automod::store;
  const auto bundle = read_bundle({reinterpret_cast<const char*>(data), size});
  if (!bundle) return 0;
  const std::string text = bundle_text(*bundle);
  const auto again = read_bundle(text);
  if (!again) give_up(again.error().message.c_str());
  if (bundle_text(*again) != text) give_up("a bundle reads back as another");
  (void)check_bundle(*bundle, {.pins = {bundle->head}});
  return 0;
}
