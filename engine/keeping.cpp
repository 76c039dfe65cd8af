#include <fmt/format.h>

#include <functional>
#include <memory>
#include <utility>

#include "base/files.hpp"
#include "base/text.hpp"
#include "engine/impl.hpp"
#include "engine/judge/judge.hpp"
#include "engine/keep/approve.hpp"
#include "engine/keep/keep.hpp"
#include "engine/keep/permission.hpp"
#include "engine/sign/settings.hpp"

namespace automod {

namespace {

/// Approvers count only where nobody but a commit could have named them.
bool counts(const Target& target) { return target.config_source == "base commit"; }

/// What went wrong, recorded where it was no mere refusal.
template <class T>
Result<T> noted(store::Store& store, std::string_view doing, const ModificationId& id,
                Result<T> result) {
  if (result || result.error().kind != ErrorKind::kInternal) return result;
  // That it failed is what the user is told, recorded or not.
  (void)store.add_failure(
      {.doing = std::string(doing), .message = result.error().message, .modification = id});
  return result;
}

/// A verdict that somebody has edited lets nothing pass. One that other rules made is judged anew
/// before it gets here.
Result<void> check_verdict(const store::ListedModification& listed, const Evidence& evidence) {
  if (!listed.verdict) return {};
  const Verdict& stored = listed.verdict->verdict;
  if (judge::judge(evidence, stored.level) == stored) return {};
  return fail(ErrorKind::kInternal,
              fmt::format("the recorded verdict of modification {} is not what its evidence says",
                          listed.modification.id.text),
              "the record was changed: automod log --verify says what else");
}

}  // namespace

/// The right to change the repository, with what an earlier process left half done settled.
struct Keeping {
  store::WriterLock lock;
  std::optional<Error> no_signer;  // why nobody can sign here
};

/// What an act is about, with the configuration that counts for it.
struct Matter {
  Keeping keeping;
  store::ListedModification listed;
  Target target;
};

/// Opens who signs, once, and lets him seal the ledger.
Result<void> Engine::Impl::open_signer() {
  if (signer) return {};
  auto config = config_dir();
  if (!config) return fail(config.error());
  auto opened = sign::open_signer({.config = std::move(*config), .directory = {}}, world.cancel);
  if (!opened) return fail(opened.error());
  signer = std::move(*opened);
  store.seal_with(
      {.identity = signer->identity(),
       .sign = [by = signer.get()](
                   std::string_view hash) { return by->sign(hash, sign::Purpose::kLedger); },
       .every_entry = signer->is_quick()});
  return {};
}

/// Where the key is automod's own, everything that is recorded is sealed from the start.
Result<void> Engine::Impl::seal_from_the_start() {
  auto config = config_dir();
  if (!config) return fail(config.error());
  const sign::Settings settings{.config = std::move(*config), .directory = {}};
  if (!sign::exists(sign::own_key(settings))) return {};
  return open_signer();
}

Result<Keeping> Engine::Impl::begin_keeping() {
  auto lock = noted(store, "locking the repository", {}, store::WriterLock::take(state));
  if (!lock) return fail(lock.error());
  Keeping keeping{.lock = std::move(*lock), .no_signer = std::nullopt};
  if (auto opened = open_signer(); !opened) keeping.no_signer = std::move(opened.error());
  const auto recovered = noted(store, "recovering", {}, keep::recover(keep_world()));
  if (!recovered) return fail(recovered.error());
  if (recovered->operation) {
    world.observer.note(fmt::format("an interrupted {} was {}", recovered->operation->kind,
                                    recovered->finished ? "finished"
                                                        : "called off: nothing of "
                                                          "it had happened"));
  }
  return keeping;
}

Result<Matter> Engine::Impl::begin_with(std::string_view id) {
  auto keeping = begin_keeping();
  if (!keeping) return fail(keeping.error());
  auto listed = store.modification(id);  // as it stands after a recovery
  if (!listed) return fail(listed.error());
  auto aimed = choose_target(repo, listed->modification.base_commit.text, Fallback::kWorkTree);
  if (!aimed) return fail(aimed.error());
  return Matter{
      .keeping = std::move(*keeping), .listed = std::move(*listed), .target = std::move(*aimed)};
}

keep::World Engine::Impl::keep_world() {
  return {.repo = repo,
          .store = store,
          .clock = world.clock,
          .cancel = world.cancel,
          .signer = signer.get()};
}

/// The change once more on the tip of a branch that has moved on: a modification of its own.
Result<store::ListedModification> Engine::Impl::rebase(const store::ListedModification& listed,
                                                       const Target& onto) {
  const Modification& old = listed.modification;
  if (old.base_commit == onto.commit) return listed;
  const auto tree = repo.write_tree(old.base_tree, old.candidate.files);
  if (!tree) return fail(tree.error());
  const auto merged = repo.merge_trees(old.base_tree, onto.tree, *tree);
  if (!merged) return fail(merged.error());
  if (!merged->tree) {
    std::string paths;
    for (const std::string& path : merged->conflicts) {
      paths += (paths.empty() ? "" : ", ") + printable_line(path);
    }
    return fail(
        ErrorKind::kConflict,
        fmt::format("the branch and modification {} change the same lines: {}", old.id.text, paths),
        "nothing was changed; propose the change anew on that branch");
  }
  auto candidate = candidate_of_tree(repo, onto, *merged->tree,
                                     {.origin = old.candidate.origin.name,
                                      .type = old.candidate.type,
                                      .reason = old.candidate.reasoning});
  if (!candidate) return fail(candidate.error());
  candidate->summary = old.candidate.summary;
  candidate->origin = old.candidate.origin;
  candidate->place = old.candidate.place;
  candidate->parent = old.id;
  const auto session = store.begin_session(repo.work_dir().value_or(repo.common_dir()).string(),
                                           {goal_of(candidate->type)}, onto.config.safety_level);
  if (!session) return fail(session.error());
  auto proposal = record(*candidate, onto, *session);
  const auto ended =
      store.end_session(*session, proposal ? SessionStatus::kCompleted : SessionStatus::kFailed);
  if (!ended) return fail(ended.error());
  if (!proposal) return fail(proposal.error());
  return std::move(proposal->listed);
}

Result<Applied> Engine::Impl::apply_tried(Tried tried, const ApplyRequest& request) {
  if (tried.asked) {  // what is kept is the tree that was tried, and no other
    const std::string& other = tried.listed.modification.id.text;
    return fail(
        ErrorKind::kRefused,
        fmt::format("modification {} was not tried: {} is the same up to formatting, and "
                    "was tried in its place",
                    tried.asked->text, other),
        fmt::format("automod apply {}; or automod try --fresh {}", other, tried.asked->text));
  }
  const ModificationId id = tried.listed.modification.id;
  const auto matter = begin_with(id.text);
  if (!matter) return fail(matter.error());
  if (auto sound = check_verdict(matter->listed, tried.trial.evidence); !sound) {
    return fail(sound.error());
  }
  auto application = keep::apply(keep_world(), {.listed = matter->listed,
                                                .config = matter->target.config,
                                                .config_counts = counts(matter->target),
                                                .token = request.token,
                                                .hooks = request.hooks});
  if (!application && application.error().kind == ErrorKind::kUnavailable &&
      matter->keeping.no_signer) {
    return fail(*matter->keeping.no_signer);
  }
  if (!application) return fail(application.error());
  auto now = store.modification(id.text);
  if (!now) return fail(now.error());
  tried.listed = std::move(*now);
  return Applied{.tried = std::move(tried), .application = std::move(*application)};
}

/// The trial that the verdict stands on, where neither configuration nor rules have changed since.
/// The tools may have: what is kept is what was judged, and the evidence says with which.
Result<std::optional<Tried>> Engine::Impl::tried_already(const store::ListedModification& listed) {
  if (!listed.verdict || listed.verdict->verdict.rules_version != judge::kRulesVersion) {
    return std::nullopt;
  }
  const auto aimed = choose_target(repo, listed.modification.base_commit.text, Fallback::kWorkTree);
  if (!aimed) return fail(aimed.error());
  auto row = store.latest_trial(listed.modification.id);
  if (!row) return fail(row.error());
  const bool counts = *row && (*row)->id == listed.verdict->trial &&
                      (*row)->evidence.tree == listed.modification.tree &&
                      (*row)->evidence.environment.config_digest == digest(aimed->config);
  if (!counts) return std::nullopt;
  return Tried{.listed = listed, .trial = std::move(**row), .from_evidence = true, .asked = {}};
}

Result<Tried> Engine::find_keepable(std::string_view id) {
  const auto listed = impl_->store.modification(id);
  if (!listed) return fail(listed.error());
  auto before = impl_->tried_already(*listed);
  if (!before) return fail(before.error());
  if (*before) return std::move(**before);
  if (const auto signs = impl_->open_signer(); !signs) return fail(signs.error());
  return try_one(id, false);
}

Result<Tried> Engine::keepable(std::string_view id) {
  return noted(impl_->store, "trying", {std::string(id)}, find_keepable(id));
}

Result<Applied> Engine::apply_together(const ApplyRequest& request) {
  if (const auto signs = impl_->open_signer(); !signs) return fail(signs.error());
  auto together = try_together(request.ids, false);
  if (!together) return fail(together.error());
  return impl_->apply_tried(std::move(together->whole), request);
}

Result<Applied> Engine::apply_one(const ApplyRequest& request) {
  std::string id = request.ids.front().text;
  if (!request.onto.empty()) {
    const auto listed = impl_->store.modification(id);
    if (!listed) return fail(listed.error());
    const auto onto = target(request.onto);
    if (!onto) return fail(onto.error());
    const auto moved = impl_->rebase(*listed, *onto);
    if (!moved) return fail(moved.error());
    id = moved->modification.id.text;
  }
  auto tried = find_keepable(id);
  if (!tried) return fail(tried.error());
  return impl_->apply_tried(std::move(*tried), request);
}

Result<Applied> Engine::apply(const ApplyRequest& request) {
  return noted(impl_->store, "applying", request.ids.front(),
               request.ids.size() > 1 ? apply_together(request) : apply_one(request));
}

Result<std::vector<store::Rollback>> Engine::rollback(const RollbackRequest& request) {
  const auto matter = impl_->begin_with(request.id);
  if (!matter) return fail(matter.error());
  return noted(impl_->store, "rolling back", matter->listed.modification.id,
               keep::rollback(impl_->keep_world(), {.listed = matter->listed,
                                                    .reason = request.reason,
                                                    .onto = request.onto,
                                                    .cascade = request.cascade,
                                                    .config = matter->target.config}));
}

Result<store::Merge> Engine::merge(const MergeRequest& request) {
  const auto matter = impl_->begin_with(request.id);
  if (!matter) return fail(matter.error());
  auto branch = impl_->branch_to_move(request.into);
  if (!branch) return fail(branch.error());
  return noted(impl_->store, "merging", matter->listed.modification.id,
               keep::merge(impl_->keep_world(), {.listed = matter->listed,
                                                 .branch = std::move(*branch),
                                                 .only_forward = request.only_forward,
                                                 .hooks = request.hooks,
                                                 .config = matter->target.config}));
}

/// The full name of a branch that exists; of the one that is checked out here where none is named.
Result<std::string> Engine::Impl::branch_to_move(std::string_view named) const {
  if (named.empty()) {
    const auto head = repo.head_branch();
    if (!head) return fail(head.error());
    if (*head) return **head;
    return fail(ErrorKind::kUsage, "no branch is checked out here", "name one with --into BRANCH");
  }
  std::string ref(named);
  if (!ref.starts_with("refs/")) ref = "refs/heads/" + ref;
  const auto tip = repo.read_ref(ref);
  if (!tip) return fail(tip.error());
  if (*tip && ref.starts_with("refs/heads/")) return ref;
  return fail(ErrorKind::kUsage, fmt::format("there is no branch {}", printable_line(named)));
}

Result<store::Operation> Engine::undo(std::string_view reason) {
  const auto keeping = impl_->begin_keeping();
  if (!keeping) return fail(keeping.error());
  return noted(impl_->store, "undoing", {}, keep::undo(impl_->keep_world(), reason));
}

Result<std::vector<keep::LimitUse>> Engine::limits(std::string_view revision) const {
  const auto aimed = target(revision);
  if (!aimed) return fail(aimed.error());
  const Automatic& limits = aimed->config.automatic;
  const auto past = keep::past_of(impl_->keep_world(), aimed->commit, limits);
  if (!past) return fail(past.error());
  return keep::limit_use(*past, {}, limits, impl_->world.clock.now());
}

Result<store::Approval> Engine::approve(const ApproveRequest& request) {
  auto key = sign::PrivateKey::read(request.key);
  if (!key) return fail(key.error());
  const auto matter = impl_->begin_with(request.id);
  if (!matter) return fail(matter.error());
  return noted(impl_->store, "approving", matter->listed.modification.id,
               keep::approve(impl_->keep_world(), {.listed = matter->listed,
                                                   .key = *key,
                                                   .config = matter->target.config,
                                                   .config_counts = counts(matter->target),
                                                   .lifetime = request.lifetime,
                                                   .note = request.note}));
}

Result<store::Approval> Engine::decline(std::string_view id, std::string_view who,
                                        std::string_view note) {
  const auto keeping = impl_->begin_keeping();
  if (!keeping) return fail(keeping.error());
  const auto listed = impl_->store.modification(id);
  if (!listed) return fail(listed.error());
  return noted(impl_->store, "declining", listed->modification.id,
               keep::decline(impl_->keep_world(), *listed, who, note));
}

}  // namespace automod
