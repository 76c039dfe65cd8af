#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

/// Reads unified diffs, git's or others', as strictly as a gate must. Knows no repository: what
/// comes out says what the patch asks for, not whether it fits.
namespace automod::repo {

struct HunkLine {
  char origin = ' ';      // ' ' kept, '-' taken away, '+' put in
  std::string_view text;  // with its newline, unless the patch says that there is none
};

struct Hunk {
  std::size_t old_start = 0;  // lines from 1; with a count of 0, the line before
  std::size_t old_count = 0;
  std::size_t new_start = 0;
  std::size_t new_count = 0;
  std::vector<HunkLine> lines;
  std::size_t at = 0;  // line of the patch
};

enum class PatchAction { kModify, kCreate, kDelete, kRename, kCopy };

struct FilePatch {
  PatchAction action = PatchAction::kModify;
  std::string old_path;  // empty when created
  std::string new_path;  // empty when deleted
  std::optional<unsigned> old_mode;
  std::optional<unsigned> new_mode;
  std::vector<Hunk> hunks;
  std::size_t at = 0;  // line of the patch
};

/// All files of a patch, in its order; at least one. Text before the first file (a mail's header)
/// and a mail's signature at the end are skipped, any other text is an error. The lines point
/// into `text`.
///
/// kUsage: it is no patch or a damaged one (says the line). kRefused: binary content, links,
/// submodules, paths that no tree may hold.
Result<std::vector<FilePatch>> parse_diff(std::string_view text);

/// Does this line of a mailbox begin a mail of `git format-patch`?
bool begins_mail(std::string_view line);

/// What parse_diff reads first: `text` up to the first file of the patch.
std::string_view before_diff(std::string_view text);

}  // namespace automod::repo
