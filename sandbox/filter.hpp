#pragma once

#include <linux/filter.h>

#include <vector>

#include "base/error.hpp"
#include "sandbox/sandbox.hpp"
#include "sandbox/weakness.hpp"

namespace automod::sandbox {

struct FilterOptions {
  bool count_memory = false;  // refuse memory of no process: no control group counts it
  Calls calls = Calls::kStandard;
  Network network = Network::kLoopback;
  Weakness weakness;
};

/// The system call filter: what a compiler, a test or an interpreter needs is allowed; what
/// kernels are attacked through, and what could leave something privileged behind, is not.
Result<std::vector<sock_filter>> build_filter(const FilterOptions& options);

}  // namespace automod::sandbox
