#include "engine/repo/shallow.hpp"

#include <fmt/format.h>
#include <git2.h>

#include <algorithm>
#include <charconv>

#include "base/text.hpp"

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

/// "HEAD~2^" is three below "HEAD"; nullopt where it is not known how far below.
struct Below {
  std::string start;
  std::size_t steps = 0;
};
std::optional<Below> below(std::string_view revision) {
  constexpr std::size_t kMostSteps = 1'000'000;
  const std::size_t end = revision.find_first_of("~^");
  if (end == 0 || end == std::string_view::npos) return std::nullopt;
  Below all{.start = std::string(revision.substr(0, end))};
  std::string_view rest = revision.substr(end);
  while (!rest.empty()) {
    const bool many = rest.front() == '~';
    rest.remove_prefix(1);
    std::size_t number = 1;
    const auto [behind, wrong] = std::from_chars(rest.begin(), rest.end(), number);
    if (behind == rest.begin()) {
      if (!rest.empty() && rest.front() != '~' && rest.front() != '^') return std::nullopt;
    } else if (wrong != std::errc() || number > kMostSteps || (!many && number != 1)) {
      return std::nullopt;
    }
    rest.remove_prefix(static_cast<std::size_t>(behind - rest.begin()));
    all.steps += number;
  }
  return all;
}

/// Commits from `start` on by first parents, itself included, as far as they are here.
std::size_t depth_from(const Repository::Impl& impl, const std::string& start) {
  Handle<git_object> object;
  Handle<git_object> peeled;
  if (git_revparse_single(Fill(object), impl.real.get(), start.c_str()) < 0) return 0;
  if (git_object_peel(Fill(peeled), object.get(), GIT_OBJECT_COMMIT) < 0) return 0;
  std::size_t depth = 0;
  std::vector<CommitId> next{CommitId{format_id(*git_object_id(peeled.get()))}};
  while (!next.empty()) {
    const auto commit = impl.commit(next.front());
    if (!commit) break;
    ++depth;
    next = impl.parents_of(commit->get());
  }
  return depth;
}

/// "that one with: …, or ", for what looks like the name of a branch elsewhere or of a commit.
std::string fetching(std::string_view revision) {
  constexpr std::string_view kRemote = "origin/";
  const bool is_plain = !revision.empty() && std::ranges::all_of(revision, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("._-/").find(c) != std::string_view::npos;
  });
  if (!is_plain) return {};
  const std::string what =
      revision.starts_with(kRemote)
          ? fmt::format("+refs/heads/{}:refs/remotes/{}", revision.substr(kRemote.size()), revision)
          : std::string(revision);
  return fmt::format("that one with: git fetch --depth=1 origin {}; or ", what);
}

}  // namespace

std::string depth_hint(const Repository::Impl& impl, std::string_view revision) {
  constexpr std::string_view kAll =
      "all of the history: git fetch --unshallow (in CI, check out with depth 0)";
  if (const auto wanted = below(revision)) {
    const std::size_t depth = depth_from(impl, wanted->start);
    if (depth > 0 && depth <= wanted->steps) {
      const std::string start = printable_line(wanted->start);
      return fmt::format(
          "it holds {} of the {} commits from {} on that are needed: git fetch --deepen={} (in CI, "
          "check out with depth {}); or {}",
          depth, wanted->steps + 1, start, wanted->steps + 1 - depth, wanted->steps + 1, kAll);
    }
  }
  const std::size_t depth = depth_from(impl, "HEAD");
  return fmt::format("it ends {} commit{} down from HEAD; get {}{}", depth, depth == 1 ? "" : "s",
                     fetching(revision), kAll);
}

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
