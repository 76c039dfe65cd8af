#pragma once

#include <chrono>
#include <filesystem>
#include <string>

#include "engine/trial/trial.hpp"

/// Running the target's commands.
namespace automod::trial {

/// A checkout and how commands run in it.
struct Site {
  const World& world;
  const Config& config;
  std::filesystem::path folder;
};

/// Runs `command` (placeholders are filled in) by the shell in the sandbox. kInterrupted when
/// the user asked to stop. `output_kb` 0: as configured.
Result<ExecutionRecord> run_command(const Site& site, ExecutionType type,
                                    const std::string& command, std::int64_t seconds,
                                    std::int64_t output_kb = 0);

/// What the judge gets to see of it.
StageEvidence evidence_of(const ExecutionRecord& record);

/// kInterrupted when the user asked to stop.
Result<void> go_on(const World& world);

void tell(const World& world, std::string_view what);

}  // namespace automod::trial
