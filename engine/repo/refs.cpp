#include <fmt/format.h>
#include <fmt/ranges.h>
#include <git2.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <set>
#include <thread>

#include "base/text.hpp"
#include "engine/repo/impl.hpp"
#include "engine/repo/own_locks.hpp"
#include "engine/repo/ref_transaction.hpp"

namespace automod::repo {

namespace fs = std::filesystem;

namespace {

constexpr std::chrono::milliseconds kLockWait{1500};
constexpr std::chrono::milliseconds kLockPause{25};

bool is_name(const std::string& ref) {
  int valid = 0;
  return git_reference_name_is_valid(&valid, ref.c_str()) == 0 && valid != 0 &&
         ref.starts_with("refs/") && ref.find('\0') == std::string::npos;
}

/// git keeps these in each worktree's own folder.
bool is_of_one_worktree(std::string_view ref) {
  constexpr std::array<std::string_view, 3> kPrefixes{"refs/bisect/", "refs/rewritten/",
                                                      "refs/worktree/"};
  return std::ranges::any_of(kPrefixes, [&](auto prefix) { return ref.starts_with(prefix); });
}

Result<void> check_names(const std::vector<RefUpdate>& updates) {
  std::set<std::string> seen;
  for (const RefUpdate& update : updates) {
    if (!is_name(update.ref)) {
      return fail(ErrorKind::kUsage,
                  fmt::format("'{}' is no name of a ref", printable_line(update.ref)));
    }
    if (is_of_one_worktree(update.ref)) {
      return fail(ErrorKind::kUsage,
                  fmt::format("{} belongs to one worktree, not to the repository", update.ref));
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
Result<void> check_among(const std::vector<RefUpdate>& updates) {
  for (const RefUpdate& one : updates) {
    for (const RefUpdate& other : updates) {
      if (one.after && other.after && is_above(one.ref, other.ref)) {
        return fail(ErrorKind::kConflict,
                    fmt::format("{} cannot be made, {} is in its way", other.ref, one.ref));
      }
    }
  }
  return {};
}

/// A lock that others hold may just be on its way out.
std::vector<std::string> wait_for(const OwnLocks& locks,
                                  std::chrono::steady_clock::time_point deadline) {
  std::vector<fs::path> foreign = locks.foreign();
  while (!foreign.empty() && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(kLockPause);
    foreign = locks.foreign();
  }
  std::vector<std::string> names;
  for (const fs::path& path : foreign) names.push_back(path.string());
  return names;
}

std::vector<std::string> doubtful_of(const OwnLocks& locks) {
  std::vector<std::string> files;
  for (const std::string& file : locks.files()) {
    if (!locks.holds(file) && locks.is_plain(file)) files.push_back(file + ".lock");
  }
  return files;
}

void tidy_up(const fs::path& common_dir, OwnLocks& locks) {
  finish_deletions(common_dir, locks);
  locks.release();
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

Result<void> Repository::update_refs(const std::vector<RefUpdate>& updates, std::string_view reason,
                                     std::string_view id) {
  if (auto known = check_names(updates); !known) return known;
  if (auto fits = check_among(updates); !fits) return fits;
  for (const RefUpdate& update : updates) {
    if (!update.after) continue;
    if (auto commit = impl_->commit(*update.after); !commit) return fail(commit.error());
  }
  auto left = OwnLocks::adopt(impl_->common_dir, id);
  if (!left) return fail(left.error());
  for (OwnLocks& locks : *left) {
    if (locks.what() == "refs") tidy_up(impl_->common_dir, locks);
  }
  RefTransaction transaction(*impl_, updates, reason);
  if (auto ready = transaction.prepare(id); !ready) return ready;
  return transaction.commit();
}

Result<void> Repository::sweep_locks() {
  auto left = OwnLocks::adopt_all(impl_->common_dir);
  if (!left) return fail(left.error());
  for (OwnLocks& locks : *left) tidy_up(impl_->common_dir, locks);
  return {};
}

Result<void> Repository::release_locks(std::string_view id) {
  auto left = OwnLocks::adopt(impl_->common_dir, id);
  if (!left) return fail(left.error());
  const auto deadline = std::chrono::steady_clock::now() + kLockWait;
  std::vector<std::string> foreign;
  std::vector<std::string> doubtful;
  for (OwnLocks& locks : *left) {
    std::ranges::copy(doubtful_of(locks), std::back_inserter(doubtful));
    std::ranges::copy(wait_for(locks, deadline), std::back_inserter(foreign));
    tidy_up(impl_->common_dir, locks);
  }
  if (foreign.empty()) return {};
  if (!doubtful.empty()) {
    return fail(ErrorKind::kConflict,
                fmt::format("whose lock {} is cannot be known: this file system has no hard links",
                            fmt::join(foreign, ", ")),
                "if no git command is running, remove it");
  }
  return fail(ErrorKind::kConflict,
              fmt::format("another process holds {}", fmt::join(foreign, ", ")),
              "wait for that git command to end and try again; remove the file only if you know "
              "that none is running");
}

}  // namespace automod::repo
