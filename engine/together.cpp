#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "base/text.hpp"
#include "engine/impl.hpp"

namespace automod {

namespace {

constexpr std::size_t kMostParts = 32;
constexpr std::size_t kMostContents = 64;  // whole files are larger than their changed lines

using Parts = std::vector<store::ListedModification>;

std::string short_name(const store::ListedModification& part) {
  return fmt::format("{} ({})", part.modification.id.text,
                     printable_line(part.modification.candidate.summary));
}

/// Which of those before does not go together with `part`, and where.
Error conflict_of(repo::Repository& repo, const Parts& before,
                  const store::ListedModification& part, const std::vector<std::string>& paths) {
  for (const auto& other : before) {
    const auto merged = repo.merge_trees(part.modification.base_tree, other.modification.tree,
                                         part.modification.tree);
    if (!merged || merged->tree) continue;
    return Error{ErrorKind::kConflict,
                 fmt::format("{} and {} change the same lines of {}", short_name(other),
                             short_name(part), printable_line(merged->conflicts.front())),
                 "try one of them without the other"};
  }
  return Error{ErrorKind::kConflict,
               fmt::format("{} changes lines of {} that the others change, too", short_name(part),
                           paths.empty() ? std::string("a file") : printable_line(paths.front())),
               "try fewer of them together"};
}

Result<TreeId> merged_tree(repo::Repository& repo, const Parts& parts) {
  Parts before;
  TreeId tree;
  for (const auto& part : parts) {
    const Modification& modification = part.modification;
    const auto own = repo.write_tree(modification.base_tree, modification.candidate.files);
    if (!own) return fail(own.error());
    if (before.empty()) {
      tree = *own;
    } else {
      const auto merged = repo.merge_trees(modification.base_tree, tree, *own);
      if (!merged) return fail(merged.error());
      if (!merged->tree) return fail(conflict_of(repo, before, part, merged->conflicts));
      tree = *merged->tree;
    }
    before.push_back(part);
  }
  return tree;
}

Candidate whole_of(const Parts& parts) {
  Candidate whole;
  whole.type = parts.front().modification.candidate.type;
  std::vector<std::string> summaries;
  std::vector<std::string> names;
  for (const auto& part : parts) {
    const Candidate& candidate = part.modification.candidate;
    // What is of several types promises no speed and mends no bug as a whole.
    if (candidate.type != whole.type) whole.type = ModificationType::kFeatureAdd;
    summaries.push_back(candidate.summary);
    names.push_back(part.modification.id.text);
    whole.reasoning += fmt::format("{}: {}\n{}\n", part.modification.id.text, candidate.summary,
                                   candidate.reasoning);
  }
  whole.summary = fmt::format("{} together: {}", parts.size(), fmt::join(summaries, "; "));
  whole.origin = {.proposer = ProposerKind::kPatch,
                  .name = fmt::format("together {}", fmt::join(names, " ")),
                  .prompt_digest = {}};
  return whole;
}

/// Tries sets of parts, and finds which few of them make a whole fail.
class Splitting {
 public:
  Splitting(Engine::Impl& engine, const Target& target, const SessionId& session, bool fresh,
            SafetyLevel level)
      : engine_(engine), target_(target), session_(session), fresh_(fresh), level_(level) {}

  Result<Tried> try_set(const Parts& parts) {
    if (parts.size() == 1) {
      ++tried_;
      return engine_.try_on(parts.front(), target_, fresh_, level_);
    }
    const auto tree = merged_tree(engine_.repo, parts);
    if (!tree) return fail(tree.error());
    Candidate whole = whole_of(parts);
    const auto bytes = static_cast<std::size_t>(target_.config.patch_kb) * 1024 * kMostContents;
    auto files = engine_.repo.changes(target_.tree, *tree, bytes);
    if (!files) return fail(files.error());
    whole.files = std::move(*files);
    if (!whole.files.empty()) whole.place = {.path = whole.files.front().path};
    if (auto fine = check_candidate(engine_.repo, target_, whole); !fine) return fail(fine.error());
    const auto proposal = engine_.record(whole, target_, session_);
    if (!proposal) return fail(proposal.error());
    ++tried_;
    return engine_.try_on(proposal->listed, target_, fresh_, level_);
  }

  /// The fewest of `parts` that are rejected together with all of `with`: halves are tried, and
  /// where neither fails alone, it takes something of both.
  Result<Parts> culprits(const Parts& parts, const Parts& with) {
    if (parts.size() == 1) return parts;
    const auto middle = parts.begin() + static_cast<std::ptrdiff_t>(parts.size() / 2);
    const Parts first(parts.begin(), middle);
    const Parts second(middle, parts.end());
    for (const Parts* half : {&first, &second}) {
      const auto failed = fails(joined(*half, with));
      if (!failed) return fail(failed.error());
      if (*failed) return culprits(*half, with);
    }
    const auto of_first = culprits(first, joined(second, with));
    if (!of_first) return of_first;
    const auto of_second = culprits(second, joined(*of_first, with));
    if (!of_second) return of_second;
    return joined(*of_first, *of_second);
  }

  std::size_t tried() const { return tried_; }

 private:
  static Parts joined(const Parts& one, const Parts& other) {
    Parts all = one;
    all.insert(all.end(), other.begin(), other.end());
    // In the order of their making, so that one set is tried as one tree.
    std::ranges::sort(all, {}, [](const auto& part) { return part.modification.id.text; });
    return all;
  }

  Result<bool> fails(const Parts& parts) {
    std::string name;
    for (const auto& part : parts) name += part.modification.id.text;
    if (const auto known = known_.find(name); known != known_.end()) return known->second;
    engine_.world.observer.begin(
        fmt::format("looking for the culprit: {} of them together", parts.size()));
    const auto tried = try_set(parts);
    if (!tried) return fail(tried.error());
    const auto& verdict = tried->listed.verdict;
    const bool failed = verdict && verdict->verdict.decision == Decision::kRejected;
    known_.emplace(name, failed);
    return failed;
  }

  Engine::Impl& engine_;
  const Target& target_;
  const SessionId& session_;
  const bool fresh_;
  const SafetyLevel level_;
  std::map<std::string, bool> known_;
  std::size_t tried_ = 0;
};

Result<Parts> parts_of(const store::Store& store, const std::vector<ModificationId>& ids) {
  if (ids.size() < 2 || ids.size() > kMostParts) {
    return fail(ErrorKind::kUsage,
                fmt::format("{} modifications together, expected 2 to {}", ids.size(), kMostParts));
  }
  Parts parts;
  for (const ModificationId& id : ids) {
    auto listed = store.modification(id.text);
    if (!listed) return fail(listed.error());
    if (!parts.empty() &&
        listed->modification.base_commit != parts.front().modification.base_commit) {
      return fail(
          ErrorKind::kUsage,
          fmt::format("{} starts from {}, {} from {}: what is tried together starts from "
                      "one commit",
                      short_name(parts.front()), parts.front().modification.base_commit.text,
                      short_name(*listed), listed->modification.base_commit.text),
          "propose them again on the same base");
    }
    parts.push_back(std::move(*listed));
  }
  return parts;
}

}  // namespace

Result<Together> Engine::try_together(const std::vector<ModificationId>& ids, bool fresh,
                                      std::optional<SafetyLevel> level) {
  const auto parts = parts_of(impl_->store, ids);
  if (!parts) return fail(parts.error());
  const auto aimed = target(parts->front().modification.base_commit.text);
  if (!aimed) return fail(aimed.error());
  const SafetyLevel own = level.value_or(aimed->config.safety_level);
  const auto session =
      impl_->store.begin_session(work_dir().string(), {goal_of(whole_of(*parts).type)}, own);
  if (!session) return fail(session.error());
  Splitting splitting(*impl_, *aimed, *session, fresh, own);
  auto whole = splitting.try_set(*parts);
  Result<Parts> culprits = Parts();
  const bool is_rejected = whole && whole->listed.verdict &&
                           whole->listed.verdict->verdict.decision == Decision::kRejected;
  if (is_rejected) culprits = splitting.culprits(*parts, {});
  const bool is_done = whole && culprits;
  const auto ended = impl_->store.end_session(
      *session, is_done ? SessionStatus::kCompleted : SessionStatus::kFailed);
  if (!ended) return fail(ended.error());
  if (!whole) return fail(whole.error());
  if (!culprits) return fail(culprits.error());
  Together together{
      .whole = std::move(*whole), .parts = ids, .culprits = {}, .tried = splitting.tried()};
  for (const auto& part : *culprits) together.culprits.push_back(part.modification.id);
  return together;
}

}  // namespace automod
