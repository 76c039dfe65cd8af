#pragma once

#include <memory>
#include <optional>
#include <string>

#include "engine/trial/workspace.hpp"

/// Warm bases on disk: `<cache>/snapshots/<key>-<level>/` with `checkout/` and `meta.json`. A
/// folder appears there whole or not at all, and is never written to again.
namespace automod::trial {

/// How far a base was taken. A higher level serves whoever asks for a lower one.
enum class Level { kConfigured, kBuilt, kTested };

Level level_of(ExecutionType until);

struct SnapshotMeta {
  bool configured = false;
  bool built = false;
  Environment environment;
  std::vector<StageEvidence> stages;
  Inventory tests;
};

struct Snapshot {
  SnapshotMeta meta;
  Level level = Level::kConfigured;
  std::filesystem::path checkout;
  std::shared_ptr<const void> hold;  // see Base::hold
};

struct CacheLimits {
  std::size_t snapshots = 8;
  std::uint64_t bytes = 20ull << 30;
};

class Snapshots {
 public:
  explicit Snapshots(const std::filesystem::path& cache) : root_(cache / "snapshots") {}

  /// Whoever builds the snapshot of a key holds this meanwhile.
  Result<Fd> lock(const std::string& key, const CancelToken& cancel) const;

  /// The snapshot of that key at `least` or above, held so that it stays.
  std::optional<Snapshot> find(const std::string& key, Level least) const;
  /// The best one below `level`, to go on from.
  std::optional<Snapshot> find_below(const std::string& key, Level level) const;

  /// Moves `folder`, which holds `checkout/`, into place. Call with the key's lock held.
  Result<void> add(const std::string& key, Level level, const SnapshotMeta& meta,
                   TempDir folder) const;

  /// Removes the least recently used ones that nobody holds until the rest fits.
  void evict(const CacheLimits& limits) const;

 private:
  std::filesystem::path place(const std::string& key, Level level) const;
  std::optional<Snapshot> open(const std::string& key, Level level) const;
  void discard(const std::filesystem::path& folder) const;

  std::filesystem::path root_;
};

}  // namespace automod::trial
