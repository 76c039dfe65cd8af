#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/cancel.hpp"
#include "base/clock.hpp"
#include "engine/engine.hpp"

/// Looking after what was kept, for a while, and taking it back when it does not do well.
namespace automod {

struct WatchRequest {
  std::string id;
  std::string command = {};            // by the shell; empty: [monitor] of the base's automod.toml
  std::filesystem::path outside = {};  // a folder to run it in as the user would; empty: in the
                                       // sandbox, on the built tree that is in force
  bool bench = false;                  // in place of a command: benchmarks against the tree before
  bool cascade = false;                // what depends on it is taken back as well
  std::optional<std::chrono::seconds> every = {};             // default: [monitor]
  std::optional<std::chrono::seconds> period = {};            // likewise
  std::optional<std::int64_t> failures = {};                  // in a row; likewise
  std::function<void(const store::WatchCheck&)> looked = {};  // hears of each look; may be empty
};

struct Watched {
  store::Watch watch;                      // as it ended, with its checks
  std::vector<store::Rollback> rollbacks;  // newest first; empty: nothing was taken back
  std::optional<Error> problem;            // why it could not be taken back
};

struct WatchPlan {
  std::chrono::seconds every;
  std::chrono::seconds period;
  std::int64_t failures = 1;
};

struct WatchEnd {
  std::string state;  // "healthy", "regressed" or "stopped"
  std::string why;
};

/// Looks at once and then as planned, until the period is over, so many looks in a row were
/// unhealthy, or the user asked to stop. `look` answers nullopt where there is nothing to look at
/// any more. That many in a row without an answer end it, too.
Result<WatchEnd> watch_over(const WatchPlan& plan, const Clock& clock, const CancelToken& cancel,
                            const std::function<Result<std::optional<store::WatchCheck>>()>& look);

}  // namespace automod
