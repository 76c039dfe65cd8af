#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "analyzers/profile/profile.hpp"

/// Any bytes at all as a profile, and as the name of a function.

namespace {

[[noreturn]] void give_up(const char* what) {
  std::fprintf(stderr, "%s\n", what);
  std::abort();
}

void check(const automod::analyzers::Share& share) {
  const auto is_part = [](double value) { return value >= 0 && value <= 1; };
  if (!is_part(share.self) || !is_part(share.total)) give_up("a share is no part of the whole");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace automod::analyzers;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  (void)plain_name(text);
  const auto profile = parse_profile(text, "profile");
  if (!profile) return 0;
  for (const ProfiledFunction& function : profile->functions) {
    check(function.share);
    if (function.name.empty()) give_up("a function without a name");
  }
  for (const ProfiledLine& line : profile->lines) {
    check(line.share);
    if (line.line == 0 || line.file.empty()) give_up("a line of nothing");
  }
  return 0;
}
