#include <fcntl.h>
#include <fmt/format.h>
#include <git2.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <limits>

#include "base/text.hpp"
#include "engine/repo/folders.hpp"
#include "engine/repo/worktree_impl.hpp"

namespace automod::repo {

namespace fs = std::filesystem;

namespace {

class Filtered {
 public:
  Filtered() = default;
  Filtered(const Filtered&) = delete;
  Filtered& operator=(const Filtered&) = delete;
  ~Filtered() { git_buf_dispose(&buffer_); }
  git_buf* get() { return &buffer_; }
  std::string text() const { return {buffer_.ptr != nullptr ? buffer_.ptr : "", buffer_.size}; }

 private:
  git_buf buffer_ = GIT_BUF_INIT;
};

/// Line endings as attributes and settings say; no other filter is known to libgit2 here.
Result<std::string> filtered(const Worktree::Impl& tree, const std::string& path,
                             std::string_view content, git_filter_mode_t mode) {
  const std::string doing = fmt::format("converting '{}'", printable_line(path));
  Handle<git_filter_list> filters;
  int code = git_filter_list_load(Fill(filters), tree.view.get(), nullptr, path.c_str(), mode,
                                  GIT_FILTER_ALLOW_UNSAFE);
  if (code < 0) return fail_git(doing, code);
  if (!filters) return std::string(content);
  Filtered out;
  code = git_filter_list_apply_to_buffer(out.get(), filters.get(), content.data(), content.size());
  if (code < 0) return fail_git(doing, code);
  return out.text();
}

std::unexpected<Error> fail_at(std::string_view doing, std::string_view path) {
  return fail_errno(fmt::format("{} '{}'", doing, printable_line(path)), errno);
}

/// One after another, paths are made as `to` has them.
class PathWriter {
 public:
  PathWriter(const Worktree::Impl& tree, const PathChanges& changes, OwnLocks& locks)
      : tree_(tree), changes_(changes), locks_(locks) {}

  Result<void> run() {
    std::vector<std::string> open;
    for (const auto& [path, change] : changes_) {
      const auto is_open = needs_work(path);
      if (!is_open) return fail(is_open.error());
      if (*is_open) open.push_back(path);
    }
    // All content is on the disk before the first file goes.
    for (std::size_t i = 0; i < open.size(); ++i) {
      if (auto done = stage(open[i], i); !done) return done;
    }
    if (auto flushed = locks_.flush(); !flushed) return flushed;
    for (auto path = open.rbegin(); path != open.rend(); ++path) {
      if (change_of(*path).to) continue;
      if (auto done = remove(*path); !done) return done;
    }
    for (std::size_t i = 0; i < open.size(); ++i) {
      if (!change_of(open[i]).to) continue;
      if (auto done = put(open[i], i); !done) return done;
    }
    return {};
  }

 private:
  const PathChange& change_of(const std::string& path) const { return changes_.find(path)->second; }
  static std::string suffix(std::size_t number) { return fmt::format("file.{}", number); }

  /// The user may have come in between.
  Result<bool> needs_work(const std::string& path) const {
    const auto standing = standing_of(tree_, changes_, path);
    if (!standing) return fail(standing.error());
    if (*standing != Standing::kOther) return *standing != Standing::kTo;
    auto refused = refuse_obstacles({.changed = {path}, .staged = {}, .untracked = {}});
    return fail(std::move(refused.error()));
  }

  Result<void> stage(const std::string& path, std::size_t number) {
    const std::optional<PathSide>& to = change_of(path).to;
    if (!to) return {};
    if (to->mode == kModeLink) {
      const auto id = parse_id(to->id);
      if (!id) return fail(id.error());
      const auto target = tree_.repo.content(*id, path, PATH_MAX);
      if (!target) return fail(target.error());
      const fs::path own = locks_.file(suffix(number));
      if (symlink(target->c_str(), own.c_str()) != 0) return fail_at("linking", path);
      return {};
    }
    const auto content = to_worktree(tree_, path, to->id);
    if (!content) return fail(content.error());
    const mode_t mode = to->mode == kModeExecutable ? 0777 : 0666;
    auto own = locks_.add_file(suffix(number), *content, mode);
    if (!own) return fail(own.error());
    return {};
  }

  Result<void> remove(const std::string& path) {
    const auto is_open = needs_work(path);
    if (!is_open) return fail(is_open.error());
    if (!*is_open) return {};
    const auto folder = open_parent(tree_, path, false);
    if (!folder) return fail(folder.error());
    if (*folder && unlinkat(folder->get(), name_of(path).c_str(), 0) != 0 && errno != ENOENT) {
      return fail_at("removing", path);
    }
    remove_empty_above(path);
    return {};
  }

  void remove_empty_above(std::string_view path) const {
    while (path.find('/') != path.npos) {
      path = path.substr(0, path.rfind('/'));
      const auto folder = open_parent(tree_, path, false);
      if (!folder || !*folder) return;
      if (unlinkat(folder->get(), name_of(path).c_str(), AT_REMOVEDIR) != 0) return;
    }
  }

  Result<void> put(const std::string& path, std::size_t number) {
    const auto is_open = needs_work(path);
    if (!is_open) return fail(is_open.error());
    if (!*is_open) return {};
    const auto folder = open_parent(tree_, path, true);
    if (!folder) return fail(folder.error());
    const std::string name = name_of(path);
    struct stat info{};
    if (fstatat(folder->get(), name.c_str(), &info, AT_SYMLINK_NOFOLLOW) == 0 &&
        S_ISDIR(info.st_mode)) {
      (void)remove_empty_folders(tree_.root / path);  // what is left of it stops the rename
    }
    const fs::path own = locks_.file(suffix(number));
    if (renameat(AT_FDCWD, own.c_str(), folder->get(), name.c_str()) == 0) return {};
    if (errno == EXDEV) return copy_over(folder->get(), path, own);
    return fail_at("writing", path);
  }

  /// The working tree is on another file system than git's folder.
  Result<void> copy_over(int folder, const std::string& path, const fs::path& own) {
    const std::string name = name_of(path);
    const std::string temporary = fmt::format(".{}.automod", name);
    unlinkat(folder, temporary.c_str(), 0);  // of a move that was killed
    const PathSide& to = *change_of(path).to;
    Result<void> written;
    if (to.mode == kModeLink) {
      std::error_code code;
      const fs::path target = fs::read_symlink(own, code);
      if (code || symlinkat(target.c_str(), folder, temporary.c_str()) != 0) {
        return fail_at("linking", path);
      }
    } else {
      const auto content = to_worktree(tree_, path, to.id);
      if (!content) return fail(content.error());
      const mode_t mode = to.mode == kModeExecutable ? 0777 : 0666;
      const Fd fd(openat(folder, temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode));
      if (!fd) return fail_at("writing", path);
      written = write_whole(fd.get(), *content, fmt::format("writing '{}'", printable_line(path)));
      if (written && fsync(fd.get()) != 0) written = fail_at("flushing", path);
    }
    if (written && renameat(folder, temporary.c_str(), folder, name.c_str()) == 0) return {};
    if (written) written = fail_at("writing", path);
    unlinkat(folder, temporary.c_str(), 0);
    return written;
  }

  const Worktree::Impl& tree_;
  const PathChanges& changes_;
  OwnLocks& locks_;
};

}  // namespace

std::string name_of(std::string_view path) {
  return std::string(path.substr(path.rfind('/') + 1));  // npos + 1 is 0
}

Result<Fd> open_parent(const Worktree::Impl& tree, std::string_view path, bool make) {
  constexpr int kFlags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
  Fd folder(openat(tree.folder.get(), ".", kFlags));
  if (!folder) return fail_at("opening", tree.root.string());
  for (std::size_t begin = 0, slash = path.find('/'); slash != path.npos;
       begin = slash + 1, slash = path.find('/', begin)) {
    const std::string name(path.substr(begin, slash - begin));
    const std::string_view above = path.substr(0, slash);
    if (make && mkdirat(folder.get(), name.c_str(), 0777) != 0 && errno != EEXIST) {
      return fail_at("creating", above);
    }
    Fd below(openat(folder.get(), name.c_str(), kFlags));
    if (!below && errno == ENOENT && !make) return Fd();
    if (!below && (errno == ENOTDIR || errno == ELOOP)) {
      return fail(ErrorKind::kConflict,
                  fmt::format("'{}' is no folder in the working tree", printable_line(above)),
                  "move it away and try again");
    }
    if (!below) return fail_at("opening", above);
    folder = std::move(below);
  }
  return folder;
}

Result<std::string> to_worktree(const Worktree::Impl& tree, const std::string& path,
                                const std::string& blob) {
  const auto id = parse_id(blob);
  if (!id) return fail(id.error());
  const auto content = tree.repo.content(*id, path, std::numeric_limits<std::size_t>::max());
  if (!content) return fail(content.error());
  return filtered(tree, path, *content, GIT_FILTER_TO_WORKTREE);
}

Result<std::string> to_blob(const Worktree::Impl& tree, const std::string& path,
                            std::string_view content) {
  const auto stored = filtered(tree, path, content, GIT_FILTER_TO_ODB);
  if (!stored) return fail(stored.error());
  git_oid id{};
  const int code = git_odb_hash(&id, stored->data(), stored->size(), GIT_OBJECT_BLOB);
  if (code < 0) return fail_git("hashing a file", code);
  return format_id(id);
}

Result<void> write_paths(const Worktree::Impl& tree, const PathChanges& changes, OwnLocks& locks) {
  return PathWriter(tree, changes, locks).run();
}

}  // namespace automod::repo
