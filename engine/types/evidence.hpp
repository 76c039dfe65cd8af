#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/types/words.hpp"

namespace automod {

/// One sandboxed execution as the judge sees it. The full output is in the store.
struct StageEvidence {
  ExecutionType type = ExecutionType::kBuild;
  std::string command;
  std::string outcome = "exited";  // name of sandbox::Outcome
  int status = 0;
  std::int64_t wall_ms = 0;
  std::int64_t cpu_ms = 0;
  std::int64_t memory_mb = 0;
  std::string output_digest;
  std::string output_tail;  // valid UTF-8, the end of what was printed
  Variant variant = Variant::kPlain;

  bool ok() const { return outcome == "exited" && status == 0; }
};

/// A stage that was not run, and why: "no C or C++ file is changed".
struct LeftOut {
  std::string stage;  // as run.cpp names it; review and static_checks for reading the change
  std::string why;
  bool by_choice = false;  // automod.toml or the user switched it off
};

struct TestResult {
  std::string name;
  TestOutcome outcome = TestOutcome::kNotRun;
  std::int64_t wall_ms = 0;
  // Where the report tells. What a test program's own framework says at its end is counted, too.
  std::optional<std::int64_t> output_bytes;  // printed by the test
  std::optional<std::int64_t> cases;         // that passed inside it
  std::optional<std::int64_t> assertions;    // that held
};

/// Names and outcomes of all tests of one tree. With TestSource::kExitCode there is a single
/// entry, "test command", and nobody can say whether a test vanished.
struct Inventory {
  TestSource source = TestSource::kExitCode;
  bool complete = false;  // the runner finished and reported every test it had announced
  std::vector<TestResult> tests;
  std::size_t runs = 1;                 // how often all were run
  std::vector<std::string> flaky;       // names whose outcome was not the same every time
  std::vector<std::string> distrusted;  // why the report is not believed; empty: it is
  std::size_t not_reached = 0;  // tests left out after a failure among those that were run first
};

/// What became of changed tests. Each inventory is absent where that run was not needed.
struct ChangedTests {
  std::optional<Inventory> base_version;  // the candidate's code under the base's own tests
  bool base_version_builds = false;
  std::optional<Inventory> on_base;  // the base's code under the candidate's tests
  bool on_base_builds = false;
};

/// Runs of one metric on one benchmark. Element i of `base` and `candidate` was measured in the
/// same round, the order within a round balanced; so was `again`, the base a second time, whose
/// ratio to `base` is the noise.
struct Series {
  std::string metric;  // wall, cpu, memory, instructions, binary_size, or the figure's own name
  std::string unit;    // ms, MB, instructions, bytes, …
  Direction direction = Direction::kLower;
  std::vector<double> base;
  std::vector<double> candidate;
  std::vector<double> again;
};

struct BenchmarkEvidence {
  std::string name;
  std::string command;
  std::vector<Series> series;   // "wall" first where it was measured
  std::vector<Series> confirm;  // of a winner: fresh runs, after the decision to take it
  std::size_t base_runs = 0;
  std::size_t base_failures = 0;
  std::size_t candidate_runs = 0;
  std::size_t candidate_failures = 0;
  bool output_differs = false;   // stdout of the two sides was not the same
  bool output_unstable = false;  // the base's own runs disagree: no two outputs can be compared
  std::string base_output;       // the ends of the first outputs that differ; else empty
  std::string candidate_output;

  const Series* find(std::string_view metric) const;
};

/// Both sides on inputs that no proposer has seen.
struct HeldOutEvidence {
  std::string name;
  std::string command;
  std::vector<std::string> seeds;      // one for each run
  std::vector<std::string> different;  // seeds at which output or exit status differ
  std::size_t base_failures = 0;
  std::size_t candidate_failures = 0;
  bool unstable = false;  // the base disagrees with itself on the same seed
  Series wall;
};

/// What a tool says of a place. Lines are the candidate's.
struct Diagnostic {
  std::string tool;  // compiler, clang-tidy
  std::string path;
  std::size_t line = 0;
  std::string rule;
  std::string message;
};

/// The tests once more, in a build with address and undefined-behaviour sanitizers.
struct SanitizerEvidence {
  bool effective = false;  // the build was instrumented
  Inventory base;
  Inventory candidate;
  std::vector<Diagnostic> base_reports;  // rule: heap-use-after-free, signed-integer-overflow, …
  std::vector<Diagnostic> candidate_reports;
};

/// Which lines of one file the tests execute.
struct FileCoverage {
  std::string path;
  std::size_t changed_lines = 0;       // added or altered lines that hold code
  std::vector<std::size_t> uncovered;  // those that nothing executed
  std::size_t lost_lines = 0;          // unchanged lines that the base's run executed, this not
  std::size_t base_lines = 0;          // that the base's run executed
  std::vector<std::string> lost_functions;  // that the base's run entered, this not
};

/// Something that reading the change shows.
struct CodeFact {
  FactKind kind = FactKind::kApiAdded;
  std::string path;
  std::size_t line = 0;  // in the candidate; in the base for what is gone; 0: the whole file
  std::string what;      // the name it is about, "connect", "Index::add", a test case
  std::string before;    // one line each, bounded; empty: was not there
  std::string after;
  std::int64_t amount = 0;  // a figure, for the kinds that have one
};

/// What became of one file, read from the two trees.
struct FileFacts {
  std::string path;
  std::string change;  // added, modified, deleted
  bool is_protected = false;
  std::size_t lines_added = 0;
  std::size_t lines_removed = 0;
  std::string language;  // empty where no grammar knows it
  std::size_t syntax_errors_before = 0;
  std::size_t syntax_errors_after = 0;
  std::optional<FileRole> role;  // nullopt: written before format 3

  /// The grammar reads less of the file than before.
  bool lost_syntax() const {
    return !language.empty() && syntax_errors_after > syntax_errors_before;
  }
};

/// What the figures depend on. The kinds of limits are the sandbox's own words for them.
struct Environment {
  std::string backend;
  std::string memory_limit;
  std::string policy_digest;
  std::string config_digest;
  std::string config_source;  // base commit, working tree, detected
  std::string toolchain;      // versions of the compilers and tools inside
  // From format 2 on.
  std::string backend_version;  // of the program behind it; empty for our own
  std::string process_limit;
  std::string cpu_limit;
  std::string disk_limit;
  bool landlock = false;
};

/// From where on a measured difference counts, in percent.
struct Levels {
  double floor = 5;    // of time, either way
  double wanted = 20;  // what a performance goal is reported against
  double memory = 5;   // growth
};

/// What a second pair of eyes says: a language model that was shown base, patch and evidence. It
/// can take away and never give: nothing it says makes a verdict better than none had been asked.
struct Opinion {
  std::string reviewer;  // the user's name for the model, and what it calls itself in parentheses
  std::string question;  // digest of what it was asked: its page in the answer book
  OpinionSays says = OpinionSays::kUnanswered;
  std::string reason;  // the first part of its prose, or why there is no answer; kMostReason bytes
};

/// Of an opinion's reason, in bytes of UTF-8.
inline constexpr std::size_t kMostReason = 4096;

/// What is written now; what was written before is read as it is.
inline constexpr int kEvidenceFormat = 5;

/// Everything one trial measured. Immutable; named by the digest of its canonical JSON.
struct Evidence {
  int format = kEvidenceFormat;
  TreeId base_tree;
  TreeId tree;
  std::string patch_digest;
  ModificationType type = ModificationType::kRefactor;
  Environment environment;
  std::vector<FileFacts> files;
  std::vector<StageEvidence> stages;  // in the order they ran; stops at the first that failed
  bool has_build = false;             // the configuration names a build command
  bool has_tests = false;
  Inventory base_tests;
  Inventory tests;
  std::vector<BenchmarkEvidence> benchmarks;
  // From format 3 on.
  std::string shape_digest;  // of the changed files' syntax, formatting and comments left out
  Levels levels;
  std::size_t compared = 1;   // candidates that this one was chosen from: best of so many
  Reach reach = Reach::kEnd;  // how far the trial has come
  std::string stopped_by;     // the check that ended it there; empty: it ran to its end
  std::vector<LeftOut> left_out;
  std::vector<CodeFact> facts;
  ChangedTests changed_tests;
  std::vector<Diagnostic> new_diagnostics;    // that the base does not have
  std::vector<std::string> diagnostic_tools;  // that were heard on both sides
  std::optional<SanitizerEvidence> sanitizers;
  std::optional<std::vector<FileCoverage>> coverage;  // nullopt: not measured
  std::vector<HeldOutEvidence> held_out;
  // From format 5 on.
  std::vector<Opinion> opinions;  // in the order they were asked for; most often none

  /// The facts of the new kinds were looked for.
  bool is_reviewed() const { return format >= 3; }
  /// So was what is unlike its surroundings.
  bool knows_conventions() const { return format >= 4; }
};

/// What the outcome of a trial depends on. Two trials with the same exact key are the same; with
/// the same shape key they differ in formatting and comments only.
std::string exact_key(const TreeId& base, const TreeId& tree, const Environment& environment);
std::string shape_key(const TreeId& base, std::string_view shape, const Environment& environment);

/// The judgement of one check on one piece of evidence.
struct CheckOutcome {
  std::string code;  // "tests_failed"
  CheckResult result = CheckResult::kPass;
  bool blocks = false;          // a failure that rejects at every level
  bool wants_approval = false;  // risky rather than wrong: a person decides
  double penalty = 0;           // taken off the score
  std::string reason;           // names what was seen
};

struct Verdict {
  Decision decision = Decision::kRejected;
  SafetyLevel level = SafetyLevel::kConservative;
  double safety_score = 0;                   // 0 to 1
  std::optional<double> performance_impact;  // percent of time saved, negative: slower
  std::vector<CheckOutcome> checks;
  std::string evidence_digest;
  int rules_version = 1;

  friend bool operator==(const Verdict&, const Verdict&);
};

}  // namespace automod
