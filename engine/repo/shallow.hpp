#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "engine/repo/impl.hpp"

/// Ancestry in a shallow clone, where history ends at commits whose parents were not fetched.
/// libgit2 takes those parents for damage; these take the end for the end, as git does. They look
/// at all of the history, which is short, or it would not be shallow.
namespace automod::repo {

/// The commit and all that it descends from, as ids.
Result<std::set<std::string>> ancestors(const Repository::Impl& impl, const CommitId& commit);

/// A common ancestor from which no other one descends; nullopt when the clone holds none.
Result<std::optional<CommitId>> shallow_merge_base(const Repository::Impl& impl, const CommitId& a,
                                                   const CommitId& b);

/// What `head` descends from and `base` does not, parents before their children.
Result<std::vector<CommitId>> shallow_between(const Repository::Impl& impl, const CommitId& base,
                                              const CommitId& head);

/// What to do for `revision` ("HEAD~3", "main", a commit's id; "" for history at large), which a
/// shallow clone lacks: how much to fetch, where that can be known.
std::string depth_hint(const Repository::Impl& impl, std::string_view revision);

}  // namespace automod::repo
