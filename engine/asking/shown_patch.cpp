#include "engine/asking/shown_patch.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <vector>

#include "base/secrets.hpp"
#include "base/text.hpp"
#include "engine/repo/unified_diff.hpp"

namespace automod::asking {

namespace {

std::string_view without_end(std::string_view line) {
  if (line.ends_with('\n')) line.remove_suffix(1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

/// What the base has of one file that must not be shown.
struct Withheld {
  std::map<std::size_t, std::string_view> kinds;      // by line
  std::map<std::string_view, std::string_view> same;  // by text: a line may be moved
};

Withheld withheld_of(const Modification& modification, const repo::FilePatch& patch) {
  Withheld withheld;
  const auto& files = modification.candidate.files;
  const auto file = std::ranges::find(files, patch.old_path, &FileChange::path);
  if (file == files.end() || !file->original) return withheld;
  const auto lines = split_lines(*file->original);
  for (const SecretLine& one : secret_lines(*file->original)) {
    withheld.kinds[one.line] = one.kind;
    withheld.same[without_end(lines[one.line - 1])] = one.kind;
  }
  return withheld;
}

/// Builds the text anew, with other words for some parts of it.
class Rewriting {
 public:
  explicit Rewriting(std::string_view text) : text_(text) {}

  /// `part` is one of the text, behind all before.
  void replace(std::string_view part, std::string_view by) {
    const auto at = static_cast<std::size_t>(part.data() - text_.data());
    made_.append(text_.substr(done_, at - done_)).append(by);
    done_ = at + part.size();
  }
  std::string finish() {
    made_ += text_.substr(done_);
    return std::move(made_);
  }

 private:
  std::string_view text_;
  std::string made_;
  std::size_t done_ = 0;
};

/// What stands behind "@@ … @@": a line of the base.
std::string_view heading_of(const repo::Hunk& hunk, std::string_view patch) {
  const auto first = static_cast<std::size_t>(hunk.lines.front().text.data() - patch.data()) - 1;
  const std::size_t end = first - 1;  // of the heading, at its newline
  const std::size_t begin = patch.rfind('\n', end - 1) + 1;
  const std::string_view line = patch.substr(begin, end - begin);
  const std::size_t mark = line.find("@@", 2);
  return mark == std::string_view::npos ? line.substr(line.size()) : line.substr(mark + 2);
}

void rewrite(const repo::Hunk& hunk, const Withheld& withheld, std::string_view patch,
             Rewriting& into) {
  if (hunk.lines.empty()) return;
  if (!withheld.kinds.empty()) into.replace(heading_of(hunk, patch), "");
  const bool is_windows = std::ranges::all_of(
      hunk.lines, [](const repo::HunkLine& line) { return line.text.ends_with("\r\n"); });
  std::size_t number = hunk.old_start;
  for (const repo::HunkLine& line : hunk.lines) {
    const std::string_view text = without_end(line.text);
    std::string_view kind;
    if (line.origin == '+') {
      if (const auto same = withheld.same.find(text); same != withheld.same.end()) {
        kind = same->second;
      }
    } else if (const auto old = withheld.kinds.find(number++); old != withheld.kinds.end()) {
      kind = old->second;
    }
    if (!kind.empty()) {
      into.replace(text, left_out(kind));
    } else if (is_windows) {
      into.replace(line.text.substr(text.size()), "\n");
    }
  }
}

}  // namespace

std::string shown_patch(const Modification& modification) {
  const auto patches = repo::parse_diff(modification.patch);
  if (!patches) return printable(modification.patch);
  Rewriting made(modification.patch);
  for (const repo::FilePatch& patch : *patches) {
    const Withheld withheld = withheld_of(modification, patch);
    for (const repo::Hunk& hunk : patch.hunks) rewrite(hunk, withheld, modification.patch, made);
  }
  return printable(made.finish());
}

}  // namespace automod::asking
