#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "engine/types/words.hpp"
#include "sandbox/settings.hpp"

namespace automod {

struct Benchmark {
  std::string name;
  std::string command;
  BenchmarkFormat format = BenchmarkFormat::kProcess;
  Direction direction = Direction::kLower;  // of the figures of kJson
  std::string unit;                         // of the figures of kJson; empty: none
  InstructionCount instructions = InstructionCount::kOff;
  bool same_output = true;  // base and candidate must print the same
  friend bool operator==(const Benchmark&, const Benchmark&) = default;
};

/// A command that makes its input from a number, or reads files that no proposer has seen.
struct HeldOut {
  std::string name;
  std::string command;  // `{seed}`: a fresh number; `{held_out}`: the folder
  std::string folder;   // below <git common dir>/automod/held-out; empty: none
  std::int64_t runs = 5;
  friend bool operator==(const HeldOut&, const HeldOut&) = default;
};

/// Somebody who may let pass what automod alone may not.
struct Approver {
  std::string name;
  std::string key;  // "ssh-ed25519 AAAA…", of the key that signs approvals
  friend bool operator==(const Approver&, const Approver&) = default;
};

/// What is looked at while an application is watched; empty command: nothing.
struct Monitor {
  std::string command;  // in the sandbox, on the tree that is in force
  std::int64_t every_seconds = 60;
  std::int64_t for_seconds = 3600;
  std::int64_t failures = 2;  // in a row, until it is rolled back
  friend bool operator==(const Monitor&, const Monitor&) = default;
};

/// What may be applied without a person, so that no loop runs away.
struct Automatic {
  std::int64_t per_hour = 20;
  std::int64_t per_file = 5;     // in a day, of one file
  std::int64_t generations = 3;  // modifications of modifications of modifications
  std::int64_t rollbacks = 3;    // one after the other; then a person is asked
  friend bool operator==(const Automatic&, const Automatic&) = default;
};

/// Rules of the target's own, besides those that automod brings: analyzers/rules reads them.
struct OwnRules {
  std::vector<std::string> files;  // globs of rule files
  std::vector<std::string> off;    // ids of rules and names of checks that are not used
  std::string in_config;           // automod.toml itself where it has [[rule]] tables
  friend bool operator==(const OwnRules&, const OwnRules&) = default;
};

/// automod.toml. Commands are run by /bin/sh inside the sandbox, at the root of the checkout;
/// `{build}` stands for the build folder and `{jobs}` for the number of parallel jobs.
struct Config {
  std::string build_dir = "build";
  std::string configure;  // empty: nothing to do
  std::string build;
  std::string test;
  TestSource test_results = TestSource::kExitCode;
  std::string test_report;                   // file that the test command writes, for kJunit
  std::vector<std::string> protected_paths;  // globs
  std::vector<Benchmark> benchmarks;
  std::vector<HeldOut> held_out;
  std::vector<std::string> api_headers = {"include/**"};  // globs

  // Stages that may be switched off, and how often the base's tests are run to know them.
  bool sanitizers = true;
  bool coverage = true;
  bool diagnostics = true;
  std::int64_t base_runs = 3;

  // From where on a measured difference counts, in percent.
  std::int64_t floor_percent = 5;
  std::int64_t wanted_percent = 20;
  std::int64_t memory_percent = 5;
  std::int64_t measure_seconds = 120;  // longest measurement of one benchmark

  std::int64_t configure_seconds = 300;
  std::int64_t build_seconds = 900;
  std::int64_t test_seconds = 300;
  std::int64_t benchmark_seconds = 60;
  std::int64_t patch_kb = 512;
  std::int64_t patch_files = 50;

  SafetyLevel safety_level = SafetyLevel::kConservative;
  sandbox::Settings sandbox;  // the rest of [limits], and [sandbox]
  std::string author_name = "agent-self-modify";
  std::string author_email = "agent-self-modify@localhost";
  std::string committer_name;  // empty: the author
  std::string committer_email;
  std::vector<Approver> approvers;
  Automatic automatic;
  Monitor monitor;
  OwnRules rules;
  friend bool operator==(const Config&, const Config&) = default;
};

/// Globs that are protected in every target, whatever its configuration says.
const std::vector<std::string>& always_protected();

/// A pattern whose last part is a plain name covers a folder of that name with all below it.
bool is_protected(const Config& config, std::string_view path);

/// Reads automod.toml. Unknown keys, wrong types and values out of range are errors that name
/// `file`, line, column and, for a typo, the nearest key.
Result<Config> parse_config(std::string_view text, std::string_view file);

/// The file that reads back as `config`, explained by comments. `notes` stand at its top.
std::string render_config(const Config& config, const std::vector<std::string>& notes);

/// Digest over every value that a trial or its verdict depends on: not over who may approve, what
/// is watched, how much may pass in an hour and what rules look for.
std::string digest(const Config& config);

}  // namespace automod
