#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <set>

#include "engine/repo/impl.hpp"

namespace automod::repo {

namespace fs = std::filesystem;

namespace {

std::unexpected<Error> fail_flush(const fs::path& folder, int error) {
  auto failed = fail_errno(fmt::format("flushing {}", folder.string()), error);
  failed.error().message += ", it is unknown whether what was written is on the disk";
  failed.error().hint = "check the disk, then run git fsck and the same command again";
  return failed;
}

}  // namespace

Result<void> Repository::flush(const std::vector<fs::path>& also) const {
  struct stat info{};
  const int folder = impl_->opened_dir.get();
  if (fstat(folder, &info) != 0 || syncfs(folder) != 0) {
    return fail_flush(impl_->common_dir, errno);
  }
  std::set<dev_t> done{info.st_dev};
  std::vector<fs::path> more{impl_->common_dir / "objects", impl_->common_dir / "automod"};
  more.insert(more.end(), also.begin(), also.end());
  for (const fs::path& path : more) {
    if (stat(path.c_str(), &info) != 0) {
      if (errno == ENOENT) continue;
      return fail_flush(path, errno);
    }
    if (!done.insert(info.st_dev).second) continue;
    const Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd || syncfs(fd.get()) != 0) return fail_flush(path, errno);
  }
  return {};
}

}  // namespace automod::repo
