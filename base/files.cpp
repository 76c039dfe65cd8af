#include "base/files.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <utility>

#include "base/fd.hpp"

namespace automod {

namespace fs = std::filesystem;

namespace {

Result<std::string> read_open_file(const Fd& fd, const std::string& name, std::size_t limit) {
  struct stat info{};
  if (fstat(fd.get(), &info) != 0) return fail_errno(fmt::format("reading {}", name), errno);
  if (!S_ISREG(info.st_mode)) {
    return fail(ErrorKind::kUsage, fmt::format("{} is not a regular file", name));
  }
  std::string content;
  char buffer[65536];
  for (;;) {
    const ssize_t got = read(fd.get(), buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail_errno(fmt::format("reading {}", name), errno);
    if (got == 0) return content;
    content.append(buffer, static_cast<std::size_t>(got));
    if (content.size() > limit) {
      return fail(ErrorKind::kUsage, fmt::format("{} is larger than {} bytes", name, limit));
    }
  }
}

}  // namespace

Result<std::string> read_file(const fs::path& path, std::size_t limit) {
  const Fd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!fd) return fail_errno(fmt::format("opening {}", path.string()), errno);
  return read_open_file(fd, path.string(), limit);
}

Result<std::string> read_file_beneath(const fs::path& root, const fs::path& relative,
                                      std::size_t limit) {
  const std::string doing = fmt::format("opening {} below {}", relative.string(), root.string());
  const Fd folder(open(root.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!folder) return fail_errno(doing, errno);
  open_how how{};
  how.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_XDEV;
  const Fd fd(
      static_cast<int>(syscall(SYS_openat2, folder.get(), relative.c_str(), &how, sizeof how)));
  if (!fd) return fail_errno(doing, errno);
  return read_open_file(fd, relative.string(), limit);
}

namespace {

Result<void> write_all(int fd, std::string_view content, const std::string& name) {
  while (!content.empty()) {
    const ssize_t put = write(fd, content.data(), content.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return fail_errno(fmt::format("writing {}", name), errno);
    content.remove_prefix(static_cast<std::size_t>(put));
  }
  return {};
}

Result<void> sync_folder(const fs::path& folder) {
  Fd fd(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd || fsync(fd.get()) != 0) {
    return fail_errno(fmt::format("flushing {}", folder.string()), errno);
  }
  return {};
}

/// Writes and flushes a new file beside `path`; its name.
Result<std::string> write_beside(const fs::path& path, const fs::path& folder,
                                 std::string_view content, unsigned mode) {
  std::error_code code;
  fs::create_directories(folder, code);
  if (code) return fail_errno(fmt::format("creating {}", folder.string()), code.value());
  std::string temporary = (folder / fmt::format(".{}.XXXXXX", path.filename().string())).string();
  const Fd fd(mkostemp(temporary.data(), O_CLOEXEC));
  if (!fd) return fail_errno(fmt::format("creating a file in {}", folder.string()), errno);
  Result<void> written = write_all(fd.get(), content, path.string());
  if (written && (fchmod(fd.get(), mode) != 0 || fsync(fd.get()) != 0)) {
    written = fail_errno(fmt::format("writing {}", path.string()), errno);
  }
  if (written) return temporary;
  unlink(temporary.c_str());
  return fail(written.error());
}

fs::path folder_of(const fs::path& path) {
  return path.has_parent_path() ? path.parent_path() : fs::path(".");
}

}  // namespace

Result<void> write_file(const fs::path& path, std::string_view content, unsigned mode) {
  const fs::path folder = folder_of(path);
  const auto temporary = write_beside(path, folder, content, mode);
  if (!temporary) return fail(temporary.error());
  if (rename(temporary->c_str(), path.c_str()) != 0) {
    const int error = errno;
    unlink(temporary->c_str());
    return fail_errno(fmt::format("writing {}", path.string()), error);
  }
  return sync_folder(folder);
}

Result<void> create_file(const fs::path& path, std::string_view content, unsigned mode) {
  const fs::path folder = folder_of(path);
  const auto temporary = write_beside(path, folder, content, mode);
  if (!temporary) return fail(temporary.error());
  // Unlike rename(), link() replaces nothing.
  const int error = link(temporary->c_str(), path.c_str()) == 0 ? 0 : errno;
  unlink(temporary->c_str());
  if (error == EEXIST) {
    return fail(ErrorKind::kConflict, fmt::format("{} is already there", path.string()));
  }
  if (error != 0) return fail_errno(fmt::format("creating {}", path.string()), error);
  return sync_folder(folder);
}

Result<TempDir> TempDir::create(const fs::path& parent, std::string_view prefix) {
  std::error_code code;
  fs::create_directories(parent, code);
  std::string name = (parent / fmt::format("{}XXXXXX", prefix)).string();
  if (mkdtemp(name.data()) == nullptr) {
    return fail_errno(fmt::format("creating a folder in {}", parent.string()), errno);
  }
  return TempDir(name);
}

TempDir::TempDir(TempDir&& other) noexcept : path_(std::exchange(other.path_, {})) {}

TempDir& TempDir::operator=(TempDir&& other) noexcept {
  std::swap(path_, other.path_);
  return *this;
}

TempDir::~TempDir() {
  if (!path_.empty()) (void)remove_tree(path_);
}

fs::path TempDir::keep() { return std::exchange(path_, {}); }

namespace {

Result<fs::path> user_dir(const char* variable, const char* fallback) {
  const char* set = std::getenv(variable);
  if (set != nullptr && set[0] == '/') return fs::path(set) / "automod";
  const char* home = std::getenv("HOME");
  if (home == nullptr || home[0] != '/') {
    return fail(ErrorKind::kUnavailable, fmt::format("neither {} nor HOME is set", variable),
                fmt::format("set {} to a folder of yours", variable));
  }
  return fs::path(home) / fallback / "automod";
}

}  // namespace

Result<fs::path> cache_dir() {
  auto dir = user_dir("XDG_CACHE_HOME", ".cache");
  if (!dir) return dir;
  std::error_code code;
  fs::create_directories(*dir, code);
  if (code) return fail_errno(fmt::format("creating {}", dir->string()), code.value());
  return dir;
}

Result<fs::path> state_dir() {
  auto dir = user_dir("XDG_STATE_HOME", ".local/state");
  if (!dir) return dir;
  std::error_code code;
  if (fs::create_directories(*dir, code)) fs::permissions(*dir, fs::perms::owner_all, code);
  if (code) return fail_errno(fmt::format("creating {}", dir->string()), code.value());
  return dir;
}

Result<fs::path> config_dir() { return user_dir("XDG_CONFIG_HOME", ".config"); }

}  // namespace automod
