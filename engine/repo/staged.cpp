#include <fmt/format.h>
#include <git2.h>

#include "base/text.hpp"
#include "engine/repo/impl.hpp"

namespace automod::repo {

namespace {

/// A path that `git add --intent-to-add` announced, without content yet.
bool is_only_intended(const git_index_entry& entry) {
  return (entry.flags & GIT_INDEX_ENTRY_EXTENDED) != 0 &&
         (entry.flags_extended & GIT_INDEX_ENTRY_INTENT_TO_ADD) != 0;
}

void leave_out_intended(git_index* index) {
  std::vector<std::string> paths;
  for (std::size_t i = 0; i < git_index_entrycount(index); ++i) {
    const git_index_entry* entry = git_index_get_byindex(index, i);
    if (is_only_intended(*entry)) paths.emplace_back(entry->path);
  }
  for (const std::string& path : paths) git_index_remove(index, path.c_str(), 0);
}

Result<Handle<git_index>> open_index(const Repository::Impl& impl,
                                     const std::filesystem::path& given) {
  const std::filesystem::path file =
      given.empty() ? std::filesystem::path(git_repository_path(impl.real.get())) / "index" : given;
  std::error_code ignored;
  if (!std::filesystem::exists(file, ignored)) {  // else it would be taken for an empty one
    return fail(ErrorKind::kUsage,
                fmt::format("there is no index {}", printable_line(file.string())));
  }
  const std::string doing = fmt::format("reading the index {}", printable_line(file.string()));
  Handle<git_index> index;
  int code = git_index_open(Fill(index), file.c_str());
  if (code == 0) code = git_index_read(index.get(), 1);
  if (code == 0) return index;
  auto failed = fail_git(doing, code);
  failed.error().kind = ErrorKind::kUnavailable;
  failed.error().hint =
      "a split or sparse index is not understood: git update-index --no-split-index, "
      "git sparse-checkout reapply --no-sparse-index";
  return failed;
}

}  // namespace

Result<TreeId> Repository::staged_tree(const std::filesystem::path& file) const {
  if (file.empty() && !impl_->work_dir) {
    return fail(ErrorKind::kUsage, "a bare repository has no index",
                "name a range of commits instead");
  }
  const auto index = open_index(*impl_, file);
  if (!index) return fail(index.error());
  if (git_index_has_conflicts(index->get()) != 0) {
    return fail(ErrorKind::kConflict, "the index holds a merge that is not resolved",
                "resolve it: git status names the files");
  }
  leave_out_intended(index->get());
  git_oid id{};
  const int code = git_index_write_tree_to(&id, index->get(), impl_->objects.get());
  if (code < 0) return fail_git("reading what is staged", code);
  return TreeId{format_id(id)};
}

}  // namespace automod::repo
