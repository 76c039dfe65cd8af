#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "engine/trial/inventory_reports.hpp"
#include "engine/types/config.hpp"

/// How each runner of tests is made to say what became of each test.
namespace automod::trial {

/// Commands in place of the configured one.
struct Ask {
  std::vector<std::string> listing;  // the first that prints a list counts; none: it has no list
  std::string running;
  std::string report;  // file below the root that it leaves; empty: the report is what it prints
  std::map<std::string, std::string> environment;
};

struct TestRunner {
  TestSource source;
  /// `report` is the name that a report may take. With `only`, just these tests are wanted.
  /// nullopt when the command does not call the runner, or does not let tests be chosen.
  std::optional<Ask> (*ask)(const Config& config, const std::string& report, const Names* only);
  std::optional<Names> (*list)(std::string_view out);  // null without a list
  std::optional<Reading> (*read)(const Heard& heard);
};

/// Null for TestSource::kExitCode.
const TestRunner* test_runner(TestSource source);

/// `command` with `arguments` put right behind the first `word` that calls a program or is an
/// argument by itself; nullopt without one.
std::optional<std::string> with_arguments(std::string_view command, std::string_view word,
                                          std::string_view arguments);

/// `text` as one word of the shell.
std::string shell_word(std::string_view text);

/// The program that runs Python's unittest and writes a line for each test.
std::string_view unittest_program();

}  // namespace automod::trial
