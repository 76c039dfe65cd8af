#include "engine/repo/user_config.hpp"

#include <cstdlib>
#include <string>

namespace automod::repo {

namespace fs = std::filesystem;

namespace {

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr ? value : "";
}

}  // namespace

UserConfig user_config() {
  UserConfig config;
  if (variable("GIT_CONFIG_NOSYSTEM").empty()) {
    const std::string system = variable("GIT_CONFIG_SYSTEM");
    config.system.emplace_back(system.empty() ? "/etc/gitconfig" : system);
  }
  if (const std::string global = variable("GIT_CONFIG_GLOBAL"); !global.empty()) {
    config.account.emplace_back(global);
    return config;
  }
  const std::string home = variable("HOME");
  const std::string xdg = variable("XDG_CONFIG_HOME");
  if (!xdg.empty() || !home.empty()) {
    config.account.push_back(fs::path(xdg.empty() ? home + "/.config" : xdg) / "git/config");
  }
  if (!home.empty()) config.account.push_back(fs::path(home) / ".gitconfig");
  return config;
}

}  // namespace automod::repo
