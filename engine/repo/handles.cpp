#include "engine/repo/handles.hpp"

#include <fmt/format.h>
#include <git2.h>

#include <algorithm>
#include <array>

#include "base/text.hpp"

namespace automod::repo {

void FreeHandle::operator()(git_blob* handle) const { git_blob_free(handle); }
void FreeHandle::operator()(git_commit* handle) const { git_commit_free(handle); }
void FreeHandle::operator()(git_config* handle) const { git_config_free(handle); }
void FreeHandle::operator()(git_diff* handle) const { git_diff_free(handle); }
void FreeHandle::operator()(git_filter_list* handle) const { git_filter_list_free(handle); }
void FreeHandle::operator()(git_index* handle) const { git_index_free(handle); }
void FreeHandle::operator()(git_index_conflict_iterator* handle) const {
  git_index_conflict_iterator_free(handle);
}
void FreeHandle::operator()(git_object* handle) const { git_object_free(handle); }
void FreeHandle::operator()(git_odb* handle) const { git_odb_free(handle); }
void FreeHandle::operator()(git_odb_object* handle) const { git_odb_object_free(handle); }
void FreeHandle::operator()(git_patch* handle) const { git_patch_free(handle); }
void FreeHandle::operator()(git_reference* handle) const { git_reference_free(handle); }
void FreeHandle::operator()(git_reference_iterator* handle) const {
  git_reference_iterator_free(handle);
}
void FreeHandle::operator()(git_repository* handle) const { git_repository_free(handle); }
void FreeHandle::operator()(git_revwalk* handle) const { git_revwalk_free(handle); }
void FreeHandle::operator()(git_signature* handle) const { git_signature_free(handle); }
void FreeHandle::operator()(git_tree* handle) const { git_tree_free(handle); }
void FreeHandle::operator()(git_treebuilder* handle) const { git_treebuilder_free(handle); }

namespace {

ErrorKind kind_of(int code) {
  switch (code) {
    case GIT_ENOTFOUND:
    case GIT_EAMBIGUOUS:
    case GIT_EINVALIDSPEC:
    case GIT_EPEEL:
      return ErrorKind::kUsage;
    case GIT_ELOCKED:
    case GIT_EMODIFIED:
    case GIT_EEXISTS:
    case GIT_ECONFLICT:
      return ErrorKind::kConflict;
    default:
      return ErrorKind::kInternal;
  }
}

Result<void> configure_libgit2() {
  if (const int code = git_libgit2_init(); code < 0) return fail_git("starting libgit2", code);
  int code = 0;
  for (const git_config_level_t level : {GIT_CONFIG_LEVEL_SYSTEM, GIT_CONFIG_LEVEL_GLOBAL,
                                         GIT_CONFIG_LEVEL_XDG, GIT_CONFIG_LEVEL_PROGRAMDATA}) {
    code = std::min(code, git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, level, ""));
  }
  // Whose repository it is we check ourselves (owner.cpp): libgit2 would look for safe.directory
  // in the very files that it shall not read.
  code = std::min(code, git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0));
  // Extensions that change nothing we do: we prune no objects, and use no per-worktree setting
  // but where the working tree is at stake. What refStorage says is looked at when opening.
  std::array<const char*, 4> extensions{"worktreeconfig", "preciousobjects", "relativeworktrees",
                                        "refstorage"};
  code = std::min(code,
                  git_libgit2_opts(GIT_OPT_SET_EXTENSIONS, extensions.data(), extensions.size()));
  if (code < 0) return fail_git("setting up libgit2", code);
  return {};
}

}  // namespace

std::unexpected<Error> fail_git(std::string_view doing, int code) {
  const git_error* last = git_error_last();
  std::string words = last != nullptr && last->message != nullptr && last->message[0] != '\0'
                          ? printable_line(last->message)
                          : fmt::format("libgit2 returned {}", code);
  while (words.ends_with('.')) words.pop_back();
  return fail(kind_of(code), fmt::format("{}: {}", doing, words));
}

Result<void> start_libgit2() {
  static const Result<void> started = configure_libgit2();
  return started;
}

Result<git_oid> parse_id(std::string_view text) {
  const bool fits = text.size() == 40 && std::ranges::all_of(text, [](char c) {
                      return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
                    });
  git_oid id{};
  if (!fits || git_oid_fromstr(&id, std::string(text).c_str()) < 0) {
    return fail(ErrorKind::kUsage,
                fmt::format("'{}' is no object id of 40 hexadecimal digits", printable_line(text)));
  }
  return id;
}

std::string format_id(const git_oid& id) {
  std::array<char, 41> text{};
  git_oid_tostr(text.data(), text.size(), &id);
  return text.data();
}

}  // namespace automod::repo
