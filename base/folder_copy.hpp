#pragma once

#include <cstdint>
#include <filesystem>

#include "base/cancel.hpp"
#include "base/error.hpp"

namespace automod {

/// Copies what is in `from` into the existing, empty folder `to`: content, permission bits, times
/// and symbolic links as they are. Files that were hard links become files of their own; FIFOs,
/// sockets and devices are left out. Follows no link, so the tree may be hostile; nothing else
/// may be writing to it. Shares blocks where the file system can.
Result<void> copy_folder(const std::filesystem::path& from, const std::filesystem::path& to,
                         const CancelToken& cancel);

/// Bytes that a tree takes on disk.
std::uint64_t bytes_on_disk(const std::filesystem::path& folder);

}  // namespace automod
