#include "engine/repo/worktree.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <git2.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <utility>

#include "base/files.hpp"
#include "base/text.hpp"
#include "engine/repo/checkouts.hpp"
#include "engine/repo/user_config.hpp"
#include "engine/repo/worktree_impl.hpp"

namespace automod::repo {

namespace fs = std::filesystem;

namespace {

constexpr std::chrono::milliseconds kLockWait{1500};
constexpr std::string_view kWhat = "index";

/// Settings of the account and of this worktree decide about line endings, and nothing else here.
Result<void> add_settings(git_repository* view, const fs::path& git_dir) {
  Handle<git_config> config;
  int code = git_repository_config(Fill(config), view);
  const auto add = [&](const fs::path& file, git_config_level_t level) {
    std::error_code ignored;
    if (code == 0 && fs::is_regular_file(file, ignored)) {
      code = git_config_add_file_ondisk(config.get(), file.c_str(), level, view, 1);
    }
  };
  const UserConfig user = user_config();
  for (const fs::path& file : user.system) add(file, GIT_CONFIG_LEVEL_SYSTEM);
  // Of the two files of an account the second one wins.
  if (!user.account.empty()) add(user.account.front(), GIT_CONFIG_LEVEL_XDG);
  if (user.account.size() > 1) add(user.account.back(), GIT_CONFIG_LEVEL_GLOBAL);
  add(git_dir / "config.worktree", GIT_CONFIG_LEVEL_APP);
  if (code < 0) return fail_git("reading the configuration", code);
  return {};
}

bool setting(git_repository* view, const char* name, bool unset) {
  Handle<git_config> config;
  int value = 0;
  if (git_repository_config(Fill(config), view) < 0) return unset;
  return git_config_get_bool(&value, config.get(), name) == 0 ? value != 0 : unset;
}

Result<void> check_settings(git_repository* view) {
  if (setting(view, "core.ignorecase", false) || !setting(view, "core.symlinks", true)) {
    return fail(ErrorKind::kUnavailable,
                "the working tree's file system ignores case or has no symbolic links",
                "merge with git itself: git merge BRANCH");
  }
  return {};
}

/// Where to open it: git's folder of a linked worktree says where that was put.
Result<fs::path> place_of(const Repository::Impl& repo, const fs::path& git_dir) {
  if (git_dir == repo.common_dir) return git_dir;
  const auto text = read_file(git_dir / "gitdir", 8192);
  if (!text) return fail(text.error());
  const fs::path link = std::string(text->substr(0, text->find('\n')));
  return (git_dir / link).lexically_normal().parent_path();
}

Result<std::unique_ptr<Worktree::Impl>> open_tree(const Repository::Impl& repo,
                                                  const fs::path& git_dir) {
  const std::string doing = fmt::format("opening the working tree of {}", git_dir.string());
  const auto place = place_of(repo, git_dir);
  if (!place) return fail(place.error());
  std::unique_ptr<Worktree::Impl> tree(
      new Worktree::Impl{.repo = repo, .root = {}, .git_dir = git_dir, .view = {}, .folder = {}});
  const int code = git_repository_open_ext(Fill(tree->view), place->c_str(),
                                           GIT_REPOSITORY_OPEN_NO_SEARCH, nullptr);
  if (code < 0) return fail_git(doing, code);
  const char* root = git_repository_workdir(tree->view.get());
  std::error_code ignored;
  if (root == nullptr || !fs::equivalent(git_repository_path(tree->view.get()), git_dir, ignored)) {
    return fail(ErrorKind::kUnavailable, fmt::format("{}: there is none", doing));
  }
  tree->root = fs::path(root).parent_path();  // libgit2's ends with a slash
  tree->folder = Fd(open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!tree->folder) return fail_errno(doing, errno);
  if (auto added = add_settings(tree->view.get(), git_dir); !added) return fail(added.error());
  tree->has_modes = setting(tree->view.get(), "core.filemode", true);
  return tree;
}

std::string_view under_way(int state) {
  switch (state) {
    case GIT_REPOSITORY_STATE_MERGE:
      return "merge";
    case GIT_REPOSITORY_STATE_REVERT:
    case GIT_REPOSITORY_STATE_REVERT_SEQUENCE:
      return "revert";
    case GIT_REPOSITORY_STATE_CHERRYPICK:
    case GIT_REPOSITORY_STATE_CHERRYPICK_SEQUENCE:
      return "cherry-pick";
    case GIT_REPOSITORY_STATE_BISECT:
      return "bisection";
    case GIT_REPOSITORY_STATE_APPLY_MAILBOX:
    case GIT_REPOSITORY_STATE_APPLY_MAILBOX_OR_REBASE:
      return "series of patches";
    default:
      return "rebase";
  }
}

Result<void> check_quiet(const Worktree::Impl& tree, const CommitId& from, const CommitId& to) {
  const int state = git_repository_state(tree.view.get());
  if (state != GIT_REPOSITORY_STATE_NONE) {
    return fail(ErrorKind::kConflict,
                fmt::format("a {} is under way in {}", under_way(state), tree.root.string()),
                "finish or abort it first: git status says how");
  }
  git_oid head{};
  const int code = git_reference_name_to_id(&head, tree.view.get(), "HEAD");
  if (code < 0) return fail_git(fmt::format("reading HEAD of {}", tree.root.string()), code);
  const std::string at = format_id(head);
  if (at == from.text || at == to.text) return {};
  return fail(ErrorKind::kConflict,
              fmt::format("{} is at commit {}, expected at {}", tree.root.string(), at, from.text));
}

std::string quoted(std::vector<std::string> paths) {
  constexpr std::size_t kShown = 10;
  std::ranges::sort(paths);
  paths.erase(std::unique(paths.begin(), paths.end()), paths.end());
  std::string text;
  for (std::size_t i = 0; i < std::min(paths.size(), kShown); ++i) {
    text += fmt::format("{}'{}'", i == 0 ? "" : ", ", printable_line(paths[i]));
  }
  if (paths.size() > kShown) text += fmt::format(" and {} more", paths.size() - kShown);
  return text;
}

Result<PathChanges> check_all(const Worktree::Impl& tree, const CommitId& from,
                              const CommitId& to) {
  if (auto fits = check_settings(tree.view.get()); !fits) return fail(fits.error());
  if (auto quiet = check_quiet(tree, from, to); !quiet) return fail(quiet.error());
  std::vector<TreeId> trees;
  for (const CommitId& id : {from, to}) {
    const auto commit = tree.repo.commit(id);
    if (!commit) return fail(commit.error());
    trees.push_back(TreeId{format_id(*git_commit_tree_id(commit->get()))});
  }
  auto changes = changes_between(tree.repo, trees[0], trees[1]);
  if (!changes) return changes;
  Obstacles obstacles;
  if (auto done = check_index(tree, *changes, obstacles); !done) return fail(done.error());
  if (auto fits = check_writable(tree, *changes); !fits) return fail(fits.error());
  if (auto done = find_obstacles(tree, *changes, obstacles); !done) return fail(done.error());
  if (auto free = refuse_obstacles(std::move(obstacles)); !free) return fail(free.error());
  return changes;
}

}  // namespace

Result<void> refuse_obstacles(Obstacles obstacles) {
  std::string text;
  const auto add = [&](std::vector<std::string>& paths, std::string_view what) {
    if (paths.empty()) return;
    text += fmt::format("{}{} {}", text.empty() ? "" : "; ", what, quoted(std::move(paths)));
  };
  add(obstacles.changed, "changed in the working tree:");
  add(obstacles.staged, "staged:");
  add(obstacles.untracked, "not tracked and in the way:");
  if (text.empty()) return {};
  return fail(ErrorKind::kConflict, text, "commit, stash or move these first");
}

struct Worktree::Move::State {
  const Worktree::Impl& tree;
  PathChanges changes;
  OwnLocks locks;
};

Worktree::Worktree(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Worktree::Worktree(Worktree&&) noexcept = default;
Worktree& Worktree::operator=(Worktree&&) noexcept = default;
Worktree::~Worktree() = default;

fs::path Worktree::root() const { return impl_->root; }

Result<std::optional<Worktree>> Worktree::holding(const Repository& repo, std::string_view branch) {
  const auto checkouts = list_checkouts(*repo.impl_);
  if (!checkouts) return fail(checkouts.error());
  std::vector<fs::path> found;
  for (const Checkout& checkout : *checkouts) {
    if (checkout.branch == branch || checkout.rebasing == branch) found.push_back(checkout.git_dir);
  }
  if (found.empty()) return std::nullopt;
  if (found.size() > 1) {
    return fail(ErrorKind::kConflict,
                fmt::format("{} is checked out in more than one working tree", branch),
                "switch to another branch in all but one: git worktree list shows them");
  }
  auto tree = open_tree(*repo.impl_, found.front());
  if (!tree) return fail(tree.error());
  return Worktree(std::move(*tree));
}

Result<Worktree> Worktree::at(const Repository& repo, const fs::path& root) {
  const auto checkouts = list_checkouts(*repo.impl_);
  if (!checkouts) return fail(checkouts.error());
  for (const Checkout& checkout : *checkouts) {
    auto tree = open_tree(*repo.impl_, checkout.git_dir);
    if (tree && (*tree)->root == root) return Worktree(std::move(*tree));
  }
  return fail(ErrorKind::kConflict,
              fmt::format("there is no working tree at {} any more", root.string()),
              "git worktree list shows those that are left");
}

Result<void> Worktree::check(const CommitId& from, const CommitId& to) const {
  if (auto changes = check_all(*impl_, from, to); !changes) return fail(changes.error());
  return {};
}

Result<Worktree::Move> Worktree::begin(const CommitId& from, const CommitId& to,
                                       std::string_view id) const {
  const std::string index =
      (impl_->git_dir / "index").lexically_relative(impl_->repo.common_dir).string();
  auto left = OwnLocks::adopt(impl_->repo.common_dir, id);
  if (!left) return fail(left.error());
  for (OwnLocks& locks : *left) {
    if (locks.what() == kWhat) locks.release();
  }
  auto locks = OwnLocks::prepare(impl_->repo.common_dir, id, kWhat, {index});
  if (!locks) return fail(locks.error());
  if (auto flushed = locks->flush(); !flushed) return fail(flushed.error());
  const auto deadline = std::chrono::steady_clock::now() + kLockWait;
  if (auto locked = locks->lock(index, deadline); !locked) return fail(locked.error());
  auto changes = check_all(*impl_, from, to);
  if (!changes) return fail(changes.error());
  return Move(std::unique_ptr<Move::State>(
      new Move::State{.tree = *impl_, .changes = std::move(*changes), .locks = std::move(*locks)}));
}

Worktree::Move::Move(std::unique_ptr<State> state) : state_(std::move(state)) {}
Worktree::Move::Move(Move&&) noexcept = default;
Worktree::Move& Worktree::Move::operator=(Move&&) noexcept = default;
Worktree::Move::~Move() = default;

Result<void> Worktree::Move::finish() {
  auto done = write_paths(state_->tree, state_->changes, state_->locks);
  if (done) done = write_index(state_->tree, state_->changes, state_->locks);
  if (done) state_->locks.release();
  return done;
}

}  // namespace automod::repo
