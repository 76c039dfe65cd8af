#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "engine/types/words.hpp"

/// The logs that `git reflog` shows, written as git writes them.
namespace automod::repo {

struct LogLine {
  std::optional<CommitId> before;
  std::optional<CommitId> after;
  std::string reason;  // one line
  long long seconds = 0;
};

/// What was added to a log, so that it can be taken back.
struct Logged {
  std::filesystem::path file;
  off_t before = 0;
  off_t after = 0;
};

/// Adds a line to the log of `ref` ("HEAD" too) in `git_dir`. Where there is no log yet one is
/// made if `make`; nullopt when nothing was written, because there is none or because the line is
/// the last one already. kConflict when logs of other refs are in its place.
Result<std::optional<Logged>> add_to_log(const std::filesystem::path& git_dir, std::string_view ref,
                                         const LogLine& line, bool make);
/// As if it had not been added, unless somebody has added more.
void take_back(const Logged& logged);
/// The log of a ref that is gone; the folders that it leaves empty go as well.
Result<void> remove_log(const std::filesystem::path& git_dir, std::string_view ref);

}  // namespace automod::repo
