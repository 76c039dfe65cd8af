#include "engine/trial/checkout.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <utility>

#include "base/fd.hpp"
#include "base/files.hpp"
#include "base/text.hpp"

namespace automod::trial {

namespace {

namespace fs = std::filesystem;

constexpr unsigned kExecutable = 0100755;
constexpr unsigned kSymlink = 0120000;
constexpr unsigned kSubmodule = 0160000;
constexpr int kFolderFlags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

struct Place {
  Fd folder;
  std::string name;
};

std::unexpected<Error> failed(std::string_view doing, std::string_view path, int error) {
  return fail_errno(fmt::format("{} '{}'", doing, printable_line(path)), error);
}

/// Removes whatever is called `name`, a whole folder if need be.
int clear(int folder, const std::string& name) {
  if (unlinkat(folder, name.c_str(), 0) == 0 || errno == ENOENT) return 0;
  if (errno != EISDIR && errno != EPERM) return errno;
  if (!remove_tree(fs::path(fmt::format("/proc/self/fd/{}", folder)) / name)) return EIO;
  return 0;
}

/// On a folder in the layer of an overlay: what lies below one of this name does not show through.
/// Which of the two counts depends on who mounts it; elsewhere neither means anything.
constexpr std::array kOpaque = {"trusted.overlay.opaque", "user.overlay.opaque"};

void make_opaque(int folder) {
  for (const char* name : kOpaque) fsetxattr(folder, name, "y", 1, 0);
}

bool is_opaque(int folder) {
  return std::ranges::any_of(kOpaque, [&](const char* name) {
    char mark = 0;
    return fgetxattr(folder, name, &mark, 1) == 1 && mark == 'y';
  });
}

/// The open folder that holds the last part of `path`. With `make`, folders on the way are
/// created and whatever else stands there is removed; without, one that is missing is ENOENT.
std::expected<Place, int> find_place(const fs::path& root, const std::string& path, bool make) {
  Place place{Fd(open(root.c_str(), kFolderFlags)), ""};
  if (!place.folder) return std::unexpected(errno);
  std::size_t begin = 0;
  for (std::size_t slash; (slash = path.find('/', begin)) != path.npos; begin = slash + 1) {
    const std::string part = path.substr(begin, slash - begin);
    if (part.empty() || part == "." || part == "..") return std::unexpected(EINVAL);
    Fd next(openat(place.folder.get(), part.c_str(), kFolderFlags));
    if (!next && make && (errno == ENOENT || errno == ENOTDIR || errno == ELOOP)) {
      const bool replaces = errno != ENOENT;
      if (replaces) {
        if (const int error = clear(place.folder.get(), part)) return std::unexpected(error);
      }
      if (mkdirat(place.folder.get(), part.c_str(), 0755) != 0) return std::unexpected(errno);
      next = Fd(openat(place.folder.get(), part.c_str(), kFolderFlags));
      if (replaces && next) make_opaque(next.get());
    }
    if (!next) return std::unexpected(errno);
    place.folder = std::move(next);
  }
  place.name = path.substr(begin);
  if (place.name.empty() || place.name == "." || place.name == "..") return std::unexpected(EINVAL);
  return place;
}

int write_all(int fd, std::string_view content) {
  while (!content.empty()) {
    const ssize_t done = write(fd, content.data(), content.size());
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) return errno;
    content.remove_prefix(static_cast<std::size_t>(done));
  }
  return 0;
}

Result<void> put_file(const fs::path& root, const std::string& path, std::string_view content,
                      bool executable) {
  const auto place = find_place(root, path, true);
  if (!place) return failed("writing", path, place.error());
  if (const int error = clear(place->folder.get(), place->name)) {
    return failed("replacing", path, error);
  }
  const Fd file(openat(place->folder.get(), place->name.c_str(),
                       O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!file) return failed("writing", path, errno);
  if (const int error = write_all(file.get(), content)) return failed("writing", path, error);
  if (fchmod(file.get(), executable ? 0755 : 0644) != 0) return failed("writing", path, errno);
  return {};
}

Result<void> put_link(const fs::path& root, const std::string& path, const std::string& target) {
  const auto place = find_place(root, path, true);
  if (!place) return failed("linking", path, place.error());
  if (const int error = clear(place->folder.get(), place->name)) {
    return failed("replacing", path, error);
  }
  if (symlinkat(target.c_str(), place->folder.get(), place->name.c_str()) != 0) {
    return failed("linking", path, errno);
  }
  return {};
}

/// Removes a file and the folders that it leaves empty, as git does.
Result<void> delete_file(const fs::path& root, std::string path) {
  auto place = find_place(root, path, false);
  if (!place && (place.error() == ENOENT || place.error() == ENOTDIR)) return {};
  if (!place) return failed("deleting", path, place.error());
  if (const int error = clear(place->folder.get(), place->name)) {
    return failed("deleting", path, error);
  }
  for (std::size_t slash; (slash = path.rfind('/')) != path.npos;) {
    path.resize(slash);
    place = find_place(root, path, false);
    if (!place || unlinkat(place->folder.get(), place->name.c_str(), AT_REMOVEDIR) != 0) break;
  }
  return {};
}

bool is_mark(const struct stat& facts) { return S_ISCHR(facts.st_mode) && facts.st_rdev == 0; }

/// A device of number 0 is an overlay's mark for what is gone. Everybody may make one.
Result<void> put_mark(const fs::path& folder, const fs::path& layer, const std::string& path) {
  const auto place = find_place(layer, path, true);
  if (!place) return failed("deleting", path, place.error());
  if (const int error = clear(place->folder.get(), place->name)) {
    return failed("deleting", path, error);
  }
  const auto below = find_place(folder, path, false);
  struct stat facts{};
  if (!below ||
      fstatat(below->folder.get(), below->name.c_str(), &facts, AT_SYMLINK_NOFOLLOW) != 0) {
    return {};
  }
  if (mknodat(place->folder.get(), place->name.c_str(), S_IFCHR, 0) != 0) {
    return failed("deleting", path, errno);
  }
  return {};
}

/// Names in a folder; nothing when there is no such folder.
std::vector<std::string> names_in(const fs::path& folder) {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    names.push_back(at->path().filename().string());
  }
  return names;
}

/// Nothing is left of the folder: all that is below is marked as gone.
bool is_emptied(const fs::path& folder, const fs::path& layer, const std::string& path) {
  const auto top = names_in(layer / path);
  const bool only_marks = std::ranges::all_of(top, [&](const std::string& name) {
    struct stat facts{};
    return lstat((layer / path / name).c_str(), &facts) == 0 && is_mark(facts);
  });
  return only_marks && std::ranges::all_of(names_in(folder / path), [&](const std::string& name) {
           return std::ranges::find(top, name) != top.end();
         });
}

/// Marks a file, and the folders that it leaves empty, as git does.
Result<void> hide_file(const fs::path& folder, const fs::path& layer, std::string path) {
  if (auto done = put_mark(folder, layer, path); !done) return done;
  for (std::size_t slash; (slash = path.rfind('/')) != path.npos;) {
    path.resize(slash);
    if (!is_emptied(folder, layer, path)) break;
    if (auto done = put_mark(folder, layer, path); !done) return done;
  }
  return {};
}

bool is_file(const fs::path& root, const std::string& path, std::string_view content,
             bool executable) {
  const auto place = find_place(root, path, false);
  struct stat facts{};
  if (!place ||
      fstatat(place->folder.get(), place->name.c_str(), &facts, AT_SYMLINK_NOFOLLOW) != 0) {
    return false;
  }
  if (!S_ISREG(facts.st_mode) || ((facts.st_mode & S_IXUSR) != 0) != executable) return false;
  if (static_cast<std::uint64_t>(facts.st_size) != content.size()) return false;
  const auto found = read_file_beneath(root, path, content.size() + 1);
  return found && *found == content;
}

bool is_link(const fs::path& root, const std::string& path, std::string_view target) {
  const auto place = find_place(root, path, false);
  if (!place) return false;
  std::array<char, PATH_MAX + 1> text{};
  const ssize_t length =
      readlinkat(place->folder.get(), place->name.c_str(), text.data(), text.size());
  return length >= 0 && std::string_view(text.data(), static_cast<std::size_t>(length)) == target;
}

/// A folder may stand where a file was: the change may have put one there.
bool is_gone(const fs::path& root, const std::string& path) {
  const auto place = find_place(root, path, false);
  struct stat facts{};
  return !place ||
         fstatat(place->folder.get(), place->name.c_str(), &facts, AT_SYMLINK_NOFOLLOW) != 0 ||
         S_ISDIR(facts.st_mode) || is_mark(facts);
}

}  // namespace

Result<void> write_changes(const fs::path& folder, const std::vector<FileChange>& files) {
  // Deletions first: a file may take the place of a folder that goes.
  for (const auto& file : files) {
    if (file.modified) continue;
    if (auto done = delete_file(folder, file.path); !done) return done;
  }
  for (const auto& file : files) {
    if (!file.modified) continue;
    auto done = put_file(folder, file.path, *file.modified, file.executable);
    if (!done) return done;
  }
  return {};
}

Result<void> write_layer(const fs::path& folder, const fs::path& layer,
                         const std::vector<FileChange>& files) {
  for (const auto& file : files) {
    if (file.modified) continue;
    if (auto done = hide_file(folder, layer, file.path); !done) return done;
  }
  for (const auto& file : files) {
    if (!file.modified) continue;
    auto done = put_file(layer, file.path, *file.modified, file.executable);
    if (!done) return done;
  }
  return {};
}

bool holds_change(const fs::path& top, const FileChange& file) {
  return file.modified ? is_file(top, file.path, *file.modified, file.executable)
                       : is_gone(top, file.path);
}

bool hides(const fs::path& layer, const std::string& path) {
  for (std::size_t end = path.find('/'); true; end = path.find('/', end + 1)) {
    const auto place = find_place(layer, path.substr(0, end), false);
    struct stat facts{};
    if (!place) return place.error() != ENOENT;
    if (fstatat(place->folder.get(), place->name.c_str(), &facts, AT_SYMLINK_NOFOLLOW) != 0) {
      return false;
    }
    if (!S_ISDIR(facts.st_mode)) return true;
    if (end == path.npos) return false;
    const Fd inner(openat(place->folder.get(), place->name.c_str(), kFolderFlags));
    if (inner && is_opaque(inner.get())) return true;
  }
}

Result<std::vector<std::string>> restore_tracked(const repo::Repository& repo, const TreeId& tree,
                                                 const fs::path& folder,
                                                 const CancelToken& cancel) {
  const auto entries = repo.list(tree);
  if (!entries) return fail(entries.error());
  std::vector<std::string> restored;
  for (const auto& entry : *entries) {
    if (cancel.requested()) return fail(ErrorKind::kInterrupted, "stopped on request");
    if (entry.mode == kSubmodule) continue;
    const auto content = repo.read(tree, entry.path, entry.size + 1);
    if (!content) return fail(content.error());
    if (!*content) continue;
    const bool is_executable = entry.mode == kExecutable;
    const bool same = entry.mode == kSymlink
                          ? is_link(folder, entry.path, **content)
                          : is_file(folder, entry.path, **content, is_executable);
    if (same) continue;
    auto done = entry.mode == kSymlink ? put_link(folder, entry.path, **content)
                                       : put_file(folder, entry.path, **content, is_executable);
    if (!done) return fail(done.error());
    restored.push_back(entry.path);
  }
  return restored;
}

}  // namespace automod::trial
