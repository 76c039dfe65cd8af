#pragma once

#include <string>
#include <vector>

#include "engine/judge/judge.hpp"

/// Evidence to start from, and how to find a check in a verdict.
namespace automod::testing {

StageEvidence stage(ExecutionType type, std::string outcome = "exited", int status = 0);

Inventory inventory(const std::vector<std::pair<std::string, TestOutcome>>& tests);

/// `times` and `memory` of the candidate are the base's, multiplied; the base takes 100 ms and
/// 50 MB, give or take a little. Fresh rounds after the decision said the same.
BenchmarkEvidence benchmark(double times, double memory = 1, int pairs = 9);

/// A refactoring of one C++ file that builds and passes the two tests "a" and "b".
Evidence good();

const CheckOutcome& check(const Verdict& verdict, const std::string& code);

/// The check of that code on this evidence.
CheckOutcome outcome(const Evidence& evidence, const std::string& code);

}  // namespace automod::testing
