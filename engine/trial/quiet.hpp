#pragma once

#include <filesystem>

#include "base/cancel.hpp"
#include "base/error.hpp"
#include "base/fd.hpp"

/// Who may run while something is being measured: nobody. Holds between all threads and processes
/// that share a cache.
namespace automod::trial {

/// Held while building or testing. Several at once, but not while a Quiet is held or waited for:
/// so whoever holds one must not ask for another.
class Busy {
 public:
  static Result<Busy> take(const std::filesystem::path& cache, const CancelToken& cancel);

 private:
  explicit Busy(Fd lock) : lock_(std::move(lock)) {}
  Fd lock_;
};

/// Held while measuring: alone.
class Quiet {
 public:
  static Result<Quiet> take(const std::filesystem::path& cache, const CancelToken& cancel);

 private:
  Quiet(Fd door, Fd lock) : door_(std::move(door)), lock_(std::move(lock)) {}
  Fd door_;  // keeps newcomers out while we wait for those inside
  Fd lock_;
};

}  // namespace automod::trial
