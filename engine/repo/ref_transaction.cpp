#include "engine/repo/ref_transaction.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <git2.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <utility>

#include "base/files.hpp"
#include "base/text.hpp"
#include "engine/repo/checkouts.hpp"
#include "engine/repo/folders.hpp"
#include "engine/repo/ref_files.hpp"

namespace automod::repo {

namespace fs = std::filesystem;

namespace {

constexpr std::chrono::milliseconds kLockWait{1500};  // for all locks of one update together
constexpr std::string_view kWhat = "refs";
constexpr std::string_view kPacked = "packed-refs";

std::string described(const std::optional<CommitId>& commit) {
  return commit ? fmt::format("at {}", commit->text) : "absent";
}

bool moves(const RefUpdate& update) { return update.after && update.before != update.after; }
bool deletes(const RefUpdate& update) { return update.before && !update.after; }

enum class Logging { kNever, kUsual, kAlways };

/// core.logAllRefUpdates of the repository.
Logging logging_of(const Repository::Impl& impl) {
  const Logging unset = impl.bare ? Logging::kNever : Logging::kUsual;
  Handle<git_config> config;
  const char* text = nullptr;
  if (git_repository_config_snapshot(Fill(config), impl.real.get()) < 0) return unset;
  if (git_config_get_string(&text, config.get(), "core.logallrefupdates") < 0) {
    return unset;
  }
  if (std::string_view(text) == "always") return Logging::kAlways;
  int value = 0;
  if (git_config_parse_bool(&value, text) < 0) return unset;
  return value != 0 ? Logging::kUsual : Logging::kNever;
}

bool gets_log(Logging logging, std::string_view ref) {
  if (logging != Logging::kUsual) return logging == Logging::kAlways;
  return ref == "HEAD" || ref.starts_with("refs/heads/") || ref.starts_with("refs/remotes/") ||
         ref.starts_with("refs/notes/");
}

std::string suffix(std::string_view kind, std::size_t number) {
  return fmt::format("{}.{}", kind, number);
}

}  // namespace

RefTransaction::RefTransaction(const Repository::Impl& impl, std::vector<RefUpdate> updates,
                               std::string_view reason)
    : impl_(impl), updates_(std::move(updates)), reason_(printable_line(reason)) {
  std::ranges::sort(updates_, {}, &RefUpdate::ref);  // all take their locks in one order
}

std::set<std::string> RefTransaction::deleted() const {
  std::set<std::string> refs;
  for (const RefUpdate& update : updates_) {
    if (deletes(update)) refs.insert(update.ref);
  }
  return refs;
}

/// Nothing that comes later needs space on the disk, but for logs and a new packed-refs.
Result<void> RefTransaction::write_own_files(std::string_view id) {
  std::vector<std::string> files;
  for (const RefUpdate& update : updates_) files.push_back(update.ref);
  const std::set<std::string> gone = deleted();
  if (!gone.empty()) files.emplace_back(kPacked);
  auto locks = OwnLocks::prepare(impl_.common_dir, id, kWhat, std::move(files));
  if (!locks) return fail(locks.error());
  locks_ = std::move(*locks);
  const fs::path refs = impl_.common_dir / "refs";
  for (std::size_t i = 0; i < updates_.size(); ++i) {
    const auto& [ref, before, after] = updates_[i];
    for (const auto& [kind, commit] : {std::pair{"new", after}, std::pair{"old", before}}) {
      if (!commit) continue;
      const auto file = locks_->add_file(suffix(kind, i), commit->text + "\n");
      if (!file) return fail(file.error());
      share_like(*file, refs);
    }
  }
  if (!gone.empty()) {
    const auto list = locks_->add_file("deleted", fmt::format("{}\n", fmt::join(gone, "\n")));
    if (!list) return fail(list.error());
  }
  return locks_->flush();
}

Result<void> RefTransaction::check_way() const {
  const auto packed = PackedRefs::read(impl_.common_dir);
  if (!packed) return fail(packed.error());
  for (const RefUpdate& update : updates_) {
    if (!update.after) continue;
    const auto blocker = in_the_way(impl_.common_dir, *packed, update.ref);
    if (!blocker) continue;
    return fail(ErrorKind::kConflict, fmt::format("{} cannot be made, {} is in its way", update.ref,
                                                  printable_line(*blocker)));
  }
  return {};
}

Result<void> RefTransaction::check_before() const {
  // The loose ones first: what is packed meanwhile is then found among the packed ones.
  std::vector<LooseRef> loose;
  for (const RefUpdate& update : updates_) {
    auto read = read_loose(impl_.common_dir, update.ref);
    if (!read) return fail(read.error());
    if (read->symbolic) {
      return fail(ErrorKind::kConflict,
                  fmt::format("{} is a symbolic ref to {}, a commit was expected", update.ref,
                              printable_line(*read->symbolic)));
    }
    loose.push_back(std::move(*read));
  }
  const auto packed = PackedRefs::read(impl_.common_dir);
  if (!packed) return fail(packed.error());
  for (std::size_t i = 0; i < updates_.size(); ++i) {
    const RefUpdate& update = updates_[i];
    const auto found = loose[i].commit ? loose[i].commit : packed->find(update.ref);
    if (found == update.before) continue;
    return fail(ErrorKind::kConflict, fmt::format("{} is {}, expected {}", update.ref,
                                                  described(found), described(update.before)));
  }
  return {};
}

Result<void> RefTransaction::prepare(std::string_view id) {
  if (auto free = check_way(); !free) return free;
  if (auto written = write_own_files(id); !written) return written;
  const auto deadline = std::chrono::steady_clock::now() + kLockWait;
  for (const std::string& file : locks_->files()) {
    if (auto locked = locks_->lock(file, deadline); !locked) return locked;
  }
  if (auto free = check_way(); !free) return free;
  return check_before();
}

Result<void> RefTransaction::write_logs() {
  const Logging logging = logging_of(impl_);
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const auto checkouts = list_checkouts(impl_);
  if (!checkouts) return fail(checkouts.error());
  for (const RefUpdate& update : updates_) {
    if (!moves(update)) continue;
    const LogLine line{.before = update.before,
                       .after = update.after,
                       .reason = reason_,
                       .seconds = std::chrono::floor<std::chrono::seconds>(now).count()};
    std::vector<std::pair<fs::path, std::string>> logs{{impl_.common_dir, update.ref}};
    for (const Checkout& checkout : *checkouts) {
      if (checkout.branch == update.ref) logs.emplace_back(checkout.git_dir, "HEAD");
    }
    for (const auto& [git_dir, ref] : logs) {
      auto logged = add_to_log(git_dir, ref, line, gets_log(logging, ref));
      if (!logged) return fail(logged.error());
      if (*logged) logged_.push_back(std::move(**logged));
    }
  }
  return {};
}

Result<void> RefTransaction::move() {
  for (; moved_ < updates_.size(); ++moved_) {
    const RefUpdate& update = updates_[moved_];
    if (!moves(update)) continue;
    const fs::path place = impl_.common_dir / update.ref;
    struct stat info{};
    if (lstat(place.c_str(), &info) == 0 && S_ISDIR(info.st_mode)) {
      if (const auto blocker = remove_empty_folders(place)) {
        return fail(ErrorKind::kConflict, fmt::format("{} cannot be made, {} is in its way",
                                                      update.ref, blocker->string()));
      }
    }
    if (rename(locks_->file(suffix("new", moved_)).c_str(), place.c_str()) != 0) {
      return fail_errno(fmt::format("moving {}", update.ref), errno);
    }
  }
  return {};
}

/// Before the loose files go, or what is packed would be seen behind them.
Result<void> RefTransaction::move_packed() {
  const auto packed = PackedRefs::read(impl_.common_dir);
  if (!packed) return fail(packed.error());
  const auto rest = packed->without(deleted());
  if (!rest) return {};
  const auto file = locks_->add_file("packed", *rest);
  if (!file) return fail(file.error());
  share_like(*file, impl_.common_dir);
  if (auto flushed = flush_file(*file); !flushed) return flushed;
  deletion_begun_ = true;
  if (rename(file->c_str(), (impl_.common_dir / kPacked).c_str()) == 0) return {};
  return fail_errno(fmt::format("writing {}", kPacked), errno);
}

Result<void> RefTransaction::remove_deleted() {
  if (auto done = move_packed(); !done) return done;
  deletion_begun_ = true;
  for (const RefUpdate& update : updates_) {
    if (!deletes(update)) continue;
    const fs::path place = impl_.common_dir / update.ref;
    if (unlink(place.c_str()) != 0 && errno != ENOENT && errno != ENOTDIR && errno != EISDIR) {
      return fail_errno(fmt::format("deleting {}", update.ref), errno);
    }
  }
  // All are gone: what is left to tidy up cannot fail the update any more.
  for (const RefUpdate& update : updates_) {
    if (deletes(update)) (void)remove_log(impl_.common_dir, update.ref);
  }
  return {};
}

std::vector<std::string> RefTransaction::move_back() {
  for (auto logged = logged_.rbegin(); logged != logged_.rend(); ++logged) take_back(*logged);
  std::vector<std::string> failed;
  for (std::size_t i = 0; i < updates_.size(); ++i) {
    const RefUpdate& update = updates_[i];
    const fs::path place = impl_.common_dir / update.ref;
    const fs::path old = locks_->file(suffix("old", i));
    bool done = true;
    if (moves(update) && i < moved_) {
      done = update.before ? rename(old.c_str(), place.c_str()) == 0 : unlink(place.c_str()) == 0;
    } else if (deletes(update) && deletion_begun_ && access(place.c_str(), F_OK) != 0) {
      done = rename(old.c_str(), place.c_str()) == 0;
    }
    if (!done) failed.push_back(update.ref);
  }
  return failed;
}

Result<void> RefTransaction::commit() {
  Result<void> done = write_logs();
  if (done) done = move();
  if (done && !deleted().empty()) done = remove_deleted();
  if (done) return done;
  const auto failed = move_back();
  if (!failed.empty()) {
    done.error().message += fmt::format("; {} could not be moved back", fmt::join(failed, ", "));
    done.error().kind = ErrorKind::kInternal;
  }
  return done;
}

void finish_deletions(const fs::path& common_dir, const OwnLocks& locks) {
  const auto list = read_file(locks.file("deleted"), kMiB);
  const auto packed = PackedRefs::read(common_dir);
  if (!list || !packed) return;
  for (const std::string_view line : split_lines(*list)) {
    const std::string ref(line);
    const auto loose = read_loose(common_dir, ref);
    const bool is_gone = loose && !loose->commit && !loose->symbolic && !packed->find(ref);
    if (is_gone && locks.holds(ref)) (void)remove_log(common_dir, ref);
  }
}

}  // namespace automod::repo
