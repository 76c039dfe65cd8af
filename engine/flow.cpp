#include <fmt/format.h>

#include <utility>

#include "base/digest.hpp"
#include "base/text.hpp"
#include "engine/impl.hpp"
#include "engine/propose/patch.hpp"

namespace automod {

Result<Proposal> Engine::Impl::record(const Candidate& candidate, const Target& target,
                                      const SessionId& session) {
  const auto tree = repo.write_tree(target.tree, candidate.files);
  if (!tree) return fail(tree.error());
  auto patch = repo.diff(target.tree, *tree);
  if (!patch) return fail(patch.error());
  const std::string patch_digest = sha256(*patch);
  const auto known = store.find_same(target.commit, patch_digest);
  if (!known) return fail(known.error());
  if (*known) {
    auto listed = store.modification((*known)->text);
    if (!listed) return fail(listed.error());
    return Proposal{.listed = std::move(*listed), .known = true};
  }
  const auto added = store.add_modification({.id = {},
                                             .session = session,
                                             .base_commit = target.commit,
                                             .base_tree = target.tree,
                                             .tree = *tree,
                                             .patch = std::move(*patch),
                                             .patch_digest = patch_digest,
                                             .created_at = {},
                                             .candidate = candidate});
  if (!added) return fail(added.error());
  auto listed = store.modification(added->id.text);
  if (!listed) return fail(listed.error());
  return Proposal{.listed = std::move(*listed), .known = false};
}

Result<Proposal> Engine::propose(const ProposeRequest& request) {
  const auto aimed = target(request.base);
  if (!aimed) return fail(aimed.error());
  const auto candidate =
      candidate_of_patch(impl_->repo, *aimed, request.patch,
                         {.origin = request.origin,
                          .type = request.type.value_or(ModificationType::kRefactor),
                          .reason = request.reason});
  if (!candidate) return fail(candidate.error());
  const auto session = impl_->store.begin_session(work_dir().string(), {goal_of(candidate->type)},
                                                  aimed->config.safety_level);
  if (!session) return fail(session.error());
  auto proposal = impl_->record(*candidate, *aimed, *session);
  const auto ended = impl_->store.end_session(
      *session, proposal ? SessionStatus::kCompleted : SessionStatus::kFailed);
  if (!ended) return fail(ended.error());
  return proposal;
}

}  // namespace automod
