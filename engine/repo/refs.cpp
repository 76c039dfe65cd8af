#include <fmt/format.h>
#include <git2.h>

#include <algorithm>
#include <chrono>
#include <set>
#include <thread>

#include "base/files.hpp"
#include "base/text.hpp"
#include "engine/repo/impl.hpp"

namespace automod::repo {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kHeads = "refs/heads/";
constexpr std::chrono::milliseconds kLockWait{1500};  // for all refs of one update together
constexpr std::chrono::milliseconds kLockPause{25};

std::string described(const std::optional<CommitId>& commit) {
  return commit ? fmt::format("at {}", commit->text) : "absent";
}

Result<void> check_names(const std::vector<RefUpdate>& updates) {
  std::set<std::string> seen;
  for (const RefUpdate& update : updates) {
    int valid = 0;
    const int code = git_reference_name_is_valid(&valid, update.ref.c_str());
    if (code < 0 || valid == 0 || !update.ref.starts_with("refs/") ||
        update.ref.find('\0') != std::string::npos) {
      return fail(ErrorKind::kUsage,
                  fmt::format("'{}' is no name of a ref", printable_line(update.ref)));
    }
    if (!seen.insert(update.ref).second) {
      return fail(ErrorKind::kInternal, fmt::format("{} is to be moved twice", update.ref));
    }
  }
  return {};
}

bool is_above(std::string_view folder, std::string_view ref) {
  return ref.size() > folder.size() && ref.starts_with(folder) && ref[folder.size()] == '/';
}

/// A ref cannot be a folder of refs as well.
Result<void> check_folders(git_repository* repository, const std::vector<RefUpdate>& updates) {
  std::vector<std::string> names;
  Handle<git_reference_iterator> iterator;
  int code = git_reference_iterator_new(Fill(iterator), repository);
  for (const char* name = nullptr; code == 0;) {
    code = git_reference_next_name(&name, iterator.get());
    if (code == 0) names.emplace_back(name);
  }
  if (code != GIT_ITEROVER) return fail_git("listing refs", code);
  for (const RefUpdate& update : updates) {
    if (update.after) names.push_back(update.ref);
  }
  for (const RefUpdate& update : updates) {
    if (!update.after) continue;
    for (const std::string& name : names) {
      if (is_above(name, update.ref) || is_above(update.ref, name)) {
        return fail(ErrorKind::kConflict,
                    fmt::format("{} cannot be made, {} is in its way", update.ref, name));
      }
    }
  }
  return {};
}

Result<void> lock(git_transaction* transaction, const std::string& ref,
                  std::chrono::steady_clock::time_point deadline) {
  for (;;) {
    const int code = git_transaction_lock_ref(transaction, ref.c_str());
    if (code == 0) return {};
    if (code != GIT_ELOCKED) return fail_git(fmt::format("locking {}", ref), code);
    if (std::chrono::steady_clock::now() >= deadline) {
      return fail(ErrorKind::kConflict, fmt::format("{} is locked by another process", ref),
                  "wait for that git command to end and try again");
    }
    std::this_thread::sleep_for(kLockPause);
  }
}

/// What the ref itself holds, not what it leads to.
Result<std::optional<CommitId>> current(git_repository* repository, const std::string& ref) {
  Handle<git_reference> reference;
  const int code = git_reference_lookup(Fill(reference), repository, ref.c_str());
  if (code == GIT_ENOTFOUND) return std::nullopt;
  if (code < 0) return fail_git(fmt::format("reading {}", ref), code);
  if (git_reference_type(reference.get()) != GIT_REFERENCE_DIRECT) {
    return fail(ErrorKind::kConflict,
                fmt::format("{} is a symbolic ref to {}, a commit was expected", ref,
                            printable_line(git_reference_symbolic_target(reference.get()))));
  }
  return CommitId{format_id(*git_reference_target(reference.get()))};
}

Result<void> check_before(git_repository* repository, const RefUpdate& update) {
  const auto found = current(repository, update.ref);
  if (!found) return fail(found.error());
  if (*found == update.before) return {};
  return fail(ErrorKind::kConflict, fmt::format("{} is {}, expected {}", update.ref,
                                                described(*found), described(update.before)));
}

Result<void> stage(const Repository::Impl& impl, git_transaction* transaction,
                   const git_signature* signature, const RefUpdate& update,
                   const std::string& reason) {
  if (!update.after) {
    if (!update.before) return {};
    const int code = git_transaction_remove(transaction, update.ref.c_str());
    if (code < 0) return fail_git(fmt::format("deleting {}", update.ref), code);
    return {};
  }
  const auto commit = impl.commit(*update.after);
  if (!commit) return fail(commit.error());
  const int code = git_transaction_set_target(
      transaction, update.ref.c_str(), git_commit_id(commit->get()), signature, reason.c_str());
  if (code < 0) return fail_git(fmt::format("moving {}", update.ref), code);
  return {};
}

/// Moves back what an update that failed half-way has moved already.
void move_back(git_repository* repository, const std::vector<RefUpdate>& updates) {
  for (const RefUpdate& update : updates) {
    const auto found = current(repository, update.ref);
    if (!found || *found != update.after || update.before == update.after) continue;
    Handle<git_reference> reference;
    if (update.before) {
      if (const auto id = parse_id(update.before->text)) {
        (void)git_reference_create(Fill(reference), repository, update.ref.c_str(), &*id, 1,
                                   "automod: undo a failed update");
      }
    } else if (git_reference_lookup(Fill(reference), repository, update.ref.c_str()) == 0) {
      (void)git_reference_delete(reference.get());
    }
  }
}

/// The branch that a file such as HEAD names.
std::optional<std::string> branch_in(const fs::path& file) {
  const auto text = read_file(file, 4096);
  if (!text) return std::nullopt;
  std::string_view line = std::string_view(*text).substr(0, text->find('\n'));
  if (line.starts_with("ref:")) line.remove_prefix(4);
  while (line.starts_with(' ')) line.remove_prefix(1);
  if (!line.starts_with(kHeads)) return std::nullopt;
  return std::string(line);
}

/// HEAD, and the branch that a rebase under way will come back to.
void add_branches(const fs::path& git_dir, std::set<std::string>& branches) {
  for (const char* file : {"HEAD", "rebase-merge/head-name", "rebase-apply/head-name"}) {
    if (auto branch = branch_in(git_dir / file)) branches.insert(std::move(*branch));
  }
}

}  // namespace

Result<std::optional<CommitId>> Repository::read_ref(std::string_view ref) const {
  const std::string name(ref);
  Handle<git_reference> reference;
  int code = git_reference_lookup(Fill(reference), impl_->real.get(), name.c_str());
  if (code == GIT_ENOTFOUND) return std::nullopt;
  Handle<git_object> object;
  if (code == 0) code = git_reference_peel(Fill(object), reference.get(), GIT_OBJECT_COMMIT);
  if (code < 0) return fail_git(fmt::format("reading {}", printable_line(ref)), code);
  return CommitId{format_id(*git_object_id(object.get()))};
}

Result<void> Repository::update_refs(const std::vector<RefUpdate>& updates,
                                     std::string_view reason) {
  git_repository* real = impl_->real.get();
  if (auto done = check_names(updates); !done) return done;
  if (auto done = check_folders(real, updates); !done) return done;
  Handle<git_transaction> transaction;
  Handle<git_signature> signature;
  int code = git_transaction_new(Fill(transaction), real);
  if (code == 0) code = git_signature_now(Fill(signature), "automod", "automod@localhost");
  if (code < 0) return fail_git("moving refs", code);
  const auto deadline = std::chrono::steady_clock::now() + kLockWait;
  for (const RefUpdate& update : updates) {
    if (auto done = lock(transaction.get(), update.ref, deadline); !done) return done;
  }
  for (const RefUpdate& update : updates) {
    if (auto done = check_before(real, update); !done) return done;
  }
  const std::string line = printable_line(reason);
  for (const RefUpdate& update : updates) {
    auto done = stage(*impl_, transaction.get(), signature.get(), update, line);
    if (!done) return done;
  }
  code = git_transaction_commit(transaction.get());
  if (code == 0) return {};
  auto failed = fail_git("moving refs", code);
  transaction.reset();  // gives up the locks
  move_back(real, updates);
  return failed;
}

Result<std::vector<std::string>> Repository::checked_out_branches() const {
  std::set<std::string> branches;
  if (!impl_->bare) add_branches(impl_->common_dir, branches);
  std::error_code code;
  const fs::path worktrees = impl_->common_dir / "worktrees";
  for (fs::directory_iterator it(worktrees, code), end; !code && it != end; it.increment(code)) {
    add_branches(it->path(), branches);
  }
  if (code && code != std::errc::no_such_file_or_directory) {
    return fail_errno(fmt::format("reading {}", worktrees.string()), code.value());
  }
  return std::vector<std::string>(branches.begin(), branches.end());
}

}  // namespace automod::repo
