#include <fmt/format.h>
#include <git2.h>

#include <algorithm>
#include <map>
#include <utility>

#include "base/files.hpp"
#include "base/text.hpp"
#include "engine/repo/impl.hpp"
#include "engine/repo/object_batch.hpp"

/// A tree of notes has a file for each object, named by its id; the first two digits may be a
/// folder, and the next two again, as git finds it useful.
namespace automod::repo {

namespace {

constexpr std::size_t kLongestNote = 16 * kMiB;
constexpr std::size_t kDigits = 2;  // of a folder's name

/// Where the note of a commit is, or where a new one belongs.
Result<std::string> path_of(const Repository& repo, const TreeId& tree, const CommitId& commit) {
  std::string folder;
  std::string_view rest = commit.text;
  for (;;) {
    const auto held = repo.list_folder(tree, folder);
    if (!held) return fail(held.error());
    const std::string prefix = folder.empty() ? "" : folder + "/";
    const auto has = [&](const std::string& path, bool is_folder) {
      return std::ranges::any_of(*held, [&](const Entry& entry) {
        return entry.path == path && (entry.mode == kModeFolder) == is_folder;
      });
    };
    if (has(prefix + std::string(rest), false)) return prefix + std::string(rest);
    const std::string below = prefix + std::string(rest.substr(0, kDigits));
    const bool goes_on = rest.size() > kDigits && has(below, true);
    if (!goes_on && !folder.empty()) return prefix + std::string(rest);
    if (!goes_on) return fmt::format("{}/{}", below, rest.substr(kDigits));
    folder = below;
    rest.remove_prefix(kDigits);
  }
}

bool has_line(std::string_view text, std::string_view line) {
  return std::ranges::any_of(split_lines(text), [&](auto held) { return held == line; });
}

/// The note with a line more, among the files that change.
Result<void> add_line(const Repository& repo, const TreeId& tree, const NoteLine& note,
                      std::map<std::string, FileChange>& files) {
  if (note.line.empty() || note.line.find('\n') != std::string::npos) {
    return fail(ErrorKind::kInternal, "a note is to get something that is not one line");
  }
  const auto path = path_of(repo, tree, note.commit);
  if (!path) return fail(path.error());
  auto place = files.find(*path);
  if (place == files.end()) {
    const auto text = repo.read(tree, *path, kLongestNote);
    if (!text) return fail(text.error());
    FileChange change{.path = *path, .original = *text, .modified = text->value_or("")};
    place = files.emplace(*path, std::move(change)).first;
  }
  std::string& text = *place->second.modified;
  if (has_line(text, note.line)) return {};
  if (!text.empty() && !text.ends_with('\n')) text += '\n';
  text += note.line + "\n";
  return {};
}

}  // namespace

Result<std::optional<std::string>> Repository::read_note(const CommitId& notes,
                                                         const CommitId& commit,
                                                         std::size_t limit) const {
  const auto info = resolve(notes.text);
  if (!info) return fail(info.error());
  if (auto id = parse_id(commit.text); !id) return fail(id.error());
  const auto path = path_of(*this, info->tree, commit);
  if (!path) return fail(path.error());
  return read(info->tree, *path, limit);
}

Result<std::vector<Note>> Repository::notes(const CommitId& notes, std::size_t limit) const {
  const auto info = resolve(notes.text);
  if (!info) return fail(info.error());
  const auto entries = list(info->tree);
  if (!entries) return fail(entries.error());
  std::vector<Note> all;
  for (const Entry& entry : *entries) {
    std::string id = entry.path;
    std::erase(id, '/');
    if (!parse_id(id)) continue;
    auto text = read(info->tree, entry.path, limit);
    if (!text) return fail(text.error());
    if (!*text) continue;
    limit -= (*text)->size();
    all.push_back({.commit = CommitId{std::move(id)}, .text = std::move(**text)});
  }
  return all;
}

Result<CommitId> Repository::add_notes(const std::optional<CommitId>& notes,
                                       const std::vector<NoteLine>& lines, NewCommit by) {
  git_oid empty{};
  if (const int code = git_odb_write(&empty, impl_->odb.get(), "", 0, GIT_OBJECT_TREE); code < 0) {
    return fail_git("storing the empty tree", code);
  }
  TreeId base{format_id(empty)};
  by.parents.clear();
  if (notes) {
    const auto info = resolve(notes->text);
    if (!info) return fail(info.error());
    base = info->tree;
    by.parents.push_back(*notes);
  }
  std::map<std::string, FileChange> files;
  for (const NoteLine& line : lines) {
    if (auto id = parse_id(line.commit.text); !id) return fail(id.error());
    if (auto added = add_line(*this, base, line, files); !added) return fail(added.error());
  }
  std::vector<FileChange> changes;
  for (auto& [path, change] : files) {
    if (change.original != change.modified) changes.push_back(std::move(change));
  }
  if (changes.empty() && notes) return *notes;
  const auto tree = write_tree(base, changes);
  if (!tree) return fail(tree.error());
  by.tree = *tree;
  ObjectBatch batch(*impl_);
  if (auto added = add_tree(*impl_, batch, tree->text); !added) return fail(added.error());
  auto id = add_commit(*impl_, batch, by);
  if (!id) return id;
  if (auto settled = batch.settle(); !settled) return fail(settled.error());
  return id;
}

}  // namespace automod::repo
