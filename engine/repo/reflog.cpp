#include "engine/repo/reflog.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/fd.hpp"
#include "engine/repo/folders.hpp"

namespace automod::repo {

namespace fs = std::filesystem;

namespace {

/// git keeps the first two of a log's folders ("logs/refs/heads") even when they are empty.
constexpr std::size_t kKeptFolders = 3;

std::string id_or_zeros(const std::optional<CommitId>& commit) {
  return commit ? commit->text : std::string(40, '0');
}

/// Who, and when, is told apart from what: the same move made again is the same move.
struct Parts {
  std::string ids;
  std::string who;
  std::string reason;
  std::string text() const { return fmt::format("{} {}\t{}\n", ids, who, reason); }
};

Parts parts_of(const LogLine& line) {
  return {.ids = fmt::format("{} {}", id_or_zeros(line.before), id_or_zeros(line.after)),
          .who = fmt::format("automod <automod@localhost> {} +0000", line.seconds),
          .reason = line.reason};
}

/// The end of the file, enough for a line of ours.
std::string end_of(int fd, off_t size) {
  std::string text(static_cast<std::size_t>(std::min<off_t>(size, 4096)), '\0');
  const ssize_t got = pread(fd, text.data(), text.size(), size - static_cast<off_t>(text.size()));
  text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  return text;
}

/// A process that was killed between the log and the ref has left this very line.
bool is_last(std::string_view end, const Parts& parts) {
  if (!end.ends_with('\n')) return false;
  end.remove_suffix(1);
  const std::string_view last = end.substr(end.rfind('\n') + 1);
  return last.starts_with(parts.ids) && last.ends_with("\t" + parts.reason);
}

Result<Fd> open_log(const fs::path& git_dir, const std::string& relative, bool make) {
  const fs::path path = git_dir / relative;
  const int flags = O_RDWR | O_APPEND | O_CLOEXEC;
  Fd fd(open(path.c_str(), flags));
  if (!fd && make && (errno == ENOENT || errno == EISDIR || errno == ENOTDIR)) {
    if (const auto file = errno == EISDIR ? remove_empty_folders(path) : std::nullopt) {
      return fail(ErrorKind::kConflict,
                  fmt::format("{} cannot be made, {} is in its way", path.string(), file->string()),
                  "git reflog delete removes a log that has no ref any more");
    }
    if (auto made = make_parents(git_dir, relative); !made) return fail(made.error());
    fd = Fd(open(path.c_str(), flags | O_CREAT, 0666));
    if (fd) share_like(path, path.parent_path());
  }
  const bool absent = !fd && (errno == ENOENT || errno == EISDIR || errno == ENOTDIR);
  if (!fd && !(absent && !make)) return fail_errno(fmt::format("opening {}", path.string()), errno);
  return fd;
}

}  // namespace

Result<std::optional<Logged>> add_to_log(const fs::path& git_dir, std::string_view ref,
                                         const LogLine& line, bool make) {
  const std::string relative = fmt::format("logs/{}", ref);
  const auto fd = open_log(git_dir, relative, make);
  if (!fd) return fail(fd.error());
  if (!*fd) return std::nullopt;
  const std::string doing = fmt::format("writing {}", (git_dir / relative).string());
  struct stat info{};
  if (fstat(fd->get(), &info) != 0) return fail_errno(doing, errno);
  const Parts parts = parts_of(line);
  const std::string end = end_of(fd->get(), info.st_size);
  if (is_last(end, parts)) return std::nullopt;
  // A line that a power cut left half must not swallow ours.
  const std::string text = (end.empty() || end.ends_with('\n') ? "" : "\n") + parts.text();
  if (auto written = write_whole(fd->get(), text, doing); !written) {
    if (ftruncate(fd->get(), info.st_size) != 0) written.error().message += ", its end is torn";
    return fail(written.error());
  }
  return Logged{.file = git_dir / relative,
                .before = info.st_size,
                .after = info.st_size + static_cast<off_t>(text.size())};
}

void take_back(const Logged& logged) {
  struct stat info{};
  if (stat(logged.file.c_str(), &info) != 0 || info.st_size != logged.after) return;
  if (logged.before == 0) {
    unlink(logged.file.c_str());
  } else if (truncate(logged.file.c_str(), logged.before) != 0) {
    return;  // the line stays; it says what was tried
  }
}

Result<void> remove_log(const fs::path& git_dir, std::string_view ref) {
  const std::string relative = fmt::format("logs/{}", ref);
  const fs::path path = git_dir / relative;
  if (unlink(path.c_str()) != 0 && errno != ENOENT && errno != ENOTDIR && errno != EISDIR) {
    return fail_errno(fmt::format("removing {}", path.string()), errno);
  }
  remove_empty_parents(git_dir, relative, kKeptFolders);
  return {};
}

}  // namespace automod::repo
