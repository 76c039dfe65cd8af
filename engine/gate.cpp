#include <fmt/format.h>

#include <utility>

#include "base/text.hpp"
#include "engine/impl.hpp"

namespace automod {

namespace {

/// More than anybody wants to wait for.
constexpr std::size_t kMostCommits = 500;

struct Range {
  std::string text;
  std::string base;
  std::string head;
};

Result<Range> parse_range(std::string_view text, bool& parted) {
  const std::size_t dots = text.find("..");
  if (dots == std::string_view::npos || dots == 0) {
    return fail(
        ErrorKind::kUsage,
        fmt::format("'{}' is no range of commits, expected BASE..HEAD", printable_line(text)),
        "for example: automod gate origin/main..HEAD");
  }
  parted = text.substr(dots).starts_with("...");
  Range range{.text = std::string(text),
              .base = std::string(text.substr(0, dots)),
              .head = std::string(text.substr(dots + (parted ? 3 : 2)))};
  if (range.head.empty()) range.head = "HEAD";
  return range;
}

/// BASE..HEAD, or BASE...HEAD, which begins where the two parted.
Result<Range> read_range(const repo::Repository& repo, std::string_view text, bool each,
                         Observer& observer) {
  bool parted = false;
  auto range = parse_range(text, parted);
  if (!range) return range;
  const auto from = repo.resolve(range->base);
  if (!from) return fail(from.error());
  const auto to = repo.resolve(range->head);
  if (!to) return fail(to.error());
  if (!parted && (each || repo.is_shallow())) return range;  // whether they parted does not matter
  const auto common = repo.merge_base(from->commit, to->commit);
  if (!common) return fail(common.error());
  const std::string base = printable_line(range->base);
  const std::string head = printable_line(range->head);
  if (!parted) {
    if (!*common || **common != from->commit) {
      observer.note(fmt::format(
          "{0} has commits that {1} has not, and taking them back is part of what is judged; "
          "{0}...{1} begins where the two parted",
          base, head));
    }
    return range;
  }
  if (!*common)
    return fail(ErrorKind::kUsage, fmt::format("{} and {} share no commit", base, head));
  range->base = (*common)->text;
  return range;
}

/// The one change that a request names, with its name.
Result<Candidate> candidate_of(Engine::Impl& impl, const Target& target, const GateRequest& request,
                               const std::string& head) {
  PatchOrigin said{.origin = request.range,
                   .type = request.type.value_or(ModificationType::kFeatureAdd),
                   .reason = {}};
  if (request.staged) {
    said.origin = "staged changes";
    const auto tree = impl.repo.staged_tree(request.index);
    if (!tree) return fail(tree.error());
    if (*tree == target.tree) {
      return fail(ErrorKind::kUsage, "nothing is staged", "stage what is to be judged: git add");
    }
    return candidate_of_tree(impl.repo, target, *tree, said);
  }
  if (request.range.empty()) {
    said.origin = request.origin;
    return candidate_of_patch(impl.repo, target, request.patch, said);
  }
  const auto tip = impl.repo.resolve(head);
  if (!tip) return fail(tip.error());
  return candidate_of_commit(impl.repo, target, *tip, said);
}

/// After these no other commit has a better chance.
bool ends_all(const Gated& gated) {
  return gated.error && gated.error->kind == ErrorKind::kUnavailable;
}

class Gate {
 public:
  Gate(Engine::Impl& impl, const GateRequest& request, const Target& aimed)
      : impl_(impl),
        request_(request),
        aimed_(aimed),
        type_(request.type.value_or(ModificationType::kFeatureAdd)),
        level_(request.level.value_or(aimed.config.safety_level)) {}

  Result<Gated> one(const std::string& head) {
    const auto candidate = candidate_of(impl_, aimed_, request_, head);
    if (!candidate) return fail(candidate.error());
    if (auto begun = begin(); !begun) return fail(begun.error());
    auto tried = judge(aimed_, *candidate);
    if (auto ended = end(tried.has_value()); !ended) return fail(ended.error());
    if (!tried) return fail(tried.error());
    return Gated{
        .name = candidate->origin.name, .commit = {}, .tried = std::move(*tried), .error = {}};
  }

  Result<std::vector<Gated>> each(const Range& range, const GateObserver& done) {
    const auto commits = commits_of(range);
    if (!commits) return fail(commits.error());
    if (auto begun = begin(); !begun) return fail(begun.error());
    std::vector<Gated> all;
    Result<void> stopped;
    for (const repo::CommitInfo& commit : *commits) {
      auto gated = of_commit(commit);
      if (!gated) {
        stopped = fail(gated.error());
        break;
      }
      if (done) done(*gated);
      all.push_back(std::move(*gated));
      if (ends_all(all.back())) break;
    }
    if (auto ended = end(stopped.has_value()); !ended) return fail(ended.error());
    if (!stopped) return fail(stopped.error());
    return all;
  }

 private:
  Result<std::vector<repo::CommitInfo>> commits_of(const Range& range) const {
    const auto head = impl_.repo.resolve(range.head);
    if (!head) return fail(head.error());
    auto commits = impl_.repo.between(aimed_.commit, head->commit);
    if (!commits) return commits;
    const std::string shown = printable_line(range.text);
    if (commits->empty()) {
      return fail(ErrorKind::kUsage, fmt::format("{} holds no commit", shown));
    }
    if (commits->size() > kMostCommits) {
      return fail(ErrorKind::kUsage,
                  fmt::format("{} holds {} commits, at most {} are judged one by one", shown,
                              commits->size(), kMostCommits),
                  "judge the range as one, without --each");
    }
    return commits;
  }

  /// The change that a commit makes to its first parent, under the rules of the range's base:
  /// no commit of the range has a say in how the next one is judged.
  Result<Gated> of_commit(const repo::CommitInfo& commit) {
    auto candidate = candidate_of_one(commit);
    Gated gated{.name = {}, .commit = commit.commit, .tried = {}, .error = {}};
    const auto message = impl_.repo.message(commit.commit);
    if (!message) return fail(message.error());
    gated.name = message->substr(0, message->find('\n'));
    if (!candidate) {
      gated.error = candidate.error();
      return gated;
    }
    if (!*candidate) return gated;
    auto tried = judge((*candidate)->first, (*candidate)->second);
    if (tried) {
      gated.tried = std::move(*tried);
    } else if (tried.error().kind == ErrorKind::kInterrupted) {
      return fail(tried.error());
    } else {
      gated.error = tried.error();
    }
    return gated;
  }

  /// What a commit changes, and what it is held against; nullopt: it changes nothing.
  Result<std::optional<std::pair<Target, Candidate>>> candidate_of_one(
      const repo::CommitInfo& commit) const {
    const auto parent = impl_.repo.first_parent(commit.commit);
    if (!parent) return fail(parent.error());
    if (!*parent) {
      return fail(ErrorKind::kUsage,
                  fmt::format("commit {} has no parent to be held against", commit.commit.text));
    }
    Target target = aimed_;
    target.commit = (*parent)->commit;
    target.tree = (*parent)->tree;
    if (commit.tree == target.tree) return std::nullopt;
    auto candidate = candidate_of_commit(
        impl_.repo, target, commit, {.origin = commit.commit.text, .type = type_, .reason = {}});
    if (!candidate) return fail(candidate.error());
    return std::pair(std::move(target), std::move(*candidate));
  }

  Result<Tried> judge(const Target& target, const Candidate& candidate) {
    const auto proposal = impl_.record(candidate, target, session_);
    if (!proposal) return fail(proposal.error());
    return impl_.try_on(proposal->listed, target, false, level_);
  }

  Result<void> begin() {
    const auto folder = impl_.repo.work_dir().value_or(impl_.repo.common_dir());
    auto session = impl_.store.begin_session(folder.string(), {goal_of(type_)}, level_);
    if (!session) return fail(session.error());
    session_ = std::move(*session);
    return {};
  }

  Result<void> end(bool well) {
    return impl_.store.end_session(session_,
                                   well ? SessionStatus::kCompleted : SessionStatus::kFailed);
  }

  Engine::Impl& impl_;
  const GateRequest& request_;
  const Target& aimed_;
  ModificationType type_;
  SafetyLevel level_;
  SessionId session_;
};

}  // namespace

Result<std::vector<Gated>> Engine::gate(const GateRequest& request, const GateObserver& done) {
  Range range{.text = {}, .base = request.base, .head = {}};
  if (!request.range.empty()) {
    auto read = read_range(impl_->repo, request.range, request.each, impl_->world.observer);
    if (!read) return fail(read.error());
    range = std::move(*read);
  }
  const auto aimed = choose_target(impl_->repo, range.base, Fallback::kNone);
  if (!aimed) return fail(aimed.error());
  for (const std::string& note : aimed->notes) impl_->world.observer.note(note);
  Gate gate(*impl_, request, *aimed);
  if (request.each) return gate.each(range, done);
  auto gated = gate.one(range.head);
  if (!gated) return fail(gated.error());
  if (done) done(*gated);
  std::vector<Gated> all;
  all.push_back(std::move(*gated));
  return all;
}

}  // namespace automod
