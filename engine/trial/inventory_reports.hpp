#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/types/evidence.hpp"

/// What the runners of tests write, read strictly. All of it is hostile and bounded: a text that is
/// not what it should be is nullopt, never half a result.
namespace automod::trial {

/// One report, before anything of it is believed.
struct Reading {
  std::vector<TestResult> tests;
  std::vector<std::string> doubts;                     // contradictions within the report
  std::optional<std::vector<std::string>> expected{};  // announced by the report itself
  bool finished = true;                                // it came to its own end
};

/// What a run left to read.
struct Heard {
  std::string_view out;
  std::string_view err;
  std::string_view report;  // the file, where there is one
  bool is_cut = false;      // out or err lacks something
};

using Names = std::vector<std::string>;

struct CtestEntry {
  std::string name;
  std::vector<std::string> command;
  bool stands_alone = true;  // no fixture and no other test has to run with it
};

/// From `ctest --show-only=json-v1`.
std::optional<std::vector<CtestEntry>> read_ctest_entries(std::string_view text);
std::optional<Names> read_ctest_list(std::string_view text);
/// From `--gtest_list_tests`; "Suite.case".
std::optional<Names> read_gtest_list(std::string_view text);
/// One name a line, as Catch2 lists them when it should be quiet. nullopt for the headed list that
/// its second version prints then.
std::optional<Names> read_catch2_list(std::string_view text);
/// From doctest's list of names as XML.
std::optional<Names> read_doctest_list(std::string_view text);
/// Node ids, as "package.module.Class::name"; nullopt for other ways to list.
std::optional<Names> read_pytest_list(std::string_view text);
std::optional<Names> read_cargo_list(std::string_view text);
/// From `go test -json -list`: "package.Name".
std::optional<Names> read_go_list(std::string_view text);

std::optional<Reading> read_ctest(const Heard& heard);
std::optional<Reading> read_gtest(const Heard& heard);
std::optional<Reading> read_catch2(const Heard& heard);
std::optional<Reading> read_doctest(const Heard& heard);
std::optional<Reading> read_pytest(const Heard& heard);
std::optional<Reading> read_unittest(const Heard& heard);
std::optional<Reading> read_cargo(const Heard& heard);
std::optional<Reading> read_go(const Heard& heard);
std::optional<Reading> read_node(const Heard& heard);
/// Any JUnit file: "class.name".
std::optional<Reading> read_any_junit(const Heard& heard);

/// The results of a JUnit file as CTest writes it.
std::optional<std::vector<TestResult>> read_junit(std::string_view text);

/// What a test program's own framework says at its end, summed over all summaries in the output.
struct Summary {
  std::optional<std::int64_t> cases;  // that passed
  std::optional<std::int64_t> assertions;
};
Summary read_summary(std::string_view output);

// For the readers.

inline constexpr std::size_t kMostTests = 100'000;

/// Valid UTF-8 and not too long.
std::string test_name(std::string_view text);
/// Milliseconds from seconds; 0 for what makes no sense.
std::int64_t to_ms(double seconds);
/// Digits only, and not too many of them.
std::optional<std::int64_t> whole_number(std::string_view text);
std::string_view trimmed(std::string_view text);
/// The number right before `word`, as in "3 passed"; nullopt without one.
std::optional<std::int64_t> number_before(std::string_view line, std::string_view word);
/// Numbers names that occur more than once: "a", "a (2)".
void tell_apart(std::vector<TestResult>& tests);
/// The order in which an inventory has them.
void sort_by_name(std::vector<TestResult>& tests);
std::size_t count(const std::vector<TestResult>& tests, TestOutcome outcome);

}  // namespace automod::trial
