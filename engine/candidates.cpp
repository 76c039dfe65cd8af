#include <fmt/format.h>

#include <utility>

#include "base/text.hpp"
#include "engine/impl.hpp"
#include "engine/propose/edits.hpp"
#include "engine/propose/patch.hpp"

namespace automod {

namespace {

propose::PatchLimits limits_of(const Config& config) {
  return {.bytes = static_cast<std::size_t>(config.patch_kb) * 1024,
          .files = static_cast<std::size_t>(config.patch_files)};
}

std::string first_line(std::string_view text) {
  return std::string(text.substr(0, text.find('\n')));
}

Candidate complete(const propose::PatchText& text, const PatchOrigin& said,
                   std::vector<FileChange> files) {
  Candidate candidate;
  candidate.type = said.type;
  candidate.reasoning = said.reason.empty() ? text.body : said.reason;
  candidate.summary = !text.subject.empty()  ? text.subject
                      : !said.reason.empty() ? first_line(said.reason)
                                             : fmt::format("change {}", files.front().path);
  candidate.origin = {.proposer = ProposerKind::kPatch, .name = said.origin, .prompt_digest = {}};
  candidate.place = {.path = files.front().path};
  candidate.files = std::move(files);
  return candidate;
}

}  // namespace

Result<Candidate> candidate_of_patch(const repo::Repository& repo, const Target& target,
                                     std::string_view patch, const PatchOrigin& said) {
  auto files = propose::read_patch(repo, target.tree, patch, limits_of(target.config));
  if (!files) return fail(std::move(files.error()).within("patch " + said.origin));
  return complete(propose::read_patch_header(patch), said, std::move(*files));
}

namespace {

/// What is different in `tree`, checked strictly.
Result<std::vector<FileChange>> changes_to(const repo::Repository& repo, const Target& target,
                                           const TreeId& tree, const PatchOrigin& said) {
  const propose::PatchLimits limits = limits_of(target.config);
  constexpr std::size_t kContentsPerPatch = 64;  // whole files are larger than their changed lines
  auto files = repo.changes(target.tree, tree, limits.bytes * kContentsPerPatch);
  if (!files) return fail(files.error());
  if (files->empty()) {
    return fail(ErrorKind::kUsage, fmt::format("{} changes nothing", printable_line(said.origin)));
  }
  if (auto fine = propose::check_changes(repo, target.tree, *files, limits); !fine) {
    return fail(fine.error());
  }
  return files;
}

}  // namespace

Result<Candidate> candidate_of_tree(const repo::Repository& repo, const Target& target,
                                    const TreeId& tree, const PatchOrigin& said) {
  auto files = changes_to(repo, target, tree, said);
  if (!files) return fail(files.error());
  return complete({.subject = said.origin, .body = {}}, said, std::move(*files));
}

Result<Candidate> candidate_of_commit(const repo::Repository& repo, const Target& target,
                                      const repo::CommitInfo& commit, const PatchOrigin& said) {
  auto files = changes_to(repo, target, commit.tree, said);
  if (!files) return fail(files.error());
  const auto message = repo.message(commit.commit);
  if (!message) return fail(message.error());
  const std::string subject = first_line(*message);
  return complete({.subject = subject, .body = message->substr(subject.size())}, said,
                  std::move(*files));
}

Result<Candidate> candidate_of_answer(const repo::Repository& repo, const Target& target,
                                      const propose::ReadAnswer& answer,
                                      const ModelOrigin& origin) {
  auto files = propose::apply_edits(answer.edits, repo, target.tree);
  if (!files) return fail(files.error());
  Candidate candidate;
  candidate.type = origin.type;
  candidate.summary =
      origin.summary.empty() ? fmt::format("change {}", files->front().path) : origin.summary;
  candidate.reasoning = answer.reasoning;
  candidate.origin = {.proposer = ProposerKind::kModel,
                      .name = origin.model,
                      .prompt_digest = origin.prompt_digest};
  candidate.place = origin.place;
  if (candidate.place.path.empty()) candidate.place = {.path = files->front().path};
  candidate.files = std::move(*files);
  candidate.parent = origin.parent;
  if (auto fine = check_candidate(repo, target, candidate); !fine) return fail(fine.error());
  return candidate;
}

Result<void> check_candidate(const repo::Repository& repo, const Target& target,
                             const Candidate& candidate) {
  return propose::check_changes(repo, target.tree, candidate.files, limits_of(target.config));
}

}  // namespace automod
