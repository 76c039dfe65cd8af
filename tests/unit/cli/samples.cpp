#include "tests/unit/cli/samples.hpp"

namespace automod::testing {

namespace {

const std::string kCommit(40, 'a');
const std::string kBaseTree(40, 'b');
const std::string kTree(40, 'c');
const std::string kDigest(64, 'd');
const std::string kTime = "2026-01-31T23:59:59.123Z";
const std::string kTrial = "0199c2d4-8000-7000-8000-000000000002";

Modification modification() {
  Candidate candidate{
      .type = ModificationType::kPerformance,
      .summary = "take 'word' by reference in the loop",
      .reasoning = "Each round copied a string that is only read.",
      .origin = {.proposer = ProposerKind::kRules,
                 .name = "performance-for-range-copy",
                 .prompt_digest = ""},
      .place = {.path = "src/rank me.cpp", .line = 2, .column = 13, .symbol = "rank"},
      .files = {{.path = "src/rank me.cpp", .original = "a\nb\nc\n", .modified = "a\nB\nc\n"}},
      .parent = {}};
  return {.id = {"0199c2d4-7f1a-7000-8000-000000000001"},
          .session = {"0199c2d4-7f00-7000-8000-000000000000"},
          .base_commit = {kCommit},
          .base_tree = {kBaseTree},
          .tree = {kTree},
          .patch =
              "diff --git a/src/rank me.cpp b/src/rank me.cpp\nindex 1..2 100644\n"
              "--- a/src/rank me.cpp\t\n+++ b/src/rank me.cpp\t\n@@ -1,3 +1,3 @@\n a\n-b\n+B\n c\n",
          .patch_digest = kDigest,
          .created_at = kTime,
          .candidate = candidate};
}

Verdict verdict() {
  return {.decision = Decision::kApproved,
          .level = SafetyLevel::kConservative,
          .safety_score = 0.95,
          .performance_impact = 12.34,
          .checks = {{.code = "builds", .result = CheckResult::kPass, .reason = "it builds"},
                     {.code = "few_tests",
                      .result = CheckResult::kWarn,
                      .penalty = 0.05,
                      .reason = "1 test ran; an evil name: \x1b[31m"},
                     {.code = "tests_pass", .result = CheckResult::kPass, .reason = "all passed"}},
          .evidence_digest = kDigest,
          .rules_version = 1};
}

Evidence evidence() {
  Evidence all;
  all.base_tree = {kBaseTree};
  all.tree = {kTree};
  all.patch_digest = kDigest;
  all.type = ModificationType::kPerformance;
  all.environment = {.backend = "native",
                     .memory_limit = "cgroup",
                     .policy_digest = kDigest,
                     .config_digest = kDigest,
                     .config_source = "base commit",
                     .toolchain = "g++ 12.2.0",
                     .backend_version = "",
                     .process_limit = "cgroup",
                     .cpu_limit = "cgroup",
                     .disk_limit = "watched",
                     .landlock = true};
  all.files = {{.path = "src/rank me.cpp",
                .change = "modified",
                .lines_added = 1,
                .lines_removed = 1,
                .language = "cpp"}};
  all.stages = {{.type = ExecutionType::kBuild,
                 .command = "make",
                 .wall_ms = 1234,
                 .cpu_ms = 1200,
                 .memory_mb = 80,
                 .output_digest = kDigest,
                 .output_tail = ""},
                {.type = ExecutionType::kUnitTest,
                 .command = "make test",
                 .wall_ms = 40,
                 .cpu_ms = 30,
                 .memory_mb = 8,
                 .output_digest = kDigest,
                 .output_tail = "1 passed\n"}};
  all.has_build = true;
  all.has_tests = true;
  all.tests = {.source = TestSource::kExitCode,
               .complete = true,
               .tests = {{.name = "test command", .outcome = TestOutcome::kPassed, .wall_ms = 40}}};
  all.base_tests = all.tests;
  all.benchmarks = {
      {.name = "rank",
       .command = "build/bench",
       .series = {
           {.metric = "wall", .unit = "ms", .base = {10, 11, 10, 11}, .candidate = {8, 9, 8, 9}},
           {.metric = "memory", .unit = "MB", .base = {5, 5, 5, 5}, .candidate = {5, 5, 5, 5}}}}};
  return all;
}

store::TrialRow trial() {
  return {.id = {kTrial},
          .modification = modification().id,
          .evidence_digest = kDigest,
          .evidence = evidence(),
          .finished_at = kTime};
}

}  // namespace

store::ListedModification sample_proposed() {
  return {.modification = modification(),
          .status = ModificationStatus::kProposed,
          .verdict = {},
          .application = {},
          .rollback = {}};
}

store::ListedModification sample_applied() {
  store::ListedModification listed = sample_proposed();
  listed.status = ModificationStatus::kApplied;
  listed.verdict = {.trial = {kTrial}, .verdict = verdict(), .judged_at = kTime};
  listed.application = {.modification = listed.modification.id,
                        .branch = "refs/heads/self-mod/" + listed.modification.id.text,
                        .commit = {std::string(40, 'e')},
                        .base_commit = {kCommit},
                        .tree = {kTree},
                        .evidence_digest = kDigest,
                        .applied_at = kTime};
  return listed;
}

Tried sample_tried() {
  return {.listed = sample_applied(), .trial = trial(), .from_evidence = false};
}

Gated sample_gated() {
  return {.name = "main..HEAD", .commit = {}, .tried = sample_tried(), .error = {}};
}

std::vector<Gated> sample_commits() {
  Gated rejected{.name = "Rank <faster> | @somebody ::error::x",
                 .commit = CommitId{kCommit},
                 .tried = sample_tried(),
                 .error = {}};
  Verdict& verdict = rejected.tried->listed.verdict->verdict;
  verdict.decision = Decision::kRejected;
  verdict.safety_score = 0.2;
  verdict.checks = {{.code = "tests_weakened",
                     .result = CheckResult::kFail,
                     .blocks = true,
                     .penalty = 0.8,
                     .reason = "2 tests say less"},
                    {.code = "uncovered_change",
                     .result = CheckResult::kWarn,
                     .wants_approval = true,
                     .penalty = 0.1,
                     .reason = "3 lines: `a` | b\x1b[31m\n::warning::y"},
                    {.code = "too_large", .result = CheckResult::kPass, .reason = "2 lines"}};
  Evidence& evidence = rejected.tried->trial.evidence;
  evidence.facts = {
      {.kind = FactKind::kTestLoosened,
       .path = "tests/a,b:c%.cpp",
       .line = 7,
       .what = "adds",
       .before = "CHECK(sum == 3)",
       .after = "CHECK(true) ]]> <b>"},
      {.kind = FactKind::kTestRemoved, .path = "tests/b.cpp", .line = 9, .what = "x"}};
  evidence.coverage = {{.path = "src/rank me.cpp", .changed_lines = 3, .uncovered = {2, 3, 9}}};
  return {rejected,
          {.name = "Write more than fits",
           .commit = CommitId{kBaseTree},
           .tried = {},
           .error = Error{ErrorKind::kRefused, "the patch is too large", "make it smaller"}},
          {.name = "Say nothing", .commit = CommitId{kTree}, .tried = {}, .error = {}}};
}

cli::CacheView sample_cache() {
  return {.folder = "/home/user/.cache/automod",
          .bases = {{.folder = "/home/user/.cache/automod/snapshots/0123-tested",
                     .tree = {kTree},
                     .level = trial::Level::kTested,
                     .variant = Variant::kSanitizers,
                     .bytes = 123456,
                     .used = 1769903999,
                     .is_in_use = true},
                    {.folder = "/home/user/.cache/automod/snapshots/4567-built",
                     .tree = {},
                     .level = trial::Level::kBuilt}},
          .bytes = 123456,
          .toolchains = 2};
}

sign::PublicKey sample_key() {
  return *sign::parse_key_line(
      "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINdamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea a key");
}

cli::KeyList sample_keys() {
  return {.rows = {{.source = sign::Source::kAutomod,
                    .format = "ssh",
                    .key = sign::fingerprint(sample_key()),
                    .place = "/c/keys/signing",
                    .problem = {}},
                   {.source = sign::Source::kGit,
                    .format = "x509",
                    .key = "",
                    .place = "jane",
                    .problem = Error{ErrorKind::kUnavailable, "cannot", "use another"}}},
          .choice = {.source = sign::Source::kAutomod, .why = "automod has a key of its own"}};
}

Analysis sample_analysis() {
  Finding fixed{.rule = "performance-for-range-copy",
                .place = modification().candidate.place,
                .message = "loop variable is copied but only read",
                .why = "a copy in every round costs time",
                .type = ModificationType::kPerformance,
                .severity = Severity::kWarning,
                .weight = {.loops = 2, .reach = 14, .heat = 0.083}};
  Finding plain{.rule = "bugprone-use-after-move",
                .place = {.path = "src/a.cpp", .line = 7, .column = 0, .symbol = ""},
                .message = "'text' used after it was moved",
                .why = "its value is unspecified",
                .type = ModificationType::kBugFix,
                .severity = Severity::kError};
  return {.session = {.id = modification().session,
                      .codebase_path = "/somewhere",
                      .goals = {Goal::kImprovePerformance},
                      .safety_level = SafetyLevel::kConservative,
                      .status = SessionStatus::kCompleted,
                      .started_at = kTime,
                      .completed_at = kTime,
                      .success_rate = {}},
          .target = {.commit = {kCommit},
                     .tree = {kBaseTree},
                     .config = {},
                     .config_source = "base commit",
                     .notes = {"a note"}},
          .findings = {fixed, plain},
          .modifications = {sample_proposed()},
          .files = 2,
          .failed_files = {"src/broken.cpp"},
          .beyond_limit = 1};
}

cli::RuleRow sample_rule() {
  return {.id = "no-print",
          .source = "project",
          .file = "lint/a.toml",
          .languages = {"python"},
          .known = {.is_known = true,
                    .seen = "print left over",
                    .why = "Nobody reads it.",
                    .change = "removes it",
                    .type = ModificationType::kRefactor,
                    .confidence = Confidence::kHigh},
          .severity = "note",
          .level = SafetyLevel::kConservative,
          .has_fix = true,
          .rule = analyzers::Rule{
              .id = "no-print",
              .query = "(call) @found",
              .message = "{found} is left over",
              .examples = {
                  {.marked = "\u00abprint()\u00bb", .good = ""},
                  {.language = analyzers::Language::kPython, .marked = "x", .is_clean = true}}}};
}

cli::Shown sample_shown() {
  return {.listed = sample_applied(),
          .trial = trial(),
          .executions = {{.type = ExecutionType::kBuild,
                          .command = "make",
                          .outcome = "exited",
                          .out = "cc\n",
                          .err = "",
                          .exit_code = 0,
                          .wall_ms = 1234,
                          .cpu_ms = 1200,
                          .memory_mb = 80,
                          .costs = store::ExecutionCosts{.setup_us = 4321,
                                                         .run_us = 1229000,
                                                         .teardown_us = 700,
                                                         .peak_memory_bytes = 83886080,
                                                         .written_bytes = 4096}},
                         {.type = ExecutionType::kUnitTest, .command = "old", .outcome = "exited"}},
          .metrics = {{.name = "execution_time:rank",
                       .baseline = 10.5,
                       .modified = 8.5,
                       .improvement_percent = 19.05}}};
}

}  // namespace automod::testing
