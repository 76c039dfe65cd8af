#include <fmt/format.h>
#include <git2.h>

#include <algorithm>

#include "base/text.hpp"
#include "engine/repo/impl.hpp"
#include "engine/repo/path_rules.hpp"

namespace automod::repo {

namespace {

std::string join(std::string_view folder, std::string_view name) {
  return folder.empty() ? std::string(name) : fmt::format("{}/{}", folder, name);
}

bool is_possible_name(std::string_view name) {
  return !name.empty() && name != "." && name != ".." && name.find('/') == name.npos &&
         !is_dot_git(name);
}

Result<void> collect(const Repository::Impl& impl, const git_tree* tree, const std::string& folder,
                     std::size_t depth, WalkBounds& bounds, std::vector<Entry>& all) {
  const auto held = children(tree, folder);
  if (!held) return fail(held.error());
  for (const Child& child : *held) {
    if (auto fits = bounds.count(depth); !fits) return fits;
    const auto id = parse_id(child.id);
    if (!id) return fail(id.error());
    Entry entry{.path = join(folder, child.name), .blob = child.id, .mode = child.mode, .size = 0};
    if (child.mode == kModeFolder) {
      const auto below = impl.tree(*id);
      if (!below) return fail(below.error());
      auto done = collect(impl, below->get(), entry.path, depth + 1, bounds, all);
      if (!done) return done;
      continue;
    }
    all.push_back(std::move(entry));
  }
  return {};
}

}  // namespace

Result<void> WalkBounds::count(std::size_t depth) {
  if (depth > kDeepest) {
    return fail(ErrorKind::kRefused,
                fmt::format("the tree's folders are more than {} deep", kDeepest));
  }
  if (++entries_ > kMostEntries) {
    return fail(ErrorKind::kRefused,
                fmt::format("the tree has more than {} entries", kMostEntries));
  }
  return {};
}

Result<std::vector<Child>> children(const git_tree* tree, std::string_view folder) {
  std::vector<Child> all;
  const std::size_t count = git_tree_entrycount(tree);
  all.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    const git_tree_entry* entry = git_tree_entry_byindex(tree, i);
    const std::string_view name = git_tree_entry_name(entry);
    if (!is_possible_name(name)) {
      return fail(ErrorKind::kRefused,
                  fmt::format("the tree holds '{}', which is no name of a file",
                              printable_line(join(folder, name))));
    }
    all.push_back({.name = std::string(name),
                   .mode = static_cast<unsigned>(git_tree_entry_filemode(entry)),
                   .id = format_id(*git_tree_entry_id(entry))});
  }
  return all;
}

Result<Handle<git_tree>> Repository::Impl::tree(const git_oid& id) const {
  Handle<git_tree> handle;
  if (const int code = git_tree_lookup(Fill(handle), objects.get(), &id); code < 0) {
    return fail_git(fmt::format("reading tree {}", format_id(id)), code);
  }
  return handle;
}

Result<Handle<git_tree>> Repository::Impl::tree(const TreeId& id) const {
  const auto parsed = parse_id(id.text);
  if (!parsed) return fail(parsed.error());
  return tree(*parsed);
}

Result<std::size_t> Repository::Impl::size_of(const git_oid& id, std::string_view what) const {
  std::size_t size = 0;
  git_object_t type = GIT_OBJECT_INVALID;
  const std::string doing = fmt::format("reading '{}'", printable_line(what));
  if (const int code = git_odb_read_header(&size, &type, odb.get(), &id); code < 0) {
    return fail_git(doing, code);
  }
  if (type != GIT_OBJECT_BLOB) {
    return fail(ErrorKind::kInternal,
                fmt::format("{}: object {} is no file", doing, format_id(id)));
  }
  return size;
}

Result<std::string> Repository::Impl::content(const git_oid& id, std::string_view what,
                                              std::size_t limit) const {
  const auto size = size_of(id, what);
  if (!size) return fail(size.error());
  if (*size > limit) {
    return fail(ErrorKind::kUsage, fmt::format("'{}' has {} bytes, at most {} were expected",
                                               printable_line(what), *size, limit));
  }
  Handle<git_odb_object> object;
  if (const int code = git_odb_read(Fill(object), odb.get(), &id); code < 0) {
    return fail_git(fmt::format("reading '{}'", printable_line(what)), code);
  }
  return std::string(static_cast<const char*>(git_odb_object_data(object.get())),
                     git_odb_object_size(object.get()));
}

Result<std::optional<Entry>> Repository::Impl::find(const git_tree* tree,
                                                    std::string_view path) const {
  Handle<git_tree> folder;
  const git_tree* current = tree;
  for (std::string_view rest = path;;) {
    const std::size_t slash = rest.find('/');
    const std::string name(rest.substr(0, slash));
    const git_tree_entry* entry = git_tree_entry_byname(current, name.c_str());
    if (entry == nullptr || name.find('\0') != std::string::npos) return std::nullopt;
    const auto mode = static_cast<unsigned>(git_tree_entry_filemode(entry));
    const git_oid id = *git_tree_entry_id(entry);
    if (slash == std::string_view::npos) {
      return Entry{.path = std::string(path), .blob = format_id(id), .mode = mode, .size = 0};
    }
    if (mode != kModeFolder) return std::nullopt;
    auto below = this->tree(id);
    if (!below) return fail(below.error());
    folder = std::move(*below);
    current = folder.get();
    rest.remove_prefix(slash + 1);
  }
}

Result<std::vector<Entry>> Repository::list_unsized(const TreeId& tree) const {
  const auto root = impl_->tree(tree);
  if (!root) return fail(root.error());
  std::vector<Entry> all;
  WalkBounds bounds;
  if (auto done = collect(*impl_, root->get(), "", 0, bounds, all); !done)
    return fail(done.error());
  std::ranges::sort(all, {}, &Entry::path);
  return all;
}

Result<std::vector<Entry>> Repository::list(const TreeId& tree) const {
  auto all = list_unsized(tree);
  if (!all) return all;
  for (Entry& entry : *all) {
    if (entry.mode == kModeSubmodule) continue;
    const auto size = size_of(entry);
    if (!size) return fail(size.error());
    entry.size = *size;
  }
  return all;
}

Result<std::size_t> Repository::size_of(const Entry& entry) const {
  const auto id = parse_id(entry.blob);
  if (!id) return fail(id.error());
  return impl_->size_of(*id, entry.path);
}

Result<std::string> Repository::text_of(const Entry& entry, std::size_t limit) const {
  const auto id = parse_id(entry.blob);
  if (!id) return fail(id.error());
  return impl_->content(*id, entry.path, limit);
}

Result<std::vector<Entry>> Repository::list_folder(const TreeId& tree,
                                                   std::string_view folder) const {
  auto handle = impl_->tree(tree);
  if (!handle) return fail(handle.error());
  if (!folder.empty()) {
    const auto entry = impl_->find(handle->get(), folder);
    if (!entry) return fail(entry.error());
    if (!*entry || (*entry)->mode != kModeFolder) return std::vector<Entry>{};
    handle = impl_->tree(TreeId{(*entry)->blob});
    if (!handle) return fail(handle.error());
  }
  const auto held = children(handle->get(), folder);
  if (!held) return fail(held.error());
  std::vector<Entry> all;
  for (const Child& child : *held) {
    all.push_back({.path = join(folder, child.name), .blob = child.id, .mode = child.mode});
  }
  return all;
}

Result<std::optional<std::string>> Repository::read(const TreeId& tree, std::string_view path,
                                                    std::size_t limit) const {
  const auto root = impl_->tree(tree);
  if (!root) return fail(root.error());
  const auto entry = impl_->find(root->get(), path);
  if (!entry) return fail(entry.error());
  if (!*entry || (*entry)->mode == kModeFolder || (*entry)->mode == kModeSubmodule) {
    return std::nullopt;
  }
  const auto id = parse_id((*entry)->blob);
  if (!id) return fail(id.error());
  auto text = impl_->content(*id, path, limit);
  if (!text) return fail(text.error());
  return std::move(*text);
}

}  // namespace automod::repo
