#include "sandbox/stage.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <system_error>

namespace automod::sandbox {

namespace fs = std::filesystem;

namespace {

constexpr const char* kParent = "/tmp";  // the throwaway user can walk there, whatever TMPDIR says
constexpr std::string_view kPrefix = "automod-stage-";

Fd open_folder(const fs::path& path) {
  return Fd(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
}

/// A stage is made and locked in two steps; one that is older than this is past both.
constexpr auto kSettled = std::chrono::seconds(10);

bool is_abandoned(const fs::path& path) {
  std::error_code code;
  const auto made = fs::last_write_time(path, code);
  if (code || fs::file_time_type::clock::now() - made < kSettled) return false;
  const Fd folder = open_folder(path);
  return folder && flock(folder.get(), LOCK_EX | LOCK_NB) == 0;
}

}  // namespace

Result<Stage> Stage::create(uid_t uid, gid_t gid) {
  auto folder = TempDir::create(kParent, kPrefix);
  if (!folder) return fail(folder.error());
  Fd lock = open_folder(folder->path());
  if (!lock || flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
    return fail_errno(fmt::format("locking {}", folder->path().string()), errno);
  }
  return Stage(std::move(*folder), std::move(lock), uid, gid);
}

Result<void> Stage::hand_over() {
  if (geteuid() != 0 || uid_ == 0) return {};
  std::error_code code;
  bool good = lchown(path().c_str(), uid_, gid_) == 0;
  for (const auto& entry : fs::recursive_directory_iterator(path(), code)) {
    good = lchown(entry.path().c_str(), uid_, gid_) == 0 && good;
  }
  if (!good || code) return fail_errno("giving the stage to the sandbox's user", errno);
  return {};
}

void sweep_stages() {
  std::error_code code;
  for (const auto& entry : fs::directory_iterator(kParent, code)) {
    if (!entry.path().filename().string().starts_with(kPrefix)) continue;
    struct stat info{};
    const bool mine =
        lstat(entry.path().c_str(), &info) == 0 && (info.st_uid == geteuid() || geteuid() == 0);
    if (mine && is_abandoned(entry.path())) (void)remove_tree(entry.path());
  }
}

}  // namespace automod::sandbox
