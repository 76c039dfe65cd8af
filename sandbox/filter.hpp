#pragma once

#include <linux/filter.h>

#include <vector>

#include "base/error.hpp"

namespace automod::sandbox {

/// The system call filter: what a compiler, a test or an interpreter needs is allowed; what
/// kernels are attacked through, and what could leave something privileged behind, is not.
/// `count_memory` refuses memory that belongs to no process, for where no control group counts it.
Result<std::vector<sock_filter>> build_filter(bool count_memory);

}  // namespace automod::sandbox
