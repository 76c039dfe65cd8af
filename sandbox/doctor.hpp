#pragma once

#include <string>
#include <vector>

namespace automod::sandbox {

/// One thing that matters to the sandbox on this machine.
struct Condition {
  std::string name;    // "user namespaces"
  bool ok = false;     // false: nothing can be run, or a limit is softer than it should be
  bool vital = true;   // not ok and vital: there is no sandbox
  std::string detail;  // what was found
  std::string remedy;  // what to do; empty when ok
};

/// Looks at everything and runs the probe anew, for `automod doctor`.
std::vector<Condition> examine();

/// Only the usual causes of there being no sandbox that are present here, each with its remedy.
std::vector<Condition> usual_causes();

}  // namespace automod::sandbox
