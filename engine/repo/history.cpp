#include <fmt/format.h>
#include <git2.h>

#include <algorithm>

#include "base/text.hpp"
#include "engine/repo/impl.hpp"
#include "engine/repo/reach.hpp"
#include "engine/repo/shallow.hpp"

namespace automod::repo {

namespace {

std::vector<std::string> short_names(git_repository* repository) {
  std::vector<std::string> names;
  Handle<git_reference_iterator> iterator;
  if (git_reference_iterator_new(Fill(iterator), repository) < 0) return names;
  const char* name = nullptr;
  while (git_reference_next_name(&name, iterator.get()) == 0) {
    std::string_view text = name;
    for (const std::string_view prefix : {"refs/heads/", "refs/tags/", "refs/remotes/"}) {
      if (text.starts_with(prefix)) {
        text.remove_prefix(prefix.size());
        break;
      }
    }
    names.emplace_back(text);
  }
  return names;
}

std::unexpected<Error> fail_revision(const Repository::Impl& impl, std::string_view revision,
                                     int code) {
  git_repository* repository = impl.real.get();
  const std::string shown = printable_line(revision);
  if (code == GIT_EAMBIGUOUS) {
    return fail(ErrorKind::kUsage, fmt::format("'{}' names more than one object", shown),
                "write more of its digits");
  }
  if (code != GIT_ENOTFOUND && code != GIT_EINVALIDSPEC) {
    return fail_git(fmt::format("looking for '{}'", shown), code);
  }
  if (revision == "HEAD") {
    return fail(ErrorKind::kUsage, "the repository has no commit yet", "commit something first");
  }
  const std::string message = fmt::format("no commit is called '{}'{}", shown,
                                          suggestion(revision, short_names(repository)));
  if (impl.shallow.empty()) return fail(ErrorKind::kUsage, message);
  return fail(ErrorKind::kUnavailable, message + " in this shallow clone",
              depth_hint(impl, revision));
}

CommitInfo info_of(const git_commit* commit) {
  return {CommitId{format_id(*git_commit_id(commit))},
          TreeId{format_id(*git_commit_tree_id(commit))}};
}

Result<bool> reaches(const Repository::Impl& impl, const git_oid& descendant,
                     const git_oid& ancestor) {
  if (git_oid_equal(&descendant, &ancestor) != 0) return true;
  if (!impl.shallow.empty()) {
    const auto known = ancestors(impl, CommitId{format_id(descendant)});
    if (!known) return fail(known.error());
    return known->contains(format_id(ancestor));
  }
  const int code = git_graph_descendant_of(impl.real.get(), &descendant, &ancestor);
  if (code < 0) return impl.fail_history("comparing two commits", code);
  return code == 1;
}

Result<std::vector<CommitId>> commits_between(const Repository::Impl& impl, const git_commit* from,
                                              const git_commit* to) {
  Handle<git_revwalk> walk;
  int code = git_revwalk_new(Fill(walk), impl.real.get());
  if (code == 0) code = git_revwalk_sorting(walk.get(), GIT_SORT_TOPOLOGICAL | GIT_SORT_REVERSE);
  if (code == 0) code = git_revwalk_push(walk.get(), git_commit_id(to));
  if (code == 0) code = git_revwalk_hide(walk.get(), git_commit_id(from));
  std::vector<CommitId> all;
  git_oid id{};
  while (code == 0 && (code = git_revwalk_next(&id, walk.get())) == 0) {
    all.push_back(CommitId{format_id(id)});
  }
  if (code != GIT_ITEROVER) return impl.fail_history("walking through the commits", code);
  return all;
}

}  // namespace

std::unexpected<Error> Repository::Impl::fail_history(std::string_view doing, int code) const {
  auto failed = fail_git(doing, code);
  if (code == GIT_ENOTFOUND && !shallow.empty()) {
    failed.error().kind = ErrorKind::kUnavailable;
    failed.error().hint = "this is a shallow clone; " + depth_hint(*this, {});
  }
  return failed;
}

Result<Handle<git_commit>> Repository::Impl::commit(const CommitId& id) const {
  const auto parsed = parse_id(id.text);
  if (!parsed) return fail(parsed.error());
  Handle<git_commit> handle;
  if (const int code = git_commit_lookup(Fill(handle), real.get(), &*parsed); code < 0) {
    return fail_history(fmt::format("reading commit {}", id.text), code);
  }
  return handle;
}

Result<CommitInfo> Repository::resolve(std::string_view revision) const {
  git_repository* real = impl_->real.get();
  const std::string text(revision);
  if (text.find('\0') != std::string::npos) return fail_revision(*impl_, revision, GIT_ENOTFOUND);
  Handle<git_object> object;
  if (const int code = git_revparse_single(Fill(object), real, text.c_str()); code < 0) {
    return fail_revision(*impl_, revision, code);
  }
  Handle<git_object> peeled;
  if (git_object_peel(Fill(peeled), object.get(), GIT_OBJECT_COMMIT) < 0) {
    return fail(ErrorKind::kUsage,
                fmt::format("'{}' is a {}, not a commit", printable_line(revision),
                            git_object_type2string(git_object_type(object.get()))));
  }
  const auto commit = impl_->commit(CommitId{format_id(*git_object_id(peeled.get()))});
  if (!commit) return fail(commit.error());
  return info_of(commit->get());
}

Result<std::optional<CommitId>> Repository::merge_base(const CommitId& a, const CommitId& b) const {
  const auto first = parse_id(a.text);
  if (!first) return fail(first.error());
  const auto second = parse_id(b.text);
  if (!second) return fail(second.error());
  for (const CommitId& id : {a, b}) {
    if (auto commit = impl_->commit(id); !commit) return fail(commit.error());
  }
  if (!impl_->shallow.empty()) {
    auto found = shallow_merge_base(*impl_, a, b);
    if (found && !*found) {
      return fail(ErrorKind::kUnavailable,
                  fmt::format("{} and {} share no ancestor in this shallow clone", a.text, b.text),
                  depth_hint(*impl_, {}));
    }
    return found;
  }
  git_oid base{};
  const int code = git_merge_base(&base, impl_->real.get(), &*first, &*second);
  if (code == GIT_ENOTFOUND) return std::nullopt;
  if (code < 0) return impl_->fail_history("looking for a common ancestor", code);
  return CommitId{format_id(base)};
}

Result<bool> Repository::is_ancestor(const CommitId& ancestor, const CommitId& descendant) const {
  const auto above = impl_->commit(ancestor);
  if (!above) return fail(above.error());
  const auto below = impl_->commit(descendant);
  if (!below) return fail(below.error());
  return reaches(*impl_, *git_commit_id(below->get()), *git_commit_id(above->get()));
}

Result<std::vector<CommitInfo>> Repository::between(const CommitId& base,
                                                    const CommitId& head) const {
  const auto from = impl_->commit(base);
  if (!from) return fail(from.error());
  const auto to = impl_->commit(head);
  if (!to) return fail(to.error());
  const auto ids = impl_->shallow.empty() ? commits_between(*impl_, from->get(), to->get())
                                          : shallow_between(*impl_, base, head);
  if (!ids) return fail(ids.error());
  std::vector<CommitInfo> all;
  for (const CommitId& id : *ids) {
    const auto commit = impl_->commit(id);
    if (!commit) return fail(commit.error());
    all.push_back(info_of(commit->get()));
  }
  return all;
}

Result<std::string> Repository::message(const CommitId& commit) const {
  const auto handle = impl_->commit(commit);
  if (!handle) return fail(handle.error());
  const char* text = git_commit_message(handle->get());
  return std::string(text != nullptr ? text : "");
}

Result<std::vector<CommitId>> Repository::parents(const CommitId& commit) const {
  const auto handle = impl_->commit(commit);
  if (!handle) return fail(handle.error());
  return impl_->parents_of(handle->get());
}

bool Repository::is_shallow() const { return !impl_->shallow.empty(); }

Result<std::optional<CommitInfo>> Repository::first_parent(const CommitId& commit) const {
  const auto handle = impl_->commit(commit);
  if (!handle) return fail(handle.error());
  if (git_commit_parentcount(handle->get()) == 0) return std::nullopt;
  // At the end of a shallow clone the parent may be there all the same, fetched by its own name.
  const git_oid* id = git_commit_parent_id(handle->get(), 0);
  Handle<git_commit> parent;
  if (const int code = git_commit_lookup(Fill(parent), impl_->real.get(), id); code < 0) {
    return impl_->fail_history(
        fmt::format("reading {}, the parent of commit {}", format_id(*id), commit.text), code);
  }
  return info_of(parent.get());
}

Result<std::vector<Ref>> Repository::refs(std::string_view prefix) const {
  Handle<git_reference_iterator> iterator;
  if (const int code = git_reference_iterator_new(Fill(iterator), impl_->real.get()); code < 0) {
    return fail_git("listing refs", code);
  }
  std::vector<Ref> all;
  int code = 0;
  for (;;) {
    Handle<git_reference> reference;
    code = git_reference_next(Fill(reference), iterator.get());
    if (code < 0) break;
    const std::string name = git_reference_name(reference.get());
    Handle<git_object> tip;
    if (!name.starts_with(prefix) ||
        git_reference_peel(Fill(tip), reference.get(), GIT_OBJECT_COMMIT) < 0) {
      continue;
    }
    all.push_back({.name = name, .commit = CommitId{format_id(*git_object_id(tip.get()))}});
  }
  if (code != GIT_ITEROVER) return fail_git("listing refs", code);
  std::ranges::sort(all, {}, &Ref::name);
  return all;
}

Result<std::vector<std::string>> Repository::refs_containing(const CommitId& commit,
                                                             std::string_view prefix) const {
  const auto wanted = impl_->commit(commit);
  if (!wanted) return fail(wanted.error());
  auto all = refs(prefix);
  if (!all) return fail(all.error());
  std::vector<CommitId> tips;
  for (const Ref& ref : *all) tips.push_back(ref.commit);
  const auto found = reaching(*impl_, commit, tips);
  if (!found) return fail(found.error());
  std::vector<std::string> holding;
  for (std::size_t i = 0; i < all->size(); ++i) {
    if ((*found)[i]) holding.push_back(std::move((*all)[i].name));
  }
  return holding;
}

}  // namespace automod::repo
