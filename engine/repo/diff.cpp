#include <fmt/format.h>
#include <git2.h>

#include <algorithm>

#include "base/text.hpp"
#include "engine/repo/diff_text.hpp"
#include "engine/repo/impl.hpp"

namespace automod::repo {

namespace {

/// Above this no one reads a diff any more.
constexpr std::size_t kMostDiffed = 512UL * 1024 * 1024;

struct Side {
  unsigned mode = 0;
  git_oid id{};
};

struct Delta {
  std::string path;
  std::optional<Side> before;
  std::optional<Side> after;
};

std::optional<Side> side_of(const git_diff_file& file, bool there) {
  if (!there) return std::nullopt;
  return Side{.mode = file.mode, .id = file.id};
}

Result<Handle<git_diff>> compare(const Repository::Impl& impl, const TreeId& before,
                                 const TreeId& after) {
  const auto old_tree = impl.tree(before);
  if (!old_tree) return fail(old_tree.error());
  const auto new_tree = impl.tree(after);
  if (!new_tree) return fail(new_tree.error());
  git_diff_options options = GIT_DIFF_OPTIONS_INIT;
  options.ignore_submodules = GIT_SUBMODULE_IGNORE_NONE;
  options.context_lines = 0;
  Handle<git_diff> diff;
  const int code = git_diff_tree_to_tree(Fill(diff), impl.objects.get(), old_tree->get(),
                                         new_tree->get(), &options);
  if (code < 0) return fail_git("comparing two trees", code);
  return diff;
}

Result<std::vector<Delta>> deltas(const Repository::Impl& impl, const TreeId& before,
                                  const TreeId& after) {
  const auto diff = compare(impl, before, after);
  if (!diff) return fail(diff.error());
  std::vector<Delta> all;
  for (std::size_t i = 0; i < git_diff_num_deltas(diff->get()); ++i) {
    const git_diff_delta* delta = git_diff_get_delta(diff->get(), i);
    all.push_back({.path = delta->new_file.path,
                   .before = side_of(delta->old_file, delta->status != GIT_DELTA_ADDED),
                   .after = side_of(delta->new_file, delta->status != GIT_DELTA_DELETED)});
  }
  return all;
}

Result<std::optional<DiffSide>> load(const Repository::Impl& impl, const Delta& delta,
                                     const std::optional<Side>& side, std::size_t& left) {
  if (!side) return std::nullopt;
  DiffSide loaded{.mode = side->mode, .content = {}, .id = format_id(side->id)};
  if (side->mode == kModeSubmodule) {
    loaded.content = fmt::format("Subproject commit {}\n", loaded.id);
    return loaded;
  }
  const auto size = impl.size_of(side->id, delta.path);
  if (!size) return fail(size.error());
  if (*size > left) {
    return fail(ErrorKind::kRefused,
                fmt::format("too much changes: '{}' exceeds what is left of the limit",
                            printable_line(delta.path)));
  }
  left -= *size;
  auto content = impl.content(side->id, delta.path, *size);
  if (!content) return fail(content.error());
  loaded.content = std::move(*content);
  return loaded;
}

int add_file(const git_diff_delta* delta, float, void* all) {
  if (delta->status == GIT_DELTA_DELETED || !is_file(delta->new_file.mode)) return 0;
  static_cast<std::vector<ChangedLines>*>(all)->push_back({.path = delta->new_file.path});
  return 0;
}

int add_span(const git_diff_delta* delta, const git_diff_hunk* hunk, void* all) {
  if (delta->status == GIT_DELTA_DELETED || !is_file(delta->new_file.mode)) return 0;
  if (hunk->new_lines <= 0) return 0;
  const auto first = static_cast<std::size_t>(hunk->new_start);
  const auto count = static_cast<std::size_t>(hunk->new_lines);
  static_cast<std::vector<ChangedLines>*>(all)->back().spans.push_back({first, first + count - 1});
  return 0;
}

Result<FileChange> change_of(const Repository::Impl& impl, const Delta& delta, std::size_t& left) {
  FileChange change{.path = delta.path, .original = {}, .modified = {}};
  for (const auto* side : {&delta.before, &delta.after}) {
    if (!*side) continue;
    if (!is_file((*side)->mode)) {
      return fail(ErrorKind::kRefused,
                  fmt::format("'{}' is a {}, and those may not change", printable_line(delta.path),
                              (*side)->mode == kModeLink ? "symbolic link" : "submodule"));
    }
    auto loaded = load(impl, delta, *side, left);
    if (!loaded) return fail(loaded.error());
    const bool executable = (*side)->mode == kModeExecutable;
    const bool is_before = side == &delta.before;
    (is_before ? change.original : change.modified) = std::move((*loaded)->content);
    (is_before ? change.original_executable : change.executable) = executable;
  }
  return change;
}

}  // namespace

Result<std::string> Repository::diff(const TreeId& before, const TreeId& after) const {
  const auto all = deltas(*impl_, before, after);
  if (!all) return fail(all.error());
  std::size_t left = kMostDiffed;
  std::string text;
  for (const Delta& delta : *all) {
    const auto old_side = load(*impl_, delta, delta.before, left);
    if (!old_side) return fail(old_side.error());
    const auto new_side = load(*impl_, delta, delta.after, left);
    if (!new_side) return fail(new_side.error());
    const auto part = diff_file(delta.path, *old_side, *new_side);
    if (!part) return part;
    text += *part;
  }
  return text;
}

Result<std::vector<ChangedLines>> Repository::changed_lines(const TreeId& before,
                                                            const TreeId& after) const {
  const auto diff = compare(*impl_, before, after);
  if (!diff) return fail(diff.error());
  git_diff_find_options options = GIT_DIFF_FIND_OPTIONS_INIT;
  options.flags = GIT_DIFF_FIND_RENAMES;
  std::vector<ChangedLines> all;
  int code = git_diff_find_similar(diff->get(), &options);
  if (code == 0) code = git_diff_foreach(diff->get(), add_file, nullptr, add_span, nullptr, &all);
  if (code < 0) return fail_git("comparing two trees", code);
  std::ranges::sort(all, {}, &ChangedLines::path);
  return all;
}

Result<std::vector<FileChange>> Repository::changes(const TreeId& before, const TreeId& after,
                                                    std::size_t limit) const {
  const auto all = deltas(*impl_, before, after);
  if (!all) return fail(all.error());
  std::size_t left = limit;
  std::vector<FileChange> files;
  for (const Delta& delta : *all) {
    auto change = change_of(*impl_, delta, left);
    if (!change) return fail(change.error());
    files.push_back(std::move(*change));
  }
  return files;
}

}  // namespace automod::repo
