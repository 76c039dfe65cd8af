#include <fmt/format.h>
#include <git2.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/files.hpp"
#include "base/text.hpp"
#include "engine/repo/hunks.hpp"
#include "engine/repo/impl.hpp"
#include "engine/repo/unified_diff.hpp"

namespace automod::repo {

namespace {

constexpr std::size_t kLargestFile = 64 * kMiB;
constexpr std::size_t kMostBytes = 256 * kMiB;  // of all files together

std::string in_quotes(std::string_view path) { return fmt::format("'{}'", printable_line(path)); }

struct BaseFile {
  std::string content;
  bool executable = false;
};

class PatchApplier {
 public:
  PatchApplier(const Repository::Impl& impl, const git_tree* base) : impl_(impl), base_(base) {}

  Result<std::vector<FileChange>> apply(const std::vector<FilePatch>& patches) {
    for (const FilePatch& patch : patches) {
      if (auto done = claim(patch); !done) return fail(done.error());
      if (auto done = apply_file(patch); !done) return fail(done.error());
    }
    std::vector<FileChange> files;
    for (auto& [path, change] : changes_) {
      if (auto done = check_free(path, change); !done) return fail(done.error());
      const bool same =
          change.original == change.modified && change.original_executable == change.executable;
      if (!same) files.push_back(std::move(change));
    }
    return files;
  }

 private:
  static std::unexpected<Error> fail_at(const FilePatch& patch, std::string_view what,
                                        ErrorKind kind = ErrorKind::kUsage) {
    return fail(kind, fmt::format("line {} of the patch: {}", patch.at, what));
  }

  /// One part of the patch for one file; only renames may pass names on to each other.
  Result<void> claim(const FilePatch& patch) {
    const bool moves = patch.action == PatchAction::kRename || patch.action == PatchAction::kCopy;
    const std::string& path = patch.new_path.empty() ? patch.old_path : patch.new_path;
    if (!moves && !named_.insert(path).second) {
      return fail_at(patch, fmt::format("{} has been changed further up", in_quotes(path)));
    }
    const bool removes = patch.action != PatchAction::kCreate && patch.action != PatchAction::kCopy;
    if (removes && !removed_.insert(patch.old_path).second) {
      return fail_at(patch,
                     fmt::format("{} has been changed further up", in_quotes(patch.old_path)));
    }
    if (!patch.new_path.empty() && !written_.insert(patch.new_path).second) {
      return fail_at(patch,
                     fmt::format("{} has been written further up", in_quotes(patch.new_path)));
    }
    return {};
  }

  Result<BaseFile> load(const FilePatch& patch) {
    const auto entry = impl_.find(base_, patch.old_path);
    if (!entry) return fail(entry.error());
    if (!*entry) return fail_at(patch, in_quotes(patch.old_path) + " is not in the base");
    const unsigned mode = (*entry)->mode;
    if (mode == kModeLink || mode == kModeSubmodule) {
      return fail_at(patch,
                     fmt::format("{} is a {}, and those may not change", in_quotes(patch.old_path),
                                 mode == kModeLink ? "symbolic link" : "submodule"),
                     ErrorKind::kRefused);
    }
    if (!is_file(mode))
      return fail_at(patch, in_quotes(patch.old_path) + " is a folder in the base");
    if (patch.old_mode && *patch.old_mode != mode) {
      return fail_at(patch, fmt::format("{} has mode {:06o} in the base, the patch says {:06o}",
                                        in_quotes(patch.old_path), mode, *patch.old_mode));
    }
    const auto id = parse_id((*entry)->blob);
    if (!id) return fail(id.error());
    auto content = impl_.content(*id, patch.old_path, kLargestFile);
    if (!content) return fail(content.error());
    return BaseFile{.content = std::move(*content), .executable = mode == kModeExecutable};
  }

  Result<void> apply_file(const FilePatch& patch) {
    BaseFile base;
    if (patch.action != PatchAction::kCreate) {
      auto loaded = load(patch);
      if (!loaded) return fail(loaded.error());
      base = std::move(*loaded);
    }
    const std::string& path = patch.new_path.empty() ? patch.old_path : patch.new_path;
    auto content = apply_hunks(base.content, patch.hunks, path, budget_);
    if (!content) return fail(content.error());
    bytes_ += base.content.size() + content->size();
    if (bytes_ > kMostBytes) {
      return fail_at(patch,
                     fmt::format("the files of the patch hold more than {} bytes", kMostBytes),
                     ErrorKind::kRefused);
    }
    if (patch.action == PatchAction::kDelete && !content->empty()) {
      return fail_at(patch, fmt::format("{} is deleted, but the patch does not show all of it",
                                        in_quotes(path)));
    }
    if (patch.action != PatchAction::kCreate && patch.action != PatchAction::kCopy) {
      FileChange& from = change(patch.old_path);
      from.original = std::move(base.content);
      from.original_executable = base.executable;
    }
    if (patch.action != PatchAction::kDelete) {
      FileChange& to = change(patch.new_path);
      to.modified = std::move(*content);
      to.executable = patch.new_mode ? *patch.new_mode == kModeExecutable : base.executable;
    }
    return {};
  }

  FileChange& change(const std::string& path) {
    FileChange& change = changes_[path];
    change.path = path;
    return change;
  }

  /// What is made new must not be there. A folder in its place is for write_tree to judge, which
  /// sees whether the patch empties it.
  Result<void> check_free(const std::string& path, const FileChange& change) const {
    if (change.original) return {};
    const auto entry = impl_.find(base_, path);
    if (!entry) return fail(entry.error());
    if (!*entry || (*entry)->mode == kModeFolder) return {};
    return fail(ErrorKind::kUsage,
                fmt::format("the patch makes {}, which is in the base already", in_quotes(path)));
  }

  const Repository::Impl& impl_;
  const git_tree* base_;
  std::map<std::string, FileChange> changes_;
  std::set<std::string> named_;
  std::set<std::string> removed_;
  std::set<std::string> written_;
  SearchBudget budget_ = kSearchBudget;
  std::size_t bytes_ = 0;
};

}  // namespace

Result<std::vector<FileChange>> Repository::apply(const TreeId& base,
                                                  std::string_view patch) const {
  const auto root = impl_->tree(base);
  if (!root) return fail(root.error());
  const auto patches = parse_diff(patch);
  if (!patches) return fail(patches.error());
  return PatchApplier(*impl_, root->get()).apply(*patches);
}

}  // namespace automod::repo
