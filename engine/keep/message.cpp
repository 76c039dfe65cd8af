#include "engine/keep/message.hpp"

#include <fmt/format.h>

#include "base/text.hpp"

namespace automod::keep {

namespace {

constexpr std::size_t kLineWidth = 72;

std::string paragraph(std::string_view text) {
  return text.empty() ? std::string() : fmt::format("\n{}\n", wrap(printable(text), kLineWidth));
}

}  // namespace

std::string commit_message(const Modification& modification, const Verdict& verdict,
                           std::string_view approver) {
  const Candidate& candidate = modification.candidate;
  std::string text = fmt::format("Self-modification: {}\n", printable_line(candidate.summary));
  text += paragraph(candidate.reasoning);
  text += fmt::format("\nVerdict: {} at level {}, safety score {:.2f}.\n", name(verdict.decision),
                      name(verdict.level), verdict.safety_score);
  if (verdict.performance_impact) {
    text += fmt::format("Measured: {:+.1f} % of the benchmarks' time saved.\n",
                        *verdict.performance_impact);
  }
  text += fmt::format("\nModification-Id: {}\nEvidence-Digest: sha256:{}\nBase-Tree: {}\n",
                      modification.id.text, verdict.evidence_digest, modification.base_tree.text);
  if (!approver.empty()) text += fmt::format("Approved-By: {}\n", printable_line(approver));
  return text;
}

std::string revert_message(const Modification& modification, const CommitId& commit,
                           std::string_view reason) {
  return fmt::format(
      "Revert \"Self-modification: {}\"\n{}\nThis takes back commit {}.\n\n"
      "Reverted-Modification-Id: {}\n",
      printable_line(modification.candidate.summary), paragraph(reason), commit.text,
      modification.id.text);
}

std::string merge_message(const Modification& modification, std::string_view branch) {
  return fmt::format("Merge self-modification: {}\n\nInto {}.\n\nMerged-Modification-Id: {}\n",
                     printable_line(modification.candidate.summary), printable_line(branch),
                     modification.id.text);
}

}  // namespace automod::keep
