#include "sandbox/backends/host_view.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <string_view>
#include <system_error>

#include "base/files.hpp"
#include "base/text.hpp"
#include "sandbox/backend.hpp"
#include "sandbox/launcher/view.hpp"
#include "sandbox/policy.hpp"

namespace automod::sandbox {

namespace fs = std::filesystem;

namespace {

bool is_number(const std::string& text) {
  return text.find_first_not_of("0123456789") == std::string::npos;
}

/// What a throwaway user can read there, processes excepted. Links lead to a process.
void find_facts(HostView& view) {
  std::error_code code;
  for (const auto& entry : fs::directory_iterator("/proc", code)) {
    struct stat info{};
    if (is_number(entry.path().filename().string()) || lstat(entry.path().c_str(), &info) != 0 ||
        S_ISLNK(info.st_mode) || (info.st_mode & S_IROTH) == 0) {
      continue;
    }
    auto& found = S_ISDIR(info.st_mode) ? view.fact_folders : view.fact_files;
    found.push_back(entry.path().string());
  }
  std::sort(view.fact_files.begin(), view.fact_files.end());
  std::sort(view.fact_folders.begin(), view.fact_folders.end());
}

Result<void> make_folder(const fs::path& path) {
  if (mkdir(path.c_str(), 0755) == 0) {
    if (chmod(path.c_str(), 0755) == 0) return {};  // whatever the umask says
  } else if (errno == EEXIST) {
    return {};
  }
  return fail_errno(fmt::format("making {}", path.string()), errno);
}

}  // namespace

HostView HostView::look() {
  HostView view;
  view.folders.emplace_back("/usr");
  std::error_code code;
  for (const char* path : kBesideUsr) {
    if (fs::is_symlink(path, code)) {
      view.links.emplace_back(path, fs::read_symlink(path, code).string());
    } else if (fs::is_directory(path, code)) {
      view.folders.emplace_back(path);
    }
  }
  for (const char* path : kSettings) {
    if (fs::exists(path, code)) view.settings.emplace_back(path);
  }
  find_facts(view);
  return view;
}

Result<void> make_etc(const fs::path& place, const Policy& policy, const HostView& view) {
  if (auto ok = make_place(place, true); !ok) return ok;
  for (const EtcFile& file : etc_files(policy.user)) {
    if (auto ok = write_text(place / file.name, file.text); !ok) return ok;
  }
  std::vector<fs::path> mounted(view.settings.begin(), view.settings.end());
  mounted.insert(mounted.end(), policy.read_only.begin(), policy.read_only.end());
  std::error_code code;
  for (const fs::path& path : mounted) {
    if (!is_below(path, "/etc")) continue;
    const bool folder = fs::is_directory(path, code);
    if (auto ok = make_place(place / path.lexically_relative("/etc"), folder); !ok) return ok;
  }
  return {};
}

Result<void> make_place(const fs::path& place, bool folder) {
  struct stat info{};
  if (lstat(place.c_str(), &info) == 0) return {};
  fs::path above;
  for (const fs::path& part : place.parent_path()) {
    above /= part;
    if (auto ok = make_folder(above); !ok) return ok;
  }
  return folder ? make_folder(place) : write_text(place, "");
}

bool mixes_control_groups() {
  constexpr long kGroupsV2 = 0x63677270;
  struct statfs info{};
  if (statfs("/sys/fs/cgroup/unified", &info) != 0 || info.f_type != kGroupsV2) return false;
  const auto controllers = read_file("/sys/fs/cgroup/unified/cgroup.controllers", 4096);
  return !controllers || controllers->find_first_not_of(" \n") != std::string::npos;
}

Result<void> write_text(const fs::path& path, std::string_view text) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << text;
  file.close();
  if (!file || chmod(path.c_str(), 0644) != 0) {
    return fail_errno(fmt::format("writing {}", path.string()), errno);
  }
  return {};
}

Result<void> check_places(const Policy& policy, const HostView& view) {
  for (const fs::path& path : policy.read_only) {
    bool taken = is_below(path, fs::path(kLauncherInside).parent_path());
    for (const auto& [link, target] : view.links) taken = taken || is_below(path, link);
    for (const std::string& folder : view.folders) taken = taken || is_below(path, folder);
    if (!taken) continue;
    return fail(ErrorKind::kUsage,
                fmt::format("read_only '{}': found a place that the container fills itself",
                            printable_line(path.string())),
                "name it by its path below /usr, or leave it out: /usr is seen anyway");
  }
  return {};
}

}  // namespace automod::sandbox
