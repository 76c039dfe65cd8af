#include <fmt/format.h>

#include <utility>

#include "base/files.hpp"
#include "base/text.hpp"
#include "engine/keep/carry_out.hpp"
#include "engine/keep/commits.hpp"
#include "engine/keep/message.hpp"
#include "engine/keep/permission.hpp"

namespace automod::keep {

namespace {

Result<void> check_branch_is_free(const World& world, const std::string& branch) {
  const auto tip = world.repo.read_ref(branch);
  if (!tip) return fail(tip.error());
  if (!*tip) return {};
  return fail(ErrorKind::kConflict, fmt::format("branch {} exists and is not ours to move", branch),
              fmt::format("look at it with: git log {}", branch));
}

/// The tree that was tried, made once more from the patch.
Result<TreeId> tried_tree(const World& world, const Modification& modification) {
  auto tree = world.repo.write_tree(modification.base_tree, modification.candidate.files);
  if (!tree || *tree == modification.tree) return tree;
  return fail(ErrorKind::kInternal, fmt::format("the patch gives tree {} now, {} was tried",
                                                tree->text, modification.tree.text));
}

/// Everything from the last empty line on.
std::string_view trailers_of(std::string_view message) {
  const std::size_t at = message.rfind("\n\n");
  return at == message.npos ? std::string_view() : message.substr(at);
}

/// What the repository's commit-msg hook makes of the message. It may refuse it or add to it; the
/// trailers are not its own to change.
Result<std::string> heard_by_hook(const World& world, const std::string& message) {
  const auto folder = TempDir::create(world.repo.common_dir() / "automod", "message-");
  if (!folder) return fail(folder.error());
  const auto file = folder->path() / "COMMIT_EDITMSG";
  if (auto written = write_file(file, message, 0600); !written) return fail(written.error());
  if (auto heard = hear_hook(world, "commit-msg", {file.string()}); !heard) {
    return fail(heard.error());
  }
  auto now = read_file(file, kMiB);
  if (!now || now->find(trailers_of(message)) != std::string::npos) return now;
  return fail(ErrorKind::kRefused, "the commit-msg hook changed automod's trailers",
              "nothing was changed; let the hook leave them alone, or apply without --hooks");
}

}  // namespace

std::string branch_of(const ModificationId& id) { return "refs/heads/self-mod/" + id.text; }

std::string undo_ref_of(const ModificationId& id) { return "refs/automod/undo/" + id.text; }

Result<store::Application> apply(const World& world, const ApplyRequest& request) {
  const store::ListedModification& listed = request.listed;
  const Modification& modification = listed.modification;
  if (listed.status == ModificationStatus::kApplied && listed.application) {
    return *listed.application;
  }
  const auto permission = permission_for(world, request);
  if (!permission) return fail(permission.error());
  const std::string branch = branch_of(modification.id);
  if (auto free = check_branch_is_free(world, branch); !free) return fail(free.error());
  const auto trial = world.store.latest_trial(modification.id);
  if (!trial) return fail(trial.error());
  const auto tree = tried_tree(world, modification);
  if (!tree) return fail(tree.error());
  Result<std::string> message =
      commit_message(modification, listed.verdict->verdict, permission->approver);
  if (request.hooks) message = heard_by_hook(world, *message);
  if (!message) return fail(message.error());
  const auto commit =
      make_commit(world, request.config, *tree, {modification.base_commit}, *message);
  if (!commit) return fail(commit.error());

  const Verdict& verdict = listed.verdict->verdict;
  store::Operation operation{.id = world.store.new_operation_id(),
                             .kind = "apply",
                             .refs = {{.ref = branch, .before = {}, .after = *commit}},
                             .at = iso_time(world.clock.now())};
  Statement statement = statement_of(modification, (*trial)->evidence, verdict);
  statement.kind = "application";
  statement.branch = branch;
  statement.commit = commit->text;
  statement.tree = tree->text;
  statement.approver = permission->approver;
  if (permission->approval) statement.approval = permission->approval->token;
  Attester attester(world, request.config, operation);
  const auto attested = attester.attest(std::move(statement));
  if (!attested) return fail(attested.error());
  if (auto noted = attester.finish(); !noted) return fail(noted.error());

  store::Application application{.modification = modification.id,
                                 .branch = branch,
                                 .commit = *commit,
                                 .base_commit = modification.base_commit,
                                 .tree = *tree,
                                 .evidence_digest = verdict.evidence_digest,
                                 .applied_at = operation.at,
                                 .approver = permission->approver,
                                 .signer = world.signer->identity(),
                                 .statement = *attested,
                                 .operation = operation.id};
  if (permission->approval) {
    application.approval = permission->approval->id;
    operation.act.approvals.push_back(*permission->approval);
  }
  operation.act.applications.push_back(application);
  if (auto done = carry_out(world, operation); !done) return fail(done.error());
  return application;
}

}  // namespace automod::keep
