#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace automod {

/// Identifiers are types, so that one cannot be passed for another.
template <class Tag>
struct Id {
  std::string text;
  friend auto operator<=>(const Id&, const Id&) = default;
};
using SessionId = Id<struct SessionTag>;            // UUIDv7
using ModificationId = Id<struct ModificationTag>;  // UUIDv7
using TrialId = Id<struct TrialTag>;                // UUIDv7
using CommitId = Id<struct CommitTag>;              // 40 hexadecimal digits
using TreeId = Id<struct TreeTag>;                  // 40 hexadecimal digits

// The enumerations below are written to databases, evidence and JSON by name. Never rename and
// never reuse a name; tests/unit/engine/types holds them frozen.

enum class Goal { kImprovePerformance, kFixBugs, kAddFeatures, kRefactor };
enum class ModificationType { kBugFix, kPerformance, kFeatureAdd, kRefactor };
/// What a change for a goal is called, and the other way round.
Goal goal_of(ModificationType type);
ModificationType type_of(Goal goal);
enum class SafetyLevel { kConservative, kModerate, kAggressive };
enum class ProposerKind { kRules, kModel, kPatch };
enum class SessionStatus { kAnalyzing, kCompleted, kFailed, kInterrupted };
enum class ModificationStatus {
  kProposed,
  kApproved,
  kNeedsApproval,
  kRejected,
  kApplied,
  kRolledBack,
};
enum class Decision { kApproved, kNeedsApproval, kRejected };
enum class CheckResult { kPass, kWarn, kFail };
enum class Severity { kNote, kWarning, kError };
enum class Confidence { kLow, kMedium, kHigh };  // that a finding is right
enum class ExecutionType { kConfigure, kBuild, kUnitTest, kBenchmark, kStaticAnalysis, kHeldOut };
enum class TestOutcome { kPassed, kFailed, kSkipped, kNotRun };
/// How outcomes of tests are read: by the runner's own report, a JUnit file that the command
/// leaves, or nothing but the command's exit status.
enum class TestSource {
  kCtest,
  kGtest,
  kCatch2,
  kDoctest,
  kPytest,
  kUnittest,
  kCargo,
  kGo,
  kNode,
  kJunit,
  kExitCode,
};
/// How a benchmark's figures are read: the whole process timed from outside, or what it prints.
enum class BenchmarkFormat { kProcess, kGoogle, kCatch2, kHyperfine, kJson };
enum class Direction { kLower, kHigher };  // which figures are better
enum class InstructionCount { kOff, kPerf, kCallgrind };
/// Which of a target's builds a stage ran in.
enum class Variant { kPlain, kSanitizers, kCoverage };
/// How far a trial has come.
enum class Reach {
  kReview,
  kBuild,
  kTests,
  kChangedTests,
  kDiagnostics,
  kSanitizers,
  kCoverage,
  kBenchmarks,
  kEnd,
};
/// What a file is to its project.
enum class FileRole { kSource, kTest, kBenchmark, kBuild, kCi, kConfig, kDocument, kOther };
/// Something that reading the two versions of a change shows.
enum class FactKind {
  // of tests
  kTestAdded,
  kTestRemoved,      // a case or an assertion is gone
  kTestDisabled,     // skipped, hidden, or left out of what is collected
  kTestLoosened,     // an assertion says less than before
  kTestExpectation,  // another value is expected
  // what the base's code did not reach; `what` says by which name
  kCapabilityProcess,
  kCapabilityNetwork,
  kCapabilityFile,
  kCapabilityEnvironment,
  kCapabilityLoading,
  kCapabilityAssembly,
  kCapabilityThread,
  kCapabilitySignal,
  kCapabilityExit,
  kCapabilityStart,  // code that runs before main or at import
  // of text
  kSecret,  // `what` is the kind of secret, never the secret
  kBidirectional,
  kInvisible,
  kHomoglyph,
  kBinary,
  kLicenseRemoved,
  // of code
  kApiRemoved,
  kApiChanged,
  kApiAdded,
  kAbiChanged,
  kComplexity,         // a function grew by `amount` branches
  kSuppression,        // a diagnostic, sanitizer or coverage is switched off
  kSwallowed,          // an error is caught and dropped
  kBenchmarkLiteral,   // a value that only a benchmark or a test uses
  kBenchmarkIdentity,  // the benchmark's name, or how to tell that one is running
  kHiddenState,        // a result kept from one call to the next
  kOutOfScope,         // a file or function that the stated goal does not speak of
  kUnconventional,     // named, or failing, unlike what is around it: `before` and `after` say how
};

/// What a second pair of eyes says of a change. kNothing: nothing against it; kUnanswered: it was
/// asked, and nothing that could be used came back.
enum class OpinionSays { kNothing, kDoubtful, kVeto, kUnanswered };

template <class E>
struct EnumEntry {
  E value;
  std::string_view name;
};

/// All values of an enumeration with their frozen names, in declaration order.
template <class E>
const std::vector<EnumEntry<E>>& entries();

template <class E>
std::string_view name(E value) {
  for (const auto& entry : entries<E>()) {
    if (entry.value == value) return entry.name;
  }
  return "unknown";
}

template <class E>
std::optional<E> parse(std::string_view text) {
  for (const auto& entry : entries<E>()) {
    if (entry.name == text) return entry.value;
  }
  return std::nullopt;
}

template <class E>
std::vector<std::string> names() {
  std::vector<std::string> all;
  for (const auto& entry : entries<E>()) all.emplace_back(entry.name);
  return all;
}

/// Where in the target, lines and columns from 1; 0 where unknown.
struct Place {
  std::string path;
  std::size_t line = 0;
  std::size_t column = 0;
  std::string symbol;  // the enclosing function or type, where known
};

/// More functions that lead to one are not counted.
inline constexpr std::size_t kMostReach = 1000;

/// How much it matters where a finding stands; docs/manual.md says how it is found.
struct Weight {
  std::size_t loops = 0;       // around the place, within its function
  std::size_t reach = 0;       // functions of the target that lead to this one by calls
  std::optional<double> heat;  // 0 to 1: its share of the profile, where one was given
  friend bool operator==(const Weight&, const Weight&) = default;
};

/// Something an analyzer saw.
struct Finding {
  std::string rule;  // "performance-for-range-copy"
  Place place;
  std::string message;  // what was seen
  std::string why;      // why it matters
  ModificationType type = ModificationType::kRefactor;
  Severity severity = Severity::kWarning;
  Confidence confidence = Confidence::kMedium;
  Weight weight = {};  // filled for all findings at once (engine/weigh.hpp)

  /// How much it matters, 0 to 100: how sure and how bad it is, and the weight of its place.
  double value() const;
};

/// One file of a change. Absent content means that the file does not exist on that side.
struct FileChange {
  std::string path;
  std::optional<std::string> original;
  std::optional<std::string> modified;
  bool original_executable = false;
  bool executable = false;
};

/// Who made a modification and with what.
struct Origin {
  ProposerKind proposer = ProposerKind::kPatch;
  std::string name;           // the rule, the model, the patch file
  std::string prompt_digest;  // empty where there was no prompt
};

/// What a proposer hands over: a change against a base that it has been told.
struct Candidate {
  ModificationType type = ModificationType::kRefactor;
  std::string summary;    // one line
  std::string reasoning;  // why it should be better
  Origin origin;
  Place place;
  std::vector<FileChange> files;  // by path, no two alike
  std::optional<ModificationId> parent;
};

/// One proposed change, recorded. Immutable.
struct Modification {
  ModificationId id;
  SessionId session;
  CommitId base_commit;
  TreeId base_tree;
  TreeId tree;        // base tree with the patch applied, computed before anything ran
  std::string patch;  // canonical unified diff between the two trees
  std::string patch_digest;
  std::string created_at;
  Candidate candidate;
};

/// One call of analyze or propose.
struct Session {
  SessionId id;
  std::string codebase_path;
  std::vector<Goal> goals;
  SafetyLevel safety_level = SafetyLevel::kConservative;
  SessionStatus status = SessionStatus::kAnalyzing;
  std::string started_at;
  std::optional<std::string> completed_at;
  std::optional<double> success_rate;  // percent of tried modifications that were approved
};

}  // namespace automod
