#include "engine/keep/commits.hpp"

#include <fmt/format.h>

#include <chrono>
#include <utility>

#include "base/digest.hpp"
#include "base/text.hpp"
#include "engine/sign/dsse.hpp"

namespace automod::keep {

namespace {

std::unexpected<Error> no_signer() {
  return fail(ErrorKind::kUnavailable, "nothing here can sign, and no commit is made unsigned",
              "run: automod key init");
}

/// Who commits what and when; tree and parents are left to the caller.
repo::NewCommit new_commit(const World& world, const Config& config, std::string message) {
  const auto now = std::chrono::floor<std::chrono::seconds>(world.clock.now());
  return {.tree = {},
          .parents = {},
          .author_name = config.author_name,
          .author_email = config.author_email,
          .message = std::move(message),
          .seconds = now.time_since_epoch().count(),
          .committer_name = config.committer_name,
          .committer_email = config.committer_email,
          .sign = [&world](std::string_view bytes) {
            return world.signer->sign(bytes, sign::Purpose::kCommit);
          }};
}

}  // namespace

Result<CommitId> make_commit(const World& world, const Config& config, const TreeId& tree,
                             const std::vector<CommitId>& parents, std::string message) {
  if (world.signer == nullptr) return no_signer();
  if (auto kept = world.repo.persist(tree); !kept) return fail(kept.error());
  repo::NewCommit commit = new_commit(world, config, std::move(message));
  commit.tree = tree;
  commit.parents = parents;
  return world.repo.commit(commit);
}

Result<void> hear_hook(const World& world, std::string_view name,
                       const std::vector<std::string>& arguments) {
  const auto said = world.repo.run_hook(name, arguments, world.cancel);
  if (!said) return fail(said.error());
  if (said->exit_code == 0) return {};
  return fail(ErrorKind::kRefused,
              fmt::format("the {} hook refused with exit code {}: {}", name, said->exit_code,
                          printable_line(tail(said->output, 400))),
              "nothing was changed");
}

Result<std::string> Attester::attest(Statement statement) {
  if (world_.signer == nullptr) return no_signer();
  const auto head = world_.store.ledger_head();
  if (!head) return fail(head.error());
  statement.ledger_number = std::to_string(head->number);
  statement.ledger_hash = head->hash;
  statement.at = operation_.at;
  const auto envelope =
      sign::seal(std::string(sign::kStatementType), to_text(statement), *world_.signer);
  if (!envelope) return fail(Error(envelope.error()).within("signing the evidence"));
  store::Attestation attestation{.digest = {},
                                 .modification = {statement.modification},
                                 .commit = {statement.commit},
                                 .envelope = sign::to_json(*envelope)};
  attestation.digest = sha256(attestation.envelope);
  std::string digest = attestation.digest;
  operation_.act.attestations.push_back(std::move(attestation));
  return digest;
}

Result<void> Attester::finish() {
  if (operation_.act.attestations.empty()) return {};
  const auto before = world_.repo.read_ref(kNotes);
  if (!before) return fail(before.error());
  std::vector<repo::NoteLine> lines;
  for (const store::Attestation& one : operation_.act.attestations) {
    lines.push_back({.commit = one.commit, .line = one.envelope});
  }
  const auto after = world_.repo.add_notes(*before, lines, new_commit(world_, config_, "evidence"));
  if (!after) return fail(Error(after.error()).within("attaching the evidence as a note"));
  operation_.refs.push_back({.ref = std::string(kNotes), .before = *before, .after = *after});
  return {};
}

}  // namespace automod::keep
