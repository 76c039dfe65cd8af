#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/trial/stage.hpp"

/// Running tests and learning what became of each.
namespace automod::trial {

struct TestRun {
  Inventory inventory;
  StageEvidence stage;
  std::vector<ExecutionRecord> executions;
};

/// Runs the configured tests and reads the report of their runner, which is believed only when the
/// runner came to its end, every test that it had announced has a result and nothing contradicts
/// another. A command that does not call the configured runner is treated like
/// TestSource::kExitCode, and the inventory says so.
Result<TestRun> run_tests(const Site& site);

/// Runs just these tests; nullopt where the runner or the command does not let them be chosen.
Result<std::optional<TestRun>> run_some_tests(const Site& site,
                                              const std::vector<std::string>& names);

/// Runs all tests as often as runs_after says, or once when nothing of a first run could be read.
/// Outcomes are the worst, figures the smallest, times the median; names whose outcome
/// differed are flaky. The stage is that of the last run.
Result<TestRun> run_tests_often(const Site& site, std::int64_t runs);

/// Whether the figures of tests that passed on both sides are such that they ran: one that printed
/// something and is silent now, or whose framework says that fewer cases ran, goes to `distrusted`
/// of `now`, which is then not complete.
void compare_with_base(const Inventory& base, Inventory& now);

}  // namespace automod::trial
