#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "engine/trial/trial.hpp"

/// Running the target's commands.
namespace automod::trial {

/// Where commands run: a checkout with its build. With `changes` it is only looked at, and what
/// commands write is kept there; without, they write into `folder` itself.
struct Site {
  const World& world;
  const Config& config;
  std::filesystem::path folder;
  std::filesystem::path changes = {};
  Variant variant = Variant::kPlain;
};

/// What one command needs beyond the usual.
struct Extras {
  std::int64_t output_kb = 0;                 // 0: as configured
  std::vector<std::string> collect = {};      // files below the root to bring back
  std::uint64_t collect_bytes = 64ull << 20;  // of each
  std::map<std::string, std::string> environment = {};
  std::vector<std::filesystem::path> read_only = {};  // host folders, seen at the same place
};

/// Under which commands at the site run.
Result<sandbox::Policy> policy_at(const Site& site);

/// Runs `command` (placeholders are filled in) by the shell in the sandbox, with the tools of the
/// site's variant. kInterrupted when the user asked to stop.
Result<ExecutionRecord> run_command(const Site& site, ExecutionType type,
                                    const std::string& command, std::int64_t seconds,
                                    const Extras& extras = {});

/// What the judge gets to see of it.
StageEvidence evidence_of(const ExecutionRecord& record);

/// kInterrupted when the user asked to stop.
Result<void> go_on(const World& world);

void tell(const World& world, std::string_view what);

}  // namespace automod::trial
