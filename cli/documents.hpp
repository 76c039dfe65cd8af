#pragma once

#include <cstdint>
#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "cli/commands.hpp"
#include "cli/versions.hpp"
#include "engine/engine.hpp"
#include "engine/recovery.hpp"
#include "engine/sign/settings.hpp"
#include "engine/sign/signers.hpp"
#include "engine/trial/snapshots.hpp"
#include "engine/verify.hpp"
#include "engine/watch.hpp"
#include "sandbox/attacks/attacks.hpp"
#include "sandbox/doctor.hpp"
#include "sandbox/sandbox.hpp"

/// What --json prints. One function for each document that docs/formats/ describes; absent is
/// null, and fields are never renamed.
namespace automod::cli {

nlohmann::json error_document(const Error& error, int exit_code);
nlohmann::json version_document(const std::vector<LinkedVersion>& versions);
/// Of one command, or of all when `command` is nullptr.
nlohmann::json help_document(const Command* command);
nlohmann::json help_document(const Family& family);
nlohmann::json completion_document(std::string_view shell, std::string_view script);

struct InitResult {
  std::filesystem::path file;
  bool replaced = false;
  Target target;
};
nlohmann::json init_document(const InitResult& result);

struct DiagnosisGroup {
  std::string name;
  std::vector<sandbox::Condition> conditions;
};
/// What this machine can do.
struct Diagnosis {
  std::string system;  // "Linux 6.1.0 x86_64"
  std::vector<DiagnosisGroup> groups;
  bool can_run_trials = true;
};
nlohmann::json doctor_document(const Diagnosis& diagnosis);

nlohmann::json analyze_document(const Analysis& analysis);
/// A rule, or a check of clang-tidy.
struct RuleRow {
  std::string id;
  std::string source;  // "automod", "clang-tidy", "project"
  std::string file;    // where it is written; empty for a check
  std::vector<std::string> languages;
  propose::KnownRule known;
  std::string severity;
  SafetyLevel level = SafetyLevel::kConservative;  // the lowest at which it is used
  bool has_fix = false;
  std::optional<analyzers::Rule> rule;  // absent for a check
};
nlohmann::json rules_list_document(const std::vector<RuleRow>& rows);
nlohmann::json rules_show_document(const RuleRow& row);

struct RuleTest {
  struct Failure {
    std::string rule;
    std::string file;
    analyzers::FailedExample example;
  };
  std::size_t rules = 0;
  std::size_t examples = 0;
  std::vector<Failure> failures;
  std::vector<std::string> untested;  // ids of rules without examples
};
nlohmann::json rules_test_document(const RuleTest& test);

nlohmann::json propose_document(const Proposal& proposal);
nlohmann::json list_document(const std::vector<store::ListedModification>& listed);

/// Everything stored about one modification.
struct Shown {
  store::ListedModification listed;
  std::optional<store::TrialRow> trial;
  std::vector<store::ExecutionRow> executions;
  std::vector<store::MetricRow> metrics;
};
nlohmann::json show_document(const Shown& shown);
/// The reports are engine/api.hpp's and engine/bench.hpp's.
nlohmann::json api_document(const ApiReport& report, int exit_code);
nlohmann::json bench_document(const BenchReport& report, int exit_code);
/// `words`: a model's account, where one was asked for.
nlohmann::json explain_document(const Explanation& explanation, const InWords* words = nullptr);

struct LedgerView {
  std::vector<store::LedgerEntry> entries = {};     // newest first
  bool narrowed = false;                            // not all were asked for
  bool verified = false;                            // --verify was asked for
  std::vector<store::LedgerProblem> problems = {};  // that it found
};
nlohmann::json log_document(const LedgerView& view);
/// One of a stream.
nlohmann::json log_entry_document(const store::LedgerEntry& entry);

struct Exported {
  std::filesystem::path file;
  const store::Bundle& bundle;
};
nlohmann::json log_export_document(const Exported& exported);

/// What became of one id of several.
template <class T>
struct Attempt {
  std::string id;
  Result<T> result;
};
/// `together` is null where each stands for itself.
nlohmann::json try_document(const std::vector<Attempt<Tried>>& attempts, const Together* together,
                            int exit_code);
/// An application, or why there is none.
struct Kept {
  Tried tried;
  std::optional<store::Application> application;
};
nlohmann::json apply_document(const std::vector<Attempt<Kept>>& attempts, int exit_code);
nlohmann::json rollback_document(const std::vector<store::Rollback>& rollbacks);
nlohmann::json merge_document(const store::Merge& merge);
nlohmann::json undo_document(const store::Operation& undone);
nlohmann::json approve_document(const store::Approval& approval);
nlohmann::json feedback_document(const store::Feedback& feedback);

nlohmann::json watch_document(const Watched& watched, int exit_code);

/// What was found of a database, and done about it.
struct Recovery {
  store::Diagnosis diagnosis;
  std::optional<store::Rebuilt> rebuilt;
};
nlohmann::json recover_document(const Recovery& recovery, int exit_code);
nlohmann::json verify_document(const Verification& verified, int exit_code);

/// What somebody said of one modification that waits.
struct Reviewed {
  store::ListedModification listed;
  std::optional<store::Approval> approval;  // nullopt: skipped
  std::optional<store::Application> application;
  std::optional<Error> error;
};
nlohmann::json review_document(const std::vector<Reviewed>& all);

/// What the cache holds.
struct CacheView {
  std::filesystem::path folder;
  std::vector<trial::SnapshotInfo> bases;
  std::uint64_t bytes = 0;     // of all of them
  std::size_t toolchains = 0;  // whose versions are known
  std::uint64_t index_bytes = 0;
};
nlohmann::json cache_show_document(const CacheView& view);
nlohmann::json cache_prune_document(const std::vector<trial::SnapshotInfo>& gone,
                                    const CacheView& left);

struct KeyInit {
  sign::PublicKey key;
  std::string principal;
  bool completed = false;  // it was there, and only what belongs to it was missing
  sign::OwnKey files;
};
nlohmann::json key_init_document(const KeyInit& made);
/// One that could sign.
struct KeyRow {
  sign::Source source = sign::Source::kAutomod;
  std::string format;            // "ssh", "openpgp"
  std::string key;               // fingerprint; empty where there is a problem
  std::string place;             // the file, or what git's configuration names
  std::optional<Error> problem;  // why it cannot sign
};
struct KeyList {
  std::vector<KeyRow> rows;
  sign::Choice choice;
};
nlohmann::json key_list_document(const KeyList& list);
struct KeyShow {
  sign::Source source = sign::Source::kAutomod;
  sign::PublicKey key;
  std::string principal;
};
nlohmann::json key_show_document(const KeyShow& shown);

nlohmann::json gate_document(const std::vector<Gated>& all, int exit_code);

struct SandboxRun {
  const sandbox::Execution& execution;
  sandbox::Facts facts;
  std::string policy_digest;
  std::vector<std::string> files;  // where each artifact was written
  int exit_code = 0;
};
nlohmann::json sandbox_run_document(const SandboxRun& run);
/// A report, or why there is none.
struct TestedBackend {
  std::string name;
  std::optional<sandbox::attacks::Report> report;
  std::optional<Error> problem;
};
nlohmann::json sandbox_test_document(const std::vector<TestedBackend>& all, int exit_code);
nlohmann::json sandbox_backends_document(const std::vector<sandbox::BackendState>& all,
                                         const std::string& chosen);

}  // namespace automod::cli
