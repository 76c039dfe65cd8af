#include <fmt/format.h>
#include <git2.h>
#include <sys/stat.h>
#include <unistd.h>

#include <charconv>
#include <cstdlib>
#include <cstring>
#include <string>

#include "engine/repo/impl.hpp"
#include "engine/repo/user_config.hpp"

/// git's rule of safe.directory: work only on what belongs to the user, or what the user has
/// vouched for in the configuration of the account or the machine.
namespace automod::repo {

namespace fs = std::filesystem;

namespace {

/// Behind sudo, the user who called it counts as well.
std::optional<uid_t> caller_of_sudo() {
  const char* text = geteuid() == 0 ? std::getenv("SUDO_UID") : nullptr;
  uid_t value = 0;
  if (text == nullptr) return std::nullopt;
  const char* end = text + std::strlen(text);
  const auto parsed = std::from_chars(text, end, value);
  if (parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
  return value;
}

bool is_ours(const fs::path& path) {
  struct stat info{};
  if (lstat(path.c_str(), &info) != 0) return false;
  return info.st_uid == geteuid() || info.st_uid == caller_of_sudo();
}

bool vouches(std::string_view value, std::string_view folder) {
  while (value.size() > 1 && value.ends_with('/')) value.remove_suffix(1);
  if (value == "*" || value == folder) return true;
  return value.ends_with("/*") && folder.starts_with(value.substr(0, value.size() - 1));
}

struct Search {
  std::string folder;
  bool found = false;
};

int look_at(const git_config_entry* entry, void* payload) {
  auto& search = *static_cast<Search*>(payload);
  const std::string_view value = entry->value != nullptr ? entry->value : "";
  search.found = !value.empty() && (search.found || vouches(value, search.folder));  // "" resets
  return 0;
}

void look_into(Search& search, const fs::path& file) {
  std::error_code ignored;
  if (!fs::is_regular_file(file, ignored)) return;
  Handle<git_config> config;
  if (git_config_open_ondisk(Fill(config), file.c_str()) < 0) return;
  (void)git_config_get_multivar_foreach(config.get(), "safe.directory", nullptr, look_at, &search);
}

bool user_vouches(const std::string& folder) {
  Search search{.folder = folder};
  const UserConfig config = user_config();
  for (const fs::path& file : config.system) look_into(search, file);
  for (const fs::path& file : config.account) look_into(search, file);
  return search.found;
}

}  // namespace

Result<void> check_owner(const Repository::Impl& impl) {
  const fs::path named = impl.work_dir.value_or(impl.common_dir);
  if (is_ours(named) && is_ours(impl.common_dir)) return {};
  if (user_vouches(named.string())) return {};
  return fail(ErrorKind::kUnavailable,
              fmt::format("the repository at {} belongs to somebody else", named.string()),
              fmt::format("if you trust it: git config --global --add safe.directory '{}'",
                          named.string()));
}

}  // namespace automod::repo
