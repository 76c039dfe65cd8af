#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sandbox/sandbox.hpp"

namespace automod::sandbox {

/// One thing that matters to the sandbox on this machine.
struct Condition {
  std::string name;    // "user namespaces"
  bool ok = false;     // false: nothing can be run, or a limit is softer than it should be
  bool vital = true;   // not ok and vital: there is no sandbox
  std::string detail;  // what was found
  std::string remedy;  // what to do; empty when ok
};

/// One backend as it is on this machine.
struct BackendState {
  std::string name;
  std::optional<Facts> facts;  // of one that has just proven itself
  std::string problem;         // of one that has not
  std::string remedy;
};

/// Every backend, the strongest first, with the probe run anew. Runtime and image of `wanted` go
/// to those that have a use for them; without an image the engines that need one are not tried.
std::vector<BackendState> survey(const Selection& wanted);

/// The one that is used unasked; empty when there is none.
std::string chosen_of(const std::vector<BackendState>& all);

/// `wanted` for one backend: without the runtime or image that it has no use for.
Selection narrowed(const Selection& wanted, const std::string& backend);

/// Looks at everything that matters to the sandbox that is used unasked, for `automod doctor`.
std::vector<Condition> examine(const std::vector<BackendState>& all);

/// Only the usual causes of there being no sandbox that are present here, each with its remedy.
std::vector<Condition> usual_causes();

}  // namespace automod::sandbox
