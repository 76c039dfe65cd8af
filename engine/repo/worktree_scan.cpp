#include <fcntl.h>
#include <fmt/format.h>
#include <git2.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>

#include "base/text.hpp"
#include "engine/repo/path_rules.hpp"
#include "engine/repo/worktree_impl.hpp"

namespace automod::repo {

namespace fs = std::filesystem;

namespace {

/// Line endings may make a file longer than its blob, never by more than twice.
constexpr std::size_t kLargestFile = 1UL << 30;

std::optional<PathSide> side_of(const git_diff_file& file, bool is_there) {
  if (!is_there) return std::nullopt;
  return PathSide{.mode = file.mode, .id = format_id(file.id)};
}

std::unexpected<Error> fail_only_git(std::string_view path, std::string_view what) {
  return fail(ErrorKind::kUnavailable, fmt::format("'{}' {}", printable_line(path), what),
              "merge with git itself: git merge BRANCH");
}

/// An attribute under which git would run programs or rewrite content in ways we do not.
Result<std::optional<std::string>> odd_attribute(const Worktree::Impl& tree,
                                                 const std::string& path) {
  for (const char* name : {"filter", "working-tree-encoding", "ident"}) {
    const char* text = nullptr;
    const int code =
        git_attr_get(&text, tree.view.get(), GIT_ATTR_CHECK_FILE_THEN_INDEX, path.c_str(), name);
    if (code < 0) return fail_git("reading attributes", code);
    const git_attr_value_t kind = git_attr_value(text);
    if (kind == GIT_ATTR_VALUE_TRUE || kind == GIT_ATTR_VALUE_STRING) return name;
  }
  return std::nullopt;
}

/// The first path at or after which all begin with `folder`/, if it does itself.
template <class Map>
auto first_below(const Map& changes, std::string_view folder) {
  const std::string prefix = fmt::format("{}/", folder);
  auto place = changes.lower_bound(prefix);
  return place != changes.end() && place->first.starts_with(prefix) ? place : changes.end();
}

/// Will something stand below this path, so that it becomes (or stays) a folder?
bool becomes_folder(const PathChanges& changes, std::string_view path) {
  const std::string prefix = fmt::format("{}/", path);
  for (auto place = first_below(changes, path);
       place != changes.end() && place->first.starts_with(prefix); ++place) {
    if (place->second.to) return true;
  }
  return false;
}

/// Something above `path` that is no folder; nullopt when it can be reached.
std::optional<std::string> blocked_at(const Worktree::Impl& tree, std::string_view path) {
  for (std::size_t slash = path.find('/'); slash != path.npos; slash = path.find('/', slash + 1)) {
    std::string above(path.substr(0, slash));
    struct stat info{};
    if (fstatat(tree.folder.get(), above.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0) {
      return std::nullopt;
    }
    if (!S_ISDIR(info.st_mode)) return above;
  }
  return std::nullopt;
}

Result<std::string> read_at(int folder, const std::string& name, std::size_t size) {
  const Fd fd(openat(folder, name.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK));
  if (!fd) return fail_errno(fmt::format("opening '{}'", printable_line(name)), errno);
  std::string text(size + 1, '\0');
  std::size_t have = 0;
  while (have < text.size()) {
    const ssize_t got = read(fd.get(), text.data() + have, text.size() - have);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail_errno(fmt::format("reading '{}'", printable_line(name)), errno);
    if (got == 0) break;
    have += static_cast<std::size_t>(got);
  }
  text.resize(have);
  return text;
}

std::string blob_of(std::string_view content) {
  git_oid id{};
  git_odb_hash(&id, content.data(), content.size(), GIT_OBJECT_BLOB);
  return format_id(id);
}

/// A file or link as a side of a change: both as it is and as it would be stored.
struct Found {
  unsigned mode = 0;
  std::string raw;
  std::string stored;
};

Result<std::optional<Found>> look_at(const Worktree::Impl& tree, int folder,
                                     const std::string& path, const struct stat& info) {
  const std::string name = name_of(path);
  if (S_ISLNK(info.st_mode)) {
    std::array<char, PATH_MAX> target{};
    const ssize_t got = readlinkat(folder, name.c_str(), target.data(), target.size());
    if (got < 0) return fail_errno(fmt::format("reading '{}'", printable_line(path)), errno);
    const std::string id = blob_of({target.data(), static_cast<std::size_t>(got)});
    return Found{.mode = kModeLink, .raw = id, .stored = id};
  }
  if (!S_ISREG(info.st_mode) || static_cast<std::size_t>(info.st_size) > kLargestFile) {
    return std::nullopt;
  }
  const auto text = read_at(folder, name, static_cast<std::size_t>(info.st_size));
  if (!text) return fail(text.error());
  auto stored = to_blob(tree, path, *text);
  if (!stored) return fail(stored.error());
  return Found{.mode = (info.st_mode & S_IXUSR) != 0 ? kModeExecutable : kModeFile,
               .raw = blob_of(*text),
               .stored = std::move(*stored)};
}

bool is_side(const Worktree::Impl& tree, const Found& found, const std::optional<PathSide>& side) {
  if (!side || (found.raw != side->id && found.stored != side->id)) return false;
  return found.mode == side->mode ||
         (!tree.has_modes && is_file(found.mode) && is_file(side->mode));
}

/// All files of a folder that stands where a file is wanted must be ones that go.
Result<void> check_folder(const Worktree::Impl& tree, const PathChanges& changes,
                          const std::string& folder, std::size_t depth, Obstacles& obstacles) {
  if (depth > kDeepest) return fail(ErrorKind::kRefused, "the working tree is too deep");
  std::error_code code;
  for (fs::directory_iterator it(tree.root / folder, code), end; !code && it != end;
       it.increment(code)) {
    const std::string path = fmt::format("{}/{}", folder, it->path().filename().string());
    const bool is_folder = it->is_directory(code) && !it->is_symlink(code);
    if (is_folder) {
      auto done = check_folder(tree, changes, path, depth + 1, obstacles);
      if (!done) return done;
    } else if (!changes.contains(path)) {
      obstacles.untracked.push_back(path);
    }
  }
  if (code) return fail_errno(fmt::format("reading '{}'", printable_line(folder)), code.value());
  return {};
}

/// A folder where a change has a file.
Result<Standing> standing_of_folder(const Worktree::Impl& tree, const PathChanges& changes,
                                    const std::string& path) {
  const PathChange& change = changes.find(path)->second;
  if (!change.to) return becomes_folder(changes, path) ? Standing::kTo : Standing::kOther;
  Obstacles inside;
  if (auto done = check_folder(tree, changes, path, 0, inside); !done) return fail(done.error());
  return inside.untracked.empty() ? Standing::kAbsent : Standing::kOther;
}

}  // namespace

Result<PathChanges> changes_between(const Repository::Impl& repo, const TreeId& from,
                                    const TreeId& to) {
  const auto old_tree = repo.tree(from);
  if (!old_tree) return fail(old_tree.error());
  const auto new_tree = repo.tree(to);
  if (!new_tree) return fail(new_tree.error());
  git_diff_options options = GIT_DIFF_OPTIONS_INIT;
  options.ignore_submodules = GIT_SUBMODULE_IGNORE_NONE;
  options.flags = GIT_DIFF_INCLUDE_TYPECHANGE;
  Handle<git_diff> diff;
  const int code = git_diff_tree_to_tree(Fill(diff), repo.objects.get(), old_tree->get(),
                                         new_tree->get(), &options);
  if (code < 0) return fail_git("comparing two trees", code);
  PathChanges changes;
  for (std::size_t i = 0; i < git_diff_num_deltas(diff.get()); ++i) {
    const git_diff_delta* delta = git_diff_get_delta(diff.get(), i);
    const std::string path = delta->new_file.path;
    if (const auto fault = fault_of_path(path)) {
      return fail(ErrorKind::kRefused, fmt::format("path '{}' {}", printable_line(path), *fault));
    }
    changes[path] = {.from = side_of(delta->old_file, delta->status != GIT_DELTA_ADDED),
                     .to = side_of(delta->new_file, delta->status != GIT_DELTA_DELETED)};
  }
  return changes;
}

Result<void> check_writable(const Worktree::Impl& tree, const PathChanges& changes) {
  for (const auto& [path, change] : changes) {
    for (const auto& side : {change.from, change.to}) {
      if (side && side->mode == kModeSubmodule) return fail_only_git(path, "is a submodule");
    }
    if (name_of(path) == ".gitattributes") {
      return fail_only_git(path, "decides how other files are written");
    }
    const auto odd = odd_attribute(tree, path);
    if (!odd) return fail(odd.error());
    if (*odd) return fail_only_git(path, fmt::format("has the attribute '{}'", **odd));
  }
  return {};
}

Result<Standing> standing_of(const Worktree::Impl& tree, const PathChanges& changes,
                             const std::string& path) {
  const PathChange& change = changes.find(path)->second;
  const Standing absent = change.to ? Standing::kAbsent : Standing::kTo;
  if (const auto blocker = blocked_at(tree, path)) {
    return changes.contains(*blocker) ? absent : Standing::kOther;
  }
  const auto folder = open_parent(tree, path, false);
  if (!folder) return fail(folder.error());
  if (!*folder) return absent;
  struct stat info{};
  if (fstatat(folder->get(), name_of(path).c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0) {
    if (errno == ENOENT) return absent;
    return fail_errno(fmt::format("looking at '{}'", printable_line(path)), errno);
  }
  if (S_ISDIR(info.st_mode)) return standing_of_folder(tree, changes, path);
  const auto found = look_at(tree, folder->get(), path, info);
  if (!found) return fail(found.error());
  if (!*found) return Standing::kOther;
  if (is_side(tree, **found, change.to)) return Standing::kTo;
  if (is_side(tree, **found, change.from)) return Standing::kFrom;
  return Standing::kOther;
}

Result<void> find_obstacles(const Worktree::Impl& tree, const PathChanges& changes,
                            Obstacles& obstacles) {
  for (const auto& [path, change] : changes) {
    const auto standing = standing_of(tree, changes, path);
    if (!standing) return fail(standing.error());
    if (*standing != Standing::kOther) continue;
    const auto blocker = blocked_at(tree, path);
    std::vector<std::string>& kind = change.from ? obstacles.changed : obstacles.untracked;
    kind.push_back(blocker.value_or(path));
  }
  return {};
}

}  // namespace automod::repo
