#pragma once

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

/// Runs the configured tests. With TestSource::kCtest the list of all tests is asked for first
/// and the report is read from a file; a command in which no `ctest` is found is treated like
/// TestSource::kExitCode, and the inventory says so.
Result<TestRun> run_tests(const Site& site);

/// Did every test that passed on the base pass again, and is none missing?
bool tests_held(const Inventory& base, const Inventory& candidate);

/// `command` with `arguments` put right behind its first word `ctest`; nullopt without one.
std::optional<std::string> with_ctest_arguments(std::string_view command,
                                                std::string_view arguments);

/// Names from `ctest --show-only=json-v1`; nullopt when it is no such document.
std::optional<std::vector<std::string>> read_ctest_list(std::string_view text);

/// Results from a JUnit file as CTest writes it; nullopt when it is no such document.
std::optional<std::vector<TestResult>> read_junit(std::string_view text);

}  // namespace automod::trial
