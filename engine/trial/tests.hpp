#pragma once

#include <string_view>
#include <vector>

#include "engine/trial/inventory.hpp"
#include "engine/trial/stages.hpp"

/// The tests of a candidate, beyond running them once.
namespace automod::trial {

/// Runs the tests of a candidate that is built and fills `tests`. Those whose programs the build
/// made anew, or whose scripts are or need what has changed, run first where that can save time,
/// and a failure there leaves out the others. A test that fails and passed on the base is run up to
/// three times more; one that passes sometimes is asked for on the base as often, and `flaky` of
/// both inventories says what was found.
Result<void> run_candidate_tests(const TrialContext& context, Evidence& into, StageOutput& out);

/// The failed tests that nothing excuses: not failing on the base every time, and not flaky on
/// both sides.
std::vector<std::string> really_failed(const Inventory& base, const Inventory& now);

/// Names of the tests whose programs are among `changed`, paths below the root; nullopt when that
/// cannot be told, or when some tests have to run together with others.
std::optional<std::vector<std::string>> affected_tests(std::string_view ctest_list,
                                                       const std::vector<std::string>& changed);

/// Does the name that a runner gives a test say that it stands in this file? By path, module or
/// package; what runners say of neither is never taken for it.
bool is_test_of(std::string_view test, std::string_view path);

/// A file that belongs to the tests: one of their own, a helper or their build file.
bool is_part_of_tests(const FileFacts& file);

// Of several runs.
/// How often to run tests of which `wanted` runs are asked for, once the first took that long:
/// where more than one is wanted and they are quick, up to ten times, as what is left to chance
/// may well pass three.
std::int64_t runs_after(std::int64_t wanted, std::int64_t first_ms);
TestOutcome worse(TestOutcome a, TestOutcome b);
Inventory joined(const std::vector<Inventory>& runs);

}  // namespace automod::trial
