#include <fmt/format.h>

#include <utility>

#include "base/digest.hpp"
#include "base/text.hpp"
#include "engine/impl.hpp"
#include "engine/keep/keep.hpp"
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

Result<Applied> Engine::apply(std::string_view id) {
  auto tried = try_one(id, false);
  if (!tried) return fail(tried.error());
  if (tried->asked) {  // what is kept is the tree that was tried, and no other
    const std::string& other = tried->listed.modification.id.text;
    return fail(
        ErrorKind::kRefused,
        fmt::format("modification {} was not tried: {} is the same up to formatting, and "
                    "was tried in its place",
                    tried->asked->text, other),
        fmt::format("automod apply {}; or automod try --fresh {}", other, tried->asked->text));
  }
  const auto aimed = target(tried->listed.modification.base_commit.text);
  if (!aimed) return fail(aimed.error());
  const auto lock = store::WriterLock::take(impl_->state);
  if (!lock) return fail(lock.error());
  const keep::World world{.repo = impl_->repo, .store = impl_->store, .clock = impl_->world.clock};
  auto application = keep::apply(world, tried->listed, aimed->config);
  if (!application) return fail(application.error());
  auto now = impl_->store.modification(tried->listed.modification.id.text);
  if (!now) return fail(now.error());
  tried->listed = std::move(*now);
  return Applied{.tried = std::move(*tried), .application = std::move(*application)};
}

Result<store::Rollback> Engine::rollback(std::string_view id, std::string_view reason,
                                         const std::optional<std::string>& onto) {
  const auto lock = store::WriterLock::take(impl_->state);
  if (!lock) return fail(lock.error());
  const auto listed = impl_->store.modification(id);
  if (!listed) return fail(listed.error());
  const auto aimed = target(listed->modification.base_commit.text);
  if (!aimed) return fail(aimed.error());
  const keep::World world{.repo = impl_->repo, .store = impl_->store, .clock = impl_->world.clock};
  return keep::rollback(world, *listed, reason, onto, aimed->config);
}

}  // namespace automod
