#pragma once

#include <filesystem>
#include <vector>

namespace automod::repo {

/// The configuration files outside of the repository that git itself would read, whether they are
/// there or not. Later ones win.
struct UserConfig {
  std::vector<std::filesystem::path> system;
  std::vector<std::filesystem::path> account;  // at most two
};

UserConfig user_config();

}  // namespace automod::repo
