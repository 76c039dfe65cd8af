#include "engine/trial/checkout.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
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
      if (errno != ENOENT) {
        if (const int error = clear(place.folder.get(), part)) return std::unexpected(error);
      }
      if (mkdirat(place.folder.get(), part.c_str(), 0755) != 0) return std::unexpected(errno);
      next = Fd(openat(place.folder.get(), part.c_str(), kFolderFlags));
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
         S_ISDIR(facts.st_mode);
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

Result<void> verify_changes(const repo::Repository& repo, const TreeId& tree,
                            const fs::path& folder, const std::vector<FileChange>& files) {
  for (const auto& file : files) {
    const std::size_t size = file.modified ? file.modified->size() : 0;
    const auto wanted = repo.read(tree, file.path, size + 1);
    if (!wanted) return fail(Error(wanted.error()).within("comparing the copy with the tree"));
    const bool same = *wanted ? file.modified && **wanted == *file.modified &&
                                    is_file(folder, file.path, **wanted, file.executable)
                              : !file.modified && is_gone(folder, file.path);
    if (!same) {
      return fail(ErrorKind::kInternal,
                  fmt::format("'{}' in the copy is not what the tree {} holds",
                              printable_line(file.path), tree.text));
    }
  }
  return {};
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
