#include "base/folder_copy.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <limits.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>
#include <string>
#include <vector>

#include "base/fd.hpp"
#include "base/text.hpp"

namespace automod {

namespace {

constexpr int kDeepest = 256;  // two descriptors are open for each folder on the way
constexpr mode_t kPermissions = 0777;

struct CloseFolder {
  void operator()(DIR* folder) const { closedir(folder); }
};

Result<std::vector<std::string>> names_in(int folder) {
  Fd again(openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!again) return fail_errno("reading a folder", errno);
  const std::unique_ptr<DIR, CloseFolder> stream(fdopendir(again.get()));
  if (!stream) return fail_errno("reading a folder", errno);
  again.release();
  std::vector<std::string> names;
  errno = 0;
  while (const dirent* entry = readdir(stream.get())) {
    const std::string name = entry->d_name;
    if (name != "." && name != "..") names.push_back(name);
  }
  if (errno != 0) return fail_errno("reading a folder", errno);
  std::sort(names.begin(), names.end());
  return names;
}

std::array<timespec, 2> times_of(const struct stat& facts) {
  return {facts.st_atim, facts.st_mtim};
}

/// Copies [begin, end) with whatever this pair of file systems offers.
int copy_range(int from, int to, off_t begin, off_t end) {
  off_t in = begin;
  off_t out = begin;
  while (in < end) {
    const ssize_t done = copy_file_range(from, &in, to, &out, static_cast<size_t>(end - in), 0);
    if (done > 0) continue;
    if (done == 0) return 0;  // the file is shorter than it said
    if (errno == EINTR) continue;
    if (errno != EXDEV && errno != EINVAL && errno != ENOSYS && errno != EOPNOTSUPP) return errno;
    break;
  }
  std::array<char, 1 << 16> buffer;
  while (in < end) {
    const auto wanted = std::min<off_t>(end - in, static_cast<off_t>(buffer.size()));
    const ssize_t got = pread(from, buffer.data(), static_cast<size_t>(wanted), in);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return errno;
    if (got == 0) return 0;
    for (ssize_t put = 0; put < got;) {
      const ssize_t done =
          pwrite(to, buffer.data() + put, static_cast<size_t>(got - put), in + put);
      if (done < 0 && errno == EINTR) continue;
      if (done < 0) return errno;
      put += done;
    }
    in += got;
  }
  return 0;
}

/// Only what is data is copied: a sparse file stays one.
int copy_data(int from, int to, off_t size) {
  if (ioctl(to, FICLONE, from) == 0) return 0;
  if (ftruncate(to, size) != 0) return errno;
  for (off_t at = 0; at < size;) {
    const off_t begin = lseek(from, at, SEEK_DATA);
    if (begin < 0) return errno == ENXIO ? 0 : errno;
    const off_t end = lseek(from, begin, SEEK_HOLE);
    if (end < 0) return errno;
    if (const int error = copy_range(from, to, begin, std::min(end, size))) return error;
    at = end;
  }
  return 0;
}

class Copier {
 public:
  explicit Copier(const CancelToken& cancel) : cancel_(cancel) {}

  Result<void> copy_all(int from, int to, const std::string& path, int depth) {
    if (depth > kDeepest) {
      return fail(ErrorKind::kRefused, fmt::format("folders are more than {} deep below '{}'",
                                                   kDeepest, printable_line(path.substr(0, 100))));
    }
    const auto names = names_in(from);
    if (!names) return fail(names.error());
    for (const auto& name : *names) {
      if (cancel_.requested()) return fail(ErrorKind::kInterrupted, "stopped on request");
      auto copied = copy_one(from, to, name, path.empty() ? name : path + "/" + name, depth);
      if (!copied) return copied;
    }
    return {};
  }

 private:
  Result<void> copy_one(int from, int to, const std::string& name, const std::string& path,
                        int depth) {
    struct stat facts{};
    if (fstatat(from, name.c_str(), &facts, AT_SYMLINK_NOFOLLOW) != 0) return failed(path, errno);
    if (S_ISDIR(facts.st_mode)) return copy_sub(from, to, name, path, facts, depth);
    if (S_ISREG(facts.st_mode)) return copy_file(from, to, name, path, facts);
    if (S_ISLNK(facts.st_mode)) return copy_link(from, to, name, path, facts);
    return {};
  }

  Result<void> copy_sub(int from, int to, const std::string& name, const std::string& path,
                        const struct stat& facts, int depth) {
    const Fd source(openat(from, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!source) return failed(path, errno);
    if (mkdirat(to, name.c_str(), 0700) != 0) return failed(path, errno);
    const Fd target(openat(to, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!target) return failed(path, errno);
    if (auto done = copy_all(source.get(), target.get(), path, depth + 1); !done) return done;
    return finish(target.get(), path, facts);
  }

  Result<void> copy_file(int from, int to, const std::string& name, const std::string& path,
                         const struct stat& facts) {
    const Fd source(openat(from, name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    if (!source) return failed(path, errno);
    const Fd target(
        openat(to, name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!target) return failed(path, errno);
    if (const int error = copy_data(source.get(), target.get(), facts.st_size)) {
      return failed(path, error);
    }
    return finish(target.get(), path, facts);
  }

  Result<void> copy_link(int from, int to, const std::string& name, const std::string& path,
                         const struct stat& facts) {
    std::array<char, PATH_MAX + 1> text{};
    const ssize_t length = readlinkat(from, name.c_str(), text.data(), text.size() - 1);
    if (length < 0) return failed(path, errno);
    if (symlinkat(text.data(), to, name.c_str()) != 0) return failed(path, errno);
    const auto times = times_of(facts);
    if (utimensat(to, name.c_str(), times.data(), AT_SYMLINK_NOFOLLOW) != 0) {
      return failed(path, errno);
    }
    return {};
  }

  static Result<void> finish(int fd, const std::string& path, const struct stat& facts) {
    const auto times = times_of(facts);
    if (fchmod(fd, facts.st_mode & kPermissions) != 0 || futimens(fd, times.data()) != 0) {
      return failed(path, errno);
    }
    return {};
  }

  static std::unexpected<Error> failed(const std::string& path, int error) {
    return fail_errno(fmt::format("copying '{}'", printable_line(path)), error);
  }

  const CancelToken& cancel_;
};

}  // namespace

Result<void> copy_folder(const std::filesystem::path& from, const std::filesystem::path& to,
                         const CancelToken& cancel) {
  const Fd source(open(from.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!source) return fail_errno("opening " + from.string(), errno);
  const Fd target(open(to.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!target) return fail_errno("opening " + to.string(), errno);
  return Copier(cancel).copy_all(source.get(), target.get(), "", 0);
}

std::uint64_t bytes_on_disk(const std::filesystem::path& folder) {
  namespace fs = std::filesystem;
  std::uint64_t bytes = 0;
  std::error_code error;
  fs::recursive_directory_iterator walk(folder, fs::directory_options::skip_permission_denied,
                                        error);
  for (; !error && walk != fs::recursive_directory_iterator(); walk.increment(error)) {
    struct stat facts{};
    if (lstat(walk->path().c_str(), &facts) == 0) {
      bytes += static_cast<std::uint64_t>(facts.st_blocks) * 512;
    }
  }
  return bytes;
}

}  // namespace automod
