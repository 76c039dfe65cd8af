#include <fmt/format.h>
#include <git2.h>
#include <git2/sys/odb_backend.h>

#include <algorithm>
#include <map>
#include <span>

#include "base/text.hpp"
#include "engine/repo/impl.hpp"
#include "engine/repo/object_batch.hpp"
#include "engine/repo/path_rules.hpp"

namespace automod::repo {

namespace {

/// The part of a change that lies in one folder.
struct FolderChange {
  std::map<std::string, const FileChange*, std::less<>> files;
  std::map<std::string, FolderChange, std::less<>> folders;
};

std::unexpected<Error> fail_base(const FileChange& file, std::string_view what) {
  return fail(ErrorKind::kUsage, fmt::format("'{}' {}", printable_line(file.path), what),
              "make the change against the base it is meant for");
}

Result<FolderChange> sort_by_folder(const std::vector<FileChange>& files) {
  FolderChange root;
  for (const FileChange& file : files) {
    if (const auto fault = fault_of_path(file.path)) {
      return fail(ErrorKind::kRefused,
                  fmt::format("path '{}' {}", printable_line(file.path), *fault));
    }
    FolderChange* folder = &root;
    std::string_view rest = file.path;
    for (std::size_t slash = 0; (slash = rest.find('/')) != rest.npos;) {
      folder = &folder->folders[std::string(rest.substr(0, slash))];
      rest.remove_prefix(slash + 1);
    }
    if (!folder->files.emplace(rest, &file).second) return fail_base(file, "is changed twice");
  }
  return root;
}

class TreeWriter {
 public:
  explicit TreeWriter(const Repository::Impl& impl) : impl_(impl) {}

  /// Writes the folder that `base` (null: none) becomes; nullopt when nothing is left in it.
  Result<std::optional<git_oid>> write(const git_tree* base, const FolderChange& change) {
    Handle<git_treebuilder> builder;
    if (const int code = git_treebuilder_new(Fill(builder), impl_.objects.get(), base); code < 0) {
      return fail_git("building a tree", code);
    }
    for (const auto& [name, file] : change.files) {
      if (auto done = check_original(base, name, *file); !done) return fail(done.error());
      if (!file->modified) git_treebuilder_remove(builder.get(), name.c_str());
    }
    for (const auto& [name, below] : change.folders) {
      if (auto done = put_folder(*builder, name, below); !done) return fail(done.error());
    }
    for (const auto& [name, file] : change.files) {
      if (!file->modified) continue;
      if (auto done = put_file(*builder, name, *file); !done) return fail(done.error());
    }
    if (git_treebuilder_entrycount(builder.get()) == 0) return std::nullopt;
    git_oid id{};
    if (const int code = git_treebuilder_write(&id, builder.get()); code < 0) {
      return fail_git("building a tree", code);
    }
    return id;
  }

 private:
  Result<void> check_original(const git_tree* base, const std::string& name,
                              const FileChange& file) {
    const git_tree_entry* entry =
        base != nullptr ? git_tree_entry_byname(base, name.c_str()) : nullptr;
    const unsigned mode = entry != nullptr ? git_tree_entry_filemode(entry) : 0;
    if (!file.original) {
      if (!file.modified) return fail_base(file, "exists on neither side of the change");
      // A folder may give way if the same change empties it: put_file sees whether it did.
      if (entry != nullptr && mode != kModeFolder) return fail_base(file, "is there already");
      return {};
    }
    if (!is_file(mode)) return fail_base(file, "is no file in the base");
    git_oid id{};
    const int code =
        git_odb_hash(&id, file.original->data(), file.original->size(), GIT_OBJECT_BLOB);
    if (code < 0) return fail_git("hashing a file", code);
    if (git_oid_equal(&id, git_tree_entry_id(entry)) == 0) {
      return fail_base(file, "has other content in the base");
    }
    if (file.original_executable != (mode == kModeExecutable)) {
      return fail_base(
          file, fmt::format("is {}executable in the base", file.original_executable ? "not " : ""));
    }
    return {};
  }

  Result<void> put_folder(git_treebuilder& builder, const std::string& name,
                          const FolderChange& change) {
    const git_tree_entry* entry = git_treebuilder_get(&builder, name.c_str());
    Handle<git_tree> base;
    if (entry != nullptr) {
      if (git_tree_entry_type(entry) != GIT_OBJECT_TREE) {
        return fail(ErrorKind::kRefused, fmt::format("'{}' is no folder, nothing can be below it",
                                                     printable_line(name)));
      }
      auto tree = impl_.tree(*git_tree_entry_id(entry));
      if (!tree) return fail(tree.error());
      base = std::move(*tree);
    }
    const auto written = write(base.get(), change);
    if (!written) return fail(written.error());
    if (*written) return insert(builder, name, **written, GIT_FILEMODE_TREE);
    if (entry != nullptr) git_treebuilder_remove(&builder, name.c_str());
    return {};
  }

  Result<void> put_file(git_treebuilder& builder, const std::string& name, const FileChange& file) {
    const git_tree_entry* entry = git_treebuilder_get(&builder, name.c_str());
    if (entry != nullptr && git_tree_entry_type(entry) == GIT_OBJECT_TREE) {
      return fail(ErrorKind::kRefused, fmt::format("'{}' is a folder", printable_line(file.path)));
    }
    git_oid id{};
    const int code = git_odb_write(&id, impl_.odb.get(), file.modified->data(),
                                   file.modified->size(), GIT_OBJECT_BLOB);
    if (code < 0) return fail_git(fmt::format("storing '{}'", printable_line(file.path)), code);
    return insert(builder, name, id,
                  file.executable ? GIT_FILEMODE_BLOB_EXECUTABLE : GIT_FILEMODE_BLOB);
  }

  Result<void> insert(git_treebuilder& builder, const std::string& name, const git_oid& id,
                      git_filemode_t mode) {
    const int code = git_treebuilder_insert(nullptr, &builder, name.c_str(), &id, mode);
    if (code < 0) return fail_git(fmt::format("adding '{}'", printable_line(name)), code);
    return {};
  }

  const Repository::Impl& impl_;
};

bool is_in_memory(const Repository::Impl& impl, const git_oid& id) {
  return impl.memory->exists(impl.memory, &id) != 0;
}

Result<void> add_object(const Repository::Impl& impl, ObjectBatch& batch, const git_oid& id) {
  Handle<git_odb_object> object;
  if (const int code = git_odb_read(Fill(object), impl.odb.get(), &id); code < 0) {
    return fail_git(fmt::format("storing object {}", format_id(id)), code);
  }
  const auto added = batch.add(git_object_type2string(git_odb_object_type(object.get())),
                               {static_cast<const char*>(git_odb_object_data(object.get())),
                                git_odb_object_size(object.get())});
  if (!added) return fail(added.error());
  return {};
}

/// Children first: what is on disk is whole, whenever we are interrupted. What is not in memory
/// was read from the disk: asking there for each of a large tree's files would take its time.
Result<void> add_tree(const Repository::Impl& impl, ObjectBatch& batch, const git_oid& id) {
  if (!is_in_memory(impl, id)) return {};
  const auto tree = impl.tree(id);
  if (!tree) return fail(tree.error());
  for (std::size_t i = 0; i < git_tree_entrycount(tree->get()); ++i) {
    const git_tree_entry* entry = git_tree_entry_byindex(tree->get(), i);
    const git_oid& child = *git_tree_entry_id(entry);
    const bool is_folder = git_tree_entry_type(entry) == GIT_OBJECT_TREE;
    Result<void> done;
    if (is_folder) {
      done = add_tree(impl, batch, child);
    } else if (is_in_memory(impl, child)) {
      done = add_object(impl, batch, child);
    }
    if (!done) return done;
  }
  return add_object(impl, batch, id);
}

Result<std::vector<std::string>> conflicts_of(git_index* index) {
  Handle<git_index_conflict_iterator> iterator;
  int code = git_index_conflict_iterator_new(Fill(iterator), index);
  std::vector<std::string> paths;
  while (code == 0) {
    const git_index_entry* ancestor = nullptr;
    const git_index_entry* ours = nullptr;
    const git_index_entry* theirs = nullptr;
    code = git_index_conflict_next(&ancestor, &ours, &theirs, iterator.get());
    if (code < 0) break;
    const git_index_entry* any = ours != nullptr ? ours : theirs != nullptr ? theirs : ancestor;
    if (any != nullptr) paths.emplace_back(any->path);
  }
  if (code != GIT_ITEROVER) return fail_git("listing conflicts", code);
  std::ranges::sort(paths);
  paths.erase(std::unique(paths.begin(), paths.end()), paths.end());
  return paths;
}

}  // namespace

Result<TreeId> Repository::write_tree(const TreeId& base, const std::vector<FileChange>& files) {
  const auto root = impl_->tree(base);
  if (!root) return fail(root.error());
  const auto change = sort_by_folder(files);
  if (!change) return fail(change.error());
  const auto written = TreeWriter(*impl_).write(root->get(), *change);
  if (!written) return fail(written.error());
  if (*written) return TreeId{format_id(**written)};
  git_oid empty{};
  if (const int code = git_odb_write(&empty, impl_->odb.get(), "", 0, GIT_OBJECT_TREE); code < 0) {
    return fail_git("storing the empty tree", code);
  }
  return TreeId{format_id(empty)};
}

Result<void> add_tree(const Repository::Impl& impl, ObjectBatch& batch, const std::string& tree) {
  const auto id = parse_id(tree);
  if (!id) return fail(id.error());
  if (is_in_memory(impl, *id)) return add_tree(impl, batch, *id);
  if (auto stored = impl.tree(*id); !stored) return fail(stored.error());
  return {};
}

Result<void> Repository::persist(const TreeId& tree) {
  ObjectBatch batch(*impl_);
  if (auto added = add_tree(*impl_, batch, tree.text); !added) return added;
  return batch.settle();
}

Result<Repository::Merge> Repository::merge_trees(const TreeId& base, const TreeId& ours,
                                                  const TreeId& theirs) {
  const auto ancestor = impl_->tree(base);
  if (!ancestor) return fail(ancestor.error());
  const auto left = impl_->tree(ours);
  if (!left) return fail(left.error());
  const auto right = impl_->tree(theirs);
  if (!right) return fail(right.error());
  git_merge_options options = GIT_MERGE_OPTIONS_INIT;
  options.flags = 0;  // no rename detection: its guesses depend on thresholds
  Handle<git_index> index;
  int code = git_merge_trees(Fill(index), impl_->objects.get(), ancestor->get(), left->get(),
                             right->get(), &options);
  if (code < 0) return fail_git("merging", code);
  if (git_index_has_conflicts(index.get()) != 0) {
    auto paths = conflicts_of(index.get());
    if (!paths) return fail(paths.error());
    return Merge{.tree = std::nullopt, .conflicts = std::move(*paths)};
  }
  git_oid id{};
  code = git_index_write_tree_to(&id, index.get(), impl_->objects.get());
  if (code < 0) return fail_git("storing the merged tree", code);
  return Merge{.tree = TreeId{format_id(id)}, .conflicts = {}};
}

}  // namespace automod::repo
