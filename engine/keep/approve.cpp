#include "engine/keep/approve.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/text.hpp"
#include "engine/keep/permission.hpp"
#include "engine/sign/token.hpp"

namespace automod::keep {

namespace {

Result<void> check_verdict(const store::ListedModification& listed) {
  const std::string& id = listed.modification.id.text;
  if (!listed.verdict) {
    return fail(ErrorKind::kUsage, fmt::format("modification {} has no verdict yet", id),
                "run: automod try " + id);
  }
  if (listed.verdict->verdict.decision != Decision::kRejected) return {};
  return fail(ErrorKind::kRefused,
              fmt::format("modification {} was rejected, and no approval lets that pass", id),
              "run: automod explain " + id);
}

Result<void> check_approver(const ApproveRequest& request) {
  const auto approvers = approvers_of(request.config, request.config_counts);
  if (!approvers) return fail(approvers.error());
  const auto is_key = [&](const sign::Approver& one) { return one.key.is(request.key.key()); };
  if (std::ranges::any_of(*approvers, is_key)) return {};
  std::vector<std::string> names;
  for (const sign::Approver& one : *approvers) names.push_back(one.name);
  std::string all;
  for (const std::string& one : names) all += (all.empty() ? "" : ", ") + one;
  return fail(ErrorKind::kRefused,
              fmt::format("the key {} is none of the approvers of the base commit: {}",
                          sign::fingerprint(request.key.key()), all));
}

}  // namespace

Result<store::Approval> approve(const World& world, const ApproveRequest& request) {
  if (auto good = check_verdict(request.listed); !good) return fail(good.error());
  if (auto good = check_approver(request); !good) return fail(good.error());
  const Modification& modification = request.listed.modification;
  const Verdict& verdict = request.listed.verdict->verdict;
  const auto now = std::chrono::floor<std::chrono::seconds>(world.clock.now());
  sign::Approval token{.id = uuid7(world.clock.now()),
                       .approver = sign::fingerprint(request.key.key()),
                       .modification = modification.id.text,
                       .patch_digest = modification.patch_digest,
                       .base_commit = modification.base_commit.text,
                       .base_tree = modification.base_tree.text,
                       .evidence_digest = verdict.evidence_digest,
                       .decision = std::string(name(verdict.decision)),
                       .note = valid_utf8(request.note),
                       .issued = now,
                       .expires = now + request.lifetime};
  store::Approval approval = record_of(token, sign::mint(token, request.key));
  if (auto added = world.store.add_approval(approval); !added) return fail(added.error());
  if (auto flushed = world.repo.flush(); !flushed) return fail(flushed.error());
  return approval;
}

Result<store::Approval> decline(const World& world, const store::ListedModification& listed,
                                std::string_view who, std::string_view note) {
  store::Approval approval{.id = {uuid7(world.clock.now())},
                           .modification = listed.modification.id,
                           .answer = "decline",
                           .approver = std::string(who),
                           .expires_at = {},
                           .note = valid_utf8(note),
                           .token = {},
                           .decided_at = iso_time(world.clock.now())};
  if (auto added = world.store.add_approval(approval); !added) return fail(added.error());
  if (auto flushed = world.repo.flush(); !flushed) return fail(flushed.error());
  return approval;
}

}  // namespace automod::keep
