#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "base/fd.hpp"
#include "base/files.hpp"

namespace automod {

namespace {

using Dir = std::unique_ptr<DIR, int (*)(DIR*)>;

/// Gives ourselves the permissions on a folder that its owner took away. Where that cannot be
/// done, what needed them fails and says so.
void claim(int parent, const char* name) {
  [[maybe_unused]] const int changed = fchmodat(parent, name, 0700, AT_SYMLINK_NOFOLLOW);
}

/// Opens the folder `name` in `parent` without following links, whatever its permissions.
Fd open_folder(int parent, const char* name) {
  constexpr int kFlags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
  Fd fd(openat(parent, name, kFlags));
  if (!fd && errno == EACCES) {
    claim(parent, name);
    fd = Fd(openat(parent, name, kFlags));
  }
  return fd;
}

/// Unlinks all that is no folder in `folder`; returns the names of the folders left.
std::vector<std::string> unlink_files(int folder) {
  std::vector<std::string> folders;
  Dir dir(fdopendir(fcntl(folder, F_DUPFD_CLOEXEC, 0)), closedir);
  if (!dir) return folders;
  rewinddir(dir.get());
  while (const dirent* entry = readdir(dir.get())) {
    const char* name = entry->d_name;
    if (std::strcmp(name, ".") == 0 || std::strcmp(name, "..") == 0) continue;
    if (unlinkat(folder, name, 0) != 0) folders.emplace_back(name);
  }
  return folders;
}

/// Moves the folder `name` of `inner` into `root` under a name that is free there: what we remove
/// may hold names like ours.
bool move_up(int inner, const char* name, int root, unsigned long& moved) {
  // To move a folder elsewhere takes the right to write into it.
  claim(inner, name);
  for (;;) {
    const std::string free_name = fmt::format(".automod-removing-{}", moved++);
    if (renameat(inner, name, root, free_name.c_str()) == 0) return true;
    if (errno != EEXIST && errno != ENOTEMPTY) return false;
  }
}

/// Empties the folder behind `root` without recursion and with a bounded number of open
/// descriptors: every folder found inside is moved up to the root and emptied there, so that a
/// tree 20,000 folders deep costs no more stack than a flat one.
bool empty_folder(int root) {
  unsigned long moved = 0;
  fchmod(root, 0700);
  for (;;) {
    const std::vector<std::string> folders = unlink_files(root);
    if (folders.empty()) return true;
    bool progress = false;
    for (const std::string& name : folders) {
      Fd inner = open_folder(root, name.c_str());
      if (!inner) continue;
      fchmod(inner.get(), 0700);
      for (const std::string& deeper : unlink_files(inner.get())) {
        progress |= move_up(inner.get(), deeper.c_str(), root, moved);
      }
      progress |= unlinkat(root, name.c_str(), AT_REMOVEDIR) == 0;
    }
    if (!progress) return false;
  }
}

}  // namespace

Result<void> remove_tree(const std::filesystem::path& path) {
  struct stat info{};
  if (lstat(path.c_str(), &info) != 0) {
    if (errno == ENOENT) return {};
    return fail_errno(fmt::format("removing {}", path.string()), errno);
  }
  if (!S_ISDIR(info.st_mode)) {
    if (unlink(path.c_str()) == 0) return {};
    return fail_errno(fmt::format("removing {}", path.string()), errno);
  }
  Fd root = open_folder(AT_FDCWD, path.c_str());
  if (root && empty_folder(root.get()) && rmdir(path.c_str()) == 0) return {};
  return fail_errno(fmt::format("removing {}", path.string()), errno);
}

}  // namespace automod
