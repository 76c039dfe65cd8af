#include "engine/store/reserve.hpp"

#include <fcntl.h>
#include <unistd.h>

#include "base/fd.hpp"
#include "base/files.hpp"

namespace automod::store {

namespace {

std::filesystem::path file_in(const std::filesystem::path& folder) { return folder / "reserve"; }

}  // namespace

void keep_reserve(const std::filesystem::path& folder) {
  const auto file = file_in(folder);
  const Fd fd(open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!fd) return;  // it is there already, or cannot be
  // Blocks, not a hole. A part of the room would be no use later.
  if (posix_fallocate(fd.get(), 0, static_cast<off_t>(kMiB)) != 0) unlink(file.c_str());
}

bool is_short_of_room(const std::filesystem::path& folder) {
  std::error_code code;
  const auto space = std::filesystem::space(folder, code);
  return !code && space.available < kMiB / 4;
}

bool spend_reserve(const std::filesystem::path& folder) {
  return unlink(file_in(folder).c_str()) == 0;
}

}  // namespace automod::store
