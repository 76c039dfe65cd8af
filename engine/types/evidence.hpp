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

  bool ok() const { return outcome == "exited" && status == 0; }
};

struct TestResult {
  std::string name;
  TestOutcome outcome = TestOutcome::kNotRun;
  std::int64_t wall_ms = 0;
};

/// Names and outcomes of all tests of one tree. With TestSource::kExitCode there is a single
/// entry, "test command", and nobody can say whether a test vanished.
struct Inventory {
  TestSource source = TestSource::kExitCode;
  bool complete = false;  // the runner finished and reported every test it had announced
  std::vector<TestResult> tests;
};

/// Paired runs of one benchmark: element i of both was measured back to back, the order within
/// a pair alternating.
struct BenchmarkEvidence {
  std::string name;
  std::string command;
  std::vector<double> base_ms;
  std::vector<double> candidate_ms;
  std::vector<double> base_memory_mb;
  std::vector<double> candidate_memory_mb;
  bool base_failed = false;
  bool candidate_failed = false;
  bool output_differs = false;   // stdout of the two sides was not the same
  bool output_unstable = false;  // the base's own runs disagree: no two outputs can be compared
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

/// What is written now; what was written before is read as it is.
inline constexpr int kEvidenceFormat = 2;

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
};

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
