#include <fcntl.h>
#include <fmt/format.h>
#include <git2.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "base/files.hpp"
#include "base/text.hpp"
#include "engine/repo/folders.hpp"
#include "engine/repo/worktree_impl.hpp"

namespace automod::repo {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kLargestIndex = 1024 * kMiB;

Result<Handle<git_index>> read_index(const fs::path& file) {
  Handle<git_index> index;
  int code = git_index_open(Fill(index), file.c_str());
  if (code == 0) code = git_index_read(index.get(), 1);
  if (code == 0) return index;
  auto failed = fail_git("reading the index", code);
  failed.error().kind = ErrorKind::kUnavailable;
  failed.error().hint =
      "merge with git itself, or: git update-index --no-split-index, "
      "git sparse-checkout reapply --no-sparse-index";
  return failed;
}

Result<void> check_whole(const git_index_entry& entry) {
  if (GIT_INDEX_ENTRY_STAGE(&entry) != 0) {
    return fail(ErrorKind::kConflict, "the index holds a merge that is not resolved",
                "resolve it: git status names the files");
  }
  const bool is_extended = (entry.flags & GIT_INDEX_ENTRY_EXTENDED) != 0;
  if (is_extended && (entry.flags_extended & GIT_INDEX_ENTRY_SKIP_WORKTREE) != 0) {
    return fail(ErrorKind::kUnavailable, "the working tree is sparse",
                "merge with git itself: git merge BRANCH");
  }
  return {};
}

bool is_side(const git_index_entry& entry, const std::optional<PathSide>& side) {
  const bool only_intended = (entry.flags & GIT_INDEX_ENTRY_EXTENDED) != 0 &&
                             (entry.flags_extended & GIT_INDEX_ENTRY_INTENT_TO_ADD) != 0;
  return side && !only_intended && entry.mode == side->mode && format_id(entry.id) == side->id;
}

/// Does a path that the index holds keep some change's path from being one?
bool is_in_the_way(const PathChanges& changes, std::string_view path) {
  const std::string prefix = fmt::format("{}/", path);
  for (auto below = changes.lower_bound(prefix);
       below != changes.end() && below->first.starts_with(prefix); ++below) {
    if (below->second.to) return true;
  }
  for (std::size_t slash = path.find('/'); slash != path.npos; slash = path.find('/', slash + 1)) {
    const auto above = changes.find(path.substr(0, slash));
    if (above != changes.end() && above->second.to) return true;
  }
  return false;
}

void set_times(git_index_entry& entry, const struct stat& info) {
  entry.ctime = {.seconds = static_cast<std::int32_t>(info.st_ctim.tv_sec),
                 .nanoseconds = static_cast<std::uint32_t>(info.st_ctim.tv_nsec)};
  entry.mtime = {.seconds = static_cast<std::int32_t>(info.st_mtim.tv_sec),
                 .nanoseconds = static_cast<std::uint32_t>(info.st_mtim.tv_nsec)};
  entry.dev = static_cast<std::uint32_t>(info.st_dev);
  entry.ino = static_cast<std::uint32_t>(info.st_ino);
  entry.uid = info.st_uid;
  entry.gid = info.st_gid;
  entry.file_size = static_cast<std::uint32_t>(info.st_size);
}

Result<void> add_entry(const Worktree::Impl& tree, git_index* index, const std::string& path,
                       const PathSide& side) {
  git_index_entry entry{};
  const auto id = parse_id(side.id);
  if (!id) return fail(id.error());
  const auto folder = open_parent(tree, path, false);
  if (!folder) return fail(folder.error());
  struct stat info{};
  if (!*folder || fstatat(folder->get(), name_of(path).c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0) {
    return fail(ErrorKind::kConflict,
                fmt::format("'{}' has vanished from the working tree", printable_line(path)),
                "run the same command again");
  }
  set_times(entry, info);
  entry.mode = side.mode;
  entry.id = *id;
  entry.path = path.c_str();
  if (const int code = git_index_add(index, &entry); code < 0) {
    return fail_git(fmt::format("adding '{}' to the index", printable_line(path)), code);
  }
  return {};
}

Result<void> change_entries(const Worktree::Impl& tree, const PathChanges& changes,
                            git_index* index) {
  for (const auto& [path, change] : changes) {
    if (change.to) continue;
    const int code = git_index_remove(index, path.c_str(), 0);
    if (code < 0 && code != GIT_ENOTFOUND) {
      return fail_git(fmt::format("removing '{}' from the index", printable_line(path)), code);
    }
  }
  for (const auto& [path, change] : changes) {
    if (!change.to) continue;
    if (auto added = add_entry(tree, index, path, *change.to); !added) return added;
  }
  return {};
}

/// git takes a file for unchanged when the index is younger than it. What a younger index would
/// make of files that were as young as the old one is not for us to say: it keeps its time.
Result<void> keep_time(const fs::path& file, const struct stat& old) {
  const std::array<timespec, 2> times{old.st_atim, old.st_mtim};
  if (utimensat(AT_FDCWD, file.c_str(), times.data(), 0) == 0 &&
      chmod(file.c_str(), old.st_mode & 07777) == 0) {
    return {};
  }
  return fail_errno(fmt::format("writing {}", file.string()), errno);
}

}  // namespace

Result<void> check_index(const Worktree::Impl& tree, const PathChanges& changes,
                         Obstacles& obstacles) {
  const fs::path file = tree.git_dir / "index";
  struct stat info{};
  if (lstat(file.c_str(), &info) != 0 || !S_ISREG(info.st_mode)) {
    return fail(ErrorKind::kUnavailable,
                fmt::format("{} has no index that is a plain file", tree.root.string()),
                "git reset makes one");
  }
  const auto index = read_index(file);
  if (!index) return fail(index.error());
  std::map<std::string, const git_index_entry*, std::less<>> held;
  for (std::size_t i = 0; i < git_index_entrycount(index->get()); ++i) {
    const git_index_entry* entry = git_index_get_byindex(index->get(), i);
    if (auto whole = check_whole(*entry); !whole) return whole;
    if (changes.contains(std::string_view(entry->path))) {
      held.emplace(entry->path, entry);
    } else if (is_in_the_way(changes, entry->path)) {
      obstacles.staged.emplace_back(entry->path);
    }
  }
  for (const auto& [path, change] : changes) {
    const auto entry = held.find(path);
    const bool fits = entry != held.end() ? is_side(*entry->second, change.from) ||
                                                is_side(*entry->second, change.to)
                                          : !change.from || !change.to;
    if (!fits) obstacles.staged.push_back(path);
  }
  return {};
}

Result<void> write_index(const Worktree::Impl& tree, const PathChanges& changes, OwnLocks& locks) {
  const fs::path file = tree.git_dir / "index";
  struct stat old{};
  if (stat(file.c_str(), &old) != 0) {
    return fail_errno(fmt::format("reading {}", file.string()), errno);
  }
  const auto text = read_file(file, kLargestIndex);
  if (!text) return fail(text.error());
  const auto own = locks.add_file("new", *text);
  if (!own) return fail(own.error());
  {
    const auto index = read_index(*own);
    if (!index) return fail(index.error());
    if (auto done = change_entries(tree, changes, index->get()); !done) return done;
    if (const int code = git_index_write(index->get()); code < 0) {
      return fail_git("writing the index", code);
    }
  }
  if (auto kept = keep_time(*own, old); !kept) return kept;
  if (auto flushed = flush_file(*own); !flushed) return flushed;
  if (rename(own->c_str(), file.c_str()) == 0) return {};
  return fail_errno(fmt::format("writing {}", file.string()), errno);
}

}  // namespace automod::repo
