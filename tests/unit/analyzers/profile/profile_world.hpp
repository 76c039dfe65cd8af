#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <vector>

#include "analyzers/profile/profile.hpp"
#include "tests/unit/catch.hpp"

namespace automod::testing {

inline analyzers::Profile profile_of(std::string_view text) {
  auto profile = analyzers::parse_profile(text, "p");
  if (!profile) FAIL(profile.error().message);
  return std::move(*profile);
}

inline Error refusal_of(std::string_view text) {
  const auto profile = analyzers::parse_profile(text, "p");
  REQUIRE_FALSE(profile);
  return profile.error();
}

/// "name 0.25 0.75" for each function, its own share and that with what it calls.
inline std::vector<std::string> functions_of(const analyzers::Profile& profile) {
  std::vector<std::string> all;
  for (const auto& function : profile.functions) {
    all.push_back(fmt::format("{}{}{} {:.2f} {:.2f}", function.name,
                              function.file.empty() ? "" : "@", function.file, function.share.self,
                              function.share.total));
  }
  return all;
}

inline std::vector<std::string> lines_of(const analyzers::Profile& profile) {
  std::vector<std::string> all;
  for (const auto& line : profile.lines) {
    all.push_back(fmt::format("{}:{} {:.2f} {:.2f}", line.file, line.line, line.share.self,
                              line.share.total));
  }
  return all;
}

using Strings = std::vector<std::string>;

}  // namespace automod::testing
