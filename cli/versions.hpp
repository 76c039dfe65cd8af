#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace automod::cli {

struct LinkedVersion {
  std::string name;
  std::string version;
};

std::string_view own_version();

/// Every library in this program with the version that is in use now, asked at run time where
/// the library can tell.
std::vector<LinkedVersion> linked_versions();

/// "automod 0.1.0" and a line for each library.
std::string version_text(const std::vector<LinkedVersion>& versions);

}  // namespace automod::cli
