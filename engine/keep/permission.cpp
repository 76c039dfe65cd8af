#include "engine/keep/permission.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/text.hpp"

namespace automod::keep {

namespace {

/// "ada (SHA256:…)"
std::string name_of(const std::vector<sign::Approver>& approvers, const std::string& key) {
  const auto one = std::ranges::find_if(approvers, [&](const sign::Approver& approver) {
    return sign::fingerprint(approver.key) == key;
  });
  return one == approvers.end() ? key : fmt::format("{} ({})", one->name, key);
}

Result<Permission> permission_of_token(const World& world, const ApplyRequest& request) {
  const auto approvers = approvers_of(request.config, request.config_counts);
  if (!approvers) return fail(approvers.error());
  const auto now = std::chrono::floor<std::chrono::seconds>(world.clock.now());
  const auto token = sign::read_token(request.token, *approvers, now);
  if (!token) return fail(token.error());
  if (auto bound =
          check_binding(*token, request.listed.modification, request.listed.verdict->verdict);
      !bound)
    return fail(bound.error());
  const store::ApprovalId id{token->id};
  const auto used = world.store.use_of(id);
  if (!used) return fail(used.error());
  if (*used) {
    return fail(ErrorKind::kRefused,
                fmt::format("the approval was used already, at {}", (*used)->applied_at),
                "run: automod approve " + request.listed.modification.id.text);
  }
  return Permission{.approval = record_of(*token, request.token),
                    .approver = name_of(*approvers, token->approver)};
}

std::unexpected<Error> needs_person(const ModificationId& id, std::string_view why) {
  return fail(ErrorKind::kNeedsApproval,
              fmt::format("modification {} needs a person's approval: {}", id.text, why),
              fmt::format("run: automod approve {}, and apply it with --approval-token", id.text));
}

/// Self-modifications on top of each other, with no commit of anybody else between.
Result<std::size_t> generation_of(const World& world, const CommitId& base, std::size_t most) {
  std::size_t count = 0;
  CommitId at = base;
  while (count < most) {
    const auto made = world.store.made(at);
    if (!made) return fail(made.error());
    if (*made == store::Store::Made::kNothing) break;
    if (*made == store::Store::Made::kApplication) ++count;
    const auto parents = world.repo.parents(at);
    if (!parents) return fail(parents.error());
    if (parents->empty()) break;
    at = parents->back();  // of a merge commit of ours: what it brought in
  }
  return count;
}

}  // namespace

Result<std::vector<sign::Approver>> approvers_of(const Config& config, bool config_counts) {
  if (!config_counts) {
    return fail(ErrorKind::kRefused,
                "approvers count only where the base commit itself holds automod.toml",
                "commit automod.toml with [approval] approvers, and propose the change on that");
  }
  std::vector<sign::Approver> all;
  for (const Approver& one : config.approvers) {
    auto approver = sign::parse_approver(fmt::format("{} {}", one.name, one.key));
    if (!approver) return fail(std::move(approver.error()).within("reading automod.toml"));
    all.push_back(std::move(*approver));
  }
  if (all.empty()) {
    return fail(ErrorKind::kRefused, "automod.toml of the base commit names no approvers",
                "add: [approval] approvers = [\"NAME ssh-ed25519 AAAA...\"]");
  }
  return all;
}

Result<void> check_binding(const sign::Approval& token, const Modification& modification,
                           const Verdict& verdict) {
  const struct {
    std::string_view what, found, wanted;
  } bonds[] = {
      {"modification", token.modification, modification.id.text},
      {"patch", token.patch_digest, modification.patch_digest},
      {"base commit", token.base_commit, modification.base_commit.text},
      {"base tree", token.base_tree, modification.base_tree.text},
      {"evidence", token.evidence_digest, verdict.evidence_digest},
      {"decision", token.decision, name(verdict.decision)},
  };
  for (const auto& bond : bonds) {
    if (bond.found == bond.wanted) continue;
    return fail(ErrorKind::kRefused,
                fmt::format("the approval is for another {}: {}, expected {}", bond.what,
                            printable_line(bond.found), bond.wanted),
                "run: automod approve " + modification.id.text);
  }
  return {};
}

store::Approval record_of(const sign::Approval& token, std::string text) {
  return {.id = {token.id},
          .modification = {token.modification},
          .answer = "approve",
          .approver = token.approver,
          .expires_at = iso_time(token.expires),
          .note = token.note,
          .token = std::move(text),
          .decided_at = iso_time(token.issued)};
}

Result<Past> past_of(const World& world, const CommitId& base, const Automatic& limits) {
  const std::string day_ago = iso_time(world.clock.now() - std::chrono::days(1));
  auto applications =
      world.store.past_applications(day_ago, static_cast<std::size_t>(limits.rollbacks));
  if (!applications) return fail(applications.error());
  const auto generation =
      generation_of(world, base, static_cast<std::size_t>(limits.generations) + 1);
  if (!generation) return fail(generation.error());
  return Past{.applications = std::move(*applications), .generation = *generation};
}

Result<Permission> permission_for(const World& world, const ApplyRequest& request) {
  const Modification& modification = request.listed.modification;
  if (!request.listed.verdict) {
    return fail(ErrorKind::kUsage,
                fmt::format("modification {} has no verdict yet", modification.id.text),
                "run: automod try " + modification.id.text);
  }
  const Decision decision = request.listed.verdict->verdict.decision;
  if (decision == Decision::kRejected) {
    return fail(ErrorKind::kRefused,
                fmt::format("modification {} was rejected", modification.id.text),
                "run: automod explain " + modification.id.text);
  }
  if (!request.token.empty()) return permission_of_token(world, request);
  if (decision == Decision::kNeedsApproval) {
    return needs_person(modification.id, "its verdict is needs_approval");
  }
  const auto past = past_of(world, modification.base_commit, request.config.automatic);
  if (!past) return fail(past.error());
  std::vector<std::string> paths;
  for (const FileChange& file : modification.candidate.files) paths.push_back(file.path);
  if (const auto limit = limit_reached(*past, paths, request.config.automatic, world.clock.now())) {
    return needs_person(modification.id, *limit);
  }
  return Permission{};
}

}  // namespace automod::keep
