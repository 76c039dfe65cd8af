#include "sandbox/collect.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/fd.hpp"

namespace automod::sandbox {

namespace {

std::string refusal_of(const struct stat& info, std::uint64_t limit, const Weakness& weakness) {
  if (!S_ISREG(info.st_mode) && weakness.keeps(Check::kCollectPlain)) return "not a plain file";
  if (info.st_nlink != 1 && weakness.keeps(Check::kCollectOneName)) {
    return fmt::format("has {} names, wanted one", info.st_nlink);
  }
  if (static_cast<std::uint64_t>(info.st_size) > limit && weakness.keeps(Check::kCollectSize)) {
    return fmt::format("{} bytes, wanted at most {}", info.st_size, limit);
  }
  // Small files may lie in no block at all, and some file systems compress.
  constexpr off_t kSmall = 1 << 20;
  constexpr off_t kBlock = 512;
  if (info.st_size > kSmall && info.st_blocks * kBlock < info.st_size / 16 &&
      weakness.keeps(Check::kCollectHoles)) {
    return fmt::format("{} bytes, of which {} are on disk", info.st_size, info.st_blocks * kBlock);
  }
  return {};
}

}  // namespace

Artifact collect(int root, const std::string& name, std::uint64_t limit, const Weakness& weakness) {
  Artifact artifact{name, "", ""};
  open_how how{};
  how.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
  how.resolve = RESOLVE_NO_MAGICLINKS | RESOLVE_NO_XDEV;
  if (weakness.keeps(Check::kCollectBeneath)) how.resolve |= RESOLVE_BENEATH;
  if (weakness.keeps(Check::kCollectNoLinks)) how.resolve |= RESOLVE_NO_SYMLINKS;
  const Fd file(static_cast<int>(syscall(SYS_openat2, root, name.c_str(), &how, sizeof how)));
  struct stat info{};
  if (name.empty() || name.find('\0') != std::string::npos) {
    artifact.refused = "not a name";
  } else if (!file || fstat(file.get(), &info) != 0) {
    artifact.refused = std::strerror(errno);
  } else {
    artifact.refused = refusal_of(info, limit, weakness);
  }
  if (!artifact.refused.empty()) return artifact;
  artifact.content.resize(static_cast<std::size_t>(info.st_size));
  std::size_t done = 0;
  while (done < artifact.content.size()) {
    const ssize_t got =
        read(file.get(), artifact.content.data() + done, artifact.content.size() - done);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    done += static_cast<std::size_t>(got);
  }
  artifact.content.resize(done);
  if (done != static_cast<std::size_t>(info.st_size)) {
    artifact.refused = "changed while it was read";
    artifact.content.clear();
  }
  return artifact;
}

}  // namespace automod::sandbox
