#pragma once

#include <cstdint>
#include <string>

#include "sandbox/sandbox.hpp"
#include "sandbox/weakness.hpp"

namespace automod::sandbox {

/// Reads the plain file `name` below the folder that `root` is open on, when nothing that could
/// change it is alive. Follows no link, enters no other file system, waits for no pipe, and takes
/// nothing that has further names or is larger than `limit`.
Artifact collect(int root, const std::string& name, std::uint64_t limit,
                 const Weakness& weakness = {});

}  // namespace automod::sandbox
