#include "engine/repo/shallow.hpp"

#include <git2.h>

#include <algorithm>

namespace automod::repo {

std::vector<CommitId> Repository::Impl::parents_of(const git_commit* commit) const {
  std::vector<CommitId> all;
  const std::string id = format_id(*git_commit_id(commit));
  if (std::ranges::find(shallow, id) != shallow.end()) return all;
  for (unsigned i = 0; i < git_commit_parentcount(commit); ++i) {
    all.push_back(CommitId{format_id(*git_commit_parent_id(commit, i))});
  }
  return all;
}

namespace {

/// Everything that `head` reaches without passing through `stop`, parents before children.
Result<std::vector<CommitId>> walk(const Repository::Impl& impl, const CommitId& head,
                                   const std::set<std::string>& stop) {
  struct Visit {
    CommitId commit;
    bool parents_done = false;
  };
  std::vector<CommitId> ordered;
  std::set<std::string> seen = stop;
  std::vector<Visit> stack{{.commit = head}};
  while (!stack.empty()) {
    const Visit visit = stack.back();
    stack.pop_back();
    if (visit.parents_done) {
      ordered.push_back(visit.commit);
      continue;
    }
    if (!seen.insert(visit.commit.text).second) continue;
    const auto commit = impl.commit(visit.commit);
    if (!commit) return fail(commit.error());
    stack.push_back({.commit = visit.commit, .parents_done = true});
    for (CommitId& parent : impl.parents_of(commit->get())) {
      stack.push_back({.commit = std::move(parent)});
    }
  }
  return ordered;
}

}  // namespace

Result<std::set<std::string>> ancestors(const Repository::Impl& impl, const CommitId& commit) {
  const auto all = walk(impl, commit, {});
  if (!all) return fail(all.error());
  std::set<std::string> ids;
  for (const CommitId& id : *all) ids.insert(id.text);
  return ids;
}

Result<std::optional<CommitId>> shallow_merge_base(const Repository::Impl& impl, const CommitId& a,
                                                   const CommitId& b) {
  const auto of_a = ancestors(impl, a);
  if (!of_a) return fail(of_a.error());
  const auto of_b = walk(impl, b, {});
  if (!of_b) return fail(of_b.error());
  // Children come after their parents: no later one is an ancestor of the last that both share.
  const auto last = std::find_if(of_b->rbegin(), of_b->rend(),
                                 [&](const CommitId& id) { return of_a->contains(id.text); });
  if (last == of_b->rend()) return std::nullopt;
  return *last;
}

Result<std::vector<CommitId>> shallow_between(const Repository::Impl& impl, const CommitId& base,
                                              const CommitId& head) {
  const auto known = ancestors(impl, base);
  if (!known) return fail(known.error());
  return walk(impl, head, *known);
}

}  // namespace automod::repo
