#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/types/evidence.hpp"

/// The checks themselves. Each looks at its own part of the evidence and can only take points
/// away as that part gets worse; adding up keeps the whole score monotone.
namespace automod::judge {

struct CheckRow {
  std::string_view code;
  std::string_view summary;
  CheckOutcome (*run)(const Evidence&);      // everything but `code`, which the table gives
  Reach needs = Reach::kReview;              // how far a trial must have come for it to be asked
  bool asks_only_when_conservative = false;  // at other levels its asking is a warning
};
const std::vector<CheckRow>& check_table();

CheckOutcome does_not_build(const Evidence& evidence);
CheckOutcome syntax_error(const Evidence& evidence);
CheckOutcome timeout(const Evidence& evidence);
CheckOutcome resource_limit(const Evidence& evidence);
CheckOutcome unproven(const Evidence& evidence);

CheckOutcome tests_failed(const Evidence& evidence);
CheckOutcome flaky_only(const Evidence& evidence);
CheckOutcome tests_missing(const Evidence& evidence);
CheckOutcome old_tests_failed(const Evidence& evidence);
CheckOutcome fix_proven(const Evidence& evidence);

CheckOutcome protected_path(const Evidence& evidence);
CheckOutcome too_large(const Evidence& evidence);

CheckOutcome tests_weakened(const Evidence& evidence);
CheckOutcome api_break(const Evidence& evidence);
CheckOutcome complexity_growth(const Evidence& evidence);

CheckOutcome new_capability(const Evidence& evidence);
CheckOutcome suppression(const Evidence& evidence);
CheckOutcome error_swallowed(const Evidence& evidence);
CheckOutcome hidden_state(const Evidence& evidence);
CheckOutcome scope(const Evidence& evidence);
CheckOutcome convention(const Evidence& evidence);
CheckOutcome secret_added(const Evidence& evidence);
CheckOutcome trojan_source(const Evidence& evidence);
CheckOutcome binary_content(const Evidence& evidence);
CheckOutcome license_removed(const Evidence& evidence);
CheckOutcome benchmark_special_case(const Evidence& evidence);

CheckOutcome new_diagnostics(const Evidence& evidence);
CheckOutcome sanitizer_error(const Evidence& evidence);
CheckOutcome tests_hollow(const Evidence& evidence);
CheckOutcome uncovered_change(const Evidence& evidence);

CheckOutcome performance_regression(const Evidence& evidence);
CheckOutcome no_measurable_gain(const Evidence& evidence);
CheckOutcome memory_regression(const Evidence& evidence);
CheckOutcome output_changed(const Evidence& evidence);
CheckOutcome benchmark_failed(const Evidence& evidence);
CheckOutcome held_out_differs(const Evidence& evidence);

CheckOutcome second_opinion(const Evidence& evidence);

// How a check says what it found.
CheckOutcome passes(std::string reason);
CheckOutcome warns(double penalty, std::string reason);
CheckOutcome asks(double penalty, std::string reason);  // a warning that wants approval
CheckOutcome fails(double penalty, std::string reason);
CheckOutcome blocks(double penalty, std::string reason);

/// "3 tests: a, b, c", at most five names, each fit for one line of a terminal.
std::string listed(std::string_view what, const std::vector<std::string>& names);

/// "1 test", "2 tests".
std::string counted(std::size_t number, std::string_view what);

/// "the build exited with status 2".
std::string describe(const StageEvidence& stage);

/// The first stage before the tests that failed, or null.
const StageEvidence* failed_before_tests(const Evidence& evidence);

/// Does the grammar know all of the language? Of C and C++ it does not: macros are no part of it.
bool is_syntax_certain(const FileFacts& file);
/// A syntax error kept every command from being run.
bool stopped_by_syntax(const Evidence& evidence);

/// Does the path look like a test of its own (a folder or a file named so)? For evidence from
/// before format 3, which does not say what a file is (FileFacts::role).
bool looks_like_test(std::string_view path);

}  // namespace automod::judge
