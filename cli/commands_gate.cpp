#include "cli/commands.hpp"
#include "cli/common_options.hpp"
#include "cli/handlers.hpp"

namespace automod::cli {

namespace {

Option report_option(const char* name, const char* what) {
  return {.name = name,
          .value = "FILE",
          .help = std::string("also write ") + what + " to FILE; - is standard output",
          .completes = Completes::kFiles};
}

}  // namespace

Command gate_command() {
  return {
      .name = "gate",
      .group = Group::kProve,
      .summary = "verdict on commits, a patch or what is staged, for CI and hooks",
      .description =
          "Tries the difference between two commits as one modification and reports the verdict in "
          "its exit code: 0 approved, 1 rejected, 4 needs approval. Nothing is kept, and your "
          "checkout and index are only read. How it is tried is what the base's automod.toml says, "
          "never the candidate's.\n\n"
          "With --each every commit of the range is held against its first parent, all under the "
          "range's base's automod.toml; the exit code is the worst of them.\n\n"
          "Reports say the same in the formats of CI systems. Where GITHUB_STEP_SUMMARY names a "
          "file, as in GitHub's jobs, the Markdown is added to it unasked.",
      .operands = {{.name = "BASE..HEAD",
                    .help = "two commits; BASE...HEAD starts at their merge base",
                    .required = false,
                    .completes = Completes::kRevisions}},
      .options = {{.name = "--each", .help = "judge every commit of the range on its own"},
                  {.name = "--staged", .help = "judge what is staged, against HEAD"},
                  {.name = "--patch",
                   .value = "FILE",
                   .help = "judge a patch; - reads standard input",
                   .completes = Completes::kFiles},
                  base_option(),
                  type_option("feature_add"),
                  safety_option(),
                  review_option(),
                  report_option("--sarif", "SARIF 2.1.0"),
                  report_option("--junit", "a JUnit report, a case for each check,"),
                  report_option("--markdown", "a summary in Markdown"),
                  report_option("--codequality", "GitLab's Code Quality report"),
                  {.name = "--annotations",
                   .value = "SERVICE",
                   .help = "print workflow commands that mark the lines in question, beside the "
                           "text; everything else is kept from being taken for one",
                   .choices = {"github"}}},
      .examples = {{"automod gate main...HEAD", "may this branch be merged?"},
                   {"automod gate main..HEAD --each", "is each of its commits good by itself?"},
                   {"automod gate --staged", "may I commit this?"},
                   {"automod gate --patch change.patch --sarif gate.sarif",
                    "judge a patch, results for a code scanning service"},
                   {"automod gate origin/main...HEAD --junit gate.xml --codequality gate.json",
                    "in a job of GitLab CI"}},
      .run = run_gate};
}

}  // namespace automod::cli
