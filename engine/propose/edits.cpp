#include "engine/propose/edits.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "base/text.hpp"
#include "engine/propose/answer_marks.hpp"
#include "engine/propose/file_lines.hpp"
#include "engine/propose/mistakes.hpp"
#include "engine/propose/near_lines.hpp"
#include "engine/propose/unseen.hpp"
#include "engine/repo/path_rules.hpp"

namespace automod::propose {

namespace {

constexpr std::string_view kBom = "\xef\xbb\xbf";
constexpr std::size_t kMostFile = 8UL * 1024 * 1024;
constexpr std::size_t kMostWhole = 16UL * 1024;  // of a file that is there, to be written anew
constexpr std::size_t kMostWholeLines = 200;
constexpr unsigned kFolder = 0040000;
constexpr unsigned kLink = 0120000;
constexpr unsigned kSubmodule = 0160000;
constexpr unsigned kExecutable = 0100755;

struct Held {
  std::string content;
  bool is_executable = false;
  friend bool operator==(const Held&, const Held&) = default;
};

/// Where files come from. A file that nobody may edit is kRefused, with what is wrong with it.
struct Source {
  std::function<Result<std::optional<Held>>(std::string_view path)> read;
  std::function<std::string(std::string_view path)> suggest;  // "; there is ..." or nothing
};

/// A file on its way from the base to what the answer makes of it.
struct File {
  std::optional<Held> base;
  std::optional<Held> now;
  bool is_unusable = false;  // which was told
  std::string gone;          // what an edit did to it: "was deleted in line 7 of the answer"
  bool is_deleted = false;   // by an edit
  bool is_withheld = false;  // its secrets are known
};

std::string_view without_bom(std::string_view text) {
  if (text.starts_with(kBom)) text.remove_prefix(kBom.size());
  return text;
}

/// What makes a text more likely to be prose or markup than the path of a new file.
std::optional<std::string> fault_of_new_path(std::string_view path) {
  const std::size_t at = path.find_first_of(" \t\"'`*:<>?|");
  if (at == std::string_view::npos) return std::nullopt;
  return fmt::format("{} holds {}, which the path of a new file may not", in_quotes(path),
                     path[at] == ' ' ? "a blank" : in_quotes(path.substr(at, 1)));
}

std::string numbers_of(const Found& found) {
  std::vector<std::string> numbers;
  for (const std::size_t number : found.numbers) numbers.push_back(std::to_string(number));
  if (found.count > numbers.size()) numbers.emplace_back("others");
  return listed(numbers);
}

std::vector<Line> take_lines(std::string_view rest, std::size_t count) {
  std::vector<Line> lines;
  lines.reserve(count);
  while (lines.size() < count && !rest.empty()) lines.push_back(take_line(rest));
  return lines;
}

/// Makes edits one after another; goes on after a mistake, so that all of them are told.
class EditMaker {
 public:
  explicit EditMaker(const Source& source) : source_(source) {}

  /// An error is none of the answer's.
  Result<void> make(const Edit& edit);
  Result<std::vector<FileChange>> finish();

 private:
  Result<File*> file_at(const Edit& edit, const std::string& path);
  bool writes_mark(const Edit& edit, const File& file);
  void replace(const Edit& edit, File& file);
  void write_whole(const Edit& edit, File& file);
  void write_new(const Edit& edit, File& file);
  void remove(const Edit& edit, File& file);
  Result<void> rename(const Edit& edit, File& file);

  void complain(const Edit& edit, std::string_view what, std::vector<std::string> details = {});
  void complain_of_missing(const Edit& edit, const File& file);
  const Withheld& withheld();
  void complain_of_search(const Edit& edit, const File& file, const std::vector<Line>& wanted,
                          const Found& found);

  const Source& source_;
  std::map<std::string, File> files_;
  Mistakes mistakes_;
  Withheld withheld_;  // parts of `files_`
};

void EditMaker::complain(const Edit& edit, std::string_view what,
                         std::vector<std::string> details) {
  mistakes_.add(fmt::format("block in line {} of the answer, for {}: {}", edit.line,
                            in_quotes(edit.path), what),
                std::move(details));
}

void EditMaker::complain_of_missing(const Edit& edit, const File& file) {
  if (!file.gone.empty()) return complain(edit, fmt::format("the file {}", file.gone));
  complain(edit, fmt::format("there is no such file{}", source_.suggest(edit.path)));
}

Result<File*> EditMaker::file_at(const Edit& edit, const std::string& path) {
  const auto [at, is_new] = files_.try_emplace(path);
  File& file = at->second;
  if (!is_new) return &file;
  auto held = source_.read(path);
  if (!held && held.error().kind != ErrorKind::kRefused) return fail(held.error());
  std::string fault;
  if (!held) {
    fault = held.error().message;
  } else if (*held && (*held)->content.size() > kMostFile) {
    fault =
        fmt::format("has {} bytes, at most {} can be edited", (*held)->content.size(), kMostFile);
  } else if (*held && (*held)->content.find('\0') != std::string::npos) {
    fault = "is binary";
  }
  if (fault.empty()) {
    file.base = std::move(*held);
    file.now = file.base;
  } else {
    file.is_unusable = true;
    complain(edit, fmt::format("{} {}", path == edit.path ? "the file" : in_quotes(path), fault));
  }
  return &file;
}

Result<void> EditMaker::make(const Edit& edit) {
  const auto found = file_at(edit, edit.path);
  if (!found) return fail(found.error());
  File& file = **found;
  if (file.is_unusable) return {};
  if (edit.kind == EditKind::kWhole) {
    file.now ? write_whole(edit, file) : write_new(edit, file);
  } else if (!file.now) {
    complain_of_missing(edit, file);
  } else if (edit.kind == EditKind::kReplace) {
    replace(edit, file);
  } else if (edit.kind == EditKind::kDelete) {
    remove(edit, file);
  } else {
    return rename(edit, file);
  }
  return {};
}

/// Of all files of the base that were asked for, whatever edits made of them.
const Withheld& EditMaker::withheld() {
  for (auto& [path, file] : files_) {
    if (std::exchange(file.is_withheld, true) || !file.base) continue;
    withhold_secrets(without_bom(file.base->content), withheld_);
  }
  return withheld_;
}

void EditMaker::complain_of_search(const Edit& edit, const File& file,
                                   const std::vector<Line>& wanted, const Found& found) {
  if (found.count > 1) {
    return complain(edit,
                    fmt::format("the searched lines stand there {} times, in lines {}; search for "
                                "more lines around them until they are the only ones",
                                found.count, numbers_of(found)));
  }
  const bool is_changed = file.base && file.base != file.now;
  if (is_changed && find_lines(without_bom(file.base->content), wanted).count > 0) {
    return complain(edit, "the searched lines are not there any more: a block before changes them");
  }
  complain(edit, "the searched lines are not there",
           near_lines(without_bom(file.now->content), wanted, withheld()));
}

/// Tells of a mark for what was not shown that the file, if there is one, has not had before.
bool EditMaker::writes_mark(const Edit& edit, const File& file) {
  std::set<std::string_view> marks = marks_of_unseen(edit.replace);
  for (const auto* held : {&file.base, &file.now}) {
    if (marks.empty() || !*held) continue;
    for (const Line& line : lines_of(without_bom((*held)->content))) marks.erase(line.text);
  }
  if (marks.empty()) return false;
  complain(edit, fmt::format("the new text has {}, which stands for what was not shown of a file; "
                             "leave such lines as they are, and change others in blocks SEARCH",
                             in_quotes(trimmed(*marks.begin()))));
  return true;
}

void EditMaker::replace(const Edit& edit, File& file) {
  const std::string_view text = without_bom(file.now->content);
  const std::vector<Line> wanted = lines_of(edit.search);
  if (wanted.empty()) return complain(edit, "nothing is searched");
  const Found found = find_lines(text, wanted);
  if (found.count != 1) return complain_of_search(edit, file, wanted, found);
  if (writes_mark(edit, file)) return;
  const std::size_t bom = file.now->content.size() - text.size();
  const std::string changed = replace_lines(
      text, found.at, take_lines(text.substr(found.at), wanted.size()), lines_of(edit.replace));
  file.now->content.replace(bom, std::string::npos, changed);
}

void EditMaker::write_whole(const Edit& edit, File& file) {
  const std::string_view text = without_bom(file.now->content);
  const std::vector<Line> old = lines_of(text);
  if (text.size() > kMostWhole || old.size() > kMostWholeLines) {
    return complain(
        edit, fmt::format("the file is there and has {} and {}; one of more than {} lines or {} "
                          "bytes is changed in blocks SEARCH",
                          counted(old.size(), "line"), counted(text.size(), "byte"),
                          kMostWholeLines, kMostWhole));
  }
  if (valid_utf8(text) != text) {
    return complain(edit, "the file is there and is not UTF-8; it is changed in blocks SEARCH");
  }
  if (const auto fault = fault_of_rewriting(text)) {
    return complain(
        edit, fmt::format("the file is there and {}; it is changed in blocks SEARCH", *fault));
  }
  if (writes_mark(edit, file)) return;
  const std::size_t bom = file.now->content.size() - text.size();
  const std::string_view fresh = bom > 0 ? without_bom(edit.replace) : edit.replace;
  const std::string changed = replace_lines(text, 0, old, lines_of(fresh));
  file.now->content.replace(bom, std::string::npos, changed);
}

void EditMaker::write_new(const Edit& edit, File& file) {
  if (file.is_deleted) return complain(edit, fmt::format("the file {}", file.gone));
  if (const auto fault = fault_of_new_path(edit.path)) return complain(edit, *fault);
  if (writes_mark(edit, file)) return;
  file.now = Held{.content = replace_lines({}, 0, {}, lines_of(edit.replace))};
}

void EditMaker::remove(const Edit& edit, File& file) {
  file.now.reset();
  file.is_deleted = true;
  file.gone = fmt::format("was deleted in line {} of the answer", edit.line);
}

Result<void> EditMaker::rename(const Edit& edit, File& file) {
  if (const auto fault = fault_of_new_path(edit.new_path)) {
    complain(edit, *fault);
    return {};
  }
  const auto found = file_at(edit, edit.new_path);
  if (!found) return fail(found.error());
  File& target = **found;
  if (target.is_unusable) return {};
  if (target.now) {
    complain(edit, fmt::format("the new path {} is there already", in_quotes(edit.new_path)));
    return {};
  }
  target.now = std::exchange(file.now, std::nullopt);
  target.is_deleted = false;
  file.gone = fmt::format("was renamed to {} in line {} of the answer", in_quotes(edit.new_path),
                          edit.line);
  return {};
}

Result<std::vector<FileChange>> EditMaker::finish() {
  if (!mistakes_.empty()) {
    return mistakes_.refuse(
        "nothing was changed; mend these and answer again with all blocks, searched lines exactly "
        "as they stand in the file");
  }
  std::vector<FileChange> changes;
  for (auto& [path, file] : files_) {
    if (file.base == file.now) continue;
    FileChange change{.path = path, .original = {}, .modified = {}};
    if (file.base) {
      change.original = std::move(file.base->content);
      change.original_executable = file.base->is_executable;
    }
    if (file.now) {
      change.modified = std::move(file.now->content);
      change.executable = file.now->is_executable;
    }
    changes.push_back(std::move(change));
  }
  if (changes.empty()) return fail(ErrorKind::kRefused, "the answer changes nothing");
  return changes;
}

Result<std::vector<FileChange>> apply_from(const std::vector<Edit>& edits, const Source& source) {
  EditMaker maker(source);
  for (const Edit& edit : edits) {
    if (auto made = maker.make(edit); !made) return fail(made.error());
  }
  return maker.finish();
}

std::string_view folder_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
}

std::string_view name_of(std::string_view path) { return path.substr(path.rfind('/') + 1); }

Result<std::optional<Held>> read_from(const repo::Repository& repo, const TreeId& tree,
                                      std::string_view path) {
  const auto entries = repo.list_folder(tree, folder_of(path));
  if (!entries) return fail(entries.error());
  const auto entry = std::ranges::find(*entries, path, &repo::Entry::path);
  if (entry == entries->end()) return std::nullopt;
  if (entry->mode == kFolder) return fail(ErrorKind::kRefused, "is a folder");
  if (entry->mode == kLink) return fail(ErrorKind::kRefused, "is a symbolic link");
  if (entry->mode == kSubmodule) return fail(ErrorKind::kRefused, "is a submodule");
  const auto size = repo.size_of(*entry);
  if (!size) return fail(size.error());
  if (*size > kMostFile) {
    return fail(ErrorKind::kRefused,
                fmt::format("has {} bytes, at most {} can be edited", *size, kMostFile));
  }
  auto content = repo.text_of(*entry, kMostFile);
  if (!content) return fail(content.error());
  return Held{.content = std::move(*content), .is_executable = entry->mode == kExecutable};
}

/// Files of the tree that have the same name elsewhere, upper and lower case aside.
std::string suggest_from(const repo::Repository& repo, const TreeId& tree, std::string_view path) {
  constexpr std::size_t kMostSuggested = 3;
  const auto entries = repo.list_unsized(tree);
  if (!entries) return {};  // then there is nothing to suggest
  const std::string key = repo::case_key(name_of(path));
  std::vector<std::string> found;
  for (const repo::Entry& entry : *entries) {
    if (repo::case_key(name_of(entry.path)) == key) found.push_back(in_quotes(entry.path));
    if (found.size() > kMostSuggested) return {};
  }
  return found.empty() ? std::string() : fmt::format("; there is {}", listed(found));
}

}  // namespace

Result<std::vector<FileChange>> apply_edits(const std::vector<Edit>& edits,
                                            const FileReader& read) {
  const Source source{.read = [&](std::string_view path) -> Result<std::optional<Held>> {
                        auto content = read(path);
                        if (!content) return fail(content.error());
                        if (!*content) return std::nullopt;
                        return Held{.content = std::move(**content)};
                      },
                      .suggest = [](std::string_view) { return std::string(); }};
  return apply_from(edits, source);
}

Result<std::vector<FileChange>> apply_edits(const std::vector<Edit>& edits,
                                            const repo::Repository& repo, const TreeId& tree) {
  const Source source{
      .read = [&](std::string_view path) { return read_from(repo, tree, path); },
      .suggest = [&](std::string_view path) { return suggest_from(repo, tree, path); }};
  return apply_from(edits, source);
}

}  // namespace automod::propose
