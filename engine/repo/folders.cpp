#include "engine/repo/folders.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <vector>

#include "base/fd.hpp"

namespace automod::repo {

namespace fs = std::filesystem;

void share_like(const fs::path& file, const fs::path& folder) {
  struct stat above{};
  struct stat own{};
  if (stat(folder.c_str(), &above) != 0 || lstat(file.c_str(), &own) != 0) return;
  if ((above.st_mode & S_ISGID) == 0 || (above.st_mode & S_IWGRP) == 0) return;
  mode_t mode = (own.st_mode & 07777) | S_IRGRP | S_IWGRP;
  if (S_ISDIR(own.st_mode)) mode |= S_IXGRP | S_ISGID;
  (void)chmod(file.c_str(), mode);  // somebody else's is as they want it
}

Result<void> make_parents(const fs::path& root, std::string_view relative) {
  for (std::size_t slash = relative.find('/'); slash != relative.npos;
       slash = relative.find('/', slash + 1)) {
    const fs::path folder = root / relative.substr(0, slash);
    if (mkdir(folder.c_str(), 0777) == 0) {
      share_like(folder, folder.parent_path());
    } else if (errno != EEXIST && errno != ENOENT) {  // ENOENT: somebody tidies up beside us
      return fail_errno(fmt::format("creating {}", folder.string()), errno);
    }
  }
  return {};
}

void remove_empty_parents(const fs::path& root, std::string_view relative, std::size_t kept) {
  auto depth = static_cast<std::size_t>(std::ranges::count(relative, '/'));
  for (; depth > kept; --depth) {
    relative = relative.substr(0, relative.rfind('/'));
    if (rmdir((root / relative).c_str()) != 0 && errno != ENOENT) return;
  }
}

std::optional<fs::path> remove_empty_folders(const fs::path& folder) {
  struct stat info{};
  if (lstat(folder.c_str(), &info) != 0) return std::nullopt;
  if (!S_ISDIR(info.st_mode)) return folder;
  std::error_code code;
  std::vector<fs::path> held;
  for (fs::directory_iterator it(folder, code), end; !code && it != end; it.increment(code)) {
    held.push_back(it->path());
  }
  std::ranges::sort(held);
  for (const fs::path& path : held) {
    if (auto found = remove_empty_folders(path)) return found;
  }
  if (rmdir(folder.c_str()) == 0 || errno == ENOENT) return std::nullopt;
  return folder;
}

Result<void> write_whole(int fd, std::string_view content, const std::string& doing) {
  while (!content.empty()) {
    const ssize_t put = write(fd, content.data(), content.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return fail_errno(doing, errno);
    content.remove_prefix(static_cast<std::size_t>(put));
  }
  return {};
}

Result<void> flush_file(const fs::path& file) {
  const Fd fd(open(file.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
  if (fd && fsync(fd.get()) == 0) return {};
  return fail_errno(fmt::format("flushing {}", file.string()), errno);
}

}  // namespace automod::repo
