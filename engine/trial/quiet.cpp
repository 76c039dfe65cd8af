#include "engine/trial/quiet.hpp"

#include <utility>

#include "engine/trial/workspace.hpp"

namespace automod::trial {

namespace {

// Names of files below the cache.
constexpr const char* kDoor = "locks/door";
constexpr const char* kRoom = "locks/room";

}  // namespace

Result<Busy> Busy::take(const std::filesystem::path& cache, const CancelToken& cancel) {
  const auto door = lock_file(cache / kDoor, cancel);
  if (!door) return fail(door.error());
  auto room = share_file(cache / kRoom, cancel);
  if (!room) return fail(room.error());
  return Busy(std::move(*room));
}

Result<Quiet> Quiet::take(const std::filesystem::path& cache, const CancelToken& cancel) {
  auto door = lock_file(cache / kDoor, cancel);
  if (!door) return fail(door.error());
  auto room = lock_file(cache / kRoom, cancel);
  if (!room) return fail(room.error());
  return Quiet(std::move(*door), std::move(*room));
}

}  // namespace automod::trial
