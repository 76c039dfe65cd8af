#include "engine/repo/object_batch.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <git2.h>
#include <git2/sys/odb_backend.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>

#include "engine/repo/folders.hpp"

namespace automod::repo {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kPrefix = "tmp_objdir-automod-";  // git prunes such names
constexpr std::chrono::hours kForgotten{1};

/// What batches left that were killed. Nobody needs an hour for one.
void remove_forgotten(const fs::path& parent) {
  std::error_code code;
  std::vector<fs::path> old;
  const auto now = fs::file_time_type::clock::now();
  for (fs::directory_iterator it(parent, code), end; !code && it != end; it.increment(code)) {
    std::error_code gone;
    const auto time = it->last_write_time(gone);
    const bool is_batch = it->path().filename().string().starts_with(kPrefix);
    if (is_batch && !gone && now - time > kForgotten) old.push_back(it->path());
  }
  for (const fs::path& path : old) (void)remove_tree(path);
}

/// Our own folder, or that of the objects where they are on another file system.
Result<fs::path> place_for(const fs::path& common_dir) {
  const fs::path ours = common_dir / "automod";
  const fs::path objects = common_dir / "objects";
  if (mkdir(ours.c_str(), 0700) != 0 && errno != EEXIST) {
    return fail_errno(fmt::format("creating {}", ours.string()), errno);
  }
  struct stat one{};
  struct stat other{};
  if (stat(ours.c_str(), &one) != 0 || stat(objects.c_str(), &other) != 0) {
    return fail_errno(fmt::format("looking at {}", objects.string()), errno);
  }
  return one.st_dev == other.st_dev ? ours : objects;
}

}  // namespace

Result<void> ObjectBatch::begin() {
  const auto parent = place_for(impl_.common_dir);
  if (!parent) return fail(parent.error());
  remove_forgotten(*parent);
  auto folder = TempDir::create(*parent, kPrefix);
  if (!folder) return fail(folder.error());
  git_odb_backend* loose = nullptr;
  int code = git_odb_new(Fill(odb_));
  if (code == 0) code = git_odb_backend_loose(&loose, folder->path().c_str(), -1, 0, 0, 0);
  if (code == 0) {
    code = git_odb_add_backend(odb_.get(), loose, 1);
    if (code < 0) loose->free(loose);
  }
  if (code < 0) return fail_git("making a place for new objects", code);
  folder_ = std::move(*folder);
  return {};
}

Result<std::string> ObjectBatch::add(std::string_view type, std::string_view content) {
  const git_object_t kind = git_object_string2type(std::string(type).c_str());
  git_oid id{};
  int code = git_odb_hash(&id, content.data(), content.size(), kind);
  if (code < 0) return fail_git("hashing an object", code);
  std::string text = format_id(id);
  if (git_odb_exists(impl_.disk.get(), &id) != 0) return text;
  if (!folder_) {
    if (auto begun = begin(); !begun) return fail(begun.error());
  }
  if (git_odb_exists(odb_.get(), &id) != 0) return text;
  code = git_odb_write(&id, odb_.get(), content.data(), content.size(), kind);
  if (code < 0) return fail_git(fmt::format("storing object {}", text), code);
  ids_.push_back(text);
  return text;
}

Result<void> ObjectBatch::move_in(const std::string& id) const {
  const std::string relative = fmt::format("{}/{}", id.substr(0, 2), id.substr(2));
  const fs::path objects = impl_.common_dir / "objects";
  const fs::path from = folder_->path() / relative;
  const fs::path to = objects / relative;
  if (auto made = make_parents(objects, relative); !made) return made;
  share_like(from, objects);
  if (rename(from.c_str(), to.c_str()) == 0) return {};
  return fail_errno(fmt::format("storing object {}", id), errno);
}

Result<void> ObjectBatch::settle() {
  if (!folder_) return {};
  const Fd fd(open(folder_->path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd || syncfs(fd.get()) != 0) return fail_errno("flushing new objects", errno);
  for (const std::string& id : ids_) {
    if (auto moved = move_in(id); !moved) return moved;
  }
  folder_.reset();
  ids_.clear();
  return {};
}

}  // namespace automod::repo
