#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/cancel.hpp"
#include "base/error.hpp"

namespace automod {

/// A program of the user's choosing: trusted, not sandboxed, without a terminal; never a target's.
struct Program {
  std::vector<std::string> argv;    // argv[0] is looked up in PATH
  std::string input;                // becomes its stdin
  std::filesystem::path directory;  // where it runs; empty: here
  std::chrono::milliseconds timeout{std::chrono::seconds(10)};
  std::size_t output_limit = 1 << 20;      // of stdout
  std::vector<std::string> withheld = {};  // variables of ours that it does not get
};

struct ProgramResult {
  int exit_code = 0;  // 128 + number when a signal ended it
  std::string out;
  std::string err;  // its end, a MiB at most
};

/// Runs it to its end. kUnavailable when there is no such program, kInternal when it outlives its
/// time or says more than its limit; it and what it started in its process group are gone then.
/// What others say through its stdout after its end counts until they are silent for a second.
Result<ProgramResult> run_program(const Program& program, const CancelToken& cancel);

}  // namespace automod
