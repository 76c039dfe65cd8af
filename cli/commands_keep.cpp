#include "cli/commands.hpp"
#include "cli/common_options.hpp"
#include "cli/handlers.hpp"

namespace automod::cli {

namespace {

Option hooks_option(const char* which) {
  return {.name = "--hooks",
          .help = std::string("run the repository's own ") + which + ", as git would"};
}

Option expires_option() {
  return {.name = "--expires",
          .value = "TIME",
          .help = "how long the approval holds, such as 30m, 1h or 7d (default: 1h)"};
}

Option key_option() {
  return {.name = "--key",
          .value = "FILE",
          .help = "your OpenSSH Ed25519 private key, whose public part automod.toml lists",
          .required = true,
          .completes = Completes::kFiles};
}

Option note_option(const char* help) { return {.name = "--note", .value = "TEXT", .help = help}; }

Command apply_command() {
  return {
      .name = "apply",
      .group = Group::kKeep,
      .summary = "commit approved modifications on branches of their own",
      .description =
          "Tries each modification if that was not done, and commits exactly the tree that was "
          "tried, signed, on the branch self-mod/<id>. Your working tree, index and checked-out "
          "branch are not touched. What was not approved is not kept, unless a person's approval "
          "is given with it.\n\n"
          "What is applied without an approval is limited by [automatic] in automod.toml, so that "
          "no loop runs away.",
      .operands = {id_operand(true)},
      .options = {{.name = "--together", .help = "all of them as one commit, tried as one"},
                  {.name = "--onto",
                   .value = "BRANCH",
                   .help = "on the tip of a branch that has moved on: tried anew there first",
                   .completes = Completes::kRevisions},
                  {.name = "--approval-token",
                   .value = "TOKEN",
                   .help = "what automod approve printed; @FILE reads it from a file"},
                  hooks_option("commit-msg hook")},
      .examples = {{"automod apply 0199c2d4-7f1a", "keep one modification"},
                   {"automod apply $(automod list --status approved --ids | cut -f1)",
                    "keep everything that was approved"},
                   {"automod apply 0199c2d4-7f1a --approval-token @token",
                    "keep what a person has approved"}},
      .run = run_apply};
}

Command merge_command() {
  return {
      .name = "merge",
      .group = Group::kKeep,
      .summary = "bring an applied modification into your branch",
      .description =
          "Moves the checked-out branch, or the one of --into, so that it holds the modification: "
          "forward where that is possible, else by a signed merge commit. The files of a working "
          "tree that has the branch checked out follow; changes of yours that are in the way are "
          "never overwritten.",
      .operands = {id_operand(false)},
      .options = {{.name = "--into",
                   .value = "BRANCH",
                   .help = "the branch to move (default: the one that is checked out here)",
                   .completes = Completes::kRevisions},
                  {.name = "--ff-only", .help = "refuse where a merge commit would be needed"},
                  hooks_option("pre-merge-commit and post-merge hooks")},
      .examples = {{"automod merge 0199c2d4-7f1a", "into the branch you are on"},
                   {"automod merge 0199c2d4-7f1a --into main --ff-only", "move main forward"}},
      .run = run_merge};
}

Command rollback_command() {
  return {
      .name = "rollback",
      .group = Group::kKeep,
      .summary = "take an applied modification back",
      .description =
          "Where nothing was built on it, its branch goes, exactly as if it had never been. Where "
          "another branch holds it, a signed commit that undoes it is made on "
          "self-mod/revert-<id>. Later modifications that need it (they are built on it, change "
          "the same lines, or use names that it defines) are listed and nothing is done, or go "
          "along with --cascade: all of them or none. Taking back is recorded too.",
      .operands = {id_operand(false)},
      .options = {{.name = "--reason",
                   .value = "TEXT",
                   .help = "why; recorded in the ledger",
                   .required = true},
                  {.name = "--onto",
                   .value = "BRANCH",
                   .help = "branch that the undoing commit is made on top of, where several hold "
                           "the modification",
                   .completes = Completes::kRevisions},
                  {.name = "--cascade", .help = "take what depends on it back as well"}},
      .examples = {{"automod rollback 0199c2d4-7f1a --reason 'slower on arm64'", "take it back"},
                   {"automod rollback 0199c2d4-7f1a --reason broken --onto main",
                    "it was merged: undo it on top of main"}},
      .run = run_rollback};
}

Command undo_command() {
  return {.name = "undo",
          .group = Group::kKeep,
          .summary = "take back the last apply, merge or rollback",
          .description =
              "The refs that it moved stand again where they stood before, and the files of a "
              "working tree that followed go back, too. Refuses when one of them has moved since.",
          .options = {{.name = "--reason",
                       .value = "TEXT",
                       .help = "why; recorded in the ledger (default: undone)"}},
          .examples = {{"automod undo", "that was a mistake"}},
          .run = run_undo};
}

Command approve_command() {
  return {
      .name = "approve",
      .group = Group::kKeep,
      .summary = "sign an approval that lets a modification pass once",
      .description =
          "Prints a token for automod apply --approval-token: signed with your key, good for this "
          "modification with this verdict on this base only, once, until it expires. Your key's "
          "public part has to stand in [approval] of the base commit's automod.toml. What was "
          "rejected cannot be approved.",
      .operands = {id_operand(false)},
      .options = {key_option(), expires_option(),
                  note_option("why; stands in the token and the ledger")},
      .examples = {{"automod approve 0199c2d4-7f1a --key ~/.ssh/id_ed25519 --note 'read it'",
                    "let it pass within the hour"}},
      .run = run_approve};
}

Command review_command() {
  return {
      .name = "review",
      .group = Group::kKeep,
      .summary = "walk through what waits for a person",
      .description =
          "Shows each modification that needs approval with its diff and its evidence, oldest "
          "first, and asks: approve (and apply), decline, skip or quit. Questions are on stderr; "
          "answers are read from stdin, a line each.",
      .options = {key_option(), expires_option()},
      .examples = {{"automod review --key ~/.ssh/id_ed25519", "what is there to decide?"}},
      .run = run_review};
}

Command verify_command() {
  return {.name = "verify",
          .group = Group::kKeep,
          .summary = "check a commit that automod made, trusting nothing stored",
          .description =
              "Checks the commit's signature, that its tree is the base commit's with the recorded "
              "patch and the one that was tried, the signed statement, that evidence and verdict "
              "are what was attested and the verdict follows from the evidence, the approval where "
              "one was needed, and the ledger. Works offline, and with --bundle without the store: "
              "on another machine, from a clone. Exits with 1 when something does not hold.",
          .operands = {{.name = "COMMIT|ID",
                        .help = "the commit, or the modification it was made for",
                        .completes = Completes::kModifications}},
          .options = {{.name = "--bundle",
                       .value = "FILE",
                       .help = "what automod log export wrote, in place of the store here",
                       .completes = Completes::kFiles},
                      {.name = "--signers",
                       .value = "FILE",
                       .help = "allowed signers, as for ssh-keygen -Y verify (default: those this "
                               "user trusts)",
                       .completes = Completes::kFiles}},
          .examples = {{"automod verify 0199c2d4-7f1a", "is all of it as it was?"},
                       {"automod verify HEAD --bundle evidence.json --signers signers",
                        "on another machine"}},
          .run = run_verify};
}

Command watch_command() {
  return {
      .name = "watch",
      .group = Group::kKeep,
      .summary = "look after an application, and take it back if it does badly",
      .description =
          "Runs a command on a schedule on the tree that holds the modification: the branch that "
          "it was merged into, or its own. Exit code 0 is healthy. After so many unhealthy looks "
          "in a row the modification is taken back, once, as automod rollback would, with the "
          "looks as the reason on record; the exit code is then 1.\n\n"
          "The command runs in the sandbox, on the built tree, and has to be healthy without the "
          "modification; one that asks a running service needs --outside. Without a command, that "
          "of [monitor] in the base commit's automod.toml is run.",
      .operands = {id_operand(false),
                   {.name = "COMMAND",
                    .help = "for the shell; put -- before it",
                    .required = false,
                    .repeats = true,
                    .verbatim = true}},
      .options = {{.name = "--every",
                   .value = "TIME",
                   .help = "how often, such as 30s or 5m (default: [monitor] every_seconds)"},
                  {.name = "--for",
                   .value = "TIME",
                   .help = "how long (default: [monitor] for_seconds)"},
                  {.name = "--failures",
                   .value = "N",
                   .help = "unhealthy looks in a row until it is taken back (default: [monitor] "
                           "failures)",
                   .number = true},
                  {.name = "--bench",
                   .help = "measure the configured benchmarks against the tree before, in place "
                           "of a command; a regression is unhealthy"},
                  {.name = "--outside",
                   .help = "run the command as you would, here, and not in the sandbox"},
                  {.name = "--cascade", .help = "what depends on it is taken back as well"}},
      .examples = {{"automod watch 0199c2d4-7f1a --every 1m --for 1h -- ./check", "in the sandbox"},
                   {"automod watch 0199c2d4-7f1a --outside -- curl -fsS localhost:8080/health",
                    "by what a running service says"},
                   {"automod watch 0199c2d4-7f1a --bench --every 1h --for 1d",
                    "is it still as fast as before?"}},
      .run = run_watch};
}

Command recover_command() {
  return {.name = "recover",
          .group = Group::kKeep,
          .summary = "make a damaged or lost database anew",
          .description =
              "Looks at the whole database of this repository. Where it is damaged or gone, the "
              "old one is kept aside and a new one made of what can still be read of it, of "
              "exported bundles, and of the repository's own refs and notes. Says what is gone.",
          .options = {{.name = "--bundle",
                       .value = "FILE",
                       .help = "what automod log export wrote; may be repeated",
                       .repeats = true,
                       .completes = Completes::kFiles},
                      {.name = "--check", .help = "only look; exits with 1 when it is not sound"}},
          .examples = {{"automod recover --check", "is the database sound?"},
                       {"automod recover --bundle backup.json", "with what was exported before"}},
          .run = run_recover};
}

Command feedback_command() {
  return {.name = "feedback",
          .group = Group::kKeep,
          .summary = "record how a modification turned out",
          .description = "What you say of a modification is kept in the ledger.",
          .operands = {id_operand(false),
                       {.name = "OPINION", .help = "good or bad", .choices = {"good", "bad"}}},
          .options = {note_option("in your words")},
          .examples = {{"automod feedback 0199c2d4-7f1a good --note 'half the latency'",
                        "say that it helped"}},
          .run = run_feedback};
}

}  // namespace

std::vector<Command> keep_commands() {
  return {apply_command(),   merge_command(),  rollback_command(), undo_command(),
          approve_command(), review_command(), watch_command(),    feedback_command(),
          verify_command(),  recover_command()};
}

}  // namespace automod::cli
