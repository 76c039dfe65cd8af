#pragma once

#include <functional>
#include <string>

namespace automod::testing {

/// What befalls a process when it is about to change a file.
enum class Fault {
  kNone,
  kKill,         // it is killed instead
  kNoSpace,      // from then on whatever needs space fails with ENOSPC
  kInputOutput,  // this one call fails with EIO
  kNoLinks,      // there are no hard links; killed at that call
};

struct Victim {
  bool killed = false;
  int code = 0;         // what `act` returned
  int calls = 0;        // that change files, made by then
  std::string message;  // that `act` wrote
};

/// Runs `act` in a process of its own, which meets the fault at its `at`-th call (from 1 on) that
/// changes files: of ours, of libgit2 or of the standard library alike. Such calls are met where
/// they enter the C library; what is flushed in these tests never waits for the disk.
Victim run_with_fault(Fault fault, int at, const std::function<int(std::string& message)>& act);

}  // namespace automod::testing
