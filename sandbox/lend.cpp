#include "sandbox/lend.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/fd.hpp"

namespace automod::sandbox {

namespace {

constexpr int kFolder = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

/// Gives `name` away, and clears set-id bits that it may have got meanwhile.
bool give_one(int folder, const char* name, uid_t uid, gid_t gid) {
  struct stat info{};
  if (fstatat(folder, name, &info, AT_SYMLINK_NOFOLLOW) != 0) return false;
  if (S_ISREG(info.st_mode) && (info.st_mode & (S_ISUID | S_ISGID)) != 0) {
    const Fd file(openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    if (!file || fchmod(file.get(), info.st_mode & 0777) != 0) return false;
  }
  return fchownat(folder, name, uid, gid, AT_SYMLINK_NOFOLLOW) == 0;
}

bool is_dot(const char* name) {
  return std::strcmp(name, ".") == 0 || std::strcmp(name, "..") == 0;
}

/// Depth first, standing in one folder at a time; nobody moves the tree about meanwhile.
bool give_below(int root, uid_t uid, gid_t gid) {
  Fd at(openat(root, ".", kFolder));
  std::vector<std::vector<std::string>> pending;
  bool good = static_cast<bool>(at);
  const auto read_folder = [&] {
    std::vector<std::string> folders;
    const std::unique_ptr<DIR, int (*)(DIR*)> dir(fdopendir(openat(at.get(), ".", kFolder)),
                                                  closedir);
    while (const dirent* entry = dir ? readdir(dir.get()) : nullptr) {
      if (is_dot(entry->d_name)) continue;
      good = give_one(at.get(), entry->d_name, uid, gid) && good;
      if (entry->d_type == DT_DIR) folders.emplace_back(entry->d_name);
    }
    pending.push_back(std::move(folders));
  };
  if (good) read_folder();
  while (!pending.empty()) {
    if (pending.back().empty()) {
      pending.pop_back();
      if (!pending.empty()) at = Fd(openat(at.get(), "..", kFolder));
      continue;
    }
    Fd inner(openat(at.get(), pending.back().back().c_str(), kFolder));
    pending.back().pop_back();
    good = good && inner;
    if (!inner) continue;
    at = std::move(inner);
    read_folder();
  }
  return good;
}

bool give(const std::filesystem::path& path, uid_t uid, gid_t gid) {
  const Fd root(open(path.c_str(), kFolder));
  return root && give_below(root.get(), uid, gid) && fchown(root.get(), uid, gid) == 0;
}

}  // namespace

LentTree::LentTree(LentTree&& other) noexcept { *this = std::move(other); }

LentTree& LentTree::operator=(LentTree&& other) noexcept {
  root_.swap(other.root_);
  std::swap(owner_, other.owner_);
  std::swap(group_, other.group_);
  return *this;
}

LentTree::~LentTree() {
  if (!root_.empty()) (void)give(root_, owner_, group_);
}

Result<LentTree> LentTree::lend(const std::filesystem::path& root, uid_t uid, gid_t gid) {
  LentTree tree;
  struct stat info{};
  if (lstat(root.c_str(), &info) != 0) {
    return fail_errno(fmt::format("looking at {}", root.string()), errno);
  }
  tree.root_ = root;
  tree.owner_ = info.st_uid;
  tree.group_ = info.st_gid;
  if (!give(root, uid, gid)) {
    return fail_errno(fmt::format("giving {} to the sandbox's user", root.string()), errno);
  }
  return tree;
}

}  // namespace automod::sandbox
