#pragma once

#include <optional>
#include <vector>

#include "engine/trial/side.hpp"

/// The stages of a trial beyond building and testing once. Each is asked for by run.cpp, in this
/// order, and only after what came before it has held.
namespace automod::trial {

/// What every stage leaves behind beside its own figures.
struct StageOutput {
  std::vector<StageEvidence> stages;
  std::vector<ExecutionRecord> executions;
  std::vector<LeftOut> left_out;
};

/// What the stages work with. `candidate` is built and tested.
struct TrialContext {
  const World& world;
  const Base& base;
  const TrialSpec& spec;
  Side& candidate;
  const std::vector<ExecutionRecord>* executions = nullptr;  // of the candidate so far
};

/// Compiler warnings and clang-tidy's, of both sides; fills new_diagnostics and diagnostic_tools.
Result<void> run_diagnostics(const TrialContext& context, Evidence& into, StageOutput& out);
/// Adds to `facts` what programs that the candidate's build has made import and no program of the
/// base does: a call that macros hide from whoever reads the code.
Result<void> run_imports(const TrialContext& context, Evidence& into, StageOutput& out);
/// Fills `sanitizers`. Its base is built once and kept warm like the plain one.
Result<void> run_sanitizers(const TrialContext& context, Evidence& into, StageOutput& out);
/// Fills `coverage`. Its base is kept warm, too.
Result<void> run_coverage(const TrialContext& context, Evidence& into, StageOutput& out);
/// Fills `changed_tests` where tests were added, changed or deleted.
Result<void> run_changed_tests(const TrialContext& context, Evidence& into, StageOutput& out);
/// Fills `benchmarks`. Nothing else may run meanwhile; run.cpp sees to that.
Result<void> run_benchmarks(const TrialContext& context, Evidence& into, StageOutput& out);
/// Fills `held_out`.
Result<void> run_held_out(const TrialContext& context, Evidence& into, StageOutput& out);

}  // namespace automod::trial
