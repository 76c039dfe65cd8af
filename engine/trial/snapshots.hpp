#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/trial/workspace.hpp"

/// Warm bases on disk: `<cache>/snapshots/<key>-<level>/` with `checkout/` and `meta.json`. A
/// folder appears there whole or not at all, and is never written to again, but for notes of stages
/// beside the checkout (see variant_side.hpp).
namespace automod::trial {

/// How far a base was taken. A higher level serves whoever asks for a lower one.
enum class Level { kConfigured, kBuilt, kTested };

Level level_of(ExecutionType until);

std::string_view name_of(Level level);  // "configured", "built", "tested"

struct SnapshotMeta {
  TreeId tree;
  Variant variant = Variant::kPlain;
  bool configured = false;
  bool built = false;
  Environment environment;
  std::vector<StageEvidence> stages;
  Inventory tests;
  std::optional<std::vector<Diagnostic>> warnings;  // see Base::warnings
};

struct Snapshot {
  SnapshotMeta meta;
  Level level = Level::kConfigured;
  std::filesystem::path checkout;
  std::shared_ptr<const void> hold;  // see Base::hold
};

/// What is known of one without opening it.
struct SnapshotInfo {
  std::filesystem::path folder;
  TreeId tree;  // empty: it was made before that was noted, or cannot be read
  Level level = Level::kConfigured;
  Variant variant = Variant::kPlain;
  std::uint64_t bytes = 0;  // on disk
  std::int64_t used = 0;    // last, in seconds since the epoch
  std::int64_t used_nanoseconds = 0;
  bool is_in_use = false;  // somebody holds it at this moment
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

  /// Those that there are, the least recently used first. Touches no lock.
  std::vector<SnapshotInfo> list() const;

  /// Removes the least recently used ones that nobody holds until the rest fits; those that went.
  std::vector<SnapshotInfo> evict(const CacheLimits& limits) const;

 private:
  std::filesystem::path place(const std::string& key, Level level) const;
  std::optional<Snapshot> open(const std::string& key, Level level) const;
  void discard(const std::filesystem::path& folder) const;

  std::filesystem::path root_;
};

}  // namespace automod::trial
