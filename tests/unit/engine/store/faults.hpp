#pragma once

/// A disk that fails on command: stands between SQLite and the file system for all databases that
/// are opened while one of these lives. One at a time.
namespace automod::store {

enum class Fault { kFull, kWriteError, kFlushError, kDeath };

class FaultyDisk {
 public:
  FaultyDisk();
  FaultyDisk(const FaultyDisk&) = delete;
  FaultyDisk& operator=(const FaultyDisk&) = delete;
  ~FaultyDisk();

  /// The `nth` operation from now on that this fault concerns fails: writes, truncations and, for
  /// flush errors and deaths, flushes. With `for_good` so do all after it.
  void arm(Fault fault, int nth, bool for_good = false);
  /// Whether it has come to that. All is well again.
  bool disarm();
};

}  // namespace automod::store
